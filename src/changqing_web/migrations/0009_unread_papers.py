"""How many papers wait to be read, counted anew; and that a job was asked to stop."""

from datetime import date

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def _read_again(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("changqing", "CaseRow").objects.update(
        stamp="", holds_until=date(2000, 1, 1)
    )


class Migration(migrations.Migration):
    """Add both, and let every row be read again."""

    dependencies = (("changqing", "0008_must_act"),)
    operations = (
        migrations.AddField(
            model_name="caserow",
            name="unread_papers",
            field=models.IntegerField(null=True),
        ),
        migrations.AddIndex(
            model_name="caserow",
            index=models.Index(
                fields=["workspace", "unread_papers"],
                condition=models.Q(unread_papers__gt=0, ended=False),
                name="case_unread",
            ),
        ),
        migrations.AddField(
            model_name="job",
            name="stop_asked",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="job",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Waiting"),
                    ("running", "Running"),
                    ("done", "Done"),
                    ("failed", "Failed"),
                    ("stopped", "Stopped"),
                ],
                default="waiting",
                max_length=10,
            ),
        ),
        migrations.RunPython(_read_again, migrations.RunPython.noop, elidable=True),
    )
