from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("questions", "0009_retired_topics")]

    operations = [
        migrations.CreateModel(
            name="Retention",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "close_days",
                    models.PositiveSmallIntegerField(help_text="from an answer until its question closes"),
                ),
                ("erase_days", models.PositiveSmallIntegerField(help_text="from closing until it is erased")),
            ],
            options={"verbose_name_plural": "retention"},
        ),
    ]
