from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def as_asked(apps, schema_editor):
    """A public text is in its question's language; one whose question is gone stays in that of most."""
    Publication = apps.get_model("publication", "Publication")
    Question = apps.get_model("questions", "Question")
    asked = Question.objects.filter(pk=OuterRef("question")).values("language")
    Publication.objects.filter(question__isnull=False).update(language=Subquery(asked))


class Migration(migrations.Migration):
    dependencies = [("publication", "0002_search_index")]

    operations = [
        migrations.AddField(
            "publication",
            "language",
            models.CharField(db_default="en", default="en", help_text="of its words", max_length=5),
        ),
        migrations.RunPython(as_asked, migrations.RunPython.noop, elidable=True),
    ]
