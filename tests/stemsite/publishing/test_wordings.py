"""Going back to an older text brings its notices back as well, and today's are one press away (PUB-22, PUB-52)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from stemsite.access import Role
from stemsite.clinic.models import Wording
from stemsite.publishing import reverting
from stemsite.publishing.families import content_of
from stemsite.publishing.gate import findings
from tests.factories import make_guide, make_study, make_user, save_draft

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(params=[make_guide, make_study])
def reverted(request, clinic):
    """A page saved under one disclaimer, saved again under the next, and taken back to its first version."""
    page = request.param()
    first = save_draft(page)
    Wording.objects.create(kind="disclaimer", jurisdiction="US", version=2, lead="For learning.", text="Ask a doctor.")
    page.refresh_from_db()
    second = save_draft(page)
    assert content_of(page, second).notice("disclaimer").version == 2
    editor = make_user(Role.PUBLISHER)
    reverting.bring_back(page, first, by=editor)
    page.refresh_from_db()
    return page, first, editor


def test_the_draft_carries_the_notices_of_the_version_it_went_back_to(reverted):
    page, first, _ = reverted
    assert page.latest_version.content_hash == first.content_hash
    page.title = f"{page.title} again"
    page.save()
    again = save_draft(page)
    assert content_of(page, again).notice("disclaimer").version == 1


def test_an_older_notice_is_pointed_out_by_the_checks(reverted):
    page, first, _ = reverted
    found = [finding for finding in findings(page, content_of(page, first)) if finding.rule == "PUB-52"]
    assert [finding.severity for finding in found] == ["warn"]
    assert "Medical disclaimer" in found[0].message


def test_todays_wordings_are_one_press_away(reverted, client):
    page, _, editor = reverted
    client.force_login(editor)
    screen = client.get(reverse("admin:publishing_page", args=[page.pk])).content.decode()
    assert "Take today&#x27;s wordings" in screen or "Take today's wordings" in screen
    answer = client.post(reverse("admin:publishing_wordings", args=[page.pk]))
    assert answer.status_code == 303
    page.refresh_from_db()
    assert page.kept_wordings == {}
    assert content_of(page, page.latest_version).notice("disclaimer").version == 2


def test_who_may_not_edit_cannot_change_the_wordings(reverted, client):
    page, _, _ = reverted
    client.force_login(make_user(Role.COORDINATOR))
    assert client.post(reverse("admin:publishing_wordings", args=[page.pk])).status_code == 403
    page.refresh_from_db()
    assert page.kept_wordings == {"disclaimer": 1}
