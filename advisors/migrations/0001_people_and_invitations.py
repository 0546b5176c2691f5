import askpeer.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254)),
                ('alias', models.CharField(max_length=40)),
                ('role', models.CharField(choices=[('advisor', 'Advisor'), ('supervisor', 'Supervisor'), ('lead', 'Safeguarding lead'), ('manager', 'Manager')], max_length=10)),
                ('born_on', models.DateField(blank=True, null=True)),
                ('digest', models.BinaryField(max_length=32, unique=True)),
                ('sent_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('wrapped_key', models.BinaryField(null=True)),
                ('email', models.EmailField(max_length=254, unique=True)),
                ('alias', models.CharField(max_length=40)),
                ('role', models.CharField(choices=[('advisor', 'Advisor'), ('supervisor', 'Supervisor'), ('lead', 'Safeguarding lead'), ('manager', 'Manager')], max_length=10)),
                ('deputy', models.BooleanField(default=False, help_text="may co-sign red in the lead's place")),
                ('is_active', models.BooleanField(default=True)),
                ('born_on', models.DateField(blank=True, help_text='advisors only: under 18 brings its own rules', null=True)),
                ('guardian_consent_on', models.DateField(blank=True, help_text='needed under 16', null=True)),
                ('trained_until', models.DateField(blank=True, help_text='no claiming after this day', null=True)),
                ('boundaries', askpeer.fields.SealedTextField(editable=True, help_text='JSON: {"topic slug": "never" | "ask"}', null=True, sealed_by='self')),
                ('joined_at', models.DateTimeField()),
                ('buddy', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'people',
                'ordering': ['alias'],
            },
        ),
    ]
