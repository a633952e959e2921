from __future__ import annotations

import copy

import pytest
from django.core.checks import run_checks
from django.db import connections

from stemsite import systemchecks


def ids(found) -> set[str]:
    return {problem.id for problem in found}


@pytest.mark.django_db
def test_the_site_as_it_is_passes():
    """SEC-19."""
    assert not [problem for problem in run_checks() if problem.id and problem.id.startswith("stemsite.")]


@pytest.mark.parametrize("policy", [{}, {"script-src": ["'self'"]}])
def test_a_missing_policy_is_an_error(settings, policy):
    """SEC-19: ``check --deploy`` never asks for one."""
    settings.SECURE_CSP = policy
    assert "stemsite.E010" in ids(systemchecks.check_headers())


def test_a_policy_that_does_not_reach_every_answer_is_an_error(settings):
    settings.MIDDLEWARE = settings.MIDDLEWARE[1:]
    assert "stemsite.E010" in ids(systemchecks.check_headers())


def test_a_policy_with_a_hole_is_an_error(settings):
    settings.SECURE_CSP = {**settings.SECURE_CSP, "style-src": ["'self'", "'unsafe-inline'"]}
    assert ids(systemchecks.check_headers()) == {"stemsite.E011"}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("transaction_mode", "DEFERRED", "IMMEDIATE"),
        ("init_command", "PRAGMA journal_mode=WAL;", "synchronous=FULL"),
        ("init_command", "PRAGMA synchronous=FULL;", "journal_mode=WAL"),
        ("init_command", "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;", "synchronous=FULL"),
    ],
)
def test_sqlite_without_its_safe_settings_is_an_error(monkeypatch, name, value, words):
    """SEC-19."""
    safe = {
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
    values = copy.deepcopy(connections["default"].settings_dict)
    values |= {"ENGINE": "django.db.backends.sqlite3", "OPTIONS": safe}
    monkeypatch.setattr(connections["default"], "settings_dict", values)
    assert systemchecks.check_sqlite() == []
    values["OPTIONS"] = {**safe, name: value}
    (problem,) = systemchecks.check_sqlite()
    assert problem.id == "stemsite.E012" and words in problem.msg


@pytest.mark.parametrize(("name", "value"), [("SEVERAL_MACHINES", True), ("PAGE_STORE", False), ("CDN_SECONDS", 60)])
def test_pages_on_disk_where_they_could_not_be_strict_are_an_error(settings, name, value):
    settings.PAGES_ON_DISK = True
    assert systemchecks.check_pages_on_disk() == []
    setattr(settings, name, value)
    assert ids(systemchecks.check_pages_on_disk()) == {"stemsite.E018"}
    settings.PAGES_ON_DISK = False
    assert systemchecks.check_pages_on_disk() == []


@pytest.mark.parametrize(
    ("seconds", "url", "found"),
    [(0, "", set()), (60, "", set()), (61, "", {"stemsite.E019"}), (3600, "https://cdn.example/purge", set())],
)
def test_a_cdn_that_nobody_tells_what_was_withdrawn_is_an_error(settings, seconds, url, found):
    settings.CDN_SECONDS, settings.CDN_PURGE_URL = seconds, url
    assert ids(systemchecks.check_cdn()) == found


def test_no_field_key_is_an_error(settings):
    """SEC-19."""
    settings.FIELD_KEYS = ()
    assert ids(systemchecks.check_keys()) == {"stemsite.E013"}


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("MAIL_URL", "", "stemsite.W014"),
        ("MAIL_URL", "smtp://mail.example", "stemsite.W017"),
        ("NEWSLETTER_MAIL_URL", "smtp://news.example", "stemsite.W017"),
        ("DEBUG", True, "stemsite.E015"),
        ("STAFF_MFA", "optional", "stemsite.E016"),
    ],
)
def test_what_a_public_site_must_not_lack(settings, name, value, problem):
    """SEC-19."""
    settings.IS_TRIAL = False
    settings.MAIL_URL = settings.NEWSLETTER_MAIL_URL = "smtp://mail.example?tls=1"
    settings.DEBUG, settings.STAFF_MFA = False, "required"
    assert list(systemchecks.check_public()) == []
    setattr(settings, name, value)
    assert ids(systemchecks.check_public()) == {problem}
    settings.IS_TRIAL = True
    assert list(systemchecks.check_public()) == []
