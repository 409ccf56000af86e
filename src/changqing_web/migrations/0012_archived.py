"""Whether a case was put away, out of the lists."""

from django.db import migrations, models

_COUNTED = (
    *("workspace", "ended", "next_day", "name", "stage", "readiness"),
    *("blocking", "proven_until", "report_due"),
)


class Migration(migrations.Migration):
    """Add it, and count it with the rest of what the board counts."""

    dependencies = (("changqing", "0011_link_made_by"),)
    operations = (
        migrations.AddField(
            model_name="caserow",
            name="archived",
            field=models.BooleanField(default=False),
        ),
        migrations.RemoveIndex(model_name="caserow", name="case_board"),
        migrations.AddIndex(
            model_name="caserow",
            index=models.Index(fields=[*_COUNTED, "archived"], name="case_board"),
        ),
    )
