from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='RiskRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(max_length=120)),
                ('level', models.CharField(choices=[('amber', 'amber'), ('red', 'red')], max_length=5)),
                ('language', models.CharField(default='en', max_length=5)),
                ('phrases', models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name='SuggestedWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(max_length=40)),
                ('sent_on', models.DateField()),
                ('accepted', models.BooleanField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='WaitingDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.BinaryField(max_length=32, unique=True)),
                ('sealed', models.BinaryField()),
                ('promised_at', models.DateTimeField(help_text='the promise that was shown')),
                ('expires_at', models.DateTimeField(db_index=True)),
            ],
        ),
    ]
