"""A page is heard anew when a rule in code changes too, not only the lexicon."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('publishing', '0013_comments'),
    ]

    operations = [
        migrations.RenameField(
            model_name='hearing',
            old_name='lexicon_sha256',
            new_name='rules_sha256',
        ),
    ]
