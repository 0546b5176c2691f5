import askpeer.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('questions', '0001_questions_rounds_messages'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('wrapped_key', models.BinaryField(null=True)),
                ('round_number', models.PositiveSmallIntegerField(default=1)),
                ('withdrawal_digest', models.BinaryField(db_index=True, max_length=32, null=True)),
                ('status', models.CharField(choices=[('candidate', 'Candidate'), ('anonymised', 'Anonymised'), ('published', 'Published'), ('unpublished', 'Unpublished')], default='candidate', max_length=12)),
                ('version', models.PositiveIntegerField(default=1, help_text='one more at each edit; what a check refers to')),
                ('slug', models.SlugField(max_length=80, unique=True)),
                ('gone_digest', models.BinaryField(db_index=True, help_text='of the address it had', max_length=32, null=True)),
                ('working', askpeer.fields.SealedTextField(editable=True, help_text='JSON of a PublicText: what is not published yet', null=True, sealed_by='self')),
                ('title', models.CharField(blank=True, max_length=120)),
                ('keywords', models.JSONField(blank=True, default=list)),
                ('age_group', models.CharField(blank=True, max_length=8)),
                ('question_text', models.TextField(blank=True)),
                ('answer_text', models.TextField(blank=True, help_text='Markdown')),
                ('answer_html', models.TextField(blank=True)),
                ('content_note', models.CharField(blank=True, max_length=160)),
                ('published_at', models.DateTimeField(null=True)),
                ('updated_at', models.DateTimeField(null=True)),
                ('unpublished_at', models.DateTimeField(null=True)),
                ('checked_on', models.DateField(null=True)),
                ('review_by', models.DateField(null=True)),
                ('hidden_at', models.DateTimeField(help_text='reported; hidden until a person has looked', null=True)),
                ('checked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('edited_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('question', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='publications', to='questions.question')),
                ('topic', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='questions.topic')),
            ],
            options={
                'ordering': ['-published_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('choice', models.CharField(choices=[('show_me', 'Show Me'), ('yes', 'Yes'), ('no', 'No')], max_length=8)),
                ('at', models.DateTimeField()),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='questions.round')),
                ('publication', models.ForeignKey(help_text='the text that was shown', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='publication.publication')),
                ('version', models.PositiveIntegerField(help_text='of that text; NULL for a yes before it was written', null=True)),
            ],
            options={
                'ordering': ['-at', '-id'],
            },
        ),
        migrations.AddIndex(
            model_name='publication',
            index=models.Index(fields=['status', '-published_at', 'id'], name='library_by_date'),
        ),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.CheckConstraint(condition=models.Q(('checked_by__isnull', True), models.Q(('checked_by', models.F('edited_by')), _negated=True), _connector='OR'), name='checked_by_a_second_person'),
        ),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'published'), _negated=True), models.Q(('checked_by__isnull', False), ('checked_on__isnull', False), ('edited_by__isnull', False), ('published_at__isnull', False), ('review_by__isnull', False)), _connector='OR'), name='published_is_checked'),
        ),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.CheckConstraint(condition=models.Q(('status', 'published'), models.Q(('age_group', ''), ('answer_html', ''), ('answer_text', ''), ('content_note', ''), ('question_text', ''), ('title', '')), _connector='OR'), name='plain_is_published'),
        ),
    ]
