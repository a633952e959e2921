"""EVD-87, SEC-08, SEC-15: an existing page handed in, read by the worker, and its defects on one screen."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from stemsite.access import Role
from studies.auditing.audit import audit
from studies.auditing.handed_in import as_json, read_audit, store_page
from studies.auditing.pages import read_page
from studies.cases import read_index
from studies.models import PageAudit, Reference, SourceRecord
from tests.factories import make_reference, make_user
from tests.fakes.sources import fake_sources
from tests.staff import signed_in

from .test_import_screens import work

pytestmark = [pytest.mark.django_db, pytest.mark.database]

NEW = reverse("admin:studies_pageaudit_add")


@pytest.fixture(autouse=True)
def _offline(settings) -> None:
    settings.EVIDENCE_NETWORK = False


def hand_in(client, **posted) -> PageAudit:
    answer = client.post(NEW, posted)
    assert answer.status_code == 303, answer.content.decode()
    return PageAudit.objects.latest("pk")


def screen(client, page) -> str:
    answer = client.get(reverse("admin:studies_pageaudit_change", args=[page.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_page_is_handed_in_and_its_defects_come_out(samples):
    client = signed_in(Role.AUTHOR)
    data, library = (samples / "faulty-page.txt").read_bytes(), (samples / "library.json").read_bytes()
    files = {"file": SimpleUploadedFile("old.txt", data), "records": SimpleUploadedFile("library.json", library)}
    page = hand_in(client, **files)
    assert "It is being read" in screen(client, page)
    work()
    text = screen(client, page)
    for words in (
        "✕ news or press release", "✕ no record found", "✕ differs from its record", "<ins>Novák</ins>",
        "A news item is shown as a study.", "It is not said whether anybody died.", "No registry was asked",
        "5 references, 5 studies",
    ):  # fmt: skip
        assert words in text, words
    assert not Reference.objects.exists() and not SourceRecord.objects.exists(), "nothing enters the library"


def test_the_screen_says_what_the_command_says(samples):
    """One engine: the same page and records give the same findings."""
    data, library = (samples / "faulty-page.txt").read_bytes(), (samples / "library.json").read_bytes()
    page = store_page(data, "old.txt", records=library, by=make_user(Role.AUTHOR))
    read_audit(page, sources=fake_sources)
    assert page.found == as_json(audit(read_page(data), read_index(library)))


def test_every_citation_defect_of_the_reference_page_is_found(pack):
    """EVD-87: through the upload as through the command."""
    client = signed_in(Role.AUTHOR)
    records = (pack / "bench" / "records.json").read_bytes()
    text = (pack.parent / "als-page.txt").read_text()
    page = hand_in(client, text=text, records=SimpleUploadedFile("records.json", records))
    work()
    page.refresh_from_db()
    told = [
        (one["verdict"], sorted(one["mismatches"]), one["record"] or one["meant"]) for one in page.part("references")
    ]
    assert told == [
        ("secondary_source", [], None),
        ("secondary_source", [], "seed:yamashita2023"),
        ("not_found", [], "seed:baloh2022"),
        ("mismatch", ["author", "title"], "seed:barczewska2020"),
        ("mismatch", ["journal", "title"], "seed:mazzini2019"),
    ]
    truth = json.loads((pack.parent / "als-ground-truth.json").read_text())["studies"]
    assert [one["is_news"] for one in page.part("studies")] == ["news" in one["kind"] for one in truth]
    assert "Nothing was found" not in screen(client, page)


def test_registries_are_asked_about_references_alone_where_there_is_a_network(samples, settings):
    """EVD-22: no other word of the page leaves the house; what is answered is kept as a record."""
    settings.EVIDENCE_NETWORK = True
    records = [entry.record for entry in read_index((samples / "library.json").read_bytes()).entries]
    given = fake_sources(records)
    page = store_page((samples / "faulty-page.txt").read_bytes(), "old.txt", by=make_user(Role.AUTHOR))
    read_audit(page, sources=lambda: given)
    asked = given.crossref.asked
    assert len(asked) == 5 and all("Medical" not in words for words in asked)
    assert page.part("references")[3]["verdict"] == "mismatch" and "Registries answered about 5" in page.basis
    assert SourceRecord.objects.exists()


def test_nobody_there_to_ask_is_said_and_never_taken_for_clean(samples, settings):
    settings.EVIDENCE_NETWORK = True
    make_reference()
    page = store_page((samples / "faulty-page.txt").read_bytes(), "old.txt", by=make_user(Role.AUTHOR))
    read_audit(page, sources=lambda: fake_sources(down=True))
    assert "nobody could be asked: The source did not answer in time." in page.basis
    assert {one["verdict"] for one in page.part("references")} <= {"not_checked", "secondary_source"}


def test_what_a_page_holds_is_text_on_the_screen():
    """EVD-94, SEC-15: markup of the page is neither kept as markup nor run."""
    client = signed_in(Role.AUTHOR)
    html = b"""<html><body><h1>Cells</h1><script>alert(1)</script><h2>References</h2><ol><li>Doe J.
    <b onmouseover=alert(2)>Cells</b> &lt;script&gt;alert(3)&lt;/script&gt; in mice. J Cells. 2020;1:1.</li></ol>"""
    page = hand_in(client, file=SimpleUploadedFile("<script>.html", html))
    work()
    text = screen(client, page)
    assert "&lt;script&gt;alert(3)" in text and "alert(1)" not in text and "onmouseover" not in text
    assert "<script>alert" not in text and "&lt;script&gt;.html" in text


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"   \n ", "This page holds no text."),
        (b"PK\x03\x04 nothing of the kind", "This is no Word file that can be read."),
        (b"\x00\x01\x02\xff" * 50, ""),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(data, why):
    client = signed_in(Role.AUTHOR)
    page = hand_in(client, file=SimpleUploadedFile("page.bin", data))
    work()
    page.refresh_from_db()
    assert page.state in ("refused", "done") and (not why or why in screen(client, page))


def test_a_word_file_that_grows_without_end_is_refused():
    """SEC-08: what it says about its size decides, before anything is unpacked."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<w>" + b" " * (30 * 1024 * 1024))
    page = store_page(packed.getvalue(), "large.docx", by=make_user(Role.AUTHOR))
    read_audit(page, sources=fake_sources)
    assert (page.state, page.problem) == ("refused", "This Word file is too large when unpacked.")


def test_an_entity_in_a_word_file_reads_nothing_of_ours(tmp_path):
    """EVD-92."""
    secret = tmp_path / "secret"
    secret.write_text("a secret of this machine")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("word/document.xml", f'<!DOCTYPE w [<!ENTITY x SYSTEM "file://{secret}">]><w>&x;</w>')
    page = store_page(packed.getvalue(), "entity.docx", by=make_user(Role.AUTHOR))
    read_audit(page, sources=fake_sources)
    assert page.state == "refused" and "a secret" not in json.dumps(page.found)


def test_the_form_asks_for_one_page_and_says_so():
    client = signed_in(Role.AUTHOR)
    for posted in ({}, {"text": "Words", "file": SimpleUploadedFile("a.txt", b"Words")}):
        answer = client.post(NEW, posted)
        assert answer.status_code == 422 and "one of the two" in answer.content.decode()
    assert not PageAudit.objects.exists()


def test_who_sees_hands_in_and_removes():
    page = store_page(b"Words of a page", "old.txt", by=make_user(Role.AUTHOR))
    seen = {role: signed_in(role).get(reverse("admin:studies_pageaudit_change", args=[page.pk])) for role in Role}
    assert {role for role, answer in seen.items() if answer.status_code == 200} == {*Role} - {Role.COORDINATOR}
    added = {role for role in Role if signed_in(role).post(NEW, {}).status_code == 422}
    assert added == {Role.AUTHOR, Role.PUBLISHER, Role.OWNER}
    assert signed_in(Role.OWNER).post(reverse("admin:studies_pageaudit_change", args=[page.pk])).status_code == 405
    remove = reverse("admin:studies_pageaudit_delete", args=[page.pk])
    assert signed_in(Role.AUTHOR).post(remove, {"post": "yes"}).status_code == 403
    assert signed_in(Role.PUBLISHER).post(remove, {"post": "yes"}).status_code == 302
    assert not PageAudit.objects.exists()


def test_a_very_long_list_is_cut_and_says_so():
    """The screen and the worker bear any page."""
    items = "\n".join(f"{number % 999 + 1}. Doe J. A title number {number}. J Cells. 2020." for number in range(600))
    found = audit(read_page(f"References\n\n{items}\n".encode()), None)
    assert len(found.references) == 500
    assert any(one.code == "too_many" for one in found.findings)
