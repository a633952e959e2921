"""PUB-145: one after the other, or several with one press, each version with its own record."""

import pytest

from stemsite.access import Role
from stemsite.publishing import workflow
from stemsite.publishing.models import Page, SignOff
from tests.factories import make_article, make_reviewer, make_study, make_user, save_draft
from tests.staff_forms import signed_in, step

pytestmark = pytest.mark.django_db


@pytest.fixture
def reviewer(clinic):
    return make_reviewer().user


@pytest.fixture
def waiting(clinic, author):
    pages = [make_article(by=author), make_study(by=author)]
    for page in pages:
        save_draft(page)
        workflow.submit(page, by=author)
    return pages


def boxes(pages):
    found = Page.objects.in_bulk([page.pk for page in pages])
    return [f"{page.pk}-{found[page.pk].submitted_version_id}" for page in pages]


def test_one_press_signs_several_and_each_version_gets_its_own_record(waiting, reviewer):
    client = signed_in(reviewer)
    assert "2 pages wait for your signature" in client.get("/admin/").content.decode()
    shown = client.get("/admin/sign/").content.decode()
    assert all(f'value="{box}"' in shown for box in boxes(waiting))
    done = client.post("/admin/sign/", {"read": boxes(waiting)}).content.decode()
    assert done.count('<span class="severity">Signed</span>') == 2
    assert set(SignOff.objects.values_list("version__page_id", flat=True)) == {page.pk for page in waiting}
    assert set(Page.objects.values_list("draft_state", flat=True)) == {"approved"}


def test_only_what_is_marked_is_signed_and_only_the_version_that_was_read(waiting, reviewer, author):
    client = signed_in(reviewer)
    first, second = boxes(waiting)
    waiting[0].summary = "Another sentence."
    waiting[0].save()
    save_draft(waiting[0], by=author)
    said = client.post("/admin/sign/", {"read": [first]}).content.decode()
    assert "The text changed while you were reading" in said
    assert not SignOff.objects.exists()
    client.post("/admin/sign/", {"read": [second]})
    assert SignOff.objects.get().version.page_id == waiting[1].pk


@pytest.mark.parametrize(
    "marks", [[], ["x"], ["1"], ["1-"], ["-1--2"], ["999-999"], ["1-99999999999999999999"], ["1-2-3"]]
)
def test_odd_marks_sign_nothing_and_break_nothing(waiting, reviewer, marks):
    answer = signed_in(reviewer).post("/admin/sign/", {"read": marks})
    assert answer.status_code in {200, 422}
    assert not SignOff.objects.exists()


def test_a_reviewers_own_words_are_not_signed_this_way_either(clinic):
    both = make_reviewer(make_user(Role.REVIEWER, Role.AUTHOR)).user
    own = make_article(by=both)
    save_draft(own)
    workflow.submit(own, by=both)
    client = signed_in(both)
    assert "Not yet: You wrote all of this text yourself" in client.get("/admin/sign/").content.decode()
    client.post("/admin/sign/", {"read": boxes([own])})
    assert not SignOff.objects.exists()


def test_after_one_signature_the_next_page_is_named(waiting, reviewer):
    client = signed_in(reviewer)
    assert step(client, waiting[0], "sign").status_code == 303
    after = client.get(f"/admin/pages/{waiting[0].pk}/").content.decode()
    assert f'<a href="/admin/pages/{waiting[1].pk}/">' in after
    assert step(client, waiting[1], "sign").status_code == 303
    assert "Next for your signature" not in client.get(f"/admin/pages/{waiting[1].pk}/").content.decode()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.REVIEWER}))
def test_signing_is_the_reviewers(waiting, role):
    client = signed_in(make_user(role))
    assert client.get("/admin/sign/").status_code == 403
    assert client.post("/admin/sign/", {"read": boxes(waiting)}).status_code == 403
    assert not SignOff.objects.exists()
