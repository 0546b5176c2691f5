import askpeer.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("partners", "0001_partners_and_keys"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Signpost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=60, unique=True)),
                ('name', models.CharField(max_length=80)),
                ('url', models.URLField(blank=True)),
                ('summary', models.CharField(max_length=300)),
                ('country', models.CharField(default='GB', max_length=2)),
                ('nations', models.JSONField(blank=True, default=list, help_text='ISO 3166-2 codes; empty for the whole country')),
                ('min_age', models.PositiveSmallIntegerField(default=0)),
                ('max_age', models.PositiveSmallIntegerField(default=99)),
                ('crisis', models.BooleanField(default=False)),
                ('last_verified', models.DateField(blank=True, null=True)),
                ('remark', models.CharField(blank=True, max_length=80)),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'ordering': ['position', 'name'],
            },
        ),
        migrations.CreateModel(
            name='Topic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=40, unique=True)),
                ('label', models.CharField(max_length=60)),
                ('clean_label', models.CharField(blank=True, help_text='shown where a partner asks for it', max_length=60)),
                ('keywords', models.JSONField(blank=True, default=list)),
                ('sensitive', models.BooleanField(default=False, help_text='kept from advisors under 18; carries a content note')),
                ('position', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'ordering': ['position', 'label'],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('wrapped_key', models.BinaryField(null=True)),
                ('receipt_digest', models.BinaryField(max_length=32, null=True, unique=True)),
                ('status', models.CharField(choices=[('new', 'new'), ('open', 'open'), ('in_progress', 'in_progress'), ('pending_asker', 'pending_asker'), ('in_review', 'in_review'), ('changes_requested', 'changes_requested'), ('answered', 'answered'), ('redirected', 'redirected'), ('closed', 'closed'), ('withdrawn', 'withdrawn')], default='new', max_length=20)),
                ('version', models.PositiveIntegerField(default=1, help_text='one more at each move; the number of the stage')),
                ('entered_at', models.DateTimeField(help_text='when the present stage began')),
                ('alarm_at', models.DateTimeField(null=True)),
                ('alarm_kind', models.CharField(blank=True, max_length=20)),
                ('level', models.CharField(choices=[('green', 'green'), ('amber', 'amber'), ('red', 'red')], default='green', max_length=5)),
                ('round_number', models.PositiveSmallIntegerField(default=1)),
                ('asked_at', models.DateTimeField()),
                ('language', models.CharField(default='en', max_length=5)),
                ('age_band', models.CharField(choices=[('under-11', 'under-11'), ('11-12', '11-12'), ('13-15', '13-15'), ('16-17', '16-17'), ('18-21', '18-21'), ('22-25', '22-25'), ('rather-not-say', 'rather-not-say')], max_length=16, null=True)),
                ('nation', models.CharField(max_length=8, null=True)),
                ('wants', models.JSONField(default=list)),
                ('writer', models.CharField(choices=[('anyone', 'anyone'), ('adult', 'adult'), ('expert', 'expert')], default='anyone', max_length=8)),
                ('may_know_advisor', models.BooleanField(default=False)),
                ('about_staff', models.BooleanField(default=False, help_text='read by the safeguarding lead alone')),
                ('quarantined', models.BooleanField(default=False)),
                ('summary', askpeer.fields.SealedTextField(editable=True, help_text='the one line for the desk, written by a supervisor', null=True, sealed_by='self')),
                ('content_notes', models.JSONField(default=list)),
                ('holder', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='held_questions', to=settings.AUTH_USER_MODEL)),
                ('offered_to', models.ForeignKey(help_text='first choice for this round', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('partner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='partners.partner')),
                ('topic', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to='questions.topic')),
            ],
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('wrapped_key', models.BinaryField(null=True)),
                ('email', askpeer.fields.SealedTextField(editable=True, sealed_by='self')),
                ('paused_at', models.DateTimeField(help_text='the address was refused for good', null=True)),
                ('question', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='contact', to='questions.question')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Round',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField()),
                ('asked_at', models.DateTimeField()),
                ('promised_at', models.DateTimeField(help_text='never changes')),
                ('due_at', models.DateTimeField(help_text='promised_at, moved by pauses')),
                ('paused_at', models.DateTimeField(help_text='a round pauses once', null=True)),
                ('redated_at', models.DateTimeField(help_text='the new date after a broken promise; counts as late', null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('reached', models.CharField(blank=True, choices=[('', 'Nothing'), ('at_risk', 'At Risk'), ('late', 'Late')], default='', max_length=8)),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rounds', to='questions.question')),
            ],
            options={
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('question', 'Question'), ('follow_up', 'Follow Up'), ('reply', 'Reply'), ('clarification', 'Clarification'), ('answer', 'Answer'), ('holding', 'Holding'), ('redirect', 'Redirect')], max_length=16)),
                ('text', askpeer.fields.SealedTextField(editable=True, sealed_by='round.question')),
                ('extras', askpeer.fields.SealedTextField(editable=True, help_text='JSON: {"cards": […], "timeline": […]}', null=True, sealed_by='round.question')),
                ('html', askpeer.fields.SealedTextField(editable=True, help_text='ours, rendered when it was approved', null=True, sealed_by='round.question')),
                ('digest', models.BinaryField(help_text='of the approved wording', max_length=32, null=True)),
                ('sent_at', models.DateTimeField()),
                ('passed_at', models.DateTimeField(null=True)),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='questions.round')),
            ],
            options={
                'ordering': ['sent_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Feedback',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('felt_heard', models.BooleanField(null=True)),
                ('next_step', models.BooleanField(null=True)),
                ('knew_checked', models.BooleanField(null=True)),
                ('words', askpeer.fields.SealedTextField(editable=True, null=True, sealed_by='round.question')),
                ('sent_at', models.DateTimeField()),
                ('passed_at', models.DateTimeField(null=True)),
                ('round', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='feedback', to='questions.round')),
            ],
        ),
        migrations.CreateModel(
            name='SafetyReport',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('words', askpeer.fields.SealedTextField(editable=True, sealed_by='round.question')),
                ('sent_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(null=True)),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='safety_reports', to='questions.round')),
                ('settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='SignpostChannel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('chat', 'Chat'), ('text', 'Text'), ('phone', 'Phone'), ('email', 'Email'), ('web', 'Web')], max_length=8)),
                ('value', models.CharField(max_length=200)),
                ('hours', models.CharField(blank=True, max_length=120)),
                ('awake', models.JSONField(blank=True, default=list, help_text='[[from hour, to hour], …]; empty for always')),
                ('signpost', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='channels', to='questions.signpost')),
            ],
        ),
        migrations.AddField(
            model_name='signpost',
            name='topics',
            field=models.ManyToManyField(blank=True, related_name='signposts', to='questions.topic'),
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('round_number', models.PositiveSmallIntegerField()),
                ('stage', models.PositiveIntegerField(help_text="the question's version; 0 for a rung of the promise")),
                ('kind', models.CharField(max_length=20)),
                ('due_at', models.DateTimeField()),
                ('made_at', models.DateTimeField()),
                ('superseded', models.BooleanField(default=False)),
                ('told_at', models.DateTimeField(null=True)),
                ('holder', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reminders', to='questions.question')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('superseded', False), ('told_at__isnull', True)), fields=['id'], name='reminder_untold')],
                'constraints': [models.UniqueConstraint(fields=('question', 'round_number', 'stage', 'kind'), name='one_rung_a_stage')],
            },
        ),
        migrations.AddConstraint(
            model_name='round',
            constraint=models.UniqueConstraint(fields=('question', 'number'), name='one_round_a_number'),
        ),
        migrations.AddConstraint(
            model_name='round',
            constraint=models.CheckConstraint(condition=models.Q(('due_at__gte', models.F('promised_at'))), name='due_is_never_early'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('kind__in', ['question', 'follow_up', 'reply']), ('passed_at__isnull', True)), fields=['sent_at'], name='message_untriaged'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'answer')), fields=('round',), name='one_answer_a_round'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(condition=models.Q(('kind__in', ['question', 'follow_up'])), fields=('round',), name='one_opening_a_round'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['question', 'follow_up', 'reply']), models.Q(('digest__isnull', False), ('html__isnull', False)), _connector='OR'), name='ours_has_its_digest'),
        ),
        migrations.AddIndex(
            model_name='question',
            index=models.Index(condition=models.Q(('alarm_at__isnull', False)), fields=['alarm_at'], name='question_alarm'),
        ),
        migrations.AddIndex(
            model_name='question',
            index=models.Index(fields=['status', 'asked_at', 'id'], name='question_queue'),
        ),
        migrations.AddIndex(
            model_name='question',
            index=models.Index(condition=models.Q(('holder__isnull', False)), fields=['holder', 'status'], name='question_holder'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'withdrawn'), _negated=True), models.Q(('age_band__isnull', True), ('alarm_at__isnull', True), ('nation__isnull', True), ('receipt_digest__isnull', True), ('summary__isnull', True), ('wrapped_key__isnull', True)), _connector='OR'), name='withdrawn_is_erased'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(('status', 'withdrawn'), models.Q(('receipt_digest__isnull', False), ('wrapped_key__isnull', False)), _connector='OR'), name='kept_has_its_key'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['new', 'open', 'withdrawn', 'closed']), _negated=True), ('holder__isnull', True), _connector='OR'), name='unheld_has_no_holder'),
        ),
    ]
