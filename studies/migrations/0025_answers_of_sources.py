"""Every answer of a source is kept, so that what readers were told of the last check stays known (PUB-29)."""

import django.db.models.deletion
from django.db import migrations, models


def keep_last_answers(apps, schema_editor):
    last = apps.get_model('studies', 'LastAsked').objects.filter(answered_at__isnull=False).order_by('pk')
    answer = apps.get_model('studies', 'Answer')
    rows = last.values_list('reference_id', 'source', 'answered_at').iterator()
    answer.objects.bulk_create(
        (answer(reference_id=pk, source=source, at=at) for pk, source, at in rows), batch_size=500
    )


class Migration(migrations.Migration):

    dependencies = [
        ('studies', '0024_american_label'),
    ]

    operations = [
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=40)),
                ('at', models.DateTimeField()),
                ('reference', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='studies.reference')),
            ],
            options={
                'indexes': [models.Index(fields=['reference', 'source', 'at'], name='answer_of_reference')],
            },
        ),
        migrations.RunPython(keep_last_answers, migrations.RunPython.noop),
    ]
