from __future__ import annotations

import pytest

from stemsite.access import Role
from tests.factories import make_clinic, make_wordings
from tests.staff import signed_in


@pytest.fixture
def desk(db):
    """A coordinator at work."""
    make_wordings()
    make_clinic()
    return signed_in(Role.COORDINATOR)


@pytest.fixture
def owners_desk(db):
    make_wordings()
    make_clinic()
    return signed_in(Role.OWNER)


def page_of(contact) -> str:
    return f"/admin/leads/contact/{contact.pk}/change/"
