from datetime import time

from django.db import migrations


def open_on_weekdays(apps, schema_editor):
    """A service without hours does not start, so a new one opens Monday to Friday, 10:00 to 18:00, until it is edited."""
    calendars = apps.get_model("askpeer", "ServiceCalendar").objects
    windows = apps.get_model("askpeer", "OpeningWindow").objects
    if calendars.exists():
        return
    calendar = calendars.create(time_zone="Europe/London", country="GB", subdivision="ENG")
    for weekday in range(5):
        windows.create(calendar=calendar, weekday=weekday, opens=time(10), closes=time(18))


class Migration(migrations.Migration):
    dependencies = [("askpeer", "0001_hours_trail_outbox")]
    operations = [migrations.RunPython(open_on_weekdays, migrations.RunPython.noop, elidable=False)]
