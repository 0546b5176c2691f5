"""Seal the seeds of second factors that were kept in plain text until now."""

from django.db import migrations

SEEDS = ("secret", "seed")


def seal(apps, schema_editor):
    from advisors.adapter import SealedFactors

    for row in apps.get_model("mfa", "Authenticator").objects.iterator():
        if named := [name for name in SEEDS if name in row.data]:
            row.data |= {name: SealedFactors().encrypt(row.data[name]) for name in named}
            row.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [("advisors", "0007_probation_of_those_before"), ("mfa", "0003_authenticator_type_uniq")]
    operations = [migrations.RunPython(seal, migrations.RunPython.noop)]
