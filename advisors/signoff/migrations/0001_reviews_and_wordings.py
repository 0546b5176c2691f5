import askpeer.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("drafting", "0001_drafts_and_versions"),
        ("questions", "0001_questions_rounds_messages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LevelChange',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('was', models.CharField(max_length=5)),
                ('level', models.CharField(max_length=5)),
                ('reason', askpeer.fields.SealedTextField(editable=True, sealed_by='round.question')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='level_changes', to='questions.round')),
            ],
        ),
        migrations.CreateModel(
            name='Reviewing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField()),
                ('draft', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='reviewing', to='drafting.draft')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.BinaryField(help_text="of the wording, under the question's key", max_length=32)),
                ('at', models.DateTimeField()),
                ('voided_at', models.DateTimeField(null=True)),
                ('approver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='approvals', to='drafting.draftversion')),
                ('writer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('writer', models.F('approver')), _negated=True), name='nobody_approves_their_own'), models.UniqueConstraint(fields=('version', 'approver'), name='one_approval_a_person')],
            },
        ),
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('paragraph', models.PositiveSmallIntegerField(help_text='counted from 1; 0 for the whole draft')),
                ('text', askpeer.fields.SealedTextField(editable=True, sealed_by='version.draft.round.question')),
                ('written_at', models.DateTimeField()),
                ('resolved_at', models.DateTimeField(null=True)),
                ('resolved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='drafting.draftversion')),
                ('writer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['paragraph', 'written_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('resolved_at__isnull', True), ('resolved_by__isnull', True)), models.Q(('resolved_at__isnull', False), ('resolved_by__isnull', False)), _connector='OR'), name='resolved_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='Wording',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('redirect', 'Redirect'), ('holding', 'Holding')], max_length=8)),
                ('code', models.SlugField(help_text='the coded reason', max_length=40)),
                ('label', models.CharField(help_text='what staff see in the list', max_length=80)),
                ('language', models.CharField(default='en', max_length=5)),
                ('text', models.TextField(help_text='Markdown')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('approver', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('writer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['position', 'label'],
                'constraints': [models.UniqueConstraint(fields=('kind', 'code', 'language'), name='one_wording_a_code'), models.CheckConstraint(condition=models.Q(('approver__isnull', True), models.Q(('approver', models.F('writer')), _negated=True), _connector='OR'), name='wording_approved_by_a_second_person')],
            },
        ),
    ]
