from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("advisors", "0004_trustees_and_caps"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="was_lead",
            field=models.BooleanField(default=False, editable=False),
        ),
    ]
