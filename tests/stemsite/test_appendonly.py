"""PUB-27, PUB-127: a database that has lost its triggers says so, and migrate makes them anew."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection

from stemsite import appendonly
from stemsite.publishing.models import Version

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
