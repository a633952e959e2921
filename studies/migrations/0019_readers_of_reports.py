"""Who first said "not reported" of a fact read the report then; what nobody said is not confirmed."""

from django.db import migrations

NOT_REPORTED, NOT_CONFIRMED = "not reported", "not confirmed"


def name_readers(apps, schema_editor):
    StudyFact = apps.get_model("studies", "StudyFact")
    Version = apps.get_model("publishing", "Version")
    for fact in list(StudyFact.objects.filter(known=NOT_REPORTED, read_by=None).order_by("pk")):
        fact.read_by_id, fact.read_on = _first_said(Version, fact)
        if fact.read_by_id is None:
            fact.known = NOT_CONFIRMED
        fact.save(update_fields=["known", "read_by", "read_on"])


def _first_said(Version, fact):
    versions = Version.objects.filter(page_id=fact.study_id).order_by("number")
    for by, at, stored in versions.values_list("created_by", "created_at", "content").iterator(chunk_size=50):
        if stored.get(fact.kind, {}).get("known") == NOT_REPORTED:
            return (by, at.date()) if by else (None, None)
    return None, None


class Migration(migrations.Migration):

    dependencies = [
        ('studies', '0018_papers_and_readers'),
        ('publishing', '0011_hearings'),
    ]

    operations = [
        migrations.RunPython(name_readers, migrations.RunPython.noop, elidable=True),
    ]
