"""The last day for the annual report, read from the folders when a row is shown next."""

from datetime import date

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def _read_again(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    rows = apps.get_model("changqing", "CaseRow").objects
    rows.update(stamp="", holds_until=date(2000, 1, 1))


class Migration(migrations.Migration):
    """Add it, and let every row be read again."""

    dependencies = (("changqing", "0001_initial"),)
    operations = (
        migrations.AddField(
            model_name="caserow", name="report_due", field=models.DateField(null=True)
        ),
        migrations.RunPython(_read_again, migrations.RunPython.noop, elidable=True),
    )
