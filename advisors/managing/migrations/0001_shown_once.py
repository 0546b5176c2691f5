import askpeer.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('partners', '0006_former_secrets'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ShownOnce',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('wrapped_key', models.BinaryField(null=True)),
                ('secret', askpeer.fields.SealedTextField(editable=True, sealed_by='self')),
                ('made_at', models.DateTimeField(db_index=True)),
                ('hook', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='partners.hook')),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='partners.partner')),
                ('partner_key', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='partners.partnerkey')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('hook__isnull', False), ('partner_key__isnull', True)), models.Q(('hook__isnull', True), ('partner_key__isnull', False)), _connector='OR'), name='shown_once_is_of_one_thing')],
            },
        ),
    ]
