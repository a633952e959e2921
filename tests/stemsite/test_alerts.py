"""Alerts that do not go by mail: posted once, without a person, whatever becomes of the other end (LEAD-64)."""

from __future__ import annotations

import http.server
import json
import logging
import threading
import time

import pytest

from stemsite import alerts
from stemsite.logs import logging_config
from stemsite.mail.watching import watch


class Pager(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        status = self.server.answers.pop(0) if self.server.answers else 200
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def pager(monkeypatch):
    monkeypatch.setattr(alerts, "PAUSE", 0)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pager)
    server.got, server.answers = [], []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def channel(pager):
    """A logger whose alerts are posted; its handler is the one that the settings build."""
    url = f"http://127.0.0.1:{pager.server_port}/"
    built = logging_config(level="INFO", requests_level="INFO", alert_url=url)["handlers"]["alerts"]
    assert built["class"] == "stemsite.alerts.AlertHandler"
    handler = alerts.AlertHandler(built["url"])
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)


def log(message, **facts):
    logging.getLogger("stemsite.test").error(message, extra={"facts": facts})


def test_lead_64_an_alert_is_posted_with_its_facts_and_other_errors_are_not(channel, pager):
    log("mail alert: letters wait too long", minutes=11)
    log("an ordinary error")
    logging.getLogger("stemsite.test").warning("mail alert: only a warning")
    channel._waiting.join()
    text = "mail alert: letters wait too long (minutes 11)"
    assert pager.got == [
        {"text": text, "level": "error", "message": "mail alert: letters wait too long", "minutes": 11}
    ]


@pytest.mark.django_db
@pytest.mark.database
def test_lead_64_mail_that_is_late_is_told_by_the_second_channel(channel, pager, monkeypatch):
    monkeypatch.setattr("stemsite.mail.watching.is_late", lambda: True)
    watch()
    channel._waiting.join()
    assert [each["message"] for each in pager.got] == ["mail alert: letters wait too long"]


def test_the_same_alert_is_posted_once_in_ten_minutes(channel, pager, monkeypatch):
    for _ in range(5):
        log("mail alert: a letter failed for good")
    channel._waiting.join()
    assert len(pager.got) == 1
    monkeypatch.setattr(alerts, "QUIET", 0)
    log("mail alert: a letter failed for good")
    channel._waiting.join()
    assert len(pager.got) == 2


def test_what_an_exception_says_is_not_posted(channel, pager):
    try:
        raise ValueError("ann@example.org has ALS")
    except ValueError:
        logging.getLogger("stemsite.test").exception("packet alert: a booklet could not be made")
    channel._waiting.join()
    assert len(pager.got) == 1 and "ann@" not in json.dumps(pager.got) and "ALS" not in json.dumps(pager.got)


def test_a_channel_that_stumbles_is_tried_again_and_follows_nobody_elsewhere(channel, pager):
    pager.answers = [503, 302]
    log("mail alert: the mailer x was paused")
    channel._waiting.join()
    assert len(pager.got) == 3


def test_a_channel_that_is_away_holds_up_nobody(monkeypatch):
    monkeypatch.setattr(alerts, "PAUSE", 0)
    monkeypatch.setattr(alerts, "TRIES", 2)
    handler = alerts.AlertHandler("http://127.0.0.1:9/")
    record = logging.LogRecord("x", logging.ERROR, "", 0, "mail alert: number %s", (1,), None)
    began = time.monotonic()
    handler.emit(record)
    assert time.monotonic() - began < 0.5
    handler._waiting.join()


@pytest.mark.parametrize("url", ["http://pager.example/", "ftp://x", "pager.example", "file:///etc/passwd"])
def test_an_address_that_is_not_encrypted_is_refused(url):
    with pytest.raises(ValueError, match="https"):
        alerts.checked(url)
    assert (
        alerts.checked("") == "" and alerts.checked("https://pager.example/x") and alerts.checked("http://localhost/")
    )
