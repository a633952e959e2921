"""Certainty that a person lowered or raised, with the reason and who did so."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('clinic', '0005_days_until_a_reviewer_is_reminded'),
        ('publishing', '0011_hearings'),
        ('studies', '0022_what_became_of_notices'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='study',
            name='certainty_because',
            field=models.CharField(blank=True, help_text='Readers are told. Needed to raise it.', max_length=300, verbose_name='because'),
        ),
        migrations.AddField(
            model_name='study',
            name='certainty_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='study',
            name='certainty_set',
            field=models.CharField(blank=True, choices=[('very low', 'Very low'), ('low', 'Low'), ('moderate', 'Moderate'), ('high', 'High')], help_text='Empty: the published rule stands. Anybody may lower it; a medical reviewer may raise it.', max_length=20, verbose_name='another certainty'),
        ),
        migrations.AlterField(
            model_name='libraryentry',
            name='design',
            field=models.CharField(blank=True, choices=[('randomised', 'Randomized controlled trial'), ('controlled', 'Compared with another group, no chance'), ('historical', 'Compared with records of earlier patients'), ('single arm', 'One group, everyone treated'), ('case', 'Case report or series'), ('observational', 'Observational study'), ('review', 'Systematic review'), ('laboratory', 'Animals or laboratory')], max_length=20),
        ),
        migrations.AlterField(
            model_name='study',
            name='design',
            field=models.CharField(blank=True, choices=[('randomised', 'Randomized controlled trial'), ('controlled', 'Compared with another group, no chance'), ('historical', 'Compared with records of earlier patients'), ('single arm', 'One group, everyone treated'), ('case', 'Case report or series'), ('observational', 'Observational study'), ('review', 'Systematic review'), ('laboratory', 'Animals or laboratory')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='study',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('certainty_because', ''), ('certainty_set', '')), models.Q(models.Q(('certainty_set', ''), _negated=True), ('certainty_by__isnull', False)), _connector='OR'), name='study_certainty_set_by_somebody', violation_error_message='Choose the certainty that the reason is about.'),
        ),
    ]
