"""Nobody learns from the answer, or from how long it took, whether an address is known here (LEAD-11)."""

from __future__ import annotations

import itertools
import re
import statistics
import time

import pytest
from django.utils import timezone

from leads import erasing
from leads.models import Contact, Subscription
from stemsite.mail.models import Suppression
from stemsite.mail.suppressing import suppress
from tests.factories import make_clinic, make_wordings

pytestmark = [pytest.mark.django_db]

KINDS = ("new", "subscribed", "unsubscribed", "suppressed", "erased")
PATHS = ("/newsletter/", "/information-packet/", "/consultation/")
REQUESTS = 200
MOST_MS = 10
ROUNDS = 6
_numbers = itertools.count(1)


@pytest.fixture
def post(client, settings, tmp_path):
    """Posts as a reader without script does; limits count as ever, and never end the measurement."""
    make_wordings()
    make_clinic()
    settings.DATA_DIR = tmp_path
    settings.LEADS_RATES = dict.fromkeys(("network_soft", "network_hard", "site_soft", "site_hard", "form_soft"), 10**6)
    versions = {}
    for path in PATHS:
        page = client.get(path).content.decode()
        versions[path] = re.search(r'name="consent_version" value="([\d-]+)"', page)[1]

    def send(path: str, email: str):
        values = {"consent_version": versions[path], "email": email}
        return client.post(path, values, headers={"sec-fetch-site": "same-origin"})

    return send


def address(kind: str) -> str:
    """An address that stands as ``kind`` says; each is asked for once, so that none is a repetition."""
    email = f"reader{next(_numbers)}@example.org"
    if kind == "new":
        return email
    contact = Contact.objects.create(email=email)
    now = timezone.now()
    if kind == "subscribed":
        Subscription.objects.create(contact=contact, state="confirmed", confirmed_at=now)
    elif kind == "unsubscribed":
        Subscription.objects.create(contact=contact, state="withdrawn", confirmed_at=now, ended_at=now)
    elif kind == "suppressed":
        suppress(email, Suppression.Reason.NO_MAILBOX, source="report")
    else:
        erasing.erase(contact)
    return email


def seen(response):
    headers = {name: value for name, value in response.headers.items() if name != "X-Request-ID"}
    return response.status_code, headers, response.cookies.output(), response.content


@pytest.mark.parametrize("path", PATHS)
def test_lead_11_the_answer_is_the_same_whoever_is_asked_for(post, path):
    answers = {kind: seen(post(path, address(kind))) for kind in KINDS}
    assert answers["new"][0] == 303
    assert {kind for kind, answer in answers.items() if answer != answers["new"]} == set()


def medians(post, path) -> dict[str, float]:
    """Milliseconds of one request for each kind, all kinds taking turns so that a busy machine slows them alike."""
    spent: dict[str, list[float]] = {kind: [] for kind in KINDS}
    emails = {kind: [address(kind) for _ in range(REQUESTS)] for kind in KINDS}
    for number in range(REQUESTS):
        for kind in KINDS[number % len(KINDS) :] + KINDS[: number % len(KINDS)]:
            began = time.perf_counter()
            assert post(path, emails[kind][number]).status_code == 303
            spent[kind].append((time.perf_counter() - began) * 1000)
    return {kind: statistics.median(found) for kind, found in spent.items()}


@pytest.mark.slow
def test_lead_11_the_time_it_takes_tells_nothing(post):
    """The newsletter's form, where most depends on who is known.

    A machine that is busy with something else gets another round; a real difference stays through all of them.
    """
    tried = []
    for _ in range(ROUNDS):
        found = medians(post, "/newsletter/")
        tried.append(found)
        if max(found.values()) - min(found.values()) < MOST_MS:
            return
    pytest.fail(f"The medians differ by {MOST_MS} ms or more: {tried}")
