"""Let the database itself say that nobody asked a new job to stop."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A program of before, still at work, adds jobs without naming the column."""

    dependencies = (("changqing", "0009_unread_papers"),)
    operations = (
        migrations.AlterField(
            model_name="job",
            name="stop_asked",
            field=models.BooleanField(db_default=False, default=False),
        ),
    )
