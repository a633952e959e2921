from django.db import migrations, models


def fill(apps, schema_editor):
    """What each live version says of its kind; pages without one stay empty."""
    Page = apps.get_model("publishing", "Page")
    live = Page.objects.exclude(live_version=None).select_related("live_version")
    for page in live.iterator(chunk_size=500):
        kind = page.live_version.content.get("kind", "")
        if kind:
            Page.objects.filter(pk=page.pk).update(live_kind=kind)


class Migration(migrations.Migration):

    dependencies = [
        ('publishing', '0005_reasons_for_the_record'),
    ]

    operations = [
        migrations.AddField(
            model_name='page',
            name='live_kind',
            field=models.CharField(blank=True, db_default='', editable=False, max_length=20),
        ),
        migrations.AddIndex(
            model_name='page',
            index=models.Index(fields=['live_kind', 'public_state', '-updated_at'], name='page_newest_live_of_kind'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
