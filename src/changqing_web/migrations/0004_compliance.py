from django.db import migrations, models


class Migration(migrations.Migration):
    """What a licensee owes, and what is certainly wrong, beside what is applied for."""

    dependencies = (("changqing", "0003_board"),)
    operations = (
        migrations.AddField(
            model_name="caserow",
            name="compliance",
            field=models.CharField(blank=True, default="", max_length=12),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="caserow",
            name="cautions",
            field=models.JSONField(default=list),
        ),
    )
