"""Keep who made a link: whoever follows it is told who invites."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A program of before, still at work, makes links without naming the column."""

    dependencies = (("changqing", "0010_stop_asked_default"),)
    operations = (
        migrations.AddField(
            model_name="link",
            name="made_by",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=200
            ),
        ),
    )
