"""PUB-97: a Word file becomes a draft by way of a mapping; leftovers are said, hostile files refused."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from articles.models import SECTION_MODELS, Article, FigureSection, TextSection, WordFile
from articles.word import choosing, keeping, opening
from articles.word.citing import numbers_in_words, source_of
from articles.word.opening import open_word
from articles.word.reading import WordNote, read_word
from stemsite.access import Role
from stemsite.images.models import Picture
from stemsite.publishing.models import Page
from stemsite.publishing.offering import what_is_missing
from studies.identifiers import find
from studies.models import Reference
from studies.sources.base import FileRefused
from tests.factories import make_reference
from tests.staff import signed_in

from . import files

HAND_IN = "/admin/articles/article/word/"


def read(data):
    return read_word(open_word(data))


# -- reading ----------------------------------------------------------------------------------


def test_pub_97_headings_become_sections_and_deeper_ones_stay_inside():
    page = read(files.example())
    assert page.title == "What is ALS?"
    texts = [(piece.heading, piece.html) for piece in page.pieces if piece.picture is None]
    assert [heading for heading, _ in texts] == [
        "What it is",
        "Symptoms",
        "What research is looking at",
        "",
        "Possible harms",
    ]
    assert texts[0][1] == (
        '<p>ALS harms nerve cells. It is very rare.<cite data-ref="1"></cite></p>'
        "<h3>In short</h3><p>A word in <strong>bold</strong>.</p>"
    )
    assert texts[1][1] == "<ul><li><p>Weak hands</p></li><li><p>Slurred speech</p></li></ul>"


def test_pub_97_notes_are_read_with_their_numbers():
    notes = read(files.example()).notes
    assert [numbers_in_words(note.identifiers) for note in notes.values()] == [
        "DOI 10.1000/example.known",
        "PMID 30000001",
        "",
    ]
    assert notes[3].text == "A colleague told us so."


def test_pub_97_tracked_changes_and_comments_are_reported_and_taken_as_accepted():
    page = read(files.example())
    assert page.changes == ["Roy has put in: “very”", "Eda has struck out: “cures”"]
    assert page.comments == ["Roy on “nerve cells”: Say motor neurons?"]
    assert not any("cures" in piece.html for piece in page.pieces)


def test_pub_97_pictures_stand_where_they_stood_with_their_caption():
    page = read(files.example())
    places = [(piece.picture, piece.caption) for piece in page.pieces]
    assert places == [
        (None, ""),
        (None, ""),
        (None, ""),
        (0, "How cells are given."),
        (None, ""),
        (1, ""),
        (None, ""),
    ]
    assert page.pictures[0].words == "A picture made by a machine"
    assert page.left_out == ["Picture 2: a kind no browser shows, or not in the file. Save it as PNG or JPEG."]


def test_pub_97_a_guess_is_made_of_kinds_and_roles():
    pieces = [piece for piece in read(files.example()).pieces if piece.picture is None]
    assert [choosing.kind_of(piece) for piece in pieces] == ["text", "list", "text", "text", "text"]
    assert [choosing.role_of(piece) for piece in pieces] == ["what it is", "symptoms", "research", "", "harms"]


# -- refusing ---------------------------------------------------------------------------------


def bomb() -> bytes:
    return files.word_file(files.paragraph("x"), more={"word/media/image1.png": b"\0" * 50_000_000})


def many_parts() -> bytes:
    return files.word_file(files.paragraph("x"), more={f"word/media/{number}.png": b"x" for number in range(2100)})


def entities() -> bytes:
    xml = '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><w>&b;</w>'
    return files.word_file("", more={"word/document.xml": xml.encode()})


def doctype() -> bytes:
    return files.word_file("", more={"word/document.xml": b'<!DOCTYPE w SYSTEM "file:///etc/passwd"><w/>'})


def macros() -> bytes:
    return files.word_file(files.paragraph("x"), more={"word/vbaProject.bin": b"x"})


def macro_type() -> bytes:
    kind = b"application/vnd.ms-word.document.macroEnabled.main+xml"
    return files.word_file(
        files.paragraph("x"), more={"[Content_Types].xml": b'<Types><Override ContentType="' + kind + b'"/></Types>'}
    )


def spreadsheet() -> bytes:
    return files.zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<x/>"})


def wrong_length() -> bytes:
    """The archive says that the text is short; unpacked it is not."""
    data = bytearray(files.word_file(files.paragraph("word " * 4000)))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        info = archive.getinfo("word/document.xml")
    place = data.index(b"PK\x01\x02", info.header_offset)
    while data[place + 46 : place + 46 + len("word/document.xml")] != b"word/document.xml":
        place = data.index(b"PK\x01\x02", place + 1)
    data[place + 24 : place + 28] = (10).to_bytes(4, "little")
    return bytes(data)


HOSTILE = {
    "nothing": (lambda: b"", "no Word file"),
    "a text": (lambda: b"Dear colleague", "no Word file"),
    "an old or locked file": (lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600, "without a password"),
    "a cut archive": (lambda: files.example()[:900], "damaged"),
    "a spreadsheet": (spreadsheet, "no Word file"),
    "macros": (macros, "macros"),
    "a macro file by its type": (macro_type, "macros"),
    "a bomb": (bomb, "far larger"),
    "thousands of parts": (many_parts, "no Word file is"),
    "entities": (entities, "entities"),
    "a document type": (doctype, "document type"),
    "a wrong length": (wrong_length, "damaged"),
    "broken XML": (lambda: files.word_file("<w:p>"), "damaged"),
    "no text": (lambda: files.word_file(""), "no text"),
    "too large": (lambda: b"PK\x03\x04" + b"\0" * opening.MAX_BYTES, "larger than 10 MB"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_pub_97_what_is_no_plain_word_file_is_refused_in_words(name):
    make, words = HOSTILE[name]
    with pytest.raises(FileRefused, match=words):
        read(make())


@pytest.mark.parametrize(
    "body",
    [
        files.paragraph("word " * 400) * 200,
        (files.paragraph("A short page.") + '<w:p><w:r><w:br w:type="page"/></w:r></w:p>') * 200,
        "<w:p><w:r><w:lastRenderedPageBreak/><w:t>x</w:t></w:r></w:p>" * 200,
        "<w:p/>" * 400_000,
    ],
    ids=["words", "breaks", "as Word counted", "empty lines"],
)
def test_pub_97_two_hundred_pages_are_refused_before_they_are_read(body):
    with pytest.raises(FileRefused, match="longer than 100 pages"):
        read(files.word_file(body))


def test_pub_97_nothing_but_what_is_read_is_kept():
    data = files.word_file(
        files.paragraph("x"), more={"word/embeddings/book.xlsx": b"x", "docProps/core.xml": b"<a/>", "evil.exe": b"MZ"}
    )
    opened = open_word(data)
    with zipfile.ZipFile(io.BytesIO(opened.data)) as archive:
        assert {name.split("/")[0] for name in archive.namelist()} == {"[Content_Types].xml", "_rels", "word"}
        assert "word/embeddings/book.xlsx" not in archive.namelist()
    assert read_word(opened).left_out == ["1 other files inside the Word file, such as tables of numbers."]


# -- the screens ------------------------------------------------------------------------------


@pytest.fixture
def writer(clinic):
    return signed_in(Role.AUTHOR)


def handed_in(client, data=None, name="als.docx"):
    upload = SimpleUploadedFile(name, files.example() if data is None else data)
    return client.post(HAND_IN, {"file": upload})


def filled(answer, **changes):
    form = answer.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {**{name: value for name, value in values.items() if value is not None}, **changes}


def sections(article):
    rows = [row for model in SECTION_MODELS for row in model.objects.filter(parent=article)]
    return sorted(rows, key=lambda row: row.ordering)


@pytest.mark.django_db
@pytest.mark.database
def test_pub_97_first_a_mapping_then_a_draft(writer):
    known = make_reference(doi="10.1000/example.known")
    answer = handed_in(writer)
    assert answer.status_code == 303
    assert not Page.objects.exists() and not Picture.objects.exists() and Reference.objects.count() == 1
    screen = writer.get(answer["Location"])
    text = screen.content.decode()
    assert f"cites {known.short} of the library" in text
    assert "a new source of the library, PMID 30000001: not checked yet" in text
    assert "Roy on “nerve cells”: Say motor neurons?" in text and "Eda has struck out: “cures”" in text
    assert not Page.objects.exists()
    assert screen.context["form"]["kind"].value() == "guide-condition"

    made = writer.post(answer["Location"], filled(screen))
    article = Article.objects.get()
    assert made["Location"] == reverse("admin:articles_article_change", args=[article.pk])
    assert (article.title, article.slug, article.kind, article.subject) == (
        "What is ALS?",
        "what-is-als",
        "guide",
        "condition",
    )
    assert (article.draft_state, article.public_state) == ("draft", "nothing")
    assert article.created_by == article.keeper == writer.user
    assert article.latest_version.note == "From the Word file “als.docx”."
    rows = sections(article)
    assert [(type(row).__name__, row.role, row.heading) for row in rows] == [
        ("TextSection", "what it is", "What it is"),
        ("ListSection", "symptoms", "Symptoms"),
        ("TextSection", "research", "What research is looking at"),
        ("FigureSection", "", ""),
        ("TextSection", "", ""),
        ("TextSection", "harms", "Possible harms"),
        ("ListSection", "", "Notes of the Word file without a source"),
    ]
    new = Reference.objects.get(pmid="30000001")
    assert f'<cite data-ref="{known.pk}"></cite>' in rows[0].html
    assert f'<cite data-ref="{new.pk}"></cite> So was rest. [note 3]' in rows[2].html
    assert "[note 3] A colleague told us so." in rows[6].html
    assert (new.title, new.verdict, new.created_by) == (
        "Example A. A newer trial. J Ex. 2024",
        "not checked",
        writer.user,
    )
    assert writer.get(made["Location"]).status_code == 200


@pytest.mark.django_db
def test_pub_97_figures_come_in_flagged_for_their_words(writer):
    answer = handed_in(writer)
    writer.post(answer["Location"], filled(writer.get(answer["Location"])))
    figure = FigureSection.objects.get()
    assert (figure.alt, figure.decorative, figure.caption) == ("", False, "How cells are given.")
    assert figure.picture.current is not None and figure.picture.created_by == writer.user
    flagged = [finding for finding in what_is_missing(Article.objects.get()) if finding.rule == "PUB-100"]
    assert [finding.field for finding in flagged] == [str(figure.key)]


@pytest.mark.django_db
def test_pub_97_what_is_left_out_stays_out_and_cites_nothing(writer):
    answer = handed_in(writer)
    form = filled(writer.get(answer["Location"]))
    form |= {name: "out" for name in form if name.startswith("kind_") and name not in {"kind_1"}}
    writer.post(answer["Location"], form)
    assert [type(row).__name__ for row in sections(Article.objects.get())] == ["ListSection"]
    assert not Reference.objects.exists() and not Picture.objects.exists()


@pytest.mark.django_db
def test_pub_97_a_mistake_in_the_mapping_writes_nothing_and_keeps_what_was_chosen(writer):
    answer = handed_in(writer)
    form = filled(writer.get(answer["Location"]), title="", kind_0="callout")
    again = writer.post(answer["Location"], form)
    assert again.status_code == 422
    assert again.context["form"]["kind_0"].value() == "callout"
    assert not Page.objects.exists() and not Reference.objects.exists()


@pytest.mark.django_db
def test_pub_97_one_file_makes_one_draft(writer):
    answer = handed_in(writer)
    form = filled(writer.get(answer["Location"]))
    writer.post(answer["Location"], form)
    again = writer.post(answer["Location"], form)
    assert Article.objects.count() == 1
    assert "The draft is written" in again.content.decode()


@pytest.mark.django_db
def test_pub_97_a_file_is_its_owners_alone_and_for_those_who_write(writer):
    answer = handed_in(writer)
    assert signed_in(Role.OWNER).get(answer["Location"]).status_code == 404
    answers = {role: signed_in(role).get(HAND_IN).status_code for role in Role}
    assert answers == {
        Role.AUTHOR: 200,
        Role.REVIEWER: 403,
        Role.PUBLISHER: 200,
        Role.COORDINATOR: 403,
        Role.OWNER: 200,
    }


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["macros", "a bomb", "nothing", "a cut archive"])
def test_pub_97_a_refused_file_is_answered_with_a_sentence_and_kept_nowhere(writer, name):
    answer = handed_in(writer, HOSTILE[name][0]())
    assert answer.status_code == 422
    assert HOSTILE[name][1] in answer.content.decode()
    assert not WordFile.objects.exists()


@pytest.mark.django_db
def test_pub_97_files_are_forgotten_after_a_month(writer):
    handed_in(writer)
    assert keeping.forget_old() == 0
    WordFile.objects.update(handed_in_at=WordFile.objects.get().handed_in_at - keeping.KEPT_FOR)
    assert keeping.forget_old() == 1
    assert not WordFile.objects.exists()


@pytest.mark.django_db
def test_pub_97_script_in_a_word_file_is_only_words(writer):
    body = files.paragraph(files.run("<b>"), style="Heading1") + files.paragraph("x <script>alert(1)</script> y")
    answer = handed_in(writer, files.word_file(body), name='"><script>alert(2)</script>.docx')
    screen = writer.get(answer["Location"])
    assert "<script>alert" not in screen.content.decode()
    writer.post(answer["Location"], filled(screen, title="Words", slug="words"))
    assert "<script" not in TextSection.objects.get().html


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["A trial. doi:10.1000/new.one NCT05695521", "NCT05695521: a trial. doi:10.1000/new.one"]
)
def test_pub_97_a_trial_named_beside_a_paper_is_not_the_papers_number(author, text):
    """EVD-02: the note cites the paper, old or new, whichever number stands first."""
    registration = make_reference(
        kind="registration", doi=None, registry="ClinicalTrials.gov", registry_id="NCT05695521"
    )
    note = WordNote(number=1, text=text, identifiers=tuple(find(text)))
    made = source_of(note, by=author)
    assert (made.kind, made.doi, made.registry_id) == ("journal", "10.1000/new.one", None)
    assert source_of(note, by=author) == made != registration
    alone = WordNote(number=2, text="NCT05695521", identifiers=tuple(find("NCT05695521")))
    assert source_of(alone, by=author) == registration
