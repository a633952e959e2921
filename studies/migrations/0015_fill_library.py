"""Entries of the studies that were live before the library had rows of its own."""

from django.db import migrations

BATCH = 500


def fill(apps, schema_editor):
    from studies.content import study_content
    from studies.library.entries import facts, terms

    Page = apps.get_model("publishing", "Page")
    Reference = apps.get_model("studies", "Reference")
    Entry = apps.get_model("studies", "LibraryEntry")
    Term = apps.get_model("studies", "LibraryTerm")
    standings = dict(Reference.objects.exclude(standing="").values_list("pk", "standing"))
    live = Page.objects.filter(family="study", public_state="live").order_by("pk")
    entries, named = [], []
    for pk, stored in live.values_list("pk", "live_version__content").iterator(chunk_size=BATCH):
        found = study_content(stored)
        standing = standings.get(found.primary.reference, "") if found.primary else ""
        entries.append(Entry(page=pk, **facts(found, standing)))
        named += [Term(entry_id=pk, **term) for term in terms(found)]
    Entry.objects.bulk_create(entries, batch_size=BATCH)
    Term.objects.bulk_create(named, batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [
        ("studies", "0014_library"),
        ("publishing", "0006_kind_of_what_is_live"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
