"""PUB-42: every role at every staff address of a page, its side doors too; 403 where the right is missing."""

from __future__ import annotations

import pytest

from stemsite.access import Role
from stemsite.clinic.models import Clinic
from stemsite.publishing import workflow
from stemsite.publishing.models import Page
from tests.factories import make_article, make_reviewer, make_study, make_user, save_draft, sign_and_publish
from tests.staff_forms import change_url, signed_in

pytestmark = pytest.mark.django_db

A, M, P, C, OWN = Role.AUTHOR, Role.REVIEWER, Role.PUBLISHER, Role.COORDINATOR, Role.OWNER
READ = {M, P, OWN}
EDIT = {P, OWN}

# Door: (method, address, roles who may with a colleague's page, may its author?)
DOORS = {
    "form": ("get", "{form}", READ, True),
    "save": ("post", "{form}", EDIT, True),
    "stock history": ("get", "{history}", READ, True),
    "preview of the draft": ("get", "{preview}", READ, True),
    "preview of the form": ("post", "{preview}", EDIT, True),
    "keep unsaved text": ("post", "{buffer}", EDIT, True),
    "look at unsaved text": ("get", "{unsaved}", EDIT, True),
    "take unsaved text back": ("post", "{unsaved}", EDIT, True),
    "share": ("post", "/admin/pages/{pk}/share/", READ, True),
    "revoke a share": ("post", "/admin/pages/{pk}/unshare/", READ, True),
    "fact checks": ("get", "/admin/pages/{pk}/fact-checks/", READ, True),
    "ask for a fact check": ("post", "/admin/pages/{pk}/fact-checks/", READ, True),
    "screen": ("get", "/admin/pages/{pk}/", READ, True),
    "history": ("get", "/admin/pages/{pk}/history/", READ, True),
    "compare": ("get", "/admin/pages/{pk}/compare/?older={older}&newer={newer}", READ, True),
    "difference": ("get", "/admin/versions/{older}/{newer}/", READ, True),
    "preview of a version": ("get", "/admin/versions/{older}/", READ, True),
    "what it said on a day": ("get", "/admin/pages/{pk}/on/", READ, True),
    "revert": ("post", "/admin/versions/{older}/revert/", EDIT, True),
    "discard": ("post", "/admin/pages/{pk}/discard/", EDIT, True),
    "submit": ("post", "/admin/pages/{pk}/submit/", EDIT, True),
    "say that one is there": ("post", "/admin/pages/{pk}/here/", EDIT, True),
    "recall": ("post", "/admin/pages/{pk}/recall/", EDIT, True),
    "request changes": ("post", "/admin/pages/{pk}/request-changes/", READ, False),
    "sign": ("post", "/admin/pages/{pk}/sign/", {M}, False),
    "confirm": ("post", "/admin/pages/{pk}/confirm/", {M}, False),
    "countersign": ("post", "/admin/pages/{pk}/countersign/", EDIT, True),
    "publish": ("post", "/admin/pages/{pk}/publish/", EDIT, False),
    "undo": ("post", "/admin/pages/{pk}/undo/", EDIT, False),
    "schedule": ("post", "/admin/pages/{pk}/schedule/", EDIT, False),
    "cancel": ("post", "/admin/pages/{pk}/cancel/", EDIT, False),
    "withdraw": ("post", "/admin/pages/{pk}/withdraw/", EDIT, False),
    "schedule a withdrawal": ("post", "/admin/pages/{pk}/schedule-withdrawal/", EDIT, False),
    "cancel a withdrawal": ("post", "/admin/pages/{pk}/cancel-withdrawal/", EDIT, False),
    "restore": ("post", "/admin/pages/{pk}/restore/", EDIT, False),
    "review": ("post", "/admin/pages/{pk}/review/", {M}, False),
    "take down": ("post", "/admin/pages/{pk}/take-down/", EDIT, False),
    "force": ("post", "/admin/pages/{pk}/force/", EDIT, False),
    "second look": ("post", "/admin/pages/{pk}/second-look/", READ, False),
    "correct": ("post", "/admin/pages/{pk}/correct/", EDIT, False),
    "confirm a correction": ("post", "/admin/pages/{pk}/confirm-correction/", {M}, False),
    "to the trash": ("post", "/admin/pages/{pk}/trash/", EDIT, True),
    "out of the trash": ("post", "/admin/pages/{pk}/untrash/", EDIT, True),
    "erase": ("post", "/admin/pages/{pk}/purge/", {OWN}, False),
    "delete": ("post", "{delete}", set(), False),
}
# What two people may besides: either publishes, and the reviewer mends the text they read (PUB-146).
EDITING = {
    *("save", "preview of the form", "keep unsaved text", "look at unsaved text", "take unsaved text back"),
    "say that one is there",
    *("revert", "discard", "submit", "recall", "countersign"),
}
PUBLISHING = {"publish", "undo", "schedule", "cancel", "correct"}
LISTS = {
    "/admin/publishing/page/": {A, M, P, OWN},
    "/admin/publishing/page/add/": set(),
    "/admin/articles/article/": {A, M, P, OWN},
    "/admin/articles/article/add/": {A, P, OWN},
    "/admin/studies/study/": {A, M, P, OWN},
    "/admin/studies/study/add/": {A, P, OWN},
}


@pytest.fixture(params=["article", "study"])
def page(request, clinic):
    """A page of somebody's with two versions."""
    make = make_article if request.param == "article" else make_study
    found = make(by=make_user(A))
    save_draft(found)
    type(found).objects.filter(pk=found.pk).update(title="A second title")
    found.refresh_from_db()
    save_draft(found)
    return found


def knock(client, page, door):
    method, address, _, _ = DOORS[door]
    form = change_url(page)
    versions = list(page.versions.order_by("number").values_list("pk", flat=True))
    places = {
        "pk": page.pk,
        "older": versions[0],
        "newer": versions[1],
        "form": form,
        "history": form.replace("/change/", "/history/"),
        "preview": form.replace("/change/", "/preview/"),
        "buffer": form.replace("/change/", "/buffer/"),
        "unsaved": form.replace("/change/", "/unsaved/00000000-0000-4000-8000-000000000000/"),
        "delete": form.replace("/change/", "/delete/"),
    }
    return getattr(client, method)(address.format(**places)).status_code


# One view answers for all families; what each family has for itself is asked of both.
CASES = [
    (family, door)
    for door, (_, address, _, _) in DOORS.items()
    for family in ("article", "study")
    if family == "article" or not address.startswith("/admin/")
]


@pytest.mark.parametrize("policy", Clinic.ReviewPolicy.values)
@pytest.mark.parametrize(("page", "door"), CASES, indirect=["page"])
def test_each_role_finds_exactly_its_doors_open(page, door, policy):
    _, _, colleagues, own = DOORS[door]
    Clinic.objects.update(review_policy=policy)
    if policy == Clinic.ReviewPolicy.TWO_PEOPLE:
        colleagues = colleagues | ({M} if door in EDITING | PUBLISHING else set())
        own = own or door in PUBLISHING
    for role in Role:
        user = make_user(role)
        Page.objects.filter(pk=page.pk).update(reviewer=user if role == M else None)
        status = knock(signed_in(user), page, door)
        assert (status != 403) == (role in colleagues), f"{role} at {door}: {status}"
        assert status < 500
    assert (knock(signed_in(page.created_by), page, door) != 403) == own, f"its author at {door}"
    assert knock(signed_in(make_user()), page, door) == 403, "no role"


@pytest.mark.parametrize(("page", "door"), CASES, indirect=["page"])
def test_in_a_team_a_reviewer_who_was_not_asked_finds_every_door_closed(page, door):
    """Role matrix: a reviewer previews, compares and reads the history of pages to review, and of no others."""
    Clinic.objects.update(review_policy=Clinic.ReviewPolicy.TEAM)
    Page.objects.filter(pk=page.pk).update(reviewer=make_user(M))
    assert knock(signed_in(make_user(M)), page, door) == 403


@pytest.mark.parametrize("address", LISTS)
def test_each_role_finds_exactly_its_lists(clinic, address):
    for role in Role:
        status = signed_in(make_user(role)).get(address).status_code
        assert (status == 200) == (role in LISTS[address]), f"{role} at {address}: {status}"
        assert status in {200, 403}


def test_strangers_are_sent_to_the_login(page, client):
    for door in DOORS:
        assert knock(client, page, door) == 302


def test_even_a_superuser_without_a_role_is_refused(page):
    root = make_user(is_superuser=True)
    assert knock(signed_in(root), page, "form") == 403
    assert knock(signed_in(root), page, "screen") == 403


def test_authors_find_their_own_pages_in_lists_and_nobody_elses(clinic):
    author, other = make_user(A), make_user(A)
    mine = make_article(by=author, title="Written by me")
    make_article(by=other, title="Written by another")
    kept = make_article(by=other, title="Kept by me", keeper=author)
    for page in (mine, kept):
        save_draft(page)
    client = signed_in(author)
    for address in ("/admin/articles/article/", "/admin/publishing/page/"):
        listed = client.get(address).content.decode()
        assert "Written by me" in listed
        assert "Kept by me" in listed
        assert "Written by another" not in listed


def test_authors_may_choose_any_live_study_but_see_no_draft_of_others(clinic):
    author = make_user(A)
    live, draft = make_study(title="A live study of cells"), make_study(title="A draft study of cells")
    sign_and_publish(live)
    save_draft(draft)
    client = signed_in(author)
    query = "app_label=articles&model_name=studysection&field_name=study&term=study"
    found = client.get(f"/admin/autocomplete/?{query}").json()["results"]
    assert [row["text"] for row in found] == ["A live study of cells"]


def make_pages_of_every_standing(reviewer):
    """Titles of pages to review by ``reviewer``, then of pages that are not."""
    other, publisher = make_reviewer().user, make_user(P)
    asked = make_article(title="Asked of me, still a draft", reviewer=reviewer)
    anybody = make_article(title="In review, asked of nobody by name")
    elsewhere = make_article(title="In review by a colleague", reviewer=other)
    draft = make_article(title="A draft of somebody")
    live = make_article(title="Live, signed by a colleague")
    signed = make_article(title="Signed by me, sent back")
    for page in (asked, draft):
        save_draft(page)
    for page in (anybody, elsewhere, signed):
        workflow.submit(page, by=publisher)
    sign_and_publish(live, reviewer=other)
    signed.refresh_from_db()
    workflow.sign(signed, by=reviewer, version_id=signed.submitted_version_id)
    workflow.request_changes(signed, by=publisher, reason="Shorter, please.")
    return [asked.title, anybody.title, live.title, signed.title], [elsewhere.title, draft.title]


@pytest.mark.parametrize("address", ["/admin/articles/article/", "/admin/publishing/page/"])
def test_in_a_team_reviewers_list_what_they_review_and_what_is_live(clinic, address):
    reviewer = make_reviewer().user
    seen, hidden = make_pages_of_every_standing(reviewer)
    Clinic.objects.update(review_policy=Clinic.ReviewPolicy.TEAM)
    listed = signed_in(reviewer).get(address).content.decode()
    assert [title for title in (*seen, *hidden) if title in listed] == seen
    for page in Page.objects.all():
        assert page.is_for_review_by(reviewer) == (page.title in seen), page
    Clinic.objects.update(review_policy=Clinic.ReviewPolicy.TWO_PEOPLE)
    listed = signed_in(reviewer).get(address).content.decode()
    assert all(title in listed for title in (*seen, *hidden)), "two people see every draft"


def test_in_a_team_the_work_queue_counts_only_what_a_reviewer_may_open(clinic):
    reviewer = make_reviewer().user
    make_pages_of_every_standing(reviewer)
    Clinic.objects.update(review_policy=Clinic.ReviewPolicy.TEAM)
    columns = signed_in(reviewer).get("/admin/").context["columns"][:2]
    numbers = [{line.label: line.number for line in column.lines} for column in columns]
    assert [column["To review"] for column in numbers] == [1, 1]
    assert numbers[1]["Drafts in work"] == 1


def test_in_a_team_a_reviewer_finds_no_draft_of_others_among_the_choices(clinic):
    reviewer = make_reviewer().user
    for title, asked in (("Cells asked of me", reviewer), ("Cells of a colleague", make_reviewer().user)):
        save_draft(make_study(title=title, reviewer=asked))
    Clinic.objects.update(review_policy=Clinic.ReviewPolicy.TEAM)
    query = "app_label=articles&model_name=studysection&field_name=study&term=cells"
    found = signed_in(reviewer).get(f"/admin/autocomplete/?{query}").json()["results"]
    assert [row["text"] for row in found] == ["Cells asked of me"]


def test_in_a_team_a_reviewer_reads_the_form_and_cannot_save_it(page):
    Clinic.objects.update(review_policy=Clinic.ReviewPolicy.TEAM)
    asked = make_user(M)
    Page.objects.filter(pk=page.pk).update(reviewer=asked)
    reviewer = signed_in(asked)
    form = reviewer.get(change_url(page)).content.decode()
    assert "Save version" not in form
    assert reviewer.post(change_url(page), {"title": "Changed", "_continue": "1"}).status_code == 403


@pytest.mark.parametrize("method", ["get", "head", "put", "delete"])
def test_steps_are_taken_by_post_alone(page, method):
    """GET never changes state."""
    client = signed_in(make_user(P, M))
    for slug in ("submit", "publish", "withdraw"):
        assert getattr(client, method)(f"/admin/pages/{page.pk}/{slug}/").status_code == 405
    version = page.versions.first()
    assert getattr(client, method)(f"/admin/versions/{version.pk}/revert/").status_code == 405


@pytest.mark.parametrize(
    "address",
    [
        "/admin/pages/999999/",
        "/admin/pages/{pk}/no-such-step/",
        "/admin/versions/999999/",
        "/admin/versions/{other}/{newest}/",
        "/admin/versions/999999/{newest}/",
    ],
)
def test_what_does_not_exist_is_not_found(page, address):
    other = save_draft(make_article())
    client = signed_in(make_user(P))
    url = address.format(pk=page.pk, other=other.pk, newest=page.versions.last().pk)
    assert (client.post(url) if "no-such" in url else client.get(url)).status_code == 404


@pytest.mark.parametrize("pk", ["0", "x", "²", "99999999999999999999", "1' or 1=1"])
def test_odd_ids_never_break_the_form(page, pk):
    client = signed_in(make_user(P))
    for name in ("change", "history", "preview"):
        assert client.get(f"/admin/articles/article/{pk}/{name}/").status_code in {200, 302, 404}
    assert client.get(f"/admin/pages/{pk}/").status_code in {302, 404}


def test_countersigning_and_signing_need_the_person_not_only_the_role(clinic):
    """PUB-46: a reviewer without a profile is told why, and nothing is signed."""
    article = make_article()
    version = workflow.submit(article, by=make_user(P))
    client = signed_in(make_user(M))
    response = client.post(
        f"/admin/pages/{article.pk}/sign/",
        {"sign-version_id": version.pk, "sign-statement": "I have read it.", "sign-review_due_on": "2099-01-01"},
    )
    assert response.status_code == 422
    assert "no profile as a medical reviewer" in response.content.decode()
    assert not version.sign_offs.exists()
