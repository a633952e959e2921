"""Duplicate: text and citations come along, nothing that was decided does (PUB-16)."""

from __future__ import annotations

import pytest

from articles.models import SECTION_MODELS, Article
from stemsite.access import Role
from stemsite.publishing.families import content_of
from stemsite.publishing.steps import Verb
from tests.factories import make_guide, make_study, make_user, save_draft, sign_and_publish
from tests.staff_forms import form_of, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def sections_of(page):
    return sorted(
        (row for model in SECTION_MODELS for row in model.objects.filter(parent_id=page.pk)),
        key=lambda row: row.ordering,
    )


def test_pub_16_a_copy_takes_text_and_citations_and_nothing_that_was_decided(clinic):
    guide = make_guide(by=make_user(Role.AUTHOR))
    sign_and_publish(guide)
    guide.refresh_from_db()
    editor = make_user(Role.PUBLISHER)
    client = signed_in(editor)
    address = f"/admin/pages/{guide.pk}/duplicate/"
    form = form_of(client.get(f"/admin/pages/{guide.pk}/"), action=address)
    answer = client.post(address, form)
    copy = Article.objects.exclude(pk=guide.pk).get()
    assert answer["Location"] == f"/admin/articles/article/{copy.pk}/change/"
    assert (copy.title, copy.slug) == (f"Copy of {guide.title}", f"{guide.slug}-copy")
    assert (copy.created_by, copy.keeper, copy.reviewer) == (editor, editor, None)
    assert (copy.draft_state, copy.public_state) == ("draft", "nothing")
    assert (copy.first_published_at, copy.updated_at, copy.review_due_on, copy.live_path) == (None, None, None, None)
    assert [version.number for version in copy.versions.all()] == [1]
    assert not copy.versions.filter(sign_offs__isnull=False).exists()
    assert [step.verb for step in copy.transitions.all()] == [Verb.CREATE]
    old, new = sections_of(guide), sections_of(copy)
    assert [(row.heading, row.role, getattr(row, "html", "")) for row in new] == [
        (row.heading, row.role, getattr(row, "html", "")) for row in old
    ]
    assert not {row.key for row in old} & {row.key for row in new}
    before, after = (content_of(page, page.latest_version) for page in (guide, copy))
    assert after.citations == before.citations and after.authors == before.authors
    sign_and_publish(copy)


def test_pub_16_only_who_may_create_and_only_what_may_be_copied(clinic):
    guide, study = make_guide(by=make_user(Role.AUTHOR)), make_study(by=make_user(Role.AUTHOR))
    for page in (guide, study):
        save_draft(page)
    assert signed_in(make_user(Role.REVIEWER)).post(f"/admin/pages/{guide.pk}/duplicate/").status_code == 403
    assert signed_in(make_user(Role.AUTHOR)).post(f"/admin/pages/{guide.pk}/duplicate/").status_code == 403
    assert signed_in(make_user(Role.OWNER)).post(f"/admin/pages/{study.pk}/duplicate/").status_code == 403
    assert signed_in(make_user(Role.OWNER)).get(f"/admin/pages/{guide.pk}/duplicate/").status_code == 405
    assert Article.objects.count() == 1
