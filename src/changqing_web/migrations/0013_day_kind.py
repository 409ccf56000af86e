"""What the next day of a case is: set by law, expected, or the company's own plan."""

from datetime import date

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def _read_again(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("changqing", "CaseRow").objects.update(
        stamp="", holds_until=date(2000, 1, 1)
    )


class Migration(migrations.Migration):
    """Add it, count by it and by who acts, and let every row be read again."""

    dependencies = (("changqing", "0012_archived"),)
    operations = (
        migrations.AddField(
            model_name="caserow",
            name="day_kind",
            field=models.CharField(blank=True, default="", max_length=20),
            preserve_default=False,
        ),
        migrations.RunPython(_read_again, migrations.RunPython.noop, elidable=True),
        migrations.RemoveIndex(model_name="caserow", name="case_board"),
        migrations.AddIndex(
            model_name="caserow",
            index=models.Index(
                fields=[
                    *("workspace", "ended", "next_day", "name", "stage", "readiness"),
                    *("blocking", "proven_until", "report_due", "archived"),
                    *("day_kind", "must_act", "owner"),
                ],
                name="case_board",
            ),
        ),
    )
