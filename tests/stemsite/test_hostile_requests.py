"""SEC-08: hostile input at every address and in every form: no fault, no live markup in what is shown afterwards."""

from __future__ import annotations

import itertools
import re
from typing import Any

import html5lib
import pytest
from django.contrib.admin import site
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse
from lxml import html

from stemsite.access import Role
from tests.factories import make_article, make_clinic, make_guide, make_user, save_draft, sign_and_publish
from tests.staff import signed_in

from .addresses import HEALTH, every_address

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.slow]

HOSTILE = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "</title></textarea><svg onload=alert(1)>",
    "javascript:alert(1)//",
    "{{ 7|add:7 }}{% debug %}",
    "' OR 1=1 --",
    '"unbalanced AND (NEAR OR *',
    "\x01\x1b[31m\r\nSet-Cookie: a=b",
    "\u202e\ufeff\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "../../../../etc/passwd",
    "-1",
    "99999999999999999999999",
    "x" * 20_000,
)
NUL = "a\x00b"
NAMES = (
    "q",
    "page",
    "sort",
    "o",
    "e",
    "p",
    "only",
    "by",
    "kind",
    "older",
    "newer",
    "next",
    "term",
    "_popup",
    "_to_field",
)
PUBLIC = [address for address in every_address() if not address.startswith("/admin/") and address not in HEALTH]


@pytest.fixture
def live_site(db):
    cache.clear()
    make_clinic()
    guide = make_guide(by=make_user(Role.AUTHOR))
    sign_and_publish(guide)
    return guide


def is_live(text: str) -> str:
    """Markup of ours that a browser would run: script with our call, handler or address."""
    root = html5lib.parse(text, namespaceHTMLElements=False)
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag == "script" and "alert(1)" in (element.text or "") and "json" not in (element.get("type") or ""):
            return "script"
        for name, value in element.attrib.items():
            if str(name).startswith("on") and "alert" in value:
                return f"{element.tag} {name}"
            if name in {"href", "src", "action", "formaction"} and re.match(r"\s*javascript:", value, re.IGNORECASE):
                return f"{element.tag} {name}={value[:40]}"
    return ""


def check(answer: Any, told: str) -> None:
    assert answer.status_code < 500, f"{told}: {answer.status_code}"
    assert "a=b" not in answer.headers.get("Set-Cookie", ""), told
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        assert is_live(answer.content.decode()) == "", told


def test_the_judge_knows_live_markup():
    for live in ("<script>alert(1)</script>", "<img onerror=alert(1)>", "<a href=' JavaScript:alert(1)'>x</a>"):
        assert is_live(live)
    assert not is_live("&lt;script>alert(1)&lt;/script><p title='javascript:alert(1)'>x</p>")


def test_hostile_questions_at_every_public_address(live_site, client):
    for number, address in enumerate(PUBLIC):
        for name, value in zip(itertools.islice(itertools.cycle(NAMES), number, None), HOSTILE, strict=False):
            check(client.get(address, {name: value}), f"GET {address} {name}={value[:30]!r}")


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_in_every_search(live_site, client, value):
    admin = signed_in(Role.AUTHOR, Role.PUBLISHER, Role.OWNER, Role.COORDINATOR, Role.REVIEWER)
    check(client.get("/search/", {"q": value}), "search")
    check(client.get("/studies/", {"q": value, "year": value, "design": value, "people": value}), "studies")
    check(admin.get("/admin/citations/", {"q": value}), "citations")
    check(admin.get(f"/admin/pages/{live_site.pk}/history/", {"only": value, "by": value, "page": value}), "history")
    check(admin.get(f"/admin/pages/{live_site.pk}/compare/", {"older": value, "newer": value}), "compare")
    for model in site._registry:
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for asked in ({"q": value}, {"p": value, "o": value}, {"id__exact": value}):
            check(admin.get(address, asked, follow=True), f"{address} {asked}"[:200])


@pytest.mark.parametrize("body", ["words", "json", "broken multipart", "utf-16"])
def test_hostile_bodies_at_every_public_address(live_site, body):
    client = Client()
    client.cookies["csrftoken"] = "x" * 32
    for number, address in enumerate(PUBLIC):
        value = HOSTILE[number % len(HOSTILE)]
        fields = dict.fromkeys(("login", "email", "password", "password1", "password2", "code", "next", "q"), value)
        match body:
            case "words":
                answer = client.post(address, fields)
            case "json":
                answer = client.post(address, '{"q": [', content_type="application/json")
            case "broken multipart":
                answer = client.post(address, b"--x\r\nbad", content_type="multipart/form-data; boundary=")
            case _:
                answer = client.generic(
                    "POST", address, "q=1".encode("utf-16"), "application/x-www-form-urlencoded; charset=utf-16"
                )
        check(answer, f"POST {address} {body} {value[:30]!r}")


@pytest.mark.parametrize("value", [*HOSTILE, NUL], ids=range(len(HOSTILE) + 1))
def test_hostile_values_in_every_staff_form(live_site, value):
    """Typed into every field of every form that adds something; what was stored is then listed and opened."""
    client = signed_in(Role.AUTHOR, Role.PUBLISHER, Role.OWNER, Role.COORDINATOR, Role.REVIEWER)
    opened = 0
    for model in site._registry:
        names = (model._meta.app_label, model._meta.model_name)
        try:
            address = reverse("admin:{}_{}_add".format(*names))
        except NoReverseMatch:
            continue  # People come in by the forms of the public site alone.
        empty = client.get(address)
        if empty.status_code != 200:
            continue
        opened += 1
        check(client.post(address, hostile(empty, value), follow=True), f"{address} {value[:30]!r}")
        check(client.get(reverse("admin:{}_{}_changelist".format(*names))), f"list of {names}")
        newest = model._default_manager.order_by("-pk").first()
        if newest is not None:
            check(client.get(reverse("admin:{}_{}_change".format(*names), args=[newest.pk])), f"form of {names}")
    assert opened > 10


@pytest.mark.parametrize("value", [*HOSTILE, NUL], ids=range(len(HOSTILE) + 1))
def test_hostile_values_in_every_step_of_a_page(live_site, value):
    client = signed_in(Role.AUTHOR, Role.PUBLISHER, Role.OWNER, Role.REVIEWER)
    draft = make_article(by=client.user)
    save_draft(draft)
    for page in (draft, live_site):
        for form in _forms(client.get(f"/admin/pages/{page.pk}/")):
            filled = {name: value for name in form.fields if name != "csrfmiddlewaretoken"}
            check(client.post(form.action, filled, follow=True), f"{form.action} {value[:30]!r}")
            check(client.get(f"/admin/pages/{page.pk}/"), "screen")
    for address in ("/", live_site.live_path, "/corrections/", "/feeds/articles.xml", "/sitemap.xml"):
        check(Client().get(address), address)


def hostile(response: Any, value: str) -> dict[str, str]:
    """The form's fields, everything one types or chooses replaced; what counts its rows stays."""
    filled: dict[str, str] = {}
    for form in _forms(response):
        if form.method == "POST" and "logout" not in (form.action or ""):
            for name, held in form.fields.items():
                keeps = name.endswith(("_FORMS", "csrfmiddlewaretoken")) or "__prefix__" in name
                filled[name] = (held or "") if keeps else value
    return filled


def _forms(response: Any) -> list[Any]:
    forms = html.fromstring(response.content.decode()).forms
    return [form for form in forms if form.method == "POST" and "logout" not in (form.action or "")]
