from django.db import migrations, models

from stemsite.search.engines import TABLE, engine
from stemsite.search.words import terms_of


def create(apps, schema_editor):
    engine(schema_editor.connection).create(schema_editor.connection)


def drop(apps, schema_editor):
    schema_editor.execute(f"DROP TABLE IF EXISTS {TABLE}")


def carry_over(apps, schema_editor):
    """Pages that are live already stay findable by everything they were found by."""
    Entry = apps.get_model("search", "Entry")
    pages = Entry.objects.values_list("page", "kind", "title", "words")
    for page, kind, title, words in pages.iterator(chunk_size=200):
        engine(schema_editor.connection).put(
            [(page, kind, " ".join(terms_of(title)), " ".join(terms_of(words)))]
        )


class Migration(migrations.Migration):

    dependencies = [
        ('search', '0001_initial'),
    ]

    operations = [
        migrations.RunPython(create, drop),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.CreateModel(
            name='Word',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(max_length=40, unique=True)),
            ],
        ),
        migrations.RemoveField(
            model_name='entry',
            name='words',
        ),
        migrations.AlterField(
            model_name='entry',
            name='kind',
            field=models.CharField(db_index=True, max_length=20),
        ),
    ]
