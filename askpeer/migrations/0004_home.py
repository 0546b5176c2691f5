from django.db import migrations, models
from django.db.models import F


def follow_country(apps, schema_editor):
    """Until now the country of the public holidays was that of the crisis services too: the last one there was."""
    alias = schema_editor.connection.alias
    calendars = apps.get_model("askpeer", "ServiceCalendar").objects.using(alias)
    calendars.update(home=F("country"))
    for version in apps.get_model("askpeer", "CalendarVersion").objects.using(alias).order_by("-number"):
        if version.definition["country"]:
            calendars.filter(home="").update(home=version.definition["country"])
            return


class Migration(migrations.Migration):

    dependencies = [
        ("askpeer", "0003_calendar_versions"),
    ]

    operations = [
        migrations.AddField(
            model_name="servicecalendar",
            name="home",
            field=models.CharField(
                default="GB", help_text="ISO 3166-1, the last country that the service had holidays of", max_length=2
            ),
        ),
        migrations.RunPython(follow_country, migrations.RunPython.noop),
    ]
