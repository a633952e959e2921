"""What a packet says, before it is set: one document behind page and booklet (LEAD-87, LEAD-85, LEAD-94)."""

import datetime

import pytest
from django.utils import timezone

from articles.models import Article, ChecklistSection, ListSection, TextSection
from leads.packets.blocks import blocks_of, words_of
from leads.packets.document import breakable, printable_name, salutation
from leads.packets.making import document_of
from leads.packets.sources import NotAsPinned
from stemsite.access import Role
from stemsite.publishing import workflow
from stemsite.publishing.models import Version
from studies import integrity
from studies.models import IntegrityEvent, Registration, StudyFact
from tests.factories import make_guide, make_packet, make_study, make_user, sign_and_publish

pytestmark = pytest.mark.django_db


def made(packet, *, at=None):
    packet.refresh_from_db()
    version = Version.objects.prefetch_related("sign_offs").get(pk=packet.live_version_id)
    return document_of(version, at=at or timezone.now())


def chapter(document, anchor):
    return next((chapter for chapter in document.chapters if chapter.anchor == anchor), None)


@pytest.fixture
def packet():
    packet = make_packet()
    sign_and_publish(packet)
    return packet


def test_lead_87_it_holds_everything_that_a_packet_holds(packet):
    document = made(packet)
    assert document.title == "ALS and stem cells"
    assert document.clinic.name == "Example Clinic"
    assert document.version.startswith("Version 1 (")
    assert document.reviewer and document.reviewed_on and document.due_on
    assert "You asked for this packet." in words_of(document.letter)
    assert [each.anchor for each in document.chapters] == [
        *("in-short", "status", "unknowns", "studies", "harms", "process", "options", "questions")
    ]
    assert words_of(chapter(document, "in-short").blocks) == "About key points. About what it is."
    assert "About unknowns. Ask how many people" in words_of(chapter(document, "unknowns").blocks)
    assert "It costs nothing." in words_of(chapter(document, "process").blocks)
    assert "About treatments." in words_of(chapter(document, "options").blocks)
    assert "Look at ClinicalTrials.gov." in words_of(chapter(document, "options").blocks)
    assert "Is it approved?" in words_of(chapter(document, "questions").blocks)
    assert "For learning only." in words_of(document.disclaimer)
    assert document.references


def test_lead_87_the_study_table_has_denominators_harms_deaths_and_funding(packet):
    (entry,) = chapter(made(packet), "studies").studies
    assert entry.people == "67 people."
    assert entry.design == "Compared with past records. Everyone knew who got it."
    assert entry.compared == "67 people from an earlier database."
    assert entry.outcome == ("Of 67 people: 21 declined more slowly, 33 declined at the same rate, 13 declined faster.")
    assert [(group.people, group.direction) for group in entry.groups] == [(21, "better"), (33, "same"), (13, "worse")]
    assert entry.deaths == "We have not confirmed how many people died yet."
    assert entry.harms == (
        "We have not confirmed how many people had serious harms yet.",
        "We have not confirmed other harms yet.",
    )
    assert entry.funding == "We have not confirmed who paid for the study yet."
    assert entry.number == 1


def test_lead_87_deaths_are_counted_and_drawn_with_their_denominator():
    study = make_study()
    StudyFact.objects.filter(study=study, kind="deaths").update(known="stated", people=13, of=18)
    sign_and_publish(study)
    packet = make_packet(studies=[study])
    sign_and_publish(packet)
    (entry,) = chapter(made(packet), "studies").studies
    assert entry.deaths == "Deaths: 13 of 18 people."
    assert [(group.people, group.direction) for group in entry.death_groups] == [(13, "death"), (5, "same")]


def test_lead_87_registered_trials_stand_among_the_other_options():
    study = make_study(has_results=False, title="A trial that recruits")
    Registration.objects.filter(study=study).update(
        number="NCT05695521", status="recruiting", url="https://clinicaltrials.gov/study/NCT05695521"
    )
    sign_and_publish(study)
    packet = make_packet(studies=[study])
    sign_and_publish(packet)
    options = chapter(made(packet), "options").blocks
    assert "A trial that recruits. ClinicalTrials.gov NCT05695521. Recruiting." in words_of(options)
    (entry,) = chapter(made(packet), "studies").studies
    assert entry.deaths == "Harms are not known: no results have been published yet."


def test_lead_87_references_are_numbered_by_first_appearance_and_carry_links(packet):
    document = made(packet)
    assert [source.number for source in document.references] == [1]
    (source,) = document.references
    assert any(run.href.startswith("https://doi.org/") for run in source.runs)


def test_lead_87_a_source_cited_in_the_letter_comes_first():
    packet = make_packet()
    own = packet.guide
    reference = own.live_version.uses.filter(kind="reference").values_list("object_id", flat=True)[0]
    packet.letter = f'<p>Read this first.<cite data-ref="{reference}"></cite></p>'
    packet.save()
    sign_and_publish(packet)
    document = made(packet)
    assert document.letter[0].runs[-1].cites == (1,)
    assert [source.number for source in document.references] == [1, 2]


def test_lead_85_a_retracted_study_is_marked_in_words_and_shows_no_result(packet, author):
    paper = packet.studies.get().primary
    integrity.record_event(
        paper,
        kind=IntegrityEvent.Kind.RETRACTED,
        source="Crossref",
        by=author,
        notice_on=datetime.date(2026, 3, 3),
    )
    document = made(packet)
    (entry,) = chapter(document, "studies").studies
    assert entry.alarm.startswith("Retracted March 3, 2026.") and "Do not rely on its results." in entry.alarm
    assert entry.outcome == "" and entry.groups == () and entry.certainty == ""
    assert document.people == 0
    assert document.references[0].label == "Retracted March 3, 2026"


def test_lead_85_a_study_withdrawn_since_says_so_in_its_place(packet):
    workflow.withdraw(packet.studies.get(), by=make_user(Role.PUBLISHER), kind="outdated", reason="Better data came.")
    (entry,) = chapter(made(packet), "studies").studies
    assert entry.alarm.startswith("Our summary of this study was withdrawn on") and "Better data came." in entry.alarm


def test_lead_92_what_was_sent_before_a_retraction_can_be_made_again(packet, author):
    before = timezone.now()
    said = made(packet, at=before)
    integrity.record_event(
        packet.studies.get().primary, kind=IntegrityEvent.Kind.RETRACTED, source="Crossref", by=author
    )
    workflow.withdraw(packet.studies.get(), by=make_user(Role.PUBLISHER), kind="outdated", reason="Better data came.")
    assert made(packet, at=before) == said
    assert made(packet, at=before).data_hash == said.data_hash != made(packet).data_hash


def test_lead_92_a_later_signature_does_not_change_what_was_sent(packet):
    before = timezone.now()
    said = made(packet, at=before)
    signer = packet.live_version.sign_offs.get().signed_by
    workflow.reviewed_no_change(packet, by=signer)
    assert made(packet, at=before) == said


def test_lead_94_the_full_notice_and_the_clinics_interest_stand_in_a_chapter_of_their_own(packet):
    status = chapter(made(packet), "status")
    assert status.kind == "notice"
    words = words_of(status.blocks)
    for said in ("Not approved", "no proof", "infection", "blindness", "tumors", "other options", "MedWatch"):
        assert said in words
    assert "This clinic does not offer the treatment described here." in words


def test_lead_135_the_general_packet_is_made_of_service_pages():
    service = Article.objects.create(
        title="How a consultation works",
        slug="how-we-talk",
        summary="What happens.",
        kind=Article.Kind.SERVICE,
        created_by=make_user(Role.AUTHOR),
    )
    TextSection.objects.create(parent=service, region="main", ordering=1, heading="What it is", html="<p>A talk.</p>")
    ListSection.objects.create(
        parent=service, region="main", ordering=2, heading="Steps", html="<ol><li><p>You call.</p></li></ol>"
    )
    from tests.factories import make_wordings

    make_wordings()
    sign_and_publish(service)
    packet = make_packet(guide=None, studies=[], slug="general")
    packet.guide = None
    packet.save()
    packet.services.set([service])
    sign_and_publish(packet)
    document = made(packet)
    assert "How a consultation works What it is A talk. Steps You call." in words_of(
        chapter(document, "process").blocks
    )
    assert chapter(document, "studies") is None and chapter(document, "in-short") is None


def test_questions_of_guide_and_packet_are_one_list_without_repeats():
    guide = make_guide(slug="als-questions")
    ChecklistSection.objects.create(
        parent=guide,
        region="main",
        ordering=75,
        role="questions",
        heading="Questions",
        html="<ul><li><p>Is it approved?</p></li><li><p>What else is there?</p></li></ul>",
    )
    sign_and_publish(guide)
    packet = make_packet(guide=guide)
    sign_and_publish(packet)
    (listed,) = chapter(made(packet), "questions").blocks
    assert [words_of(item) for item in listed.items] == ["Is it approved?", "What else is there?", "Who pays?"]


def test_a_version_that_is_not_what_was_reviewed_makes_no_packet(packet):
    from leads.packets.content import packet_content
    from leads.packets.sources import sources_of

    found = packet_content(packet.live_version.content)
    import msgspec

    wrong = msgspec.structs.replace(found, guide=msgspec.structs.replace(found.guide, hash="0" * 64))
    with pytest.raises(NotAsPinned, match="is not what was reviewed"):
        sources_of(wrong, at=timezone.now())


def test_links_on_paper_lead_to_the_web_to_mail_or_to_a_phone_and_nowhere_else():
    html = (
        '<p><a href="/privacy/">here</a> <a href="https://a.example/x">there</a> '
        '<a href="mailto:a@b.example">mail</a> <a href="javascript:alert(1)">no</a> <a href="#x">no</a></p>'
    )
    runs = [run for block in blocks_of(html, lambda _: None, site_url="https://clinic.example") for run in block.runs]
    assert [run.href for run in runs if run.href] == [
        *("https://clinic.example/privacy/", "https://a.example/x", "mailto:a@b.example")
    ]


def test_lists_tables_and_citations_are_read_as_the_editor_stores_them():
    html = (
        '<ul><li><p>One<cite data-ref="5"></cite><cite data-ref="7"></cite></p><ul><li><p>Deep</p></li></ul></li></ul>'
        "<table><tbody><tr><th><p>A</p></th><th><p>B</p></th></tr>"
        '<tr><td colspan="2"><p>C &lt; D</p></td></tr></tbody></table>'
        "<h3>Head</h3><p>a<br>b <strong>c</strong> H<sub>2</sub>O</p>"
    )
    first, table, head, last = blocks_of(html, {5: 2, 7: 1}.get)
    assert first.kind == "ul" and first.items[0][0].runs[-1].cites == (1, 2) and first.items[0][1].kind == "ul"
    assert [[(cell.runs[0].text, cell.head, cell.columns) for cell in row] for row in table.rows] == [
        [("A", True, 1), ("B", True, 1)],
        [("C < D", False, 2)],
    ]
    assert head.kind == "h" and words_of([last]) == "a b c H2O"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ann Example", "Ann Example"),
        ("  Zoë\tO’Brien-Łuk ", "Zoë O’Brien-Łuk"),
        ("Ольга", "Ольга"),
        ("Αλέξανδρος", "Αλέξανδρος"),
        ("Ann\x00\x07", "Ann"),
        ("患者", ""),
        ("Ann 🙂", ""),
        ("שרה", ""),
        ("سارة", ""),
        ("12345", ""),
        ("...", ""),
        ("", ""),
        ('#read("/etc/passwd")', ""),
    ],
)
def test_lead_90_a_name_is_shown_where_the_fonts_have_it(name, shown):
    assert printable_name(name) == shown
    assert salutation(name) == (f"Dear {shown}," if shown else "Dear reader,")


def test_lead_90_a_very_long_name_may_break():
    assert max(len(part) for part in breakable("x" * 120).split("\u200b")) == 24
