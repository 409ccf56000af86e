from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def copy_views(apps: Any, schema_editor: object) -> None:
    """Let the views that were noted as events stand among the others.

    The events stay where they are. They did not say what file it was by its digest.
    """
    events = apps.get_model("changqing", "CaseEvent").objects
    accesses = apps.get_model("changqing", "PaperAccess")
    noted = events.filter(verb="view_identity").order_by("id")
    accesses.objects.bulk_create(
        (
            accesses(
                workspace_id=event.workspace_id,
                case=event.case,
                paper=str(event.detail.get("paper", ""))[:120],
                way="view",
                at=event.at,
                actor=event.actor,
            )
            for event in noted.iterator()
        ),
        batch_size=500,
    )


class Migration(migrations.Migration):
    """Who saw papers about persons, and the day on which these are deleted."""

    dependencies = (("changqing", "0005_job_turns"),)
    operations = (
        migrations.AddField(
            model_name="caserow",
            name="delete_personal_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="caserow",
            name="personal",
            field=models.IntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name="caserow",
            index=models.Index(fields=["delete_personal_on"], name="case_deletion"),
        ),
        migrations.CreateModel(
            name="PaperAccess",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("case", models.CharField(max_length=120)),
                ("paper", models.CharField(max_length=120)),
                ("kind", models.CharField(blank=True, max_length=60)),
                ("digest", models.CharField(blank=True, max_length=64)),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("view", "View"),
                            ("download", "Download"),
                            ("folder", "Folder"),
                            ("bundle", "Bundle"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=200)),
                ("link", models.BigIntegerField(null=True)),
                ("via", models.CharField(blank=True, max_length=10)),
                ("label", models.CharField(blank=True, max_length=120)),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="accesses",
                        to="changqing.workspace",
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
                "indexes": [
                    models.Index(
                        fields=["workspace", "case", "id"], name="access_of_case"
                    )
                ],
            },
        ),
        migrations.RunPython(copy_views, migrations.RunPython.noop),
    )
