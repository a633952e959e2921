"""PUB-53 and the gate of the content checks: what stops a page, what may stand, and the run that is kept."""

from __future__ import annotations

import copy
import datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from articles.models import TextSection
from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from stemsite.checks import packaged
from stemsite.clinic import statutory
from stemsite.clinic.models import StatutoryText
from stemsite.publishing import clearing, workflow
from stemsite.publishing.admin.finding_pages import place_of
from stemsite.publishing.claiming import claim_findings
from stemsite.publishing.families import content_of, specific
from stemsite.publishing.gate import Refused, Stale
from stemsite.publishing.models import Override, Version
from stemsite.publishing.reports import ending_overrides
from tests.factories import make_guide, make_reviewer, make_user, publish, save_draft, sign_and_publish

pytestmark = [pytest.mark.django_db, pytest.mark.database]

CLAIM = "<p>Our stem cells cure ALS.</p>"
WARNING = "<p>Exosomes and mobility go together.</p>"
REASON = "Counsel read it on the first of May and said so in writing."


def write(page, html, *, by=None):
    row = TextSection.objects.filter(parent_id=page.pk).order_by("pk").first()
    TextSection.objects.filter(pk=row.pk).update(html=html)
    return workflow.saved(specific(page), by=by or page.created_by)


def found_on(page):
    page = specific(page)
    return list(claim_findings(page, content_of(page, page.latest_version)))


def blocks_on(page):
    return [finding for finding in found_on(page) if finding.severity == "block"]


@pytest.fixture
def author():
    return make_user(Role.AUTHOR)


@pytest.fixture
def owner():
    return make_user(Role.OWNER)


@pytest.fixture
def guide(author, clinic):
    page = make_guide(by=author)
    save_draft(page)
    return page


def test_pub_53_a_claim_stops_the_submission_with_rule_reason_and_a_suggested_wording(guide, author):
    write(guide, CLAIM)
    with pytest.raises(Refused) as refused:
        workflow.submit(specific(guide), by=author)
    finding = next(one for one in refused.value.findings if one.rule == "CL-01")
    assert "Our stem cells cure ALS." in finding.message
    assert "Says or implies the service cures." in finding.message and "no cure" in finding.message
    assert finding.field == str(TextSection.objects.filter(parent_id=guide.pk).order_by("pk").first().key)


def test_pub_53_a_warning_is_told_and_stops_nothing(guide, author):
    write(guide, WARNING)
    assert {(one.rule, one.severity) for one in found_on(guide)} == {("CL-90", "warn")}
    workflow.submit(specific(guide), by=author)


def test_the_claim_is_heard_wherever_it_stands(guide):
    guide.summary = "Our stem cells cure ALS."
    guide.save()
    workflow.saved(specific(guide), by=guide.created_by)
    assert "summary" in {one.field for one in blocks_on(guide)}


def test_a_finding_that_stands_on_the_live_page_stops_no_correction(guide, author):
    """Checks gate adding, never removing (section 1.5)."""
    sign_and_publish(guide)
    page = specific(guide)

    def saying(html):
        content = copy.deepcopy(page.live_version.content)
        next(section for section in content["sections"] if section["type"] == "text")["html"] = html
        return Version(page_id=page.pk, number=99, schema=page.live_version.schema, content=content, content_hash="x")

    before, after, worse = saying(CLAIM), saying(f"{CLAIM}<p>More.</p>"), saying(f"{CLAIM}<p>We guarantee results.</p>")
    page.live_version = before
    found = list(claim_findings(page, content_of(page, after)))
    assert found and {one.severity for one in found} == {"warn"}
    assert all("stands on the live page already" in one.message for one in found)
    assert [one.rule for one in claim_findings(page, content_of(page, worse)) if one.severity == "block"] == ["CL-05"]


def cleared(page, rule, by, **more):
    fingerprint = next(one.fingerprint for one in found_on(page) if one.rule == rule)
    values = {"kind": "counsel", "reason": REASON, **more}
    return clearing.let_stand(specific(page), by=by, fingerprint=fingerprint, **values)


def test_the_compliance_permission_lets_a_block_stand_and_the_record_says_all(guide, author, owner):
    write(guide, "<p>We guarantee results.</p>")
    override = cleared(guide, "CL-05", owner)
    assert blocks_on(guide) == []
    assert override.permission == "comp" and override.lexicon_version == packaged().version
    assert override.expires_on == timezone.localdate() + datetime.timedelta(days=90)
    event = AuditEvent.objects.get(verb="finding let stand")
    assert (event.note, event.detail["sentence"]) == (REASON, "We guarantee results.")
    workflow.submit(specific(guide), by=author)


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.PUBLISHER, Role.REVIEWER, Role.COORDINATOR])
def test_nobody_else_lets_a_block_stand(guide, role):
    write(guide, "<p>We guarantee results.</p>")
    with pytest.raises(Refused, match="compliance permission"):
        cleared(guide, "CL-05", make_user(role))
    assert not Override.objects.exists()


def test_whoever_wrote_the_sentence_cannot_clear_a_block_in_it(guide, owner):
    write(guide, "<p>We guarantee results.</p>", by=owner)
    write(guide, "<p>We guarantee results.</p><p>And more.</p>")
    with pytest.raises(Refused, match="You wrote this sentence"):
        cleared(guide, "CL-05", owner)


def test_a_rule_that_only_a_fix_clears_is_cleared_by_nobody(guide, owner):
    write(guide, "<p>My ALS has stopped progressing since I came here.</p>")
    with pytest.raises(Refused, match="only a changed text"):
        cleared(guide, "CL-09", owner)


def test_a_warning_is_answered_by_author_or_publisher_for_a_year(guide, author):
    write(guide, WARNING)
    override = cleared(guide, "CL-90", author)
    assert override.permission == "ack"
    assert override.expires_on == timezone.localdate() + datetime.timedelta(days=365)
    assert found_on(guide) == []


@pytest.mark.parametrize(("kind", "reason"), [("counsel", "Fine."), ("counsel", " " * 40), ("nothing", REASON)])
def test_a_reason_is_a_kind_and_twenty_characters(guide, author, kind, reason):
    write(guide, WARNING)
    with pytest.raises(Refused):
        cleared(guide, "CL-90", author, kind=kind, reason=reason)


def test_an_override_dies_with_one_changed_character(guide, author, owner):
    write(guide, "<p>We guarantee results.</p>")
    cleared(guide, "CL-05", owner)
    write(guide, "<p>We guarantee results!</p>")
    assert [one.rule for one in blocks_on(guide)] == ["CL-05"]


def test_an_override_dies_on_its_last_day_and_when_it_is_taken_back(guide, owner):
    write(guide, "<p>We guarantee results.</p>")
    override = cleared(guide, "CL-05", owner)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Override.objects.filter(pk=override.pk).update(expires_on=yesterday, created_on=yesterday - datetime.timedelta(9))
    assert blocks_on(guide)
    again = cleared(guide, "CL-05", owner)
    assert not blocks_on(guide)
    clearing.revoke(again, by=owner)
    assert blocks_on(guide) and AuditEvent.objects.filter(verb="override revoked").exists()
    with pytest.raises(Stale):
        clearing.revoke(again, by=owner)


def test_an_override_reaches_one_page_only(guide, author, owner):
    other = make_guide(by=author, slug="other")
    save_draft(other)
    for page in (guide, other):
        write(page, "<p>We guarantee results.</p>")
    cleared(guide, "CL-05", owner)
    assert blocks_on(other) and not blocks_on(guide)


def test_a_finding_that_is_gone_cannot_be_let_stand(guide, owner):
    write(guide, "<p>We guarantee results.</p>")
    fingerprint = blocks_on(guide)[0].fingerprint
    write(guide, "<p>We promise nothing.</p>")
    with pytest.raises(Stale):
        clearing.let_stand(specific(guide), by=owner, fingerprint=fingerprint, kind="counsel", reason=REASON)


@pytest.mark.parametrize(
    "wrong", [{"reason": "short"}, {"expires_on": datetime.date(2020, 1, 1)}, {"revoked_at": timezone.now()}]
)
def test_the_database_refuses_an_override_that_says_too_little(guide, owner, wrong):
    write(guide, "<p>We guarantee results.</p>")
    override = cleared(guide, "CL-05", owner)
    with pytest.raises(IntegrityError), transaction.atomic():
        Override.objects.filter(pk=override.pk).update(**wrong)


def test_the_run_is_kept_with_every_step(guide, author, owner):
    write(guide, "<p>We guarantee results.</p>")
    override = cleared(guide, "CL-05", owner)
    workflow.submit(specific(guide), by=author)
    event = AuditEvent.objects.get(verb="content checks run")
    version = specific(guide).submitted_version
    assert event.detail["content_hash"] == version.content_hash
    assert event.detail["lexicon_sha256"] == packaged().sha256 and event.detail["lexicon"] == packaged().version
    assert override.fingerprint in {one["fingerprint"] for one in event.detail["findings"]}
    assert event.detail["overrides"] == [override.pk]
    reviewer = make_reviewer()
    workflow.sign(specific(guide), by=reviewer.user, version_id=version.pk)
    publish(specific(guide))
    assert AuditEvent.objects.filter(verb="content checks run").count() == 3


# -- the screens ----------------------------------------------------------------------------


def screen(client, page):
    return client.get(reverse("admin:publishing_page", args=[page.pk])).content.decode()


def test_the_panel_shows_severity_rule_why_and_the_way_to_the_text(client, guide, author):
    write(guide, CLAIM)
    client.force_login(author)
    html = screen(client, guide)
    finding = blocks_on(guide)[0]
    assert "Stops publishing" in html and "Says or implies the service cures." in html
    assert reverse("admin:publishing_finding", args=[guide.pk, finding.fingerprint]) in html
    assert place_of(specific(guide), finding) in html


def test_without_findings_the_panel_says_what_checks_miss(client, guide, author):
    client.force_login(author)
    assert "Automatic checks miss indirect wording" in screen(client, guide)


def test_a_finding_is_let_stand_and_taken_back_on_its_screen(client, guide, owner):
    write(guide, "<p>We guarantee results.</p>")
    client.force_login(owner)
    url = reverse("admin:publishing_finding", args=[guide.pk, blocks_on(guide)[0].fingerprint])
    assert "Let it stand" in client.get(url).content.decode()
    assert client.post(url, {"kind": "counsel", "reason": "no"}).status_code == 422
    assert client.post(url, {"kind": "counsel", "reason": REASON}).status_code == 303
    html = client.get(url).content.decode()
    assert REASON in html and "Take this back" in html
    override = Override.objects.get()
    listed = client.get(reverse("admin:publishing_override_changelist")).content.decode()
    assert "We guarantee results." in listed
    assert client.get(reverse("admin:publishing_override_change", args=[override.pk])).status_code == 200
    assert client.post(reverse("admin:publishing_revoke", args=[override.pk])).status_code == 303
    assert blocks_on(guide)


def test_who_may_not_let_it_stand_reads_who_may(client, guide, author):
    write(guide, "<p>We guarantee results.</p>")
    client.force_login(author)
    url = reverse("admin:publishing_finding", args=[guide.pk, blocks_on(guide)[0].fingerprint])
    assert "compliance permission" in client.get(url).content.decode()
    assert client.post(url, {"kind": "counsel", "reason": REASON}).status_code == 422
    assert not Override.objects.exists()


def test_a_finding_that_nobody_made_is_not_there(client, guide, owner):
    client.force_login(owner)
    assert client.get(reverse("admin:publishing_finding", args=[guide.pk, "0" * 64])).status_code == 404


def test_nobody_looks_at_the_findings_of_a_page_they_may_not_see(client, guide):
    write(guide, CLAIM)
    client.force_login(make_user(Role.COORDINATOR))
    url = reverse("admin:publishing_finding", args=[guide.pk, blocks_on(guide)[0].fingerprint])
    assert client.get(url).status_code == 403


# -- offers (LEAD-94, LEAD-126) ---------------------------------------------------------------


OFFER = "<p>Wharton's jelly injections are now available at our Tampa office.</p>"


def test_lead_126_wording_of_an_offer_stops_a_guide_and_stands_only_beside_the_laws_text(guide, owner, clinic):
    write(guide, OFFER)
    assert ("CL-18", "block") in {(one.rule, one.severity) for one in found_on(guide)}
    with pytest.raises(Refused, match="No statutory text"):
        cleared(guide, "CL-18", owner)
    text = statutory.add_text(
        StatutoryText(jurisdiction="US", law="Sample 1", scope="x", text="x", source_url="https://e.org", media="x"),
        by=owner,
    )
    statutory.verify(text, by=owner, verified_by="Sample Counsel", verified_on=timezone.localdate())
    cleared(guide, "CL-18", owner)
    assert "CL-18" not in {one.rule for one in found_on(guide)}


def test_the_board_tells_the_keeper_fourteen_days_before_an_override_ends(guide, author):
    write(guide, WARNING)
    sign_and_publish(guide)
    override = cleared(guide, "CL-90", author)
    assert list(ending_overrides()) == []
    Override.objects.update(expires_on=timezone.localdate() + datetime.timedelta(days=14))
    assert [line.label for line in ending_overrides()] == ["What is ALS?"]
    clearing.revoke(override, by=author)
    assert list(ending_overrides()) == []
