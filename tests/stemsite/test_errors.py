"""Pages for what goes wrong: right status, plain words, no database, nothing stored (PAGE-47, PAGE-48)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import HttpResponse
from django.test import RequestFactory

from stemsite import errors
from stemsite.clinic.remembered import Reach, remember, remembered
from tests.factories import make_article, make_clinic, sign_and_publish
from tests.markup import headings, links, tree, words

REACH = Reach(name="Example Clinic", phone="+1 614 555 0100", address_lines=("1 Example Street", "Columbus, OH 43004"))


@pytest.fixture
def data(settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.mark.parametrize("status", sorted(errors.WORDS))
def test_page_48_each_status_has_a_page_without_any_query(status, data):
    remember(REACH)
    response = errors.error_page(status)
    root = tree(response)
    assert response.status_code == status
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert [level for level, _ in headings(root)].count(1) == 1
    said = words(root.find("body"))
    assert errors.WORDS[status][1] in said
    assert "1 Example Street" in said
    assert ("+1 614 555 0100", "tel:+16145550100") in links(root)


def test_page_48_a_pause_says_when_to_come_back():
    assert errors.error_page(503, retry_after=120)["Retry-After"] == "120"


def test_page_48_a_broken_view_answers_500_and_tells_nothing_internal(client, settings, monkeypatch, data):
    def broken(*args: object) -> None:
        raise RuntimeError("secret of the database")

    client.raise_request_exception = False
    monkeypatch.setattr("articles.views.frame", broken)
    response = client.get("/contact/")
    assert response.status_code == 500
    assert b"secret" not in response.content
    assert "Something went wrong on our side" in words(tree(response).find("body"))


def test_the_500_template_stands_without_any_context():
    from django.template.loader import get_template

    root = tree(HttpResponse(get_template("500.html").render()))
    assert "Please try again in a few minutes." in words(root)


def test_an_error_page_never_fails_for_want_of_static_files(data, monkeypatch):
    def missing(name: str) -> str:
        raise ValueError("Missing staticfiles manifest entry")

    monkeypatch.setattr("stemsite.clinic.error_pages.static", missing)
    assert not list(tree(errors.error_page(500)).iter("link"))


@pytest.mark.django_db
def test_a_form_with_an_encoding_that_cannot_be_read_is_a_bad_request_not_a_fault(client):
    """Security fact: the stock 400 view reads POST again and answers 500."""
    client.cookies["csrftoken"] = "x" * 32
    response = client.post("/search/", data=b"q=1", content_type="application/x-www-form-urlencoded; charset=utf-16")
    assert response.status_code in {400, 403, 405}
    response = errors.bad_request(RequestFactory().post("/", data={}), SuspiciousOperation("no"))
    assert response.status_code == 400


def test_a_request_that_is_too_big_is_called_that():
    request = RequestFactory().post("/")
    assert errors.bad_request(request, RequestDataTooBig("2.5 MB")).status_code == 413
    assert b"2.5 MB" not in errors.bad_request(request, RequestDataTooBig("2.5 MB")).content


def test_forbidden_says_neither_rule_nor_reason():
    response = errors.permission_denied(RequestFactory().get("/"), PermissionDenied("publisher only"))
    assert response.status_code == 403
    assert b"publisher only" not in response.content


@pytest.mark.django_db
def test_page_48_a_bare_405_gets_words_and_keeps_what_is_allowed(client, clinic):
    response = client.post("/contact/")
    assert response.status_code == 405
    assert "GET" in response["Allow"]
    assert "That cannot be done here" in words(tree(response))


def test_an_answer_that_has_words_keeps_them():
    middleware = errors.ErrorPageMiddleware(lambda request: HttpResponse("Too many tries", status=429))
    assert middleware(RequestFactory().get("/")).content == b"Too many tries"


@pytest.mark.django_db(transaction=True)
def test_saving_the_clinic_writes_down_how_to_reach_it(data):
    make_clinic()
    assert remembered() == REACH
    assert set(json.loads((data / "reach.json").read_text())) == {"name", "phone", "address_lines"}


@pytest.mark.parametrize("stored", ["", "[]", "{}", '{"name": 1, "phone": 2, "address_lines": 3}', "\x00"])
def test_a_damaged_note_is_no_note(stored, data):
    (data / "reach.json").write_text(stored)
    assert remembered() == Reach()


def test_a_full_disk_does_not_stop_the_record(data, monkeypatch):
    def full(*args: object, **kwargs: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    remember(REACH)
    assert remembered() == Reach()


@pytest.mark.django_db
def test_page_47_a_missing_page_offers_search_guides_and_contact(client, clinic):
    response = client.get("/no/such/page/")
    root = tree(response)
    assert response.status_code == 404
    assert root.find(".//form").get("action") == "/search/"
    assert ("Contact us", "/contact/") in links(root)
    assert [meta.get("content") for meta in root.iter("meta") if meta.get("name") == "robots"] == ["noindex"]


@pytest.mark.django_db
def test_page_47_a_page_withdrawn_as_an_error_is_gone_with_day_and_reason(client, clinic, publisher):
    from stemsite.publishing import workflow
    from stemsite.publishing.models import Page

    article = make_article(slug="gone")
    sign_and_publish(article)
    workflow.withdraw(article, by=publisher, kind=Page.Withdrawal.ERROR, reason="It named the wrong study.")
    response = client.get("/blog/gone/")
    said = words(tree(response))
    assert response.status_code == 410
    assert "Withdrawn on" in said
    assert "It named the wrong study." in said


@pytest.mark.django_db
def test_page_47_an_outdated_page_keeps_its_text_under_a_dated_banner(client, clinic, publisher):
    from stemsite.publishing import workflow
    from stemsite.publishing.models import Page

    article = make_article(slug="old")
    sign_and_publish(article)
    workflow.withdraw(article, by=publisher, kind=Page.Withdrawal.OUTDATED, reason="Newer studies say more.")
    root = tree(client.get("/blog/old/"))
    said = words(root.find("body/main"))
    assert said.index("Newer studies say more.") < said.index("Plain words about how to read a study.")
    assert [meta.get("content") for meta in root.iter("meta") if meta.get("name") == "robots"] == ["noindex"]
