import askpeer.fields
import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0002_questions_of_waiting_drafts'),
        ('questions', '0001_questions_rounds_messages'),
    ]

    # The table never had a row, so it is made anew: a number does not become a UUID on PostgreSQL.
    operations = [
        migrations.DeleteModel(name='SuggestedWord'),
        migrations.CreateModel(
            name='SuggestedWord',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('wrapped_key', models.BinaryField(editable=False, null=True)),
                ('word', askpeer.fields.SealedTextField(editable=True, sealed_by='self')),
                ('sent_on', models.DateField()),
                ('topic', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='suggested_words', to='questions.topic')),
            ],
            options={
                'abstract': False,
            },
        ),
    ]
