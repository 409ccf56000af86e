from django.db import migrations, models


class Migration(migrations.Migration):
    """How often a job was begun, when last and where: for turns and giving up."""

    dependencies = (("changqing", "0004_compliance"),)
    operations = (
        migrations.AddField(
            model_name="job",
            name="tries",
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name="job",
            name="begun_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="job",
            name="machine",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(fields=["state", "id"], name="job_by_state"),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(fields=["workspace", "begun_at"], name="job_turn"),
        ),
    )
