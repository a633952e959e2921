from django.db import migrations

from stemsite.search.engines import TABLE, engine


def carry_over(apps, schema_editor):
    """The terms of pages that have an entry, beside the kind that it says."""
    using = schema_editor.connection
    if using.vendor != "postgresql":
        return
    with using.cursor() as cursor:
        cursor.execute(f"DROP INDEX IF EXISTS {TABLE}_all")
        cursor.execute(f"ALTER TABLE {TABLE} RENAME TO {TABLE}_before")
        engine(using).create(using)
        cursor.execute(
            f"INSERT INTO {TABLE} (page, kind, heads, body) SELECT entry.page, entry.kind, heads, body "
            f"FROM {TABLE}_before AS before JOIN search_entry AS entry ON entry.page = before.page"
        )
        cursor.execute(f"DROP TABLE {TABLE}_before")


def take_away(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE {TABLE} DROP COLUMN kind")


class Migration(migrations.Migration):

    dependencies = [
        ('search', '0006_terms_by_a_function'),
    ]

    operations = [
        migrations.RunPython(carry_over, take_away),
    ]
