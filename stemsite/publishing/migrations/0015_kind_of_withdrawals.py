"""Each withdrawal keeps its kind, so that it is known whether readers kept the text (PUB-29)."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('publishing', '0014_rules_of_hearings'),
    ]

    operations = [
        migrations.AddField(
            model_name='transition',
            name='withdrawn_as',
            field=models.CharField(blank=True, choices=[('outdated', 'Outdated: the text stays under a dated banner'), ('error', 'Published in error: the address says so and shows nothing'), ('merged', 'Merged into another page: readers are sent there')], db_default='', max_length=20),
        ),
    ]
