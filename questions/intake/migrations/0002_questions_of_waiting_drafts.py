import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("intake", "0001_waiting_drafts_and_risk_rules"),
        ("questions", "0001_questions_rounds_messages"),
    ]

    operations = [
        migrations.AddField(
            model_name='suggestedword',
            name='topic',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to='questions.topic'),
        ),
        migrations.AddField(
            model_name='waitingdraft',
            name='question',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='waiting_drafts', to='questions.question'),
        ),
    ]
