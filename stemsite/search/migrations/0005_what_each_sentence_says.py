from django.db import migrations, models

from stemsite.search.words import said_in


def read_once_more(apps, schema_editor):
    Entry = apps.get_model("search", "Entry")
    some = []
    for entry in Entry.objects.only("text").order_by("pk").iterator(chunk_size=200):
        entry.said = said_in(entry.text)
        some.append(entry)
        if len(some) == 200:
            Entry.objects.bulk_update(some, ["said"])
            some = []
    Entry.objects.bulk_update(some, ["said"])


class Migration(migrations.Migration):

    dependencies = [
        ('search', '0004_what_a_result_shows'),
    ]

    operations = [
        migrations.AddField(
            model_name='entry',
            name='said',
            field=models.TextField(default='', help_text='The terms of the text, a line for each of its sentences.'),
            preserve_default=False,
        ),
        migrations.RunPython(read_once_more, migrations.RunPython.noop, elidable=True),
    ]
