from __future__ import annotations

import pytest

from stemsite.mail import kinds
from stemsite.mail.mailers import mailer
from tests.fakes.mail_server import mail_server


@pytest.fixture
def post_office(settings, tmp_path):
    """A mail server on loopback that every mailer hands its letters to."""
    with mail_server() as server:
        entry = mailer(server.url, tmp_path)
        settings.MAILERS = dict.fromkeys(("default", "transactional", "newsletter"), entry)
        yield server


@pytest.fixture
def kind():
    """Registers builders, and forgets them after the test."""
    before = dict(kinds._kinds)

    def register(name, builder, **more):
        kinds.register_builder(name, builder, **more)

    yield register
    kinds._kinds.clear()
    kinds._kinds.update(before)
