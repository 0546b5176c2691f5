from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("signoff", "0002_rubric_escalation_own_words")]

    operations = [
        migrations.AddField(
            model_name="wording",
            name="retired_at",
            field=models.DateTimeField(help_text="nobody can choose it any more", null=True),
        ),
        migrations.RemoveConstraint(model_name="wording", name="one_wording_a_code"),
        migrations.AddConstraint(
            model_name="wording",
            constraint=models.UniqueConstraint(
                condition=Q(approver__isnull=False, retired_at__isnull=True),
                fields=("kind", "code", "language"),
                name="one_wording_a_code",
            ),
        ),
        migrations.AddConstraint(
            model_name="wording",
            constraint=models.UniqueConstraint(
                condition=Q(approver__isnull=True),
                fields=("kind", "code", "language"),
                name="one_waiting_wording_a_code",
            ),
        ),
    ]
