from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from stemsite.keys import new_field_key, parse_field_keys, trial_field_keys

ROOT = Path(__file__).resolve().parents[2]
PUBLIC = {
    "SITE_URL": "https://clinic.example",
    "SECRET_KEY": "a-key-of-more-than-fifty-characters-with-0123456789-in-it",
    "FIELD_KEYS": new_field_key("k1"),
    "MAIL_URL": "smtp://mail.example:587?tls=1",
}
OURS = {
    "SITE_URL",
    "SECRET_KEY",
    "FIELD_KEYS",
    "MAIL_URL",
    "STAFF_MFA",
    "SAMPLES",
    "DEBUG",
    "HOST",
    "PORT",
    "TRUSTED_PROXIES",
    "DATABASE_URL",
    "CACHE_URL",
    "DJANGO_ALLOW_ASYNC_UNSAFE",
}


def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """A fresh process whose environment holds nothing of ours but ``env``."""
    clean = {name: value for name, value in os.environ.items() if name not in OURS}
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env={**clean, **env}, capture_output=True, text=True, timeout=120
    )


def read_settings(*names: str, **env: str) -> list[object]:
    """Values of settings as a public site has them, or one that ``env`` describes."""
    program = f"import json; from stemsite import settings as s; print(json.dumps([getattr(s, n) for n in {names!r}]))"
    done = run("-c", program, **(env or PUBLIC))
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def refusal(**env: str) -> str:
    done = run("-c", "import stemsite.settings", **env)
    assert done.returncode != 0
    return done.stderr.strip().splitlines()[-1]


@pytest.fixture(scope="module")
def deployed() -> subprocess.CompletedProcess[str]:
    return run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PUBLIC)


def test_a_public_site_passes_the_deployment_checks(deployed):
    """SEC-19, PUB-139."""
    assert deployed.returncode == 0, deployed.stderr


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"MAIL_URL": ""}, "stemsite.W014"), ({"DEBUG": "on"}, "stemsite.E015")],
)
def test_the_deployment_checks_name_what_is_missing(changed, said):
    """SEC-19."""
    done = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **{**PUBLIC, **changed})
    assert done.returncode != 0 and said in done.stderr


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"FIELD_KEYS": ""}, "FIELD_KEYS"),
        ({"STAFF_MFA": "optional"}, "STAFF_MFA is required here"),
        ({"SAMPLES": "yes"}, "SAMPLES is no here"),
        ({"SITE_URL": "http://clinic.example"}, "needs https"),
        ({"SITE_URL": "clinic.example"}, "whole address"),
        ({"FIELD_KEYS": "k1:short"}, "base64"),
        ({"CDN_SECONDS": "3601"}, "no page outlives its withdrawal by more than an hour"),
        ({"CDN_SECONDS": "60", "CDN_PURGE_URL": "http://cdn.example/"}, "CDN_PURGE_URL begins with https"),
        ({"CDN_PURGE_BY": "luck"}, "tags or addresses"),
    ],
)
def test_a_public_site_does_not_start_without_what_it_needs(changed, words):
    """LEAD-110, DESIGN 8."""
    assert words in refusal(**{**PUBLIC, **changed})


def test_a_refusal_never_shows_a_key():
    secret = base64.b64encode(b"canary" * 5).decode()
    assert secret not in refusal(**{**PUBLIC, "FIELD_KEYS": f"k1:{secret}"})


def test_a_public_site_has_the_strict_values():
    names = ("IS_TRIAL", "STAFF_MFA", "SAMPLES", "ALLOWED_HOSTS", "SECURE_SSL_REDIRECT", "SECURE_PROXY_SSL_HEADER")
    assert read_settings(*names) == [False, "required", False, ["clinic.example"], True, None]
    assert read_settings("SECURE_PROXY_SSL_HEADER", **PUBLIC, TRUSTED_PROXIES="1") == [
        ["HTTP_X_FORWARDED_PROTO", "https"]
    ]


def test_a_clone_runs_with_no_configuration(tmp_path):
    names = ("IS_TRIAL", "STAFF_MFA", "SAMPLES", "SITE_URL", "SECURE_SSL_REDIRECT")
    found = read_settings(*names, STEMSITE_DATA=str(tmp_path))
    assert found == [True, "optional", True, "http://127.0.0.1:8000", False]
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()} == {
        "secret_key": 0o600,
        "field_keys": 0o600,
    }


def test_an_address_with_a_port_or_of_the_sixth_kind_names_its_host():
    assert read_settings("ALLOWED_HOSTS", **{**PUBLIC, "SITE_URL": "https://clinic.example:8443"}) == [
        ["clinic.example"]
    ]
    assert read_settings("SITE_URL", "IS_TRIAL", HOST="::1", PORT="9") == ["http://[::1]:9", True]


@pytest.mark.parametrize(
    ("word", "is_on"), [("off", False), ("no", False), ("0", False), ("OFF", False), ("yes", True)]
)
def test_what_is_switched_off_in_any_usual_word_is_off(word, is_on):
    """Whoever wrote "no" would learn from nothing that registries are asked all the same."""
    switches = {"PAGE_STORE": word, "EVIDENCE_NETWORK": word}
    assert read_settings(*switches, **PUBLIC, **switches) == [is_on, is_on]


def test_a_word_that_is_neither_on_nor_off_is_refused():
    assert "EVIDENCE_NETWORK" in refusal(**PUBLIC, EVIDENCE_NETWORK="never")


def test_the_key_of_a_trial_is_made_once(tmp_path):
    first, second = trial_field_keys(tmp_path), trial_field_keys(tmp_path)
    assert first == second
    assert (first[0].id, len(first[0].secret)) == ("trial", 32)
    assert first[0].secret.hex() not in repr(first)


def test_keys_are_read_newest_first():
    keys = parse_field_keys(f" {new_field_key('new')} , {new_field_key('old')}")
    assert [key.id for key in keys] == ["new", "old"]
    assert parse_field_keys("") == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nokey", "write id:base64"),
        ("k1:!!!", "not base64"),
        (f"k1:{base64.b64encode(b'x' * 31).decode()}", "32 bytes long"),
        (f"k 1:{base64.b64encode(b'x' * 32).decode()}", "write id:base64"),
        (",".join([new_field_key("a"), new_field_key("a")]), "one id twice"),
        (":" + new_field_key("a"), "write id:base64"),
    ],
    ids=["no key", "no base64", "short", "blank in the id", "twice", "no id"],
)
def test_a_key_that_is_none_is_refused_in_plain_words(text, words):
    with pytest.raises(ImproperlyConfigured, match=words):
        parse_field_keys(text)
