import django.db.models.deletion
import django.utils.timezone
import stemsite.crypto
import uuid
from django.conf import settings
from django.db import migrations, models


STATES = {"running": "leased", "done": "sent"}
NEWS = "newsletter"


def seal(apps, schema_editor):
    """What stood in clear moves under seal; newsletters go last."""
    deliveries = apps.get_model("mail", "Delivery").objects.using(schema_editor.connection.alias)
    for delivery in deliveries.iterator(chunk_size=200):
        delivery.recipient = delivery.to
        delivery.letter = {"subject": delivery.subject, "text": delivery.text, "html": delivery.html}
        delivery.state = STATES.get(delivery.state, delivery.state)
        delivery.priority = -10 if delivery.mailer == NEWS else 10
        delivery.to = delivery.subject = delivery.text = delivery.html = ""
        delivery.save()


def unseal(apps, schema_editor):
    back = {new: old for old, new in STATES.items()} | {"queued": "queued"}
    deliveries = apps.get_model("mail", "Delivery").objects.using(schema_editor.connection.alias)
    for delivery in deliveries.iterator(chunk_size=200):
        words = delivery.letter if isinstance(delivery.letter, dict) else {}
        delivery.to = str(delivery.recipient)[:254]
        delivery.subject, delivery.text, delivery.html = (words.get(part, "") for part in ("subject", "text", "html"))
        delivery.state = back.get(delivery.state, "failed")
        delivery.save()


class Migration(migrations.Migration):

    dependencies = [
        ('mail', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Pause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(choices=[('mailer', 'Mailer'), ('batch', 'Batch')], max_length=10)),
                ('name', models.CharField(max_length=60)),
                ('reason', models.TextField()),
                ('since', models.DateTimeField(default=django.utils.timezone.now)),
                ('probe_at', models.DateTimeField(blank=True, null=True)),
                ('probes', models.PositiveSmallIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Pulse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('database', models.UUIDField(default=uuid.uuid4)),
                ('number', models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='SoftBounces',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', stemsite.crypto.SealedTextField()),
                ('index', stemsite.crypto.BlindIndexField(editable=False, kind='digest', max_length=80, null=True, source='digest', unique=True)),
                ('halves', models.PositiveSmallIntegerField(default=0)),
                ('last_on', models.DateField()),
            ],
            options={
                'verbose_name_plural': 'soft bounces',
            },
        ),
        migrations.CreateModel(
            name='Suppression',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', stemsite.crypto.SealedTextField()),
                ('index', stemsite.crypto.BlindIndexField(db_index=True, editable=False, kind='digest', max_length=80, null=True, source='digest')),
                ('reason', models.CharField(choices=[('no_mailbox', 'there is no such mailbox'), ('bounces', 'letters came back again and again'), ('complaint', 'the person called our mail unwanted'), ('asked', 'the person asked for no more mail'), ('staff', 'entered by staff')], max_length=20)),
                ('source', models.CharField(blank=True, max_length=60)),
                ('note', models.TextField(blank=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('lifted_at', models.DateTimeField(null=True)),
                ('lifted_note', models.TextField(blank=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='delivery',
            name='delivery_running_has_lease',
        ),
        migrations.RemoveConstraint(
            model_name='delivery',
            name='delivery_subject_is_one_line',
        ),
        migrations.RemoveIndex(
            model_name='delivery',
            name='delivery_claimable',
        ),
        migrations.AddField(
            model_name='delivery',
            name='batch',
            field=models.CharField(blank=True, db_index=True, max_length=60),
        ),
        migrations.AddField(
            model_name='delivery',
            name='bounced_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='delivery',
            name='build_failures',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='delivery',
            name='first_tried_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='delivery',
            name='letter',
            field=stemsite.crypto.SealedJSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name='delivery',
            name='lost_leases',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='delivery',
            name='pin',
            field=stemsite.crypto.SealedJSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name='delivery',
            name='recipient',
            field=stemsite.crypto.SealedTextField(blank=True),
        ),
        migrations.AddField(
            model_name='delivery',
            name='recipient_index',
            field=stemsite.crypto.BlindIndexField(db_index=True, editable=False, kind='email', max_length=80, null=True, source='recipient'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='verdict',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='mailer',
            field=models.CharField(default='transactional', max_length=20),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='state',
            field=models.CharField(choices=[('queued', 'waiting'), ('leased', 'in hand'), ('sent', 'sent'), ('failed', 'failed'), ('suppressed', 'suppressed'), ('cancelled', 'cancelled'), ('parked', 'parked')], default='queued', max_length=10),
        ),
        migrations.AlterField(
            model_name='delivery', name='to', field=models.EmailField(default='', max_length=254),
        ),
        migrations.AlterField(
            model_name='delivery', name='subject', field=models.CharField(default='', max_length=200),
        ),
        migrations.AlterField(
            model_name='delivery', name='text', field=models.TextField(default=''),
        ),
        migrations.AlterField(
            model_name='delivery', name='html', field=models.TextField(blank=True, default=''),
        ),
        migrations.RunPython(seal, unseal),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(models.F('state'), models.OrderBy(models.F('priority'), descending=True), models.F('due_at'), name='delivery_claimable'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['kind', 'state'], name='delivery_of_kind'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'leased'), _negated=True), models.Q(('lease_token__isnull', False), ('lease_until__isnull', False)), _connector='OR'), name='delivery_leased_has_lease', violation_error_message='Work in hand has a lease.'),
        ),
        migrations.AddConstraint(
            model_name='delivery',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('mailer', 'newsletter'), ('priority__lt', 0)), models.Q(models.Q(('mailer', 'newsletter'), _negated=True), ('priority__gte', 0)), _connector='OR'), name='delivery_newsletter_goes_last', violation_error_message='A newsletter goes after every other letter.'),
        ),
        migrations.AddConstraint(
            model_name='pause',
            constraint=models.UniqueConstraint(fields=('scope', 'name'), name='pause_once'),
        ),
        migrations.AddConstraint(
            model_name='pulse',
            constraint=models.CheckConstraint(condition=models.Q(('pk', 1)), name='pulse_is_one'),
        ),
        migrations.AddField(
            model_name='suppression',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='suppression',
            name='lifted_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.RemoveField(
            model_name='delivery',
            name='html',
        ),
        migrations.RemoveField(
            model_name='delivery',
            name='subject',
        ),
        migrations.RemoveField(
            model_name='delivery',
            name='text',
        ),
        migrations.RemoveField(
            model_name='delivery',
            name='to',
        ),
        migrations.AddConstraint(
            model_name='suppression',
            constraint=models.UniqueConstraint(condition=models.Q(('lifted_at', None)), fields=('index',), name='suppression_in_force_once'),
        ),
    ]
