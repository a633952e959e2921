from django.db import migrations, models


def make_anew(apps, schema_editor):
    """What entries show now was not kept before: ``prepare`` makes them anew from the live pages."""
    apps.get_model("search", "Entry").objects.all().delete()


def _new(field):
    return {"model_name": "entry", "field": field, "preserve_default": False}


class Migration(migrations.Migration):

    dependencies = [
        ('search', '0003_kinds_at_hand'),
    ]

    operations = [
        migrations.RunPython(make_anew, migrations.RunPython.noop),
        migrations.AddField(name='url', **_new(models.CharField(max_length=300, default=''))),
        migrations.AddField(name='summary', **_new(models.TextField(default=''))),
        migrations.AddField(
            name='status', **_new(models.TextField(default='', help_text='The short notice of regulatory status.'))
        ),
        migrations.AddField(model_name='entry', name='reviewed_on', field=models.DateField(null=True)),
        migrations.AddField(model_name='entry', name='updated_on', field=models.DateField(null=True)),
        migrations.CreateModel(
            name='Mark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mark', models.CharField(max_length=40)),
                ('entry', models.ForeignKey(db_column='page', on_delete=models.deletion.CASCADE, related_name='marks', to='search.entry', to_field='page')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('mark', 'entry'), name='search_mark_once_a_page')],
            },
        ),
    ]
