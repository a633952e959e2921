"""The year of a study is derived: of its paper, else of the start of its registration, which takes over what was typed."""

import django.core.validators
from django.db import migrations, models

PAPERS = ("journal", "preprint", "book", "conference")


def move(apps, schema_editor):
    """A typed year goes to the first registration of each study whose paper says none; versions keep theirs."""
    Study = apps.get_model("studies", "Study")
    Registration = apps.get_model("studies", "Registration")
    typed = Study.objects.filter(study_year__range=(1900, 2200)).exclude(
        primary__kind__in=PAPERS, primary__year__gt=0
    )
    for pk, year in typed.order_by("pk").values_list("pk", "study_year").iterator(chunk_size=500):
        first = Registration.objects.filter(study=pk).order_by("pk").values_list("pk", flat=True).first()
        Registration.objects.filter(pk=first).update(started_in=year)
    apps.get_model("studies", "ProposedValue").objects.filter(place="study_year").delete()


class Migration(migrations.Migration):

    dependencies = [
        ('studies', '0016_title_as_printed'),
    ]

    operations = [
        migrations.AddField(
            model_name='registration',
            name='started_in',
            field=models.PositiveSmallIntegerField(blank=True, help_text='As the registry says, planned or real. It is the year of a study without a paper.', null=True, validators=[django.core.validators.MinValueValidator(1900), django.core.validators.MaxValueValidator(2200)], verbose_name='year it started'),
        ),
        migrations.AddConstraint(
            model_name='registration',
            constraint=models.CheckConstraint(condition=models.Q(('started_in__isnull', True), ('started_in__range', (1900, 2200)), _connector='OR'), name='registration_started_in_a_possible_year', violation_error_message='A study starts in a year from 1900 on.'),
        ),
        migrations.RunPython(move, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField(
            model_name='study',
            name='study_year',
        ),
    ]
