"""Whether what is applied for was granted, and the licence has yet to come."""

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

    dependencies = (("changqing", "0015_search_index"),)
    operations = (
        migrations.AddField(
            model_name="caserow",
            name="granted",
            field=models.BooleanField(default=False),
        ),
        migrations.RunPython(_read_again, migrations.RunPython.noop, elidable=True),
    )
