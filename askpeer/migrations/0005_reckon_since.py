from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("askpeer", "0004_home"),
    ]

    operations = [
        migrations.AddField(
            model_name="servicecalendar",
            name="reckon_since",
            field=models.DateTimeField(null=True),
        ),
    ]
