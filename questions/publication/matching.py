"""The search table itself, on PostgreSQL (full text) and on SQLite (FTS5). Terms in, ids out.

Terms are letters and digits alone (questions.publication.terms) and are passed as parameters, so nothing a person
typed is ever read as query syntax.
"""

import uuid

from django.db import connection

NEWEST = 1_000  # matches that are ranked; ranking 86,000 cost 363 ms

_PUT = {
    "sqlite": "INSERT INTO publication_search (publication_id, title, words, body) VALUES (%s, %s, %s, %s)",
    "postgresql": """INSERT INTO publication_search (publication_id, document) VALUES (%s,
        setweight(to_tsvector('english', %s), 'A') || setweight(to_tsvector('english', %s), 'B')
        || setweight(to_tsvector('english', %s), 'D') || to_tsvector('simple', %s))""",
}

_SHOWN = """publication.status = 'published' AND publication.hidden_at IS NULL
    AND (%s = '' OR publication.topic_id IN (SELECT id FROM questions_topic WHERE slug = %s))
    ORDER BY publication.published_at DESC, publication.id LIMIT %s"""

# bm25 can be reckoned only where MATCH stands, so the matches are written down before they are joined.
_FIND_SQLITE = """
WITH matches AS MATERIALIZED (
    SELECT publication_id, bm25(publication_search, 0, 8, 1, 4) AS worth
    FROM publication_search WHERE publication_search MATCH %s
), newest AS MATERIALIZED (
    SELECT publication.id, publication.published_at, matches.worth
    FROM matches JOIN publication_publication publication ON publication.id = matches.publication_id WHERE {shown}
) SELECT id FROM newest ORDER BY worth, published_at DESC, id"""

_FIND_POSTGRES = """
WITH newest AS MATERIALIZED (
    SELECT publication.id, publication.published_at, search.document
    FROM publication_search search JOIN publication_publication publication ON publication.id = search.publication_id
    WHERE search.document @@ ({asked}) AND {shown}
) SELECT id FROM newest ORDER BY ts_rank(document, {asked}) DESC, published_at DESC, id"""

# The simple form beside the stemmed one: "down" and "out" are stop words of English, and keywords of ours.
_TERM = "(plainto_tsquery('english', %s) || plainto_tsquery('simple', %s))"


def put(key: uuid.UUID, *, title: str, words: str, body: str) -> None:
    """Index a publication anew. The texts are already plain terms."""
    remove(key)
    values = [_id(key), title, words, body]
    if connection.vendor == "postgresql":
        values.append(f"{title} {words} {body}")
    with connection.cursor() as cursor:
        cursor.execute(_PUT[connection.vendor], values)


def remove(key: uuid.UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM publication_search WHERE publication_id = %s", [_id(key)])


def wipe() -> None:
    """Leave no word of what was removed. FTS5 only marks it as deleted until its pieces are merged into one."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO publication_search (publication_search) VALUES ('optimize')")


def matches(terms: list[str], *, every: bool, topic: str = "") -> list[uuid.UUID]:
    """Published answers with every or any of the terms, the best first, among the newest 1,000 of them."""
    if not terms:
        return []
    shown: list[str | int] = [topic, topic, NEWEST]
    if connection.vendor == "postgresql":
        asked = (" && " if every else " || ").join([_TERM] * len(terms))
        twice = [term for term in terms for _ in range(2)]
        statement = _FIND_POSTGRES.format(asked=asked, shown=_SHOWN)
        values: list[str | int] = [*twice, *shown, *twice]
    else:
        asked = (" AND " if every else " OR ").join(f'"{term}"' for term in terms)
        statement, values = _FIND_SQLITE.format(shown=_SHOWN), [asked, *shown]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [uuid.UUID(str(row[0])) for row in cursor.fetchall()]


def _id(key: uuid.UUID) -> str:
    """As the key of publications is kept: 32 hex digits on SQLite."""
    return key.hex
