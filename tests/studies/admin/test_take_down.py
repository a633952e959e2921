"""All pages about one treatment are taken down at once, and put back (PAGE-08, PUB-111)."""

import pytest

from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from stemsite.publishing import workflow
from stemsite.publishing.gate import Refused
from stemsite.publishing.models import Page, Use
from stemsite.publishing.taking_down import pages_about, put_back, take_down
from tests.factories import make_article, make_guide, make_study, make_user, sign_and_publish
from tests.staff import signed_in
from tests.stored import keep, stored

pytestmark = [pytest.mark.django_db, pytest.mark.database]

WHY = "We look into a safety notice about this treatment."


@pytest.fixture
def owner(clinic):
    return make_user(Role.OWNER)


@pytest.fixture
def pages(owner):
    """A guide and a study about one treatment, and an article about none."""
    found = [make_guide(), make_study(), make_article()]
    found[1].interventions.set(found[0].interventions.all())
    for page in found:
        sign_and_publish(page)
    return found


@pytest.fixture
def treatment(pages):
    return pages[0].interventions.get()


def state(page):
    return Page.objects.get(pk=page.pk).public_state


def test_page_08_every_page_about_a_treatment_goes_and_the_others_stay(owner, pages, treatment, client):
    guide, study, article = pages
    keep(guide.live_path, study.live_path, article.live_path)
    assert take_down(Use.Kind.INTERVENTION, treatment, by=owner, reason=WHY) == 2
    assert stored() == {article.live_path}
    for page in (guide, study):
        answer = client.get(page.live_path)
        assert answer.status_code == 410 and WHY in answer.content.decode()
    assert client.get(article.live_path).status_code == 200


def test_page_08_the_chosen_ones_come_back_as_they_were(owner, pages, treatment):
    guide, study, _ = pages
    before = keep(guide.live_path)[guide.live_path]
    take_down(Use.Kind.INTERVENTION, treatment, by=owner, reason=WHY)
    assert put_back(Use.Kind.INTERVENTION, treatment, [guide.pk, study.pk], by=owner) == 2
    assert keep(guide.live_path)[guide.live_path] == before
    assert put_back(Use.Kind.INTERVENTION, treatment, [guide.pk], by=owner) == 0, "it is live"
    verbs = AuditEvent.objects.filter(object_type="studies.intervention").order_by("number")
    assert [(one.verb, one.note, one.detail["pages"]) for one in verbs] == [
        ("took down all pages about it", WHY, [guide.pk, study.pk]),
        ("put pages about it back", "", [guide.pk, study.pk]),
    ]


def test_nothing_of_another_treatment_is_put_back(owner, pages, treatment):
    article = pages[2]
    workflow.withdraw(article, by=owner, kind=Page.Withdrawal.ERROR, reason="Wrong.")
    assert put_back(Use.Kind.INTERVENTION, treatment, [article.pk], by=owner) == 0
    assert state(article) == Page.PublicState.WITHDRAWN


def test_all_of_them_or_none(owner, pages, treatment, monkeypatch):
    withdraw = workflow.withdraw

    def fails_at_the_second(page, **said):
        if page.pk == pages[1].pk:
            raise Refused("Not this one.")
        return withdraw(page, **said)

    monkeypatch.setattr(workflow, "withdraw", fails_at_the_second)
    with pytest.raises(Refused, match="Not this one"):
        take_down(Use.Kind.INTERVENTION, treatment, by=owner, reason=WHY)
    assert len(pages_about(Use.Kind.INTERVENTION, treatment.pk)) == 2


def test_readers_are_told_why(owner, pages, treatment):
    with pytest.raises(Refused, match="one neutral sentence"):
        take_down(Use.Kind.INTERVENTION, treatment, by=owner, reason=" ")


def test_the_owner_does_it_on_one_screen(pages, treatment):
    owner = signed_in(Role.OWNER)
    screen = f"/admin/studies/intervention/{treatment.pk}/pages/"
    assert screen in owner.get(f"/admin/studies/intervention/{treatment.pk}/change/").content.decode()
    assert "Take down 2 pages now" in owner.get(screen).content.decode()
    assert owner.post(screen, {"take_down": "1", "reason": ""}).status_code == 422
    assert owner.post(screen, {"take_down": "1", "reason": WHY}).status_code == 303
    shown = owner.get(screen).content.decode()
    assert "No live page is about it." in shown and "Withdrawn (2)" in shown
    assert owner.post(screen, {"put_back": "1", "pages": [str(pages[0].pk), "x", "9" * 30]}).status_code == 303
    assert [state(page) for page in pages] == ["live", "withdrawn", "live"]


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.REVIEWER, Role.PUBLISHER, Role.COORDINATOR])
def test_nobody_else_may(pages, treatment, role):
    screen = f"/admin/studies/intervention/{treatment.pk}/pages/"
    assert screen not in signed_in(role).get(f"/admin/studies/intervention/{treatment.pk}/change/").content.decode()
    assert signed_in(role).get(screen).status_code == 403
    assert signed_in(role).post(screen, {"take_down": "1", "reason": WHY}).status_code == 403
    assert state(pages[0]) == Page.PublicState.LIVE
