"""From here on nothing is "not reported" without somebody who read the report."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('studies', '0019_readers_of_reports'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='studyfact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('known', 'not reported'), ('read_by__isnull', False), ('read_on__isnull', False)), models.Q(models.Q(('known', 'not reported'), _negated=True), ('read_by__isnull', True), ('read_on__isnull', True)), _connector='OR'), name='study_fact_not_reported_says_who_read', violation_error_message='Only somebody who read the report can say that it does not report this.'),
        ),
    ]
