"""Whether a case can be handed in, as its last assessment found."""

from datetime import date

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def _read_again(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("changqing", "CaseRow").objects.update(
        stamp="", holds_until=date(2000, 1, 1)
    )


class Migration(migrations.Migration):
    """Add it, and have the rows made again."""

    dependencies = (("changqing", "0013_day_kind"),)
    operations = (
        migrations.AddField(
            model_name="caserow",
            name="handing_in",
            field=models.CharField(blank=True, default="", max_length=12),
            preserve_default=False,
        ),
        migrations.RunPython(_read_again, migrations.RunPython.noop, elidable=True),
    )
