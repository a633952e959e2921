"""PUB-25, PUB-26: differences of whole contents, sections matched by their key."""

import time

import msgspec
import pytest

from articles import content
from articles.content import ArticleContent
from stemsite.publishing.content import Author, Citation, Wording
from stemsite.publishing.diffing import compare
from studies.content import Count, Fact, OutcomeGroup, StudyContent


def article(*sections, **fields):
    values = {"schema": 1, "title": "A title", "slug": "a-title", "summary": "A summary.", "kind": "article"}
    return ArticleContent(**{**values, "sections": sections, **fields})


def text(key, html="<p>Words.</p>", **fields):
    return content.Text(key=key, html=html, heading=fields.pop("heading", f"Heading {key}"), **fields)


def fates(difference):
    return [(section.key, section.fate, section.moved) for section in difference.sections]


def words(passages):
    return " ".join(piece.text for passage in passages for piece in passage.pieces)


def test_equal_contents_do_not_differ():
    assert compare(article(text("a")), article(text("a"))).is_empty


def test_sections_are_added_removed_edited_and_moved():
    before = article(text("a"), text("b"), text("c"), text("d"))
    after = article(text("d"), text("a"), text("c", "<p>Other words.</p>"), text("e"))
    assert fates(compare(before, after)) == [
        ("d", "moved", True),
        ("b", "removed", False),
        ("c", "edited", False),
        ("e", "added", False),
    ]


def test_a_section_can_be_moved_and_edited():
    change = compare(article(text("a"), text("b"), text("c")), article(text("b"), text("c"), text("a", "<p>New.</p>")))
    assert fates(change) == [("a", "edited", True)]


@pytest.mark.parametrize(
    ("before", "after", "label"),
    [
        (text("a"), text("a", "<p><strong>Words.</strong></p>"), "text"),
        (text("a"), text("a", role="harms"), "role"),
        (text("a"), text("a", heading="Other"), "heading"),
        (
            content.Figure(key="a", picture=1, alt="A spine"),
            content.Figure(key="a", picture=1, alt="A nerve"),
            "alternative text",
        ),
        (content.Figure(key="a", picture=1), content.Figure(key="a", picture=2), "picture"),
        (content.Points(key="a", items=("x", "y")), content.Points(key="a", items=("y", "x")), "points"),
        (content.Points(key="a", items=("x",)), content.Points(key="a", items=("x",), ordered=True), "ordered"),
        (content.StudyCard(key="a", study=1), content.StudyCard(key="a", study=2), "study shown"),
        (
            content.Faq(key="a", questions=(content.Question(question="Why?", html="<p>So.</p>"),)),
            content.Faq(key="a", questions=(content.Question(question="How?", html="<p>So.</p>"),)),
            "questions and answers",
        ),
        (content.Text(key="a", html="<p>x</p>"), content.Callout(key="a", tone="know", html="<p>x</p>"), "type"),
    ],
)
def test_every_change_inside_a_section_has_its_line(before, after, label):
    """PUB-26"""
    [section] = compare(article(before), article(after)).sections
    assert label in [passage.label for passage in section.passages]
    assert {piece.op for passage in section.passages for piece in passage.pieces} & {"added", "removed"}


@pytest.mark.parametrize(
    ("fields", "label", "seen"),
    [
        ({"title": "Another title"}, "title", "Another"),
        ({"slug": "other"}, "address ends in", "other"),
        ({"offers_subject": "yes"}, "does the clinic sell it", "yes"),
        ({"searched_on": "2026-01-02"}, "evidence last searched", "2026-01-02"),
        ({"related": (4,)}, "related pages", "A related page"),
        (
            {"authors": (Author(person=1, slug="m", name="Maria Lopez", credentials="MD"),)},
            "authors",
            "Maria Lopez, MD",
        ),
        ({"notices": (Wording(kind="status", version=2, text="Not approved."),)}, "notices", "Not approved."),
        (
            {"notices": (Wording(kind="support", version=1, text="It supports."),)},
            "notices",
            "Supports, does not replace (version 1): It supports.",
        ),
    ],
)
def test_every_fact_of_the_page_has_its_line(fields, label, seen):
    """PUB-26: metadata too."""
    difference = compare(article(), article(**fields), names={("related", 4): "A related page"})
    [passage] = difference.facts
    assert passage.label == label
    assert seen in words([passage])


def test_a_source_is_told_old_to_new():
    """PUB-25"""
    old = Citation(reference=1, kind="journal", html="<i>Old</i> 2019.", text="Old 2019.", short="Old 2019")
    new = msgspec.structs.replace(old, text="Old 2020.", html="<i>Old</i> 2020.")
    [passage] = compare(article(citations=(old,)), article(citations=(new,))).sources
    assert [(piece.op, piece.text) for piece in passage.pieces if piece.op != "same"] == [
        ("removed", "2019."),
        ("added", "2020."),
    ]


def test_counts_of_a_study_are_compared_with_their_denominators():
    values = {"schema": 1, "title": "S", "slug": "s", "summary": "S.", "design": "single arm"}
    before = StudyContent(**values, deaths=Count(people=1, of=18))
    groups = (OutcomeGroup(label="better", people=3, direction="better"),)
    after = StudyContent(**values, deaths=Count(people=2, of=18), outcome_groups=groups)
    labels = {passage.label: words([passage]) for passage in compare(before, after).facts}
    assert set(labels) == {"deaths", "outcome groups"}
    assert " ".join(labels["deaths"].split()) == "1 2 of 18"
    assert "18" in labels["deaths"]
    assert "stated" not in labels["deaths"]
    assert "3" in labels["outcome groups"]


def test_without_a_text_before_the_whole_text_is_told():
    difference = compare(None, article(text("a", "<p>All of it.</p>")))
    assert difference.whole
    assert "All of it." in words(difference.sections[0].passages)
    assert "A title" in words(difference.facts)


def test_whoever_signs_reads_words_and_no_names_of_fields():
    """The whole text of a guide and of a study: no language code, no kind of a notice, no mark of what is stated."""
    notice = Wording(kind="conflict_no", version=1, text="The clinic does not offer it.")
    values = {"schema": 1, "title": "S", "slug": "s", "summary": "S.", "design": "single arm", "notices": (notice,)}
    study = StudyContent(**values, deaths=Count(people=2, of=18), funder=Fact(text="A fund"))
    told = {passage.label: words([passage]) for passage in compare(None, study).facts}
    assert "language" not in told
    assert "slug" not in told
    assert told["deaths"] == "2 of 18"
    assert told["funder"] == "A fund"
    assert told["notices"].strip() == "What the clinic sells (version 1): The clinic does not offer it."
    assert not [label for label in told if "_" in label]


def test_two_versions_of_ten_thousand_words_are_compared_in_under_a_second():
    """PUB-26"""
    sentence = (
        "In this trial {n} people with the disease were given cells and followed for {m} months by the same team. "
    )
    pages = [
        article(
            *(
                text(str(part), "<p>" + "".join(sentence.format(n=n * part + shift, m=n) for n in range(50)) + "</p>")
                for part in range(10)
            )
        )
        for shift in (1, 2)
    ]
    began = time.process_time()
    difference = compare(*pages)
    assert time.process_time() - began < 1
    assert len(difference.sections) == 10
