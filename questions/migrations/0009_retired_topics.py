from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("questions", "0008_came_by_a_button")]

    operations = [
        migrations.AddField(
            model_name="topic",
            name="retired",
            field=models.BooleanField(db_default=False, default=False, help_text="nobody new can choose it"),
        ),
    ]
