from django.db import migrations

from stemsite.accounts.factor_secrets import SECRETS, open_, seal_row


def seal_all(apps, schema_editor):
    rows = apps.get_model("mfa", "Authenticator").objects.using(schema_editor.connection.alias)
    for row in rows.iterator():
        seal_row(row)


def unseal_all(apps, schema_editor):
    rows = apps.get_model("mfa", "Authenticator").objects.using(schema_editor.connection.alias)
    for row in rows.iterator():
        opened = {name: open_(row.data[name]) for name in SECRETS if name in row.data}
        rows.filter(pk=row.pk).update(data={**row.data, **opened})


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_invitation"), ("mfa", "0003_authenticator_type_uniq")]

    operations = [migrations.RunPython(seal_all, unseal_all)]
