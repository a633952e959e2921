"""The night's round of the content checks: live pages against today's lexicon (2.2 N, PUB-06)."""

from __future__ import annotations

import pytest

from articles.models import TextSection
from stemsite.access import Role
from stemsite.publishing import claiming, clearing, nightly, workflow
from stemsite.publishing.families import content_of, specific
from stemsite.publishing.gate import findings
from stemsite.publishing.models import Hearing, Page
from tests.factories import make_guide, make_user, sign_and_publish

pytestmark = [pytest.mark.django_db, pytest.mark.database]

WARNING = "<p>Exosomes and mobility go together.</p>"


@pytest.fixture
def guide(clinic):
    page = make_guide()
    TextSection.objects.filter(parent=page, role="what it is").update(html=WARNING)
    sign_and_publish(page)
    return specific(page)


def lines():
    return [line.why for line in nightly.open_findings()]


def test_pub_06_the_night_hears_what_the_gate_heard(guide):
    assert lines() == []
    assert nightly.hear_live_pages() == 1
    (why,) = lines()
    assert "CL-90" in why and "Exosomes and mobility go together." in why and "Look again" in why
    heard = {one["fingerprint"] for one in Hearing.objects.get().findings}
    gate = claiming.claim_findings(guide, claiming.content_of(guide, guide.live_version))
    assert heard == {one.fingerprint for one in gate}


def test_a_page_that_was_heard_is_not_heard_again_until_page_or_rules_are_others(guide, monkeypatch):
    nightly.hear_live_pages()
    assert nightly.hear_live_pages() == 0
    monkeypatch.setattr(nightly, "edition", lambda: "another")
    assert nightly.hear_live_pages() == 1


def test_a_new_lexicon_unpublishes_nothing(guide):
    nightly.hear_live_pages()
    assert Page.objects.get(pk=guide.pk).is_live


def test_what_is_let_stand_or_withdrawn_is_no_line_any_more(guide):
    nightly.hear_live_pages()
    author = make_user(Role.AUTHOR, Role.PUBLISHER)
    fingerprint = Hearing.objects.get().findings[0]["fingerprint"]
    reason = "It names two fields and no effect of one on the other."
    override = clearing.let_stand(guide, by=author, fingerprint=fingerprint, kind="other", reason=reason)
    assert lines() == []
    clearing.revoke(override, by=author)
    assert len(lines()) == 1
    workflow.withdraw(guide, by=author, kind="error", reason="It is being rewritten.")
    assert lines() == []
    nightly.hear_live_pages()
    assert not Hearing.objects.exists()


def test_pub_96_the_outline_is_told_on_its_section_in_the_gate_and_at_night(clinic):
    page = make_guide()
    section = TextSection.objects.get(parent=page, role="what it is")
    html = "<p>Nerve cells carry messages.</p><h4>Too deep</h4><h3></h3><p>Words.</p>"
    TextSection.objects.filter(pk=section.pk).update(html=html)
    sign_and_publish(page)
    page = specific(page)
    gate = [one for one in findings(page, content_of(page, page.live_version)) if one.rule == "PUB-96"]
    assert [(one.field, one.severity) for one in gate] == [(str(section.key), "warn")] * 2
    assert not any(one.rule == "PUB-96" for one in claiming.reading_findings(page, content_of(page, page.live_version)))
    nightly.hear_live_pages()
    night = {one["fingerprint"] for one in Hearing.objects.get().findings}
    assert night == {one.fingerprint for one in gate}
