"""PUB-27, PUB-127, LEAD-37: a database that has lost its triggers says so, and migrate makes them anew."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from stemsite import appendonly
from stemsite.clinic.models import Wording
from stemsite.publishing.models import Version
from tests.factories import make_wordings

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_migrate_mends_a_database_that_has_lost_its_triggers():
    whole = appendonly.present(connection)
    assert appendonly.check_triggers(["default"]) == []
    appendonly.lift(connection)
    found = appendonly.check_triggers(["default"])
    assert f"{Version._meta.label} has lost a trigger" in " ".join(problem.msg for problem in found)
    call_command("migrate", verbosity=0)
    assert appendonly.check_triggers(["default"]) == []
    assert appendonly.present(connection) == whole


@pytest.mark.parametrize("column", Wording.KEPT_COLUMNS)
def test_lead_37_what_a_wording_said_cannot_be_changed_past_the_model(column):
    make_wordings()
    wording = Wording.objects.filter(kind=Wording.Kind.CONSENT_NEWSLETTER).get()
    fresh = {"kind": Wording.Kind.CONSENT_CALL, "version": 99}.get(column, "Other")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Wording.objects.filter(pk=wording.pk).update(**{column: fresh})
    Wording.objects.filter(pk=wording.pk).update(cleared_by="Counsel")
    wording.refresh_from_db()
    assert getattr(wording, column) != fresh and wording.cleared_by == "Counsel"
