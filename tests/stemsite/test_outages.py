"""SEC-02, SEC-03: when nothing can be stored, forms say 503, keep what was typed, and work once it is over."""

from __future__ import annotations

import contextlib
import errno
import re
import sqlite3
from collections.abc import Iterator

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client, RequestFactory
from lxml import html

from articles.models import Article, TextSection
from stemsite.access import Role
from stemsite.accounts.middleware import SEEN
from stemsite.clinic.models import Clinic
from stemsite.outages import is_outage, kept_form
from tests.factories import make_article, make_clinic, make_user, make_wordings, save_draft
from tests.staff_forms import change_url, form_of, opened, save, signed_in

pytestmark = pytest.mark.database

FROM_US = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def editor(transactional_db):
    make_wordings()
    make_clinic()
    return make_user(Role.AUTHOR, Role.PUBLISHER)


@contextlib.contextmanager
def written_by_another() -> Iterator[None]:
    """Somebody else holds the write lock for longer than we wait; reading goes on."""
    with connection.cursor() as ours:
        ours.execute("SET lock_timeout = 200" if connection.vendor == "postgresql" else "PRAGMA busy_timeout = 200")
    if connection.vendor == "postgresql":
        held = psycopg.connect(**{**connection.get_connection_params(), "context": None, "cursor_factory": None})
        held.execute("LOCK TABLE publishing_page, clinic_clinic IN SHARE MODE")
    else:
        held = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
        held.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        held.close()
        with connection.cursor() as ours:
            ours.execute("SET lock_timeout = 0" if connection.vendor == "postgresql" else "PRAGMA busy_timeout = 20000")


@contextlib.contextmanager
def database_away(monkeypatch) -> Iterator[None]:
    def unreachable(self):
        raise OperationalError("connection refused") from psycopg.OperationalError("connection refused")

    connection.close()
    with monkeypatch.context() as patched:
        patched.setattr(BaseDatabaseWrapper, "connect", unreachable)
        yield


def test_a_save_that_finds_the_database_busy_keeps_the_form_and_says_so(editor):
    """The second answer, 503, is the form with everything typed: fields, sections changed and added, and the order."""
    article = make_article(by=editor)
    save_draft(article)
    client = signed_in(editor)
    client.raise_request_exception = False
    typed = {**opened(client, article), "title": "Typed & kept", "summary": "Kept as well."}
    section = next(name for name in typed if re.fullmatch(r"articles_textsection_set-0-html", name))
    typed[section] = "<p>An hour's work.</p>"
    typed |= {
        "articles_listsection_set-TOTAL_FORMS": "1",
        "articles_listsection_set-0-region": "main",
        "articles_listsection_set-0-ordering": "20",
        "articles_listsection_set-0-heading": "A list just added",
        "articles_listsection_set-0-html": "<ul><li>One</li></ul>",
    }
    with written_by_another():
        answer = save(client, article, typed)
        assert answer.status_code == 503
        assert answer["Retry-After"]
        said = answer.content.decode()
        assert "Not saved: the database was busy for too long" in said
        held = form_of(answer, id="article_form")
    assert held["title"] == "Typed & kept"
    assert held["summary"] == "Kept as well."
    assert held[section].strip() == "<p>An hour's work.</p>"
    assert held["articles_listsection_set-0-heading"] == "A list just added"
    assert Article.objects.get().title != "Typed & kept"

    assert save(client, article, held).status_code == 302, "the same form saves once the lock is gone"
    article.refresh_from_db()
    assert article.title == "Typed & kept"
    assert TextSection.objects.get(parent=article).html == "<p>An hour's work.</p>"
    assert article.articles_listsection_set.get().heading == "A list just added"


def test_a_new_page_is_kept_as_well(editor):
    client = signed_in(editor)
    client.raise_request_exception = False
    form = form_of(client.get("/admin/articles/article/add/"), id="article_form")
    with written_by_another():
        answer = client.post("/admin/articles/article/add/", {**form, "title": "Not yet there", "_continue": "1"})
    assert answer.status_code == 503
    assert form_of(answer, id="article_form")["title"] == "Not yet there"
    assert not Article.objects.exists()


def test_the_time_somebody_was_last_seen_costs_nobody_the_form(editor):
    """The session is written once a minute: in a busy database that must not take the answer away."""
    article = make_article(by=editor)
    save_draft(article)
    client = signed_in(editor)
    client.raise_request_exception = False
    typed = opened(client, article)
    session = client.session
    session[SEEN] -= 120
    session.save()
    with written_by_another():
        answer = save(client, article, typed, title="Typed & kept")
    assert answer.status_code == 503
    assert form_of(answer, id="article_form")["title"] == "Typed & kept"


def resent(client: Client, answer) -> object:
    """Press "Send again" on the page of a refusal."""
    form = html.fromstring(answer.content.decode()).forms[0]
    return client.post(form.get("action"), dict(form.form_values()))


def test_any_other_form_is_kept_on_a_page_that_sends_it_again(editor):
    """Saved anew with one press; the page needs neither script nor database."""
    article = make_article(by=editor)
    save_draft(article)
    client = signed_in(editor)
    client.raise_request_exception = False
    address = f"/admin/pages/{article.pk}/submit/"
    with written_by_another():
        answer = client.post(address, {"submit-note": 'Look at "this" & <b>that</b>'}, headers=FROM_US)
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert answer["Cache-Control"] == "no-store" or "no-store" in answer["Cache-Control"]
    said = answer.content.decode()
    assert "Not saved yet" in said
    assert "<b>that</b>" not in said
    article.refresh_from_db()
    assert article.state_in_words == "draft"
    assert resent(client, answer).status_code == 303
    assert article.transitions.get(verb="submit").note == 'Look at "this" & <b>that</b>'


def test_the_database_away_keeps_the_page_form_too(editor, monkeypatch):
    article = make_article(by=editor)
    save_draft(article)
    client = signed_in(editor)
    client.raise_request_exception = False
    typed = {**opened(client, article), "title": "Typed while it was away", "_continue": "Save version"}
    with database_away(monkeypatch):
        answer = client.post(change_url(article), typed, headers=FROM_US)
        asked = client.get("/contact/?nobody=stored")
    assert (answer.status_code, asked.status_code) == (503, 503)
    assert asked["Retry-After"]
    assert "Send again" not in asked.content.decode()
    assert resent(client, answer).status_code == 302
    article.refresh_from_db()
    assert article.title == "Typed while it was away"


def test_what_another_site_sent_is_not_offered_to_be_sent_again():
    """One press on our page would make it a request of ours."""
    post = RequestFactory().post
    assert kept_form(post("/x/", {"a": "1"}, headers=FROM_US)) is not None
    assert kept_form(post("/x/", {"a": "1"}, headers={"Origin": "http://testserver"})) is not None
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil"}):
        assert kept_form(post("/x/", {"a": "1"}, headers=headers)) is None


def test_passwords_and_files_are_not_written_into_the_page():
    post = RequestFactory().post
    assert kept_form(post("/accounts/login/", {"password": "secret"}, headers=FROM_US)) is None
    upload = {"file": SimpleUploadedFile("a.jpg", b"x"), "a": "1"}
    assert kept_form(post("/x/", upload, headers=FROM_US)) is None


def test_a_form_that_cannot_be_read_is_no_fault_of_the_page():
    broken = {"content_type": "application/x-www-form-urlencoded; charset=utf-16", "headers": FROM_US}
    assert kept_form(RequestFactory().post("/x/", b"a=1", **broken)) is None
    cut = {"content_type": "multipart/form-data; boundary=x", "headers": FROM_US}
    kept_form(RequestFactory().post("/x/", b"--x\r\nno end", **cut))


def from_sqlite(statement: str) -> OperationalError:
    """As Django passes on what SQLite says to ``statement``."""
    try:
        with contextlib.closing(sqlite3.connect(":memory:")) as memory:
            memory.execute(statement)
    except sqlite3.OperationalError as cause:
        error = OperationalError(str(cause))
        error.__cause__ = cause
        return error
    raise AssertionError("no error")


def test_a_fault_of_ours_is_still_called_a_fault():
    """A table that is not there, or a statement that cannot be read, never passes by itself."""
    assert not is_outage(from_sqlite("SELECT * FROM nowhere"))
    assert not is_outage(from_sqlite("SELEC 1"))
    assert not is_outage(ValueError("no"))
    assert not is_outage(FileNotFoundError(errno.ENOENT, "missing"))
    assert not is_outage(None)


def test_full_disks_and_servers_that_are_away_pass():
    assert is_outage(from_sqlite("ATTACH '/nowhere/at/all.sqlite3' AS x"))
    assert is_outage(OSError(errno.ENOSPC, "No space left on device"))
    for cause in (psycopg.OperationalError("gone"), psycopg.InterfaceError("the connection is closed")):
        error = OperationalError("gone") if isinstance(cause, psycopg.OperationalError) else InterfaceError("gone")
        error.__cause__ = cause
        assert is_outage(error)


def test_a_table_that_is_missing_answers_500(client, monkeypatch, db):
    def broken(*args: object) -> None:
        raise from_sqlite("SELECT * FROM nowhere")

    client.raise_request_exception = False
    monkeypatch.setattr("articles.views.frame", broken)
    assert client.get("/contact/").status_code == 500
    assert not Clinic.objects.filter(pk=2).exists(), "the connection is in order"
