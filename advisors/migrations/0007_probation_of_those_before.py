"""Who had given five answers before somebody had to say so wrote without company then, and does so still."""

from datetime import timedelta

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

A_WEEK = timedelta(days=7)  # so that no desk tells them anew


def lift(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    people = apps.get_model("advisors", "Person").objects.using(editor.connection.alias)
    before = people.filter(role="advisor", answers_given__gte=5, probation_lifted_on=None)
    before.update(probation_lifted_on=(timezone.now() - A_WEEK).date())


class Migration(migrations.Migration):
    dependencies = [("advisors", "0006_agreement_vetting_probation")]
    operations = [migrations.RunPython(lift, migrations.RunPython.noop)]
