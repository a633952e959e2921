"""A newer version is an event too; what was taken back says when, and why a notice came is kept for staff."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('studies', '0021_identifiers_have_a_form'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='integrityevent',
            name='reasons',
            field=models.JSONField(default=list, editable=False, help_text='Codes of the source; for staff, never printed.'),
        ),
        migrations.AddField(
            model_name='integrityevent',
            name='taken_back_on',
            field=models.DateField(blank=True, editable=False, help_text='Of a paper that was reinstated.', null=True, verbose_name='withdrawal taken back on'),
        ),
        migrations.AlterField(
            model_name='integrityevent',
            name='kind',
            field=models.CharField(choices=[('retracted', 'retracted'), ('partly retracted', 'partly retracted'), ('concern', 'expression of concern'), ('corrected', 'corrected'), ('new version', 'newer version')], max_length=20),
        ),
        migrations.AlterField(
            model_name='libraryentry',
            name='standing',
            field=models.CharField(blank=True, choices=[('', 'no notice known'), ('new version', 'newer version published'), ('corrected', 'corrected'), ('concern', 'expression of concern'), ('partly retracted', 'partly retracted'), ('retracted', 'retracted')], max_length=20),
        ),
        migrations.AlterField(
            model_name='reference',
            name='standing',
            field=models.CharField(blank=True, choices=[('', 'no notice known'), ('new version', 'newer version published'), ('corrected', 'corrected'), ('concern', 'expression of concern'), ('partly retracted', 'partly retracted'), ('retracted', 'retracted')], default='', editable=False, max_length=20),
        ),
        migrations.AddConstraint(
            model_name='integrityevent',
            constraint=models.CheckConstraint(condition=models.Q(('taken_back_on__isnull', True), ('ended_at__isnull', False), _connector='OR'), name='integrity_event_taken_back_has_ended', violation_error_message='What was taken back has ended.'),
        ),
    ]
