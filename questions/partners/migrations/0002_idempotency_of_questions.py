import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("partners", "0001_partners_and_keys"),
        ("questions", "0001_questions_rounds_messages"),
    ]

    operations = [
        migrations.AddField(
            model_name='idempotencyrecord',
            name='question',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='idempotency_records', to='questions.question'),
        ),
        migrations.AddField(
            model_name='idempotencyrecord',
            name='partner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='partners.partner'),
        ),
        migrations.AddField(
            model_name='partnerkey',
            name='partner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='keys', to='partners.partner'),
        ),
        migrations.AddConstraint(
            model_name='idempotencyrecord',
            constraint=models.UniqueConstraint(fields=('partner', 'digest'), name='one_answer_a_key'),
        ),
        migrations.AddConstraint(
            model_name='partnerkey',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__isnull', True), ('expires_at__gt', models.F('made_at')), _connector='OR'), name='key_expires_after_made'),
        ),
    ]
