from django.db import migrations

from stemsite.search.engines import engine


def create(apps, schema_editor):
    engine(schema_editor.connection).create(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('search', '0005_what_each_sentence_says'),
    ]

    operations = [
        migrations.RunPython(create, migrations.RunPython.noop),
    ]
