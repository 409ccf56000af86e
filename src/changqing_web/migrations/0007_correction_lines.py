"""How many lines a notice of correction has, read from the folders again."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def _read_again(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("changqing", "CaseRow").objects.update(stamp="")


class Migration(migrations.Migration):
    """Add them, so that the index has every column of a row."""

    dependencies = (("changqing", "0006_personal_papers"),)
    operations = (
        migrations.AddField(
            model_name="caserow", name="lines", field=models.IntegerField(default=0)
        ),
        migrations.RunPython(_read_again, migrations.RunPython.noop, elidable=True),
    )
