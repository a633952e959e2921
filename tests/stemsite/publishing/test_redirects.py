"""PUB-84, PUB-86: redirects lead in one hop, never in a circle, and those that lead nowhere are reported."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from stemsite.publishing import workflow
from stemsite.publishing.models import Redirect
from stemsite.publishing.redirecting import write
from tests.factories import make_guide, make_plain_page, publish, save_draft, sign_and_publish
from tests.staff import save, signed_in
from tests.staff_forms import step

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff():
    return signed_in(Role.PUBLISHER)


@pytest.fixture
def guide(clinic):
    guide = make_guide()
    sign_and_publish(guide)
    return guide


def lead(path: str, target: str, *, by) -> Redirect:
    redirect = Redirect(from_path=path, to_path=target)
    write(redirect, by=by)
    return redirect


def follow(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 301
    return answer["Location"]


def test_a_redirect_typed_as_an_address_follows_the_page_that_stands_there(client, guide, staff):
    answer = save(staff, reverse("admin:publishing_redirect_add"), from_path="/mnd/", to_path=guide.live_path)
    assert answer.status_code == 302
    redirect = Redirect.objects.get(from_path="/mnd/")
    assert (redirect.page_id, redirect.to_path, redirect.created_by) == (guide.pk, "", staff.user)
    guide.slug = "motor-neuron-disease"
    guide.save()
    sign_and_publish(guide, note="A better address.")
    assert follow(client, "/mnd/") == "/conditions/motor-neuron-disease/"


def test_chains_are_collapsed_when_written_from_both_ends(client, publisher):
    lead("/b/", "/c/", by=publisher)
    lead("/a/", "/b/", by=publisher)
    assert follow(client, "/a/") == "/c/"
    lead("/c/", "/contact/", by=publisher)
    assert {follow(client, path) for path in ("/a/", "/b/", "/c/")} == {"/contact/"}


def test_a_bare_target_that_later_becomes_a_page_follows_it(client, clinic, publisher):
    """PUB-84: still one hop after the page has moved on."""
    lead("/old/", "/conditions/als/", by=publisher)
    guide = make_guide()
    sign_and_publish(guide)
    guide.slug = "als-guide"
    guide.save()
    sign_and_publish(guide, note="A better address.")
    assert follow(client, "/old/") == "/conditions/als-guide/"


@pytest.mark.parametrize(("path", "target"), [("/c/", "/a/"), ("/a/", "/a/"), ("/c/", "/b/")])
def test_a_circle_is_refused(publisher, path, target):
    lead("/a/", "/b/", by=publisher)
    lead("/b/", "/c/", by=publisher)
    before = list(Redirect.objects.order_by("from_path").values_list("from_path", "to_path"))
    redirect = Redirect.objects.filter(from_path=path).first() or Redirect(from_path=path)
    redirect.to_path = target
    with pytest.raises(ValidationError, match="lead back"):
        write(redirect, by=publisher)
    assert list(Redirect.objects.order_by("from_path").values_list("from_path", "to_path")) == before


def test_a_live_page_is_never_hidden_behind_a_redirect(guide, staff):
    answer = save(staff, reverse("admin:publishing_redirect_add"), from_path=guide.live_path, to_path="/contact/")
    assert "stands at this address" in answer.content.decode()
    assert not Redirect.objects.exists()


@pytest.mark.parametrize(
    "path",
    [
        "mnd/", "//evil.example/", "/\\evil.example", "https://evil.example/", "javascript:alert(1)", "/a b/", "/a?b=1",
        "/a#b", "/admin/", "/accounts/login/", "/static/x/", "/media/x/", "/\r\nX: y",
    ],
)  # fmt: skip
def test_only_addresses_of_this_site_are_taken_on_either_side(staff, path):
    for values in ({"from_path": path, "to_path": "/contact/"}, {"from_path": "/old/", "to_path": path}):
        answer = save(staff, reverse("admin:publishing_redirect_add"), **values)
        assert answer.status_code == 200
        assert answer.context["adminform"].form.errors
    assert not Redirect.objects.exists()


def test_page_and_address_together_are_refused_in_words(guide, staff):
    for values in ({"page": guide.pk, "to_path": "/contact/"}, {}):
        answer = save(staff, reverse("admin:publishing_redirect_add"), from_path="/x/", **values)
        assert "Choose a page or give an address, not both." in answer.content.decode()


def test_staff_are_told_where_a_collapsed_redirect_leads(publisher, staff):
    lead("/b/", "/contact/", by=publisher)
    answer = staff.post(reverse("admin:publishing_redirect_add"), {"from_path": "/a/", "to_path": "/b/"}, follow=True)
    assert "/b/ leads on to /contact/" in answer.content.decode()


def test_redirects_to_pages_that_are_not_live_are_reported(clinic, guide, publisher, staff):
    lead("/mnd/", guide.live_path, by=publisher)
    report = reverse("admin:publishing_reports")
    idle = f"{reverse('admin:publishing_redirect_changelist')}?target=idle"
    assert "which is withdrawn" not in staff.get(report).content.decode()
    workflow.withdraw(guide, by=publisher, kind="error", reason="It was published by mistake.")
    assert "Leads to “What is ALS?”, which is withdrawn." in staff.get(report).content.decode()
    assert [row.from_path for row in staff.get(idle).context["cl"].result_list] == ["/mnd/"]


def test_a_removed_redirect_ends_and_is_recorded(client, publisher, staff):
    redirect = lead("/mnd/", "/contact/", by=publisher)
    staff.post(reverse("admin:publishing_redirect_delete", args=[redirect.pk]), {"post": "yes"})
    assert client.get("/mnd/").status_code == 404
    assert AuditEvent.objects.get().verb == "deleted"


def test_pages_can_be_chosen_by_title_and_only_those_one_may_see(clinic, guide, author, staff):
    """PUB-42: an author is offered live pages and their own, no drafts of others."""
    own, other = make_plain_page(by=author, title="My draft"), make_plain_page(title="Their draft", slug="theirs")
    query = {"app_label": "publishing", "model_name": "redirect", "field_name": "page", "term": ""}

    def offered(client):
        return {int(row["id"]) for row in client.get(reverse("admin:autocomplete"), query).json()["results"]}

    assert offered(staff) == {guide.pk, own.pk, other.pk}
    assert offered(signed_in(user=author)) == {guide.pk, own.pk}


def test_the_way_to_a_page_leads_to_its_own_form(clinic, staff):
    page = make_plain_page()
    publish(page)
    answer = staff.get(reverse("admin:publishing_page_change", args=[page.pk]))
    assert (answer.status_code, answer["Location"]) == (302, reverse("admin:publishing_page", args=[page.pk]))


FILE = """old,new
/mnd/,/conditions/als/
/lou/,/mnd/
/round/,/round/
/conditions/als/,/elsewhere/
//evil.example/x,/conditions/als/
/half/,
"""


def sent(staff, text, name="old.csv"):
    data = text if isinstance(text, bytes) else text.encode()
    return staff.post(reverse("admin:publishing_redirect_import"), {"file": SimpleUploadedFile(name, data)})


def test_pub_86_a_file_is_looked_at_first_and_then_entered_row_by_row(client, guide, staff):
    looked = sent(staff, FILE)
    assert [row.fate for row in looked.context["rows"]] == ["new", "new", "refused", "refused", "refused", "refused"]
    assert not Redirect.objects.exists(), "looking enters nothing"
    done = staff.post(reverse("admin:publishing_redirect_import"), {"kept": looked.context["kept"]})
    assert done.context["counts"] == {"new": 2, "changed": 0, "same": 0, "refused": 4}
    for old in ("/mnd/", "/lou/"):
        assert follow(client, old) == guide.live_path
    again = sent(staff, FILE.replace(",", ";"))
    assert again.context["counts"] == {"new": 0, "changed": 0, "same": 2, "refused": 4}
    assert AuditEvent.objects.get(verb="redirects entered from a file").detail == {"entered": 2, "refused": 4}


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"old,new\n", b"/a/,/b/\n" * 5001, b"x" * 1_200_000, b'"\x00'])
def test_pub_86_what_is_no_list_of_redirects_is_refused_in_words(staff, data):
    assert sent(staff, data).status_code == 422
    for kept in ("!!", "AAAA", "////"):
        answer = staff.post(reverse("admin:publishing_redirect_import"), {"kept": kept})
        assert answer.status_code in {200, 422}
    assert not Redirect.objects.exists()


def test_only_who_edits_redirects_enters_a_file():
    for role in Role:
        status = signed_in(role).get(reverse("admin:publishing_redirect_import")).status_code
        assert status == (200 if role in {Role.PUBLISHER, Role.OWNER} else 403), role


def test_pub_85_taking_a_freed_address_is_asked_about_by_name(client, clinic, publisher):
    moved, new = make_plain_page(slug="prices", title="Prices"), make_plain_page(slug="prices", title="New prices")
    publish(moved)
    moved.slug = "costs"
    moved.save()
    publish(moved, note="Moved.")
    save_draft(new)
    staff = signed_in(user=publisher)
    screen = staff.get(f"/admin/pages/{new.pk}/").content.decode()
    assert "The address /prices/ leads readers to /costs/ today." in screen
    assert step(staff, new, "publish").status_code == 422
    assert follow(client, "/prices/") == "/costs/"
    assert step(staff, new, "publish", ends_redirect="on").status_code == 303
    assert b"New prices" in client.get("/prices/").content
    assert not Redirect.objects.filter(from_path="/prices/").exists()


def test_a_page_that_comes_back_to_its_address_is_reached_by_who_followed_it_away(client, guide):
    """A browser keeps a 301 for good unless it is told to ask, and two that it kept lead in a circle."""
    for slug in ("motor-neuron-disease", "als"):
        guide.slug = slug
        guide.save()
        sign_and_publish(guide, note="Another address.")
    assert client.get("/conditions/als/").status_code == 200
    away = client.get("/conditions/motor-neuron-disease/")
    assert (away.status_code, away["Location"]) == (301, "/conditions/als/")
    assert "no-cache" in away["Cache-Control"]
