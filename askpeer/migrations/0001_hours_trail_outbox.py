import datetime
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Beacon',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='ServiceCalendar',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('time_zone', models.CharField(default='Europe/London', help_text='IANA name, e.g. Europe/London', max_length=64)),
                ('country', models.CharField(default='GB', help_text='ISO 3166-1, for public holidays', max_length=2)),
                ('subdivision', models.CharField(blank=True, default='ENG', help_text='ISO 3166-2 without the country', max_length=8)),
            ],
            options={
                'verbose_name': 'calendar',
            },
        ),
        migrations.CreateModel(
            name='TrailSeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(unique=True)),
                ('count', models.PositiveIntegerField()),
                ('digest', models.BinaryField(max_length=32)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='OutboxRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=160, unique=True)),
                ('kind', models.CharField(max_length=40)),
                ('refs', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('leased', 'Leased'), ('sent', 'Sent'), ('dropped', 'Dropped'), ('dead', 'Dead')], default='waiting', max_length=8)),
                ('due_at', models.DateTimeField(help_text='not sent before; moved on by each failure')),
                ('leased_until', models.DateTimeField(null=True)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(null=True)),
                ('error', models.CharField(blank=True, help_text="the failure's type and code, never its text", max_length=120)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['due_at'], name='outbox_waiting')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('leased_until__isnull', False), ('state', 'leased')), models.Q(models.Q(('state', 'leased'), _negated=True), ('leased_until__isnull', True)), _connector='OR'), name='leased_has_its_end'), models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', True), ('state__in', ['waiting', 'leased'])), models.Q(('state__in', ['sent', 'dropped', 'dead']), ('settled_at__isnull', False)), _connector='OR'), name='settled_has_its_moment')],
            },
        ),
        migrations.CreateModel(
            name='OpeningWindow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekday', models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')])),
                ('opens', models.TimeField()),
                ('closes', models.TimeField()),
                ('calendar', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='windows', to='askpeer.servicecalendar')),
            ],
            options={
                'ordering': ['weekday', 'opens'],
                'constraints': [models.CheckConstraint(condition=models.Q(('closes__gt', models.F('opens')), ('closes', datetime.time(0, 0)), _connector='OR'), name='window_closes_after_opening', violation_error_message='A window has to close after it opens.')],
            },
        ),
        migrations.CreateModel(
            name='Closure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_day', models.DateField()),
                ('last_day', models.DateField()),
                ('reason', models.CharField(blank=True, max_length=120)),
                ('calendar', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='closures', to='askpeer.servicecalendar')),
            ],
            options={
                'ordering': ['first_day'],
                'constraints': [models.CheckConstraint(condition=models.Q(('last_day__gte', models.F('first_day'))), name='closure_ends_after_it_starts', violation_error_message='The last day has to be the first day or later.')],
            },
        ),
        migrations.CreateModel(
            name='TrailEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.CharField(max_length=80)),
                ('kind', models.CharField(max_length=40)),
                ('actor', models.CharField(max_length=80)),
                ('at', models.DateTimeField()),
                ('facts', models.JSONField(default=dict)),
                ('place', models.PositiveIntegerField(null=True)),
                ('seal', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='askpeer.trailseal')),
            ],
            options={
                'verbose_name_plural': 'trail entries',
                'ordering': ['pk'],
                'indexes': [models.Index(fields=['subject', 'id'], name='trail_by_subject'), models.Index(condition=models.Q(('seal__isnull', True)), fields=['id'], name='trail_unsealed')],
                'constraints': [models.UniqueConstraint(fields=('seal', 'place'), name='one_entry_a_place')],
            },
        ),
    ]
