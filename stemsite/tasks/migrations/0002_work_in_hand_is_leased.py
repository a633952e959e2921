from django.db import migrations, models
from django.db.models import Q


def running_is_leased(apps, schema_editor):
    apps.get_model("tasks", "Job").objects.using(schema_editor.connection.alias).filter(state="running").update(
        state="leased"
    )


def leased_is_running(apps, schema_editor):
    apps.get_model("tasks", "Job").objects.using(schema_editor.connection.alias).filter(state="leased").update(
        state="running"
    )


class Migration(migrations.Migration):
    dependencies = [("tasks", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="job", name="job_running_has_lease"),
        migrations.AlterField(
            model_name="job",
            name="state",
            field=models.CharField(
                choices=[("queued", "waiting"), ("leased", "in hand"), ("done", "done"), ("failed", "failed")],
                default="queued",
                max_length=10,
            ),
        ),
        migrations.RunPython(running_is_leased, leased_is_running),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=~Q(state="leased") | Q(lease_until__isnull=False, lease_token__isnull=False),
                name="job_leased_has_lease",
                violation_error_message="Work in hand has a lease.",
            ),
        ),
    ]
