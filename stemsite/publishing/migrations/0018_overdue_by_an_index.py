from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('publishing', '0017_lists_by_an_index'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='page',
            name='page_review_due',
        ),
        migrations.AddIndex(
            model_name='page',
            index=models.Index(fields=['public_state', 'review_due_on'], name='page_review_due'),
        ),
    ]
