"""PUB-23 for studies: what any stored version names cannot be deleted; the refusal lists each use and the way out."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from articles.models import StudySection
from stemsite.access import Role
from stemsite.publishing import workflow
from stemsite.publishing.models import Page
from studies.models import Study
from tests.factories import make_article, make_guide, make_study, make_user, save_draft, sign_and_publish
from tests.staff_forms import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def guide_showing(study, **fields):
    guide = make_guide(**fields)
    StudySection.objects.create(parent=guide, region="main", ordering=45, role="research", study=study)
    return guide


@pytest.fixture
def study(clinic):
    """Live, and on three guides: one live, one in draft, and one that showed it in an older version only."""
    study = make_study(title="Cells in 67 people")
    sign_and_publish(study)
    sign_and_publish(guide_showing(study, title="A live guide", slug="live"))
    save_draft(guide_showing(study, title="A guide in draft", slug="draft"))
    former = guide_showing(study, title="A former user", slug="former")
    save_draft(former)
    former.articles_studysection_set.all().delete()
    save_draft(former)
    return study


def test_neither_row_nor_queryset_deletes_it_and_the_refusal_lists_each_use(study):
    for attempt in (study.delete, Study.objects.filter(pk=study.pk).delete, Page.objects.filter(pk=study.pk).delete):
        with pytest.raises(ValidationError) as refused:
            attempt()
        [said] = refused.value.messages
        for use in ("A live guide (live)", "A guide in draft (draft)", "A former user (old version 1)"):
            assert use in said
        assert "Withdraw it instead" in said
    assert Study.objects.filter(pk=study.pk).exists()


def test_a_study_that_only_unsaved_rows_name_is_kept_as_well(clinic):
    study = make_study()
    guide_showing(study, title="Not yet a version")
    with pytest.raises(ValidationError, match="Not yet a version"):
        study.delete()


def test_what_only_lists_it_as_related_counts_too(clinic):
    article, other = make_article(), make_article(title="Points at it")
    other.related.add(article)
    with pytest.raises(ValidationError, match="Points at it"):
        article.delete()


def test_a_page_with_versions_of_its_own_is_kept_for_the_record(clinic):
    article = make_article()
    save_draft(article)
    article.refresh_from_db()
    with pytest.raises(ValidationError, match="kept for the record"):
        article.delete()


def test_a_page_that_was_never_saved_as_a_version_can_go(clinic):
    article = make_article()
    article.delete()
    assert not Page.objects.exists()


def test_the_staff_site_says_where_it_is_used_and_offers_to_withdraw_it(study):
    publisher = signed_in(make_user(Role.PUBLISHER))
    address = reverse("admin:studies_study_delete", args=[study.pk])
    page = publisher.get(address).content.decode()
    for title in ("A live guide", "A guide in draft", "A former user"):
        url = reverse("admin:publishing_page", args=[Page.objects.get(title=title).pk])
        assert f'<a href="{url}">{title}</a>' in page
    assert "(old version 1)" in page
    assert f'href="{reverse("admin:publishing_page", args=[study.pk])}#withdraw"' in page
    assert publisher.post(address, {"post": "yes"}).status_code == 403
    screen = publisher.get(reverse("admin:publishing_page", args=[study.pk])).content.decode()
    assert "Where it is used" in screen
    assert "A former user" in screen


def test_whoever_may_not_withdraw_is_not_offered_it_and_strangers_to_the_page_see_nothing(study):
    address = reverse("admin:studies_study_delete", args=[study.pk])
    author = signed_in(study.created_by).get(address).content.decode()
    assert "cannot be deleted" in author
    assert "#withdraw" not in author
    assert signed_in(make_user(Role.AUTHOR)).get(address).status_code == 403


def test_a_withdrawn_study_says_that_it_is_withdrawn(study):
    publisher = make_user(Role.PUBLISHER)
    workflow.withdraw(study, by=publisher, kind="outdated", reason="A newer study replaced it.")
    page = signed_in(publisher).get(reverse("admin:studies_study_delete", args=[study.pk])).content.decode()
    assert "It is withdrawn: readers are told why." in page
