from __future__ import annotations

import functools
import re

import pytest
from django.utils import timezone

from tests.factories import make_clinic, make_wordings


@pytest.fixture
def one_window(monkeypatch):
    """Counters begin anew on the minute and on the hour; here none ends while a test counts."""
    from leads import limits

    began = functools.cache(lambda seconds: real(timezone.now(), seconds))
    real = limits._began
    monkeypatch.setattr(limits, "_began", lambda now, seconds: began(seconds))


@pytest.fixture
def ask(client, db):
    """Posts a form as a browser does: with the wording version that its page carries."""
    make_wordings()
    make_clinic()

    def post(path: str, data: dict[str, object] | None = None, *, headers: dict[str, str] | None = None, **extra):
        page = client.get(path).content.decode()
        version = re.search(r'name="consent_version" value="([\d-]+)"', page)
        values = {"consent_version": version[1] if version else "", **(data or {})}
        return client.post(path, values, headers={"sec-fetch-site": "same-origin", **(headers or {})}, **extra)

    return post
