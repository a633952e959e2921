"""The booklet as a file: tagged, readable aloud, small, the same bytes again (LEAD-88 to LEAD-90)."""

import datetime
import io
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import msgspec
import pdfua
import pikepdf
import pypdf
import pytest
import typst

from leads.packets import pdf, press, settable
from leads.packets.blocks import Block, Run
from leads.packets.content import ClinicFacts
from leads.packets.document import Chapter, Document, Group, Source, StudyEntry

DAY = datetime.date(2026, 11, 26)
LONG = "Pneumonoultramicroscopicsilicovolcanoconiosis" * 4


def paragraph(text, **style):
    return Block(kind="p", runs=(Run(text=text, **style),))


ENTRY = StudyEntry(
    number=1,
    year="2020",
    title="Cells from cord tissue",
    given="Cord cells",
    design="Compared with past records.",
    people="67 people.",
    compared="67 records.",
    outcome="Of 67 people: 21 declined more slowly, 33 at the same rate, 13 faster.",
    groups=(Group("declined more slowly", 21, "better"), Group("same", 33, "same"), Group("faster", 13, "worse")),
    deaths="Deaths: 13 of 18 people.",
    death_groups=(Group("died", 13, "death"), Group("alive or not counted", 5, "same")),
    harms=("Serious harms: 0 of 67 people.", "Other harms: 13 declined faster."),
    funding="Not confirmed.",
    certainty="Certainty: very low",
    limits="No group was formed by chance.",
)


def questions():
    items = tuple((paragraph(f"Question number {number}?"),) for number in range(8))
    return Block(kind="ul", items=items)


def make_document(**fields):
    values = {
        "title": "ALS and stem cells",
        "subtitle": "What is known.",
        "language": "en",
        "clinic": ClinicFacts(
            name="Example Clinic",
            legal_name="Example Clinic LLC",
            address=("1 Example Street",),
            phone="+1 614 555 0100",
            email="hello@example.org",
        ),
        "site": "https://clinic.example",
        "version": "Version 1 (0123abcd)",
        "made_on": "November 26, 2026",
        "reviewer": "Sample Reviewer, MD",
        "reviewed_on": "November 1, 2026",
        "due_on": "November 1, 2027",
        "letter": (paragraph("You asked for this packet."),),
        "chapters": (
            Chapter(anchor="in-short", heading="ALS in short", blocks=(paragraph("A disease. " * 60),) * 4),
            Chapter(anchor="status", heading="What you should know first", kind="notice", blocks=(paragraph("Not."),)),
            Chapter(anchor="studies", heading="What studies have found", kind="studies", studies=(ENTRY, ENTRY)),
            Chapter(anchor="questions", heading="Questions", kind="questions", blocks=(questions(),)),
        ),
        "references": (
            Source(
                number=1,
                runs=(Run(text="Sample M. Cells. "), Run(text="doi:10.1000/x", href="https://doi.org/10.1000/x")),
                links=(("PubMed 1", "https://pubmed.ncbi.nlm.nih.gov/1/"),),
            ),
        ),
        "disclaimer": (paragraph("For learning only."),),
        "made_from": ("What is ALS?, version 1 (abcd0123)",),
        "people": 67,
        "people_words": "Each circle is one person.",
        "preview": False,
    }
    return Document(**{**values, **fields})


def text_of(made):
    pages = (page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages)
    return " ".join(" ".join(pages).split())


def opened(made):
    return pikepdf.open(io.BytesIO(made))


@pytest.fixture(scope="module")
def made():
    return pdf.booklet(make_document(), name="Ann Example", made_on=DAY)


def structure(node, found):
    if isinstance(node, pikepdf.Array):
        for kid in node:
            structure(kid, found)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            found.append(str(node.S))
        if "/K" in node:
            structure(node.K, found)
    return found


def test_lead_88_it_is_tagged_titled_and_says_its_language(made):
    with opened(made) as file:
        assert bool(file.Root.MarkInfo.Marked)
        assert str(file.Root.Lang) == "en"
        assert str(file.docinfo["/Title"]) == "ALS and stem cells"
        assert bool(file.Root.ViewerPreferences.DisplayDocTitle)
        with file.open_metadata() as meta:
            assert meta["pdfuaid:part"] == "1"
            assert meta["dc:title"] == "ALS and stem cells"


def test_lead_88_a_checker_of_pdf_ua_finds_nothing(made, tmp_path):
    """By rules that somebody else wrote; a file without tags shows that they would see it."""
    file = tmp_path / "booklet.pdf"
    file.write_bytes(made)
    found = pdfua.validate(str(file))
    assert [finding.rule_id for finding in found.findings] == []
    blank = pikepdf.new()
    blank.add_blank_page()
    blank.save(file)
    assert pdfua.validate(str(file)).findings


def test_lead_88_headings_lists_tables_and_links_stand_in_the_tag_tree(made):
    with opened(made) as file:
        found = structure(file.Root.StructTreeRoot.K, [])
    assert {"/Title", "/H1", "/H2", "/P", "/L", "/LI", "/Table", "/TH", "/TD", "/Link"} <= set(found)
    assert found.count("/Table") == 2 and found.count("/TH") == 8


def test_lead_88_its_bookmarks_are_its_chapters_and_studies(made):
    with opened(made) as file, file.open_outline() as outline:
        top = [item.title for item in outline.root]
        below = [child.title for item in outline.root for child in item.children]
    assert top[-6:] == [
        *("ALS in short", "What you should know first", "What studies have found", "Questions"),
        *("References", "About this packet"),
    ]
    assert "2020. Cells from cord tissue1" in below


def test_lead_88_the_words_can_be_taken_out_in_reading_order(made):
    text = text_of(made)
    said = (
        "ALS and stem cells", "Prepared for Ann Example", "Medically reviewed by Sample Reviewer, MD",
        "Dear Ann Example,", "You asked for this packet.", "ALS in short", "Cells from cord tissue",
        "Of 67 people: 21 declined more slowly", "13 of 18 people.", "Question number 7?", "Sample M. Cells.",
        "PubMed 1", "For learning only.", "What is ALS?, version 1 (abcd0123)",
    )  # fmt: skip
    places = [text.index(words) for words in said if words in text]
    assert [words for words in said if words not in text] == []
    assert places == sorted(places)


def test_lead_88_links_lead_to_the_web_to_mail_or_to_a_phone_only(made):
    with opened(made) as file:
        targets = {
            str(note.A.URI)
            for page in file.pages
            for note in page.get("/Annots", [])
            if "/A" in note and "/URI" in note.A
        }
    assert targets == {
        "https://doi.org/10.1000/x",
        "https://pubmed.ncbi.nlm.nih.gov/1/",
        "https://clinic.example",
        "mailto:hello@example.org",
        "tel:+16145550100",
    }


def test_lead_89_the_same_words_name_and_day_are_the_same_bytes(made):
    assert pdf.booklet(make_document(), name="Ann Example", made_on=DAY) == made
    assert pdf.booklet(make_document(), name="Ann Example", made_on=DAY + datetime.timedelta(days=1)) != made
    assert pdf.booklet(make_document(), name="Ben Example", made_on=DAY) != made


@pytest.mark.parametrize(
    "name", ["Ann 🙂", "患者", "Ann\x00\x07Example", "שרה", "x" * 120, '#read("x")', "$a$ *b* _c_", "<b>", "\\", ""]
)
def test_lead_90_whatever_the_name_a_packet_goes_out(name):
    text = text_of(pdf.booklet(make_document(), name=name, made_on=DAY))
    shown = {"Ann\x00\x07Example": "Dear Ann Example,", "x" * 120: "Dear xxx"}.get(name, "Dear reader,")
    assert shown in text
    assert ("Prepared for" in text) == (shown != "Dear reader,")


def test_lead_90_a_name_of_120_letters_stays_on_the_page():
    made = pdf.booklet(make_document(), name="x" * 120, made_on=DAY)
    pages = pypdf.PdfReader(io.BytesIO(made)).pages[:2]
    right = float(pages[0].mediabox.right)
    begins = []
    for page in pages:
        page.extract_text(visitor_text=lambda text, cm, tm, font, size: begins.append(tm[4]) if text.strip() else None)
    assert max(begins) < right - 60


def test_lead_90_a_name_that_cannot_be_set_after_all_is_left_out(monkeypatch):
    monkeypatch.setattr(pdf, "printable_name", lambda name: name)
    assert "Dear reader," in text_of(pdf.booklet(make_document(), name="患者", made_on=DAY))


def test_a_letter_that_the_fonts_lack_is_a_visible_gap_and_no_failure():
    made = pdf.booklet(make_document(subtitle="Odd 患 letter"), made_on=DAY)
    assert "Odd \N{REPLACEMENT CHARACTER} letter" in text_of(made)


def test_every_letter_that_is_said_to_be_printable_is():
    every = "".join(
        chr(code)
        for code in range(0x21, 0x10000)
        if not 0xD800 <= code < 0xE000 and not chr(code).isspace() and not settable.missing_letters(chr(code))
    )
    assert len(every) > 1000
    spaced = " ".join(every[place : place + 20] for place in range(0, len(every), 20))
    pdf.booklet(make_document(title=spaced, subtitle=spaced), made_on=DAY)


def test_nothing_in_the_words_is_read_as_code():
    evil = '#panic() #read("/etc/passwd") $x$ *bold* [a](b) ${1} \\ "quoted" <tag>'
    text = text_of(pdf.booklet(make_document(subtitle=evil, letter=(paragraph(evil),)), made_on=DAY))
    assert text.count('#read("/etc/passwd")') == 2 and "*bold*" in text


def test_lists_tables_callouts_and_long_words_are_set_and_stay_valid():
    from leads.packets.blocks import Cell

    rows = (
        (Cell(runs=(Run(text="Head"),), head=True), Cell(runs=(Run(text="Head 2"),), head=True)),
        (Cell(runs=(Run(text="Wide"),), columns=2),),
    )
    everything = (
        paragraph(LONG),
        Block(kind="ol", items=((paragraph("first"), Block(kind="ul", items=((paragraph("deep"),),))),)),
        Block(kind="table", rows=rows),
        Block(kind="callout", runs=(Run(text="Careful"),), items=((paragraph("inside", bold=True),),)),
        Block(kind="callout", runs=(Run(text=""),), items=((paragraph("H", script="sub", italic=True),),)),
        Block(kind="h", runs=(Run(text="Below"),)),
        Block(kind="p", runs=(Run(text="one\ntwo"), Run(cites=(1,)))),
    )
    chapter = Chapter(anchor="x", heading="All", blocks=everything)
    text = text_of(pdf.booklet(make_document(chapters=(chapter,)), made_on=DAY))
    for words in ("first", "deep", "Wide", "Careful", "inside", "Below"):
        assert words in text


def test_a_study_in_doubt_shows_the_alarm_instead_of_results():
    entry = msgspec.structs.replace(ENTRY, alarm="Retracted. Do not rely on its results.", outcome="", groups=())
    chapter = Chapter(anchor="studies", heading="Studies", kind="studies", studies=(entry,))
    text = text_of(pdf.booklet(make_document(chapters=(chapter,)), made_on=DAY))
    assert "Do not rely on its results" in text and "Certainty" not in text


def test_an_unreviewed_packet_says_so_on_its_cover():
    text = text_of(pdf.booklet(make_document(reviewer="", preview=True), made_on=DAY))
    assert "Not yet reviewed by a clinician." in text and "Preview. Not for readers." in text


def test_two_threads_make_two_booklets():
    made = {}

    def work(name):
        made[name] = pdf.booklet(make_document(), name=name, made_on=DAY)

    threads = [threading.Thread(target=work, args=(f"Ann {letter}",)) for letter in "ABCD"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for name, file in made.items():
        assert f"Dear {name}," in text_of(file)


def test_the_fonts_carry_their_licence_and_stay_small():
    folder = press.FONTS
    assert "SIL Open Font License" in (folder / "OFL.txt").read_text(encoding="utf-8")
    assert sum(path.stat().st_size for path in folder.iterdir()) < 1_500_000


def test_the_fonts_are_the_only_ones():
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[press.FONTS])
    assert set(fonts.families()) == {"Stemsite Text", "Inter"}


def test_lead_132_a_booklet_takes_less_than_a_tenth_of_a_second_of_cpu():
    press.compiled(*pdf.question(make_document(), "", "Hello", DAY))
    spent = []
    for number in range(9):
        asked = pdf.question(make_document(), f"Ann Number{'abcdefghi'[number]}", "Hello", DAY)
        begun = time.process_time()
        press.compiled(*asked)
        spent.append(time.process_time() - begun)
    assert sorted(spent)[4] < 0.1


def resident(pid):
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 1e6


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads memory as Linux tells it")
def test_lead_132_what_a_booklet_needed_is_given_back():
    """Without that the engine holds what it knows of the last ten: more than 80 MB beyond the second."""
    held = []
    for number in range(16):
        pdf.booklet(make_document(), name=f"Ann Number{'abcdefghijklmnop'[number]}", made_on=DAY)
        held.append(resident(pdf._press.pid))
    assert held[-1] - held[1] < 20, held


@pytest.mark.race
def test_lead_90_a_press_that_dies_is_begun_anew_and_the_booklet_is_made():
    first = pdf.booklet(make_document(), made_on=DAY)
    before = pdf._press.pid
    os.kill(before, signal.SIGKILL)
    assert pdf.booklet(make_document(), made_on=DAY) == first
    assert pdf._press.pid not in {None, before}


@pytest.mark.race
def test_lead_90_a_booklet_that_never_ends_is_given_up(monkeypatch):
    """A template that hangs is a fault of ours, and holds up the mail lane for a moment only."""
    monkeypatch.setattr(pdf, "PATIENCE", 0.0)
    with pytest.raises(pdf.CannotBeSet, match="died"):
        pdf.booklet(make_document(), made_on=DAY)


def test_the_press_ends_when_nobody_asks_or_its_worker_is_gone():
    command = [sys.executable, "-I", "-c", f"import runpy, sys; sys.path.insert(0, {str(pdf.HERE)!r}); "
               "import press; press.IDLE = 0.2; press.main()"]  # fmt: skip
    idle = subprocess.Popen(command, stdin=subprocess.PIPE)
    assert idle.wait(20) == 0
    idle.stdin.close()
    alone = subprocess.Popen([sys.executable, "-I", str(pdf.HERE / "press.py")], stdin=subprocess.PIPE)
    alone.stdin.close()
    assert alone.wait(20) == 0
