"""Identifiers of references have one stored form, and a registry number is that of a registration."""

import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models

COLUMNS = {"doi": "doi", "pmid": "pmid", "pmcid": "pmcid", "registry_id": "trial"}


def settle(apps, schema_editor):
    """What is no identifier, or another source's, goes into the note for staff; nothing is lost."""
    Reference = apps.get_model("studies", "Reference")
    for reference in Reference.objects.exclude(doi=None, pmid=None, pmcid=None, registry_id=None).iterator(chunk_size=500):
        changed = dict(_settled(reference))
        if not changed:
            continue
        if not reference.is_retired:
            for column in [name for name, value in changed.items() if value]:
                others = Reference.objects.filter(is_retired=False, **{column: changed[column]}).exclude(pk=reference.pk)
                if others.exists():
                    changed[column] = None
        lost = [f"{name} {getattr(reference, name)}" for name, value in changed.items() if not value]
        note = "\n".join(filter(None, (reference.note, *lost)))
        Reference.objects.filter(pk=reference.pk).update(**changed, note=note)


def _settled(reference):
    from studies.identifiers import normalise

    for column, kind in COLUMNS.items():
        stored = getattr(reference, column)
        if stored is None:
            continue
        value = normalise(kind, stored)
        if column == "registry_id":
            value = (value or "".join(stored.split())) if reference.kind == "registration" else None
        if value != stored:
            yield column, value


class Migration(migrations.Migration):

    dependencies = [
        ('studies', '0020_not_reported_names_its_reader'),
    ]

    operations = [
        migrations.RunPython(settle, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name='reference',
            constraint=models.CheckConstraint(condition=models.Q(('doi__isnull', True), models.Q(('doi__startswith', '10.'), ('doi__contains', '/'), models.Q(('doi__contains', ' '), _negated=True), ('doi', django.db.models.functions.text.Lower('doi'))), _connector='OR'), name='reference_doi_is_one', violation_error_message='A DOI is written like 10.1007/s12015-020-10016-7.'),
        ),
        migrations.AddConstraint(
            model_name='reference',
            constraint=models.CheckConstraint(condition=models.Q(('pmid__isnull', True), models.Q(django.db.models.lookups.Exact(django.db.models.functions.text.Replace(django.db.models.functions.text.Replace(django.db.models.functions.text.Replace(django.db.models.functions.text.Replace(django.db.models.functions.text.Replace(django.db.models.functions.text.Replace(django.db.models.functions.text.Replace(django.db.models.functions.text.Replace(django.db.models.functions.text.Replace(django.db.models.functions.text.Replace(models.F('pmid'), models.Value('0'), models.Value('')), models.Value('1'), models.Value('')), models.Value('2'), models.Value('')), models.Value('3'), models.Value('')), models.Value('4'), models.Value('')), models.Value('5'), models.Value('')), models.Value('6'), models.Value('')), models.Value('7'), models.Value('')), models.Value('8'), models.Value('')), models.Value('9'), models.Value('')), models.Value('')), models.Q(('pmid__startswith', '0'), _negated=True)), _connector='OR'), name='reference_pmid_is_one', violation_error_message='A PMID is a number of one to eight digits.'),
        ),
        migrations.AddConstraint(
            model_name='reference',
            constraint=models.CheckConstraint(condition=models.Q(('pmcid__isnull', True), django.db.models.lookups.Exact(django.db.models.functions.text.Replace(django.db.models.functions.text.Replace(django.db.models.functions.text.Replace(django.db.models.functions.text.Replace(django.db.models.functions.text.Replace(django.db.models.functions.text.Replace(django.db.models.functions.text.Replace(django.db.models.functions.text.Replace(django.db.models.functions.text.Replace(django.db.models.functions.text.Replace(models.F('pmcid'), models.Value('0'), models.Value('')), models.Value('1'), models.Value('')), models.Value('2'), models.Value('')), models.Value('3'), models.Value('')), models.Value('4'), models.Value('')), models.Value('5'), models.Value('')), models.Value('6'), models.Value('')), models.Value('7'), models.Value('')), models.Value('8'), models.Value('')), models.Value('9'), models.Value('')), models.Value('PMC')), _connector='OR'), name='reference_pmcid_is_one', violation_error_message='A PMCID is written like PMC7456414.'),
        ),
        migrations.AddConstraint(
            model_name='reference',
            constraint=models.CheckConstraint(condition=models.Q(('registry_id__isnull', True), models.Q(('kind', 'registration'), models.Q(('registry_id__contains', ' '), _negated=True)), _connector='OR'), name='reference_registry_number_is_of_a_registration', violation_error_message='A registry number identifies a registration; a paper only names its trial.'),
        ),
    ]
