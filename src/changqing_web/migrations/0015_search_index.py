"""Open findings, papers and days of every case, and all that the board counts by."""

from __future__ import annotations

from datetime import date

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def _read_again(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("changqing", "CaseRow").objects.update(
        stamp="", holds_until=date(2000, 1, 1)
    )


def _key() -> tuple[str, models.BigAutoField[int, int]]:
    return (
        "id",
        models.BigAutoField(
            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
        ),
    )


def _case(
    related_name: str,
) -> tuple[str, models.ForeignKey[models.Model, models.Model]]:
    return (
        "case",
        models.ForeignKey(
            on_delete=models.CASCADE,
            related_name=related_name,
            to="changqing.caserow",
        ),
    )


class Migration(migrations.Migration):
    """Make the tables, and let every row be read again."""

    dependencies = (("changqing", "0014_handing_in"),)
    operations = (
        migrations.CreateModel(
            name="IndexedFinding",
            fields=[
                _key(),
                ("criterion", models.CharField(max_length=120)),
                ("verdict", models.CharField(max_length=20)),
                ("count", models.IntegerField()),
                ("key", models.CharField(max_length=300)),
                _case("findings"),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["criterion", "verdict", "case", "count"],
                        name="open_criterion",
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="IndexedPaper",
            fields=[
                _key(),
                ("kind", models.CharField(max_length=120)),
                ("paper", models.CharField(blank=True, max_length=120)),
                ("file", models.CharField(blank=True, max_length=300)),
                ("wanted", models.BooleanField(default=False)),
                _case("papers"),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["kind", "wanted", "case", "paper"], name="paper_kind"
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="IndexedDay",
            fields=[
                _key(),
                ("day", models.DateField()),
                ("kind", models.CharField(max_length=12)),
                ("party", models.CharField(blank=True, max_length=12)),
                ("code", models.CharField(max_length=300)),
                ("title", models.JSONField()),
                ("does", models.JSONField()),
                ("provisional", models.BooleanField(default=False)),
                _case("days"),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["day", "kind", "party", "case"], name="day_of_case"
                    )
                ]
            },
        ),
        migrations.AddField(
            model_name="caserow",
            name="open_findings",
            field=models.IntegerField(null=True),
        ),
        migrations.RunPython(_read_again, migrations.RunPython.noop, elidable=True),
        migrations.RemoveIndex(model_name="caserow", name="case_board"),
        migrations.AddIndex(
            model_name="caserow",
            index=models.Index(
                fields=[
                    *("workspace", "ended", "next_day", "name", "stage", "readiness"),
                    *("blocking", "proven_until", "report_due", "archived"),
                    *("day_kind", "must_act", "owner", "compliance", "handing_in"),
                ],
                name="case_board",
            ),
        ),
    )
