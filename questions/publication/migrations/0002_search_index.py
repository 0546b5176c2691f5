"""The table that library search reads: PostgreSQL full text, or SQLite FTS5."""

from django.db import migrations

MADE = {
    "postgresql": (
        "CREATE TABLE publication_search (publication_id uuid PRIMARY KEY, document tsvector NOT NULL)",
        "CREATE INDEX publication_search_document ON publication_search USING gin (document)",
    ),
    "sqlite": (
        "CREATE VIRTUAL TABLE publication_search USING fts5"
        "(publication_id UNINDEXED, title, body, words, tokenize = 'porter unicode61')",
    ),
}


def make(apps, schema_editor):
    for statement in MADE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    schema_editor.execute("DROP TABLE publication_search")


class Migration(migrations.Migration):
    dependencies = [("publication", "0001_publications_and_consents")]
    operations = [migrations.RunPython(make, drop)]
