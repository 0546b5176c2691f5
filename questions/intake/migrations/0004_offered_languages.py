from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0003_sealed_suggested_words"),
    ]

    operations = [
        migrations.CreateModel(
            name="OfferedLanguage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=5, unique=True)),
                (
                    "country",
                    models.CharField(
                        help_text="whose crisis services stand on pages in this language", max_length=2
                    ),
                ),
                ("since", models.DateTimeField(help_text="empty while it is switched off", null=True)),
            ],
        ),
    ]
