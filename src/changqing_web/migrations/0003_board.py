"""Indexes for the board: its counts, its order, and what it is narrowed by."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One index for all that is counted and sorted by, and one for each choice."""

    dependencies = (("changqing", "0002_report_due"),)
    operations = (
        migrations.RemoveIndex(model_name="caserow", name="case_next_day"),
        migrations.AddIndex(
            model_name="caserow",
            index=models.Index(
                fields=[
                    *("workspace", "ended", "next_day", "name", "stage", "readiness"),
                    *("blocking", "proven_until", "report_due"),
                ],
                name="case_board",
            ),
        ),
        migrations.AddIndex(
            model_name="caserow",
            index=models.Index(fields=["workspace", "licence"], name="case_licence"),
        ),
        migrations.AddIndex(
            model_name="caserow",
            index=models.Index(fields=["workspace", "region"], name="case_region"),
        ),
        migrations.AddIndex(
            model_name="caserow",
            index=models.Index(fields=["workspace", "owner"], name="case_owner"),
        ),
    )
