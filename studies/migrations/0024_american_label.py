"""What staff read is written as what readers read."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('studies', '0023_another_certainty'),
    ]

    operations = [
        migrations.AlterField(
            model_name='studyfact',
            name='kind',
            field=models.CharField(choices=[('enrolled', 'People enrolled'), ('analysed', 'People analyzed'), ('comparator', 'Compared with'), ('randomised', 'How chance was used'), ('blinding', 'Who knew'), ('where', 'Where'), ('how_given', 'How it was given'), ('follow_up', 'How long followed'), ('outcome', 'Main result'), ('serious_harms', 'Serious harms'), ('deaths', 'Deaths'), ('other_harms', 'Other harms and worse outcomes'), ('funder', 'Who paid')], max_length=20),
        ),
    ]
