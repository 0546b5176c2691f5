import advisors.models
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("advisors", "0002_own_school_of_a_person"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="languages",
            field=models.JSONField(
                default=advisors.models.english_alone, help_text="codes of the languages they read and answer in"
            ),
        ),
    ]
