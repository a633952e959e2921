"""Synthetic pages for scale trials: ready-made live versions that hold what the workflow's would hold."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from articles.models import Article
from stemsite.audit.models import AuditEvent
from stemsite.example_site import synthetic
from stemsite.publishing.families import content_of, specific
from stemsite.publishing.gate import findings
from stemsite.publishing.models import Page, SignOff
from stemsite.publishing.reading import signature
from stemsite.publishing.versions import frozen, is_intact
from stemsite.search.finding import find
from studies.models import Study

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("example"), pytest.mark.database]


@pytest.fixture
def many(monkeypatch):
    """Twelve articles and seven studies, in several batches."""
    monkeypatch.setattr(synthetic, "BATCH", 5)
    call_command("demo", articles=12, studies=7, verbosity=0)
    return list(Page.objects.live().filter(is_synthetic=True).order_by("pk"))


def test_they_are_live_marked_and_all_different(many):
    assert len(many) == 19
    assert len({page.title for page in many}) == len({page.live_path for page in many}) == 19
    assert all(page.is_sample for page in many)


def test_draft_rows_and_version_agree(many):
    """Staff can open, compare and edit them: nothing seems changed."""
    for page in many:
        version = page.version_for_readers()
        assert is_intact(version)
        assert frozen(specific(page))[1] == version.content_hash, page.title


def test_nothing_blocks_their_publication(many):
    for page in many:
        found = findings(page, content_of(page, page.version_for_readers()))
        assert [finding.message for finding in found if finding.severity == "block"] == []


def test_they_are_signed_with_a_statement_that_says_what_it_is(many):
    assert all(signature(page.version_for_readers()) for page in many)
    assert SignOff.objects.filter(statement=synthetic.STATEMENT).count() == 19


def test_readers_find_them_in_lists_search_and_sitemap(many, client):
    page = next(page for page in many if page.family == Article.FAMILY)
    assert client.get(page.live_path).status_code == 200
    assert [hit.page for hit in find(page.title).hits][:1] == [page.pk]
    assert page.live_path in client.get(reverse("articles:sitemap")).content.decode()
    assert client.get("/studies/").status_code == 200


def test_one_audit_event_for_the_lot(many):
    notes = list(AuditEvent.objects.filter(verb=synthetic.ADDED).order_by("number").values_list("note", flat=True))
    assert notes == ["12 articles", "7 studies"]


def test_asked_again_there_are_more_of_them(many):
    call_command("demo", articles=3, verbosity=0)
    assert Article.objects.filter(is_synthetic=True).count() == 15
    assert Page.objects.values("live_path").distinct().count() == Page.objects.count()


def test_studies_have_every_fact_and_a_worse_side(many):
    study = Study.objects.filter(is_synthetic=True).first()
    assert study.facts.count() == 13
    assert {group.direction for group in study.outcome_groups.all()} == {"better", "same", "worse"}
    assert sum(group.people for group in study.outcome_groups.all()) == study.facts.get(kind="enrolled").people


def test_a_number_below_nought_is_refused():
    with pytest.raises(CommandError, match="0 or more"):
        call_command("demo", articles=-1)
