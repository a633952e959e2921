"""Further papers of a study, and who read the report of which we say that it does not report something."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('studies', '0017_year_is_derived'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='StudyPaper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('results', 'Results'), ('follow-up', 'Follow-up'), ('protocol', 'Protocol'), ('secondary', 'Secondary analysis')], default='results', max_length=20, verbose_name='what it is')),
            ],
            options={
                'verbose_name': 'further paper',
            },
        ),
        migrations.AddField(
            model_name='studyfact',
            name='read_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who read the report'),
        ),
        migrations.AddField(
            model_name='studyfact',
            name='read_on',
            field=models.DateField(editable=False, null=True, verbose_name='when the report was read'),
        ),
        migrations.AddField(
            model_name='studypaper',
            name='reference',
            field=models.ForeignKey(limit_choices_to=models.Q(('kind', 'news'), _negated=True), on_delete=django.db.models.deletion.PROTECT, related_name='paper_of', to='studies.reference'),
        ),
        migrations.AddField(
            model_name='studypaper',
            name='study',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='papers', to='studies.study'),
        ),
        migrations.AddConstraint(
            model_name='studypaper',
            constraint=models.UniqueConstraint(fields=('study', 'reference'), name='study_paper_once', violation_error_message='This paper is listed already.'),
        ),
        migrations.AddConstraint(
            model_name='studypaper',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['results', 'follow-up', 'protocol', 'secondary'])), name='study_paper_has_a_role', violation_error_message='Say what the paper is to the study.'),
        ),
    ]
