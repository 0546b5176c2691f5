from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("questions", "0011_told_stale_on")]

    operations = [
        migrations.AlterModelOptions("signpostchannel", options={"ordering": ["pk"]}),
    ]
