"""PUB-115: links of live pages are asked for by night; what fails on three days is broken and listed."""

import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import httpx2
import pytest
from django.utils import timezone

from articles.models import TextSection
from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from stemsite.publishing import links, outbound
from stemsite.publishing.models import Link, LinkUse
from stemsite.publishing.outbound import Verdict
from tests.factories import make_plain_page, make_user, publish, save_draft
from tests.staff_forms import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

HTML = (
    '<p><a href="https://good.example/a#part">good</a> <a href="https://gone.example/b">what is gone</a> '
    '<a href="/prices/">our own</a> <a href="/nowhere/">nowhere</a> <a href="mailto:a@b.example">mail</a></p>'
)


@pytest.fixture
def page(clinic, settings):
    settings.EVIDENCE_NETWORK = True
    found = make_plain_page(slug="prices", html=HTML)
    publish(found)
    return found


def night(monkeypatch, day, **answers):
    monkeypatch.setattr(links.timezone, "localdate", lambda: day)
    return links.check_all(
        ask=lambda url: answers.get(url.split("/")[2].split(".")[0], Verdict("good")), sleep=lambda _: None
    )


def test_one_failure_is_suspect_and_three_days_are_broken(page, monkeypatch):
    start = datetime.date(2027, 3, 1)
    gone = Verdict("failed", "answers 404")
    assert night(monkeypatch, start, gone=gone) == 4
    night(monkeypatch, start, gone=gone)
    link = Link.objects.get(target="https://gone.example/b")
    assert (link.state, link.failed_days) == ("suspect", 1), "twice in one night is one failure"
    night(monkeypatch, start + datetime.timedelta(days=1), gone=gone)
    assert not Link.objects.broken().filter(pk=link.pk).exists()
    night(monkeypatch, start + datetime.timedelta(days=2), gone=gone)
    link.refresh_from_db()
    assert (link.state, link.failing_since) == ("broken", start)
    night(monkeypatch, start + datetime.timedelta(days=3))
    link.refresh_from_db()
    assert (link.state, link.failing_since) == ("good", None)


def test_a_site_that_refuses_robots_counts_neither_way(page, monkeypatch):
    day = datetime.date(2027, 3, 1)
    night(monkeypatch, day, gone=Verdict("failed", "answers 404"))
    night(monkeypatch, day + datetime.timedelta(days=1), gone=Verdict("unknown", "refuses robots (403)"))
    assert Link.objects.get(target="https://gone.example/b").failed_days == 1


def test_our_own_addresses_are_looked_up_and_never_asked(page, monkeypatch):
    night(monkeypatch, datetime.date(2027, 3, 1))
    states = {link.target: link.state for link in Link.objects.all()}
    assert (states["/prices/"], states["/nowhere/"]) == ("good", "suspect")
    assert "mailto:a@b.example" not in states
    assert "https://good.example/a" in states, "the part after # is no other page"


def test_the_report_gives_page_section_words_target_and_since_when(page, monkeypatch, publisher):
    today = timezone.localdate()
    night(monkeypatch, today, gone=Verdict("failed", "answers 404"))
    shown = signed_in(publisher).get("/admin/links/").content.decode()
    for words in (page.title, "First steps", "what is gone", "https://gone.example/b", f"since {today:%Y-%m-%d}"):
        assert words in shown


def test_leaving_a_link_needs_a_reason_and_an_end_and_it_comes_back(page, monkeypatch, publisher, author):
    today = timezone.localdate()
    for days in range(3):
        night(monkeypatch, today - datetime.timedelta(days=2 - days), gone=Verdict("failed", "answers 404"))
    link = Link.objects.get(target="https://gone.example/b")
    client, name = signed_in(publisher), f"link-{link.pk}"
    address = f"/admin/links/{link.pk}/ignore/"
    soon, far = today + datetime.timedelta(days=10), today + datetime.timedelta(days=999)
    for typed in (
        {},
        {"reason": "Moving."},
        {"until": soon},
        {"reason": "x", "until": today},
        {"reason": "x", "until": far},
    ):
        answer = client.post(address, {f"{name}-{field}": value for field, value in typed.items()})
        assert answer.status_code == 422, typed
    assert signed_in(author).post(address, {f"{name}-reason": "x", f"{name}-until": soon}).status_code == 403
    assert client.post(address, {f"{name}-reason": "They are moving.", f"{name}-until": soon}).status_code == 303
    assert not Link.objects.broken().filter(pk=link.pk).exists()
    assert AuditEvent.objects.get(verb="left a broken link for now").note == "They are moving."
    assert "They are moving." in client.get("/admin/links/").content.decode()
    monkeypatch.setattr("stemsite.publishing.models.link.timezone.localdate", lambda: soon + datetime.timedelta(days=1))
    assert Link.objects.broken().filter(pk=link.pk).exists()


def test_only_what_is_live_is_asked_and_what_goes_is_forgotten(page, monkeypatch):
    TextSection.objects.filter(parent=page).update(html='<p><a href="https://draft.example/">x</a></p>')
    save_draft(page)
    night(monkeypatch, datetime.date(2027, 3, 1))
    assert not Link.objects.filter(target__contains="draft.example").exists()
    publish(page, note="Shorter.")
    night(monkeypatch, datetime.date(2027, 3, 2))
    assert [link.target for link in Link.objects.all()] == ["https://draft.example/"]
    assert LinkUse.objects.count() == 1


def test_no_host_is_asked_twice_in_a_second_and_hosts_take_turns(clinic, settings):
    settings.EVIDENCE_NETWORK = True
    hrefs = [f'<a href="https://{host}.example/{n}">x</a>' for host in ("one", "two") for n in range(3)]
    publish(make_plain_page(slug="prices", html=f"<p>{' '.join(hrefs)}</p>"))
    slept, asked = [], []
    links.check_all(ask=lambda url: asked.append(url) or Verdict("good"), sleep=slept.append)
    assert [url.split("/")[2][:3] for url in asked] == ["one", "two"] * 3
    assert sum(pause > 0.9 for pause in slept) == 4


def test_without_a_network_nothing_is_asked(page, settings, monkeypatch):
    settings.EVIDENCE_NETWORK = False
    links.check_all(ask=lambda url: pytest.fail(url), sleep=lambda _: None)
    assert Link.objects.get(target="https://gone.example/b").state == "good"


ANSWERS = {
    "https://a.example/good": (200, ""),
    "https://a.example/gone": (404, ""),
    "https://a.example/robots": (403, ""),
    "https://a.example/there": (301, "/good"),
    "https://a.example/round": (302, "/round"),
    "https://a.example/inside": (302, "http://127.0.0.1/admin/"),
    "https://doi.org/10.1000/1": (302, "https://a.example/robots"),
    "https://doi.org/10.1000/2": (404, ""),
}


@pytest.mark.parametrize(
    ("target", "outcome"),
    [
        ("https://a.example/good", "good"),
        ("https://a.example/gone", "failed"),
        ("https://a.example/robots", "unknown"),
        ("https://a.example/there", "good"),
        ("https://a.example/round", "failed"),
        ("https://a.example/inside", "failed"),
        ("https://doi.org/10.1000/1", "good"),
        ("https://doi.org/10.1000/2", "failed"),
        ("ftp://a.example/", "failed"),
        ("http://user@a.example/", "failed"),
        ("http://[::1]/", "failed"),
        ("http://10.0.0.1/", "failed"),
        ("http://a b/", "failed"),
    ],
)
def test_how_an_answer_counts_and_that_nobody_leads_us_inside(monkeypatch, target, outcome):
    """A DOI that resolves is good though its publisher refuses robots."""
    real = outbound.socket.getaddrinfo

    def known(host, *rest, **more):
        if host in {"a.example", "doi.org"}:
            return [(2, 1, 6, "", ("93.184.216.34", 443))]
        return real(host, *rest, **more)

    def answer(request):
        assert request.url.host == "93.184.216.34", "the question goes to the address that was looked at"
        name = request.headers["host"]
        assert request.extensions["sni_hostname"] == name
        status, location = ANSWERS[str(request.url.copy_with(host=name))]
        return httpx2.Response(status, headers={"location": location} if location else {})

    monkeypatch.setattr(outbound.socket, "getaddrinfo", known)
    assert outbound.ask(target, transport=httpx2.MockTransport(answer)).outcome == outcome


def test_a_name_that_changes_its_answer_leads_nowhere_else(monkeypatch):
    """DNS rebinding: the name is looked up once a question, and what is connected to is what was looked at."""
    answers = iter(["93.184.216.34", "127.0.0.1"])
    monkeypatch.setattr(outbound.socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", (next(answers), 80))])
    connected = []

    def answer(request):
        connected.append(request.url.host)
        return httpx2.Response(302, headers={"location": "/again"})

    verdict = outbound.ask("http://a.example/", transport=httpx2.MockTransport(answer))
    assert connected == ["93.184.216.34"]
    assert verdict == Verdict("failed", "is not on the open network")


def test_an_address_that_does_not_answer_is_followed_by_the_next(monkeypatch):
    places = [(2, 1, 6, "", (address, 80)) for address in ("93.184.216.34", "93.184.216.34", "93.184.216.35")]
    monkeypatch.setattr(outbound.socket, "getaddrinfo", lambda *_, **__: places)
    asked = []

    def answer(request):
        asked.append(request.url.host)
        if len(asked) == 1:
            raise httpx2.ConnectError("refused")
        return httpx2.Response(200)

    assert outbound.ask("http://a.example/", transport=httpx2.MockTransport(answer)).outcome == "good"
    assert asked == ["93.184.216.34", "93.184.216.35"]


def test_the_real_connection_goes_to_the_address_under_the_name(monkeypatch):
    """With a server of our own; the look-up names it by a name that no resolver knows."""
    asked = []

    class Answer(BaseHTTPRequestHandler):
        def do_HEAD(self):
            asked.append((self.path, self.headers["Host"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        monkeypatch.setattr(outbound, "addresses", lambda name, port: ("127.0.0.1",))
        port = server.server_address[1]
        try:
            assert outbound.ask(f"http://nobody.invalid:{port}/page") == Verdict("good")
        finally:
            server.shutdown()
            thread.join(30)
    assert asked == [("/page", f"nobody.invalid:{port}")]


def test_the_report_is_for_editorial_roles(clinic):
    for role in Role:
        expected = 403 if role == Role.COORDINATOR else 200
        assert signed_in(make_user(role)).get("/admin/links/").status_code == expected
