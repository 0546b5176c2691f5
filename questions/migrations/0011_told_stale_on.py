from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("questions", "0010_retention")]

    operations = [
        migrations.AddField("signpost", "told_stale_on", models.DateField(null=True, editable=False)),
    ]
