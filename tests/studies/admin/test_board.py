"""The board: what happened, what disagrees, who was asked; one press each (EVD-82)."""

from __future__ import annotations

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from stemsite.access import Role
from studies.asking import remember
from studies.integrity import record_event
from studies.models import SourceState
from studies.monitoring import CROSSREF, PUBMED
from tests.factories import make_guide, make_reference, sign_and_publish
from tests.staff import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

BOARD = reverse("admin:studies_board")


def text(client) -> str:
    answer = client.get(BOARD)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_worst_comes_first_with_the_pages_it_touches(clinic, author):
    paper, other = make_reference(), make_reference()
    sign_and_publish(make_guide(by=author, citing=paper.pk))
    record_event(other, kind="corrected", source="PubMed", by=None)
    record_event(paper, kind="retracted", source="Retraction Watch", by=None)
    found = text(signed_in(Role.REVIEWER))
    assert found.index("<strong>Retracted</strong>") < found.index("<strong>Corrected</strong>")
    assert "1 live page" in found and "0 live pages" in found


def test_a_retraction_is_seen_only_with_a_note():
    """EVD-82: seen needs a note for retraction and concern; once seen it is off the board, and stays on record."""
    client = signed_in(Role.PUBLISHER)
    grave = record_event(make_reference(), kind="retracted", source="PubMed", by=None)
    mild = record_event(make_reference(), kind="corrected", source="PubMed", by=None)
    seen = [reverse("admin:studies_event_seen", args=[event.pk]) for event in (grave, mild)]
    assert client.post(seen[0], {"note": " "}).status_code == 422
    assert client.post(seen[0], {"note": "The section was rewritten."}).status_code == 303
    assert client.post(seen[1]).status_code == 303
    assert client.post(seen[1]).status_code == 409
    grave.refresh_from_db()
    assert (grave.seen_by, grave.seen_note, grave.ended_at) == (client.user, "The section was rewritten.", None)
    assert "No new notice." in text(client)


def test_empty_is_only_said_after_a_full_run():
    client = signed_in(Role.AUTHOR)
    assert "no full run has finished yet" in text(client)
    for name in (CROSSREF, PUBMED):
        SourceState.objects.create(name=name, full_run_at=timezone.now())
    assert "No open findings. Last full run" in text(client)


def test_verdicts_and_what_was_not_asked_are_counted_and_lead_to_the_list():
    make_reference(verdict="mismatch")
    lately, long_ago = make_reference(), make_reference()
    remember(CROSSREF, [lately.pk])
    remember(CROSSREF, [long_ago.pk], at=timezone.now() - datetime.timedelta(days=20))
    client = signed_in(Role.AUTHOR)
    found = text(client)
    assert "1 differs from its record" in found and "verdict__exact=mismatch" in found
    assert "1 paper was never looked up for notices, 1 not in the last 14 days" in found
    listed = client.get(reverse("admin:studies_reference_changelist"), {"verdict__exact": "mismatch"})
    assert listed.status_code == 200


def test_who_may_look_and_who_may_see_off():
    event = record_event(make_reference(), kind="corrected", source="PubMed", by=None)
    seen = reverse("admin:studies_event_seen", args=[event.pk])
    assert signed_in(Role.COORDINATOR).get(BOARD).status_code == 403
    assert signed_in(Role.AUTHOR).post(seen).status_code == 403
    assert signed_in(Role.REVIEWER).get(seen).status_code == 405
    assert signed_in(Role.REVIEWER).post(reverse("admin:studies_event_seen", args=[999])).status_code == 404
