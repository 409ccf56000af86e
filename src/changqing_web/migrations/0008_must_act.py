"""Who must act on a case, read from the folders when a row is shown next."""

from datetime import date

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def _read_again(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("changqing", "CaseRow").objects.update(
        stamp="", holds_until=date(2000, 1, 1)
    )


class Migration(migrations.Migration):
    """Add it, and let every row be read again."""

    dependencies = (("changqing", "0007_correction_lines"),)
    operations = (
        migrations.AddField(
            model_name="caserow",
            name="must_act",
            field=models.CharField(blank=True, default="", max_length=20),
            preserve_default=False,
        ),
        migrations.RunPython(_read_again, migrations.RunPython.noop, elidable=True),
    )
