"""PUB-138: everything, out into one file and back into a fresh site, with equal rows, versions and hashes."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from articles.models import Article, StudySection
from stemsite import appendonly, crypto, moving
from stemsite.audit.models import AuditEvent
from stemsite.mail.models import Delivery
from stemsite.publishing.models import Page, Version
from tests.factories import make_guide, make_reviewer, make_study, publish, sign_and_publish
from tests.factories.leads import make_contact, make_enquiry
from tests.factories.pages import make_plain_page

pytestmark = [pytest.mark.django_db, pytest.mark.database]

CHANGED_BY_COMING_IN = {"audit.AuditEvent", "audit.ChainHead", "mail.Delivery"}
"""The chain goes on with the import itself; letters are parked, for they may have been sent."""


@pytest.fixture
def site(clinic):
    study = make_study()
    sign_and_publish(study)
    guide = make_guide()
    StudySection.objects.create(parent=guide, region="main", ordering=55, study=study)
    sign_and_publish(guide, reviewer=make_reviewer().user)
    publish(make_plain_page(slug="prices", title="Hours in Zanzibar"))
    make_enquiry(make_contact(name="Zoë Zebrafish"))
    default_storage.save("pictures/a/one.webp", ContentFile(b"bytes of a picture"))
    return guide


@pytest.fixture
def exported(site, tmp_path):
    target = tmp_path / "site.zip"
    call_command("export_site", str(target), stdout=io.StringIO())
    return target


def everything():
    return {model._meta.label: list(moving.rows(model)) for model in moving.travelling()}


def make_fresh(settings, tmp_path):
    """As after ``migrate`` on another machine."""
    connection.check_constraints()
    appendonly.lift(connection)
    moving._empty()
    connection.check_constraints()
    appendonly.install(connection)
    settings.MEDIA_ROOT = tmp_path / "other"


def bring(file):
    call_command("import_site", str(file), stdout=io.StringIO())


def test_pub_138_everything_comes_back_equal_rows_versions_hashes_and_media(site, exported, settings, tmp_path, client):
    before, hashes = everything(), dict(Version.objects.values_list("pk", "content_hash"))
    page = client.get(f"/conditions/{site.slug}/").content
    events = AuditEvent.objects.count()
    last = Page.objects.order_by("pk").last().pk
    make_fresh(settings, tmp_path)
    assert not Article.objects.exists() and not default_storage.exists("pictures/a/one.webp")
    bring(exported)
    after = everything()
    assert {label for label in before if after[label] != before[label]} <= CHANGED_BY_COMING_IN
    assert after["audit.AuditEvent"][:events] == before["audit.AuditEvent"]
    assert not Delivery.objects.filter(state=Delivery.State.QUEUED).exists()
    assert dict(Version.objects.values_list("pk", "content_hash")) == hashes
    call_command("verify_versions", stdout=io.StringIO())
    call_command("verify_audit", stdout=io.StringIO())
    assert default_storage.open("pictures/a/one.webp").read() == b"bytes of a picture"
    assert client.get(f"/conditions/{site.slug}/").content == page
    assert b'href="/prices/"' in client.get("/search/?q=Zanzibar").content, "the words of search are made anew"
    assert appendonly.check_triggers(["default"]) == []
    assert make_plain_page(slug="hours").pk > last, "new rows get keys above those that came"


def test_the_file_holds_nobodys_name(exported):
    assert exported.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(exported) as archive:
        assert "rows/leads.Contact.jsonl" in archive.namelist()
        assert not any(b"Zebrafish" in archive.read(name) for name in archive.namelist())


def test_an_export_is_read_into_a_fresh_site_only(site, exported):
    before = everything()
    with pytest.raises(CommandError, match="in use"):
        bring(exported)
    assert everything() == before


def test_other_keys_another_release_and_damage_are_refused_and_nothing_changes(
    exported, settings, tmp_path, monkeypatch
):
    make_fresh(settings, tmp_path)
    fresh = everything()
    with monkeypatch.context() as other:
        other.setattr(moving, "unseal", lambda value, context: crypto.Unreadable("(cannot be read)"))
        with pytest.raises(CommandError, match="field keys"):
            bring(exported)
    for name, changed, words in (
        ("about.json", lambda about: {**about, "migrations": about["migrations"][1:]}, "another release"),
        ("about.json", lambda about: {**about, "format": 99}, "format 99"),
        ("about.json", lambda about: {**about, "media": {"pictures/a/one.webp": "00"}}, "pictures/a/one.webp"),
    ):
        with pytest.raises(CommandError, match=words):
            bring(altered(exported, tmp_path, name, lambda data: json.dumps(changed(json.loads(data))).encode()))  # noqa: B023
    tampered = altered(
        exported, tmp_path, "rows/publishing.Version.jsonl", lambda data: data.replace(b"About harms", b"No harms")
    )
    with pytest.raises(CommandError, match="altered"):
        bring(tampered)
    (tmp_path / "no.zip").write_bytes(b"PK no")
    with pytest.raises(CommandError, match="cannot be read"):
        bring(tmp_path / "no.zip")
    assert everything() == fresh


def altered(file, folder, name, change):
    target = folder / "altered.zip"
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(target, "w") as copy:
        for each in source.namelist():
            copy.writestr(each, change(source.read(each)) if each == name else source.read(each))
    return target
