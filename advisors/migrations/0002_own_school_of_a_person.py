import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("advisors", "0001_people_and_invitations"),
        ("partners", "0001_partners_and_keys"),
    ]

    operations = [
        migrations.AddField(
            model_name='person',
            name='partner',
            field=models.ForeignKey(blank=True, help_text='their own school, whose questions they never see', null=True, on_delete=django.db.models.deletion.SET_NULL, to='partners.partner'),
        ),
        migrations.AddField(
            model_name='invitation',
            name='invited_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('role', 'advisor'), _negated=True), ('born_on__isnull', False), _connector='OR'), name='an_advisor_has_a_birth_date'),
        ),
    ]
