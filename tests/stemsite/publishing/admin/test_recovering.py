"""Nothing typed is lost: unsaved text is kept for its writer alone, offered back, and gone once it is saved."""

from __future__ import annotations

import datetime
import json
import uuid

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from articles.models import Article, TextSection
from stemsite.access import Role
from stemsite.publishing import buffering
from stemsite.publishing.models import Buffer, Version
from tests.factories import make_article, make_study, make_user, save_draft, sign_and_publish
from tests.staff_forms import change_url, form_of, opened, save, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def editor(clinic):
    return make_user(Role.AUTHOR, Role.PUBLISHER, first_name="Ada", last_name="Editor")


def address(page=None, door="buffer", kind="articles/article"):
    return f"/admin/{kind}/{page.pk if page else 'add'}/{door}/"


def sent(client, data, *, turn=1, user=None, **typed):
    """What a window sends of ``data``, changed by what was typed."""
    values = {**data, **typed}
    pairs = [[name, item] for name, value in values.items() for item in (value if isinstance(value, list) else [value])]
    return {"key": values["buffer_key"], "user": user or int(values["typed_by"]), "turn": turn, "fields": pairs}


def post(client, url, body):
    return client.post(url, json.dumps(body), content_type="application/json")


def keep(client, page, data, **typed):
    answer = post(client, address(page), sent(client, data, **typed))
    assert answer.status_code == 200, answer.content
    return answer.json()


def new_section(data):
    """``data`` with a second text section that no row stands for yet, moved before the first."""
    return {
        **data,
        "articles_textsection_set-TOTAL_FORMS": "2",
        "articles_textsection_set-0-ordering": "20",
        "articles_textsection_set-1-id": "",
        "articles_textsection_set-1-region": "main",
        "articles_textsection_set-1-ordering": "10",
        "articles_textsection_set-1-heading": "Added and not saved",
        "articles_textsection_set-1-html": "<p>New words.</p>",
    }


def test_pub_74_unsaved_text_is_offered_to_its_writer_compared_and_taken_back(editor):
    """Another machine of the same person: time, difference, restore; new and reordered sections come along."""
    article = make_article(by=editor)
    save_draft(article)
    laptop, other = signed_in(editor), signed_in(editor)
    assert keep(laptop, article, new_section(opened(laptop, article)), title="Typed before the crash")["kept"]
    form = other.get(change_url(article)).content.decode()
    assert "You have text here that was not saved" in form
    url = address(article, f"unsaved/{Buffer.objects.get().key}")
    assert url in form
    compared = other.get(url).content.decode()
    assert "crash" in compared and "Added and not saved" in compared and "New words." in compared
    restored = other.post(url, {"do": "restore"})
    assert restored.status_code == 200
    assert "Your unsaved text is back" in restored.content.decode()
    data = form_of(restored, id="article_form")
    assert data["title"] == "Typed before the crash"
    assert data["articles_textsection_set-1-heading"] == "Added and not saved"
    assert Article.objects.get().title != "Typed before the crash", "nothing is saved by looking"
    assert other.post(change_url(article), {**data, "_continue": "Save version"}).status_code == 302
    headings = list(TextSection.objects.order_by("ordering").values_list("heading", flat=True))
    assert headings[0] == "Added and not saved"
    assert not Buffer.objects.exists(), "PUB-82: gone after a successful save"


def test_pub_75_it_works_before_the_first_save_of_a_new_page(editor):
    client = signed_in(editor)
    data = form_of(client.get("/admin/articles/article/add/"), id="article_form")
    keep(client, None, data, title="Not even once saved")
    form = client.get("/admin/articles/article/add/").content.decode()
    assert "You have text here that was not saved" in form
    url = address(None, f"unsaved/{Buffer.objects.get().key}")
    assert "Not even once saved" in client.get(url).content.decode()
    restored = form_of(client.post(url, {"do": "restore"}), id="article_form")
    assert restored["title"] == "Not even once saved"
    assert client.post("/admin/articles/article/add/", {**restored, "_continue": "1"}).status_code == 302
    assert Article.objects.get().title == "Not even once saved"
    assert not Buffer.objects.exists()


def test_pub_74_a_study_is_kept_as_well(editor):
    study = make_study(by=editor)
    client = signed_in(editor)
    body = sent(client, opened(client, study), official_title="Typed only")
    assert post(client, address(study, kind="studies/study"), body).status_code == 200
    assert "You have text here that was not saved" in client.get(change_url(study)).content.decode()


def test_pub_75_the_server_takes_what_no_save_would(editor):
    """Nothing is validated: an empty title, half a form, any length of a slug."""
    article = make_article(by=editor)
    client = signed_in(editor)
    data = {"buffer_key": str(uuid.uuid4()), "typed_by": str(editor.pk), "lock_version": "0"}
    assert keep(client, article, data, title="", slug="/" * 500, nonsense="x\x00y")["kept"]
    url = address(article, f"unsaved/{Buffer.objects.get().key}")
    assert client.get(url).status_code == 200
    restored = client.post(url, {"do": "restore"})
    assert restored.status_code == 200 and "This field is required." in restored.content.decode()


def test_pub_75_an_older_turn_never_takes_the_place_of_a_newer_one(editor):
    article = make_article(by=editor)
    client = signed_in(editor)
    data = opened(client, article)
    keep(client, article, data, turn=5, title="Newer")
    assert keep(client, article, data, turn=4, title="Older") == {"kept": False, "turn": 5}
    assert dict(Buffer.objects.get().fields)["title"] == "Newer"


def rows(*leaving_out):
    models = [model for model in apps.get_models() if not model._meta.proxy and model._meta.managed]
    counts = {model._meta.label_lower: model._base_manager.count() for model in models}
    return {name: number for name, number in counts.items() if name not in {"publishing.buffer", *leaving_out}}


def test_pub_79_autosave_writes_nothing_but_the_buffer(editor):
    """No version, redirect, letter, audit entry, nor a change of the page, live as it is."""
    article = make_article(by=editor)
    sign_and_publish(article)
    client = signed_in(editor)
    data = opened(client, article)
    before, page = rows("sessions.session"), Article.objects.values().get()
    keep(client, article, data, slug="another-address", title="Another title")
    client.post(address(article, f"unsaved/{Buffer.objects.get().key}"), {"do": "restore"})
    assert (rows("sessions.session"), Article.objects.values().get()) == (before, page)


def test_pub_82_buffers_are_sealed_and_hold_one_persons_text(editor):
    article = make_article(by=editor)
    client = signed_in(editor)
    keep(client, article, opened(client, article), title="Between us")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM publishing_buffer")
        assert "Between us" not in str(cursor.fetchall())
    colleague = signed_in(make_user(Role.PUBLISHER))
    url = address(article, f"unsaved/{Buffer.objects.get().key}")
    assert "not saved" not in colleague.get(change_url(article)).content.decode()
    assert colleague.get(url).status_code == 404
    assert colleague.post(url, {"do": "restore"}).status_code == 303
    assert colleague.post(url, {"do": "discard"}).status_code == 303
    assert Buffer.objects.get().user == editor


def test_pub_82_what_one_person_typed_is_neither_kept_nor_saved_for_another(editor):
    """PUB-77: the window of one, the session of another."""
    article = make_article(by=editor)
    data = opened(signed_in(editor), article)
    other = signed_in(make_user(Role.PUBLISHER))
    refused = post(other, address(article), sent(other, data, title="Not mine"))
    assert refused.status_code == 409 and not Buffer.objects.exists()
    assert save(other, article, data, title="Not mine").status_code == 403
    assert not Version.objects.filter(content__title="Not mine").exists()


def test_pub_82_buffers_are_guarded_like_the_page(editor):
    article = make_article(by=editor)
    data = opened(signed_in(editor), article)
    for role in (Role.AUTHOR, Role.COORDINATOR):
        client = signed_in(make_user(role))
        assert post(client, address(article), sent(client, data, user=1)).status_code == 403
        assert client.get(address(article, f"unsaved/{uuid.uuid4()}")).status_code == 403
    stranger = Client()
    assert post(stranger, address(article), sent(stranger, data)).status_code == 302


def test_pub_82_letting_go_and_purging(editor):
    article = make_article(by=editor)
    client = signed_in(editor)
    data = opened(client, article)
    keep(client, article, data, title="Let go by taking it back")
    body = {**sent(client, data), "fields": None}
    assert post(client, address(article), body).json() == {"kept": True}
    keep(client, article, data, title="Let go by the button")
    client.post(address(article, f"unsaved/{data['buffer_key']}"), {"do": "discard"})
    assert not Buffer.objects.exists()
    for days in (29, 31):
        row = Buffer.objects.create(user=editor, key=uuid.uuid4(), family="article", page=article)
        Buffer.objects.filter(pk=row.pk).update(typed_at=timezone.now() - datetime.timedelta(days=days))
    assert buffering.forget_old() == 1


def test_pub_82_the_oldest_windows_give_way(editor):
    article = make_article(by=editor)
    for number in range(buffering.MOST + 3):
        buffering.keep(
            editor, uuid.uuid4(), family="article", page_id=article.pk, turn=1, fields=[("title", f"Window {number}")]
        )
    kept = [dict(row.fields)["title"] for row in Buffer.objects.order_by("pk")]
    assert kept == [f"Window {number}" for number in range(3, buffering.MOST + 3)]


def test_pub_67_unsaved_text_from_before_a_colleagues_save_comes_back_as_a_conflict(editor):
    article = make_article(by=editor)
    save_draft(article)
    mine, theirs = signed_in(editor), signed_in(make_user(Role.PUBLISHER, first_name="Bea", last_name="Colleague"))
    keep(mine, article, opened(mine, article), title="Mine, from before")
    assert save(theirs, article, opened(theirs, article), title="Theirs").status_code == 302
    restored = mine.post(address(article, f"unsaved/{Buffer.objects.get().key}"), {"do": "restore"})
    assert restored.status_code == 409
    assert "Bea Colleague" in restored.content.decode()
    assert form_of(restored, id="article_form")["title"] == "Mine, from before"


@pytest.mark.parametrize(
    "body",
    [
        "", "[]", "null", '"x"', "{", "[" * 100_000, '{"key": 1, "user": 1, "turn": 1, "fields": []}',
        '{"key": "00000000-0000-4000-8000-000000000000", "user": USER, "turn": -1, "fields": []}',
        '{"key": "00000000-0000-4000-8000-000000000000", "user": USER, "turn": 99999999999, "fields": []}',
        '{"key": "00000000-0000-4000-8000-000000000000", "user": true, "turn": 1, "fields": []}',
        '{"key": "00000000-0000-4000-8000-000000000000", "user": USER, "turn": 1, "fields": [["a"]]}',
        '{"key": "00000000-0000-4000-8000-000000000000", "user": USER, "turn": 1, "fields": [["a", 1]]}',
        '{"key": "00000000-0000-4000-8000-000000000000", "user": USER, "turn": 1, "fields": [["a", "\\ud800"]]}',
    ],
)  # fmt: skip
def test_odd_bodies_are_bad_requests(editor, body):
    article = make_article(by=editor)
    body = body.replace("USER", str(editor.pk))
    answer = signed_in(editor).post(address(article), body, content_type="application/json")
    assert answer.status_code == 400
    assert not Buffer.objects.exists()


def test_pub_78_standing_tells_who_is_there_and_gives_a_token_that_works(editor):
    """With CSRF checks on: after a new login the old form's token is refused, and the one told here is taken."""
    article = make_article(by=editor)
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    data = opened(client, article)
    assert client.get("/accounts/standing/").json()["user"] == editor.pk
    del client.cookies[settings.CSRF_COOKIE_NAME]
    client.force_login(editor)
    fresh = client.get("/accounts/standing/").json()
    assert save(client, article, data, title="With the old token").status_code == 403
    data["csrfmiddlewaretoken"] = fresh["token"]
    assert save(client, article, data, title="With the fresh one").status_code == 302
    assert Client().get("/accounts/standing/").json()["user"] is None


def test_pub_81_the_forms_script_is_told_where_to_go(editor):
    article = make_article(by=editor)
    client = signed_in(editor)
    data = {**opened(client, article), "_continue": "Save version"}
    answer = client.post(change_url(article), data, headers={"x-stemsite-form": "1"})
    assert answer.json() == {"to": change_url(article)}
    refused = client.post(
        change_url(article), {**opened(client, article), "title": ""}, headers={"x-stemsite-form": "1"}
    )
    assert refused.status_code == 200 and refused["Content-Type"].startswith("text/html")
