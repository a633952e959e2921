"""What readers find on the pages of the example site, and how it is written."""

from __future__ import annotations

import re
from html import unescape

import pytest

from articles.content import GUIDE_ORDER, CallToAction, Figure
from articles.finding import plain_text
from articles.freezing import texts_of
from stemsite.clinic.models import Wording
from stemsite.publishing.models import Page, SignOff
from stemsite.publishing.reading import local_day, signature
from studies import evidence
from studies.content import StudyContent

pytestmark = pytest.mark.django_db

ADDRESSES = (
    "/",
    "/conditions/",
    "/conditions/als/",
    "/blog/",
    "/blog/how-to-read-a-study/",
    "/blog/questions-before-experimental-treatment/",
    "/blog/what-trial-phases-mean/",
    "/blog/why-a-comparison-group-matters/",
    "/consultation-steps/",
    "/contact/",
    "/corrections/",
    "/editorial-policy/",
    "/how-we-rate-evidence/",
    "/privacy/",
    "/health-data-policy/",
    "/studies/",
    "/topics/reading-studies/",
    "/topics/deciding/",
    "/people/sample-maria-reyes/",
    "/people/sample-anna-becker/",
    "/people/sample-james-okafor/",
)
POLICIES = ("editorial-policy", "how-we-rate-evidence", "privacy", "health-data-policy")


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_page_is_there(example, address):
    assert "<h1" in example.page(address)


def test_every_link_within_the_site_leads_somewhere(example):
    links = {
        unescape(link).partition("#")[0]
        for path in (*example.paths(), "/")
        for link in re.findall(r'<a [^>]*href="(/[^"]*)"', example.page(path))
    }
    dead = [link for link in sorted(links) if link and example.client.get(link).status_code != 200]
    assert dead == []


def test_the_guide_has_every_part_in_order(example):
    """PAGE-21, PAGE-22: and no call to action before the questions to ask."""
    guide = example.articles()["als"]
    roles = list(dict.fromkeys(section.role for section in guide.sections if section.role))
    assert roles == list(GUIDE_ORDER)
    kinds = [section.__struct_config__.tag for section in guide.sections]
    assert {"text", "list", "callout", "figure", "checklist", "study", "action"} <= set(kinds)
    questions = max(index for index, section in enumerate(guide.sections) if section.role == "questions")
    actions = [section for section in guide.sections[questions:] if isinstance(section, CallToAction)]
    assert [action.action for action in actions] == ["consultation", "packet", "blog"]
    assert len(actions) == kinds.count("action")


def test_the_guide_names_the_four_approaches_of_care_today(example):
    guide = example.page("/conditions/als/")
    words = ("Riluzole", "Edaravone", "Occupational therapists", "a mask", "a feeding tube")
    assert [word for word in words if word not in guide] == []


def test_the_emergency_call_out_says_when_to_call(example):
    """PAGE-23, NT-06."""
    guide = example.page("/conditions/als/")
    assert "Call 911 (or your local number) now if you cannot get enough air." in guide


def test_drawings_are_used_and_described(example):
    drawn = {
        section.drawing: section.alt
        for page in example.articles().values()
        for section in page.sections
        if isinstance(section, Figure)
    }
    assert set(drawn) == {"motor-neuron-path", "trial-phases", "comparison-group"}
    assert all(len(alt) > 40 for alt in drawn.values())


def test_medical_pages_are_signed_by_a_reviewer_who_did_not_write_them(example):
    """PUB-43, PUB-46."""
    for page in Page.objects.live():
        signed = signature(page.version_for_readers())
        if page.slug in POLICIES:
            assert signed is None
            continue
        assert signed is not None, page
        assert signed.name == "Sample Maria Reyes"
        assert signed.signed_by_id != page.version_for_readers().created_by_id


def test_policies_carry_no_reviewer_and_every_other_page_does(example):
    """PUB-142."""
    for path in example.paths():
        reviewed = "Medically reviewed by" in example.page(path)
        assert reviewed == (path.strip("/") not in POLICIES), path


def test_people_are_marked_as_samples_in_byline_and_machine_data(example):
    guide = example.page("/conditions/als/")
    assert "Sample Maria Reyes" in guide
    assert '"name":"Sample Maria Reyes"' in guide.replace('": "', '":"')
    assert set(SignOff.objects.values_list("licence", "licence_url")) == {("Sample State SAMPLE-0001", "")}


def test_pages_on_unapproved_products_carry_the_status_notice(example):
    """NT-01, PAGE-60."""
    for slug in ("als", "how-to-read-a-study", "consultation-steps"):
        assert example.articles()[slug].notice("status") is not None, slug
    notice = example.articles()["als"].notice("status")
    assert notice.text.startswith("Stem cell products have not been approved to treat ALS.")
    service = example.articles()["consultation-steps"].notice("status")
    assert service.text.startswith("Stem cell products have not been approved to treat most diseases.")


def test_wordings_say_that_no_counsel_has_cleared_them(example):
    assert set(Wording.objects.values_list("cleared_by", flat=True)) == {""}


def test_the_rating_page_publishes_every_derived_sentence(example):
    """PAGE-38: the rule and the sentences that software adds to a study stand there word for word."""
    page = plain_text(example.articles()["how-we-rate-evidence"])
    base = example.studies()["muse-cells-japan"]
    missing = [
        sentence
        for variant in variants(base)
        for sentence in (*evidence.limits(variant), evidence.product_words(variant))
        if sentence not in page and "The cells in this study" not in sentence
    ]
    assert missing == []
    for step in ("4", "3", "2", "1", "0", "minus 1"):
        assert f": {step}" in page


def variants(base: StudyContent) -> list[StudyContent]:
    """One study for each sentence that facts can call for."""
    import msgspec

    def but(**changes: object) -> StudyContent:
        return msgspec.structs.replace(base, **changes)

    eighteen = msgspec.structs.replace(base.enrolled, people=18)
    people = {"enrolled": eighteen, "analysed": eighteen, "surrogate": "", "stopped_because": ""}
    designs = ("randomised", "controlled", "historical", "single arm", "laboratory", "review")
    return [
        *(but(**people, design=design) for design in designs),
        but(**people, phase="1"),
        but(**people, has_results=False),
        but(**people, is_preprint=True, seller_paid=True),
        but(**{**people, "surrogate": "a marker in the blood", "stopped_because": "too few people joined"}),
        *(but(**people, offered=offered) for offered in ("no", "other cells", "yes")),
    ]


# -- how it is written -------------------------------------------------------------------

AVOIDED = (
    "well tolerated",
    "well-tolerated",
    "promising",
    "breakthrough",
    "miracle",
    "our patients are",
    "hope for a cure",
)


@pytest.mark.parametrize("words", AVOIDED)
def test_words_that_promise_stand_on_no_page(example, words):
    """PAGE-63."""
    said = [(path, example.page(path)) for path in example.paths()]
    assert [path for path, html in said if words in html.lower()] == []


def test_key_points_and_notices_are_written_for_grade_six(example):
    """PL-01."""
    guide = example.articles()["als"]
    (key_points,) = [section for section in guide.sections if section.role == "key points"]
    assert grade(blocks(key_points.html)) <= 6
    for notice in guide.notices:
        assert grade([notice.lead, notice.text]) <= 6, notice.kind


def test_limit_sentences_are_written_for_grade_eight(example):
    for study in example.studies().values():
        assert grade(list(evidence.limits(study))) <= 8


def test_pages_stay_within_grade_eight_and_sentences_within_25_words(example):
    """PL-01, PL-03."""
    for slug, page in example.articles().items():
        pieces = [block for html in texts_of(page.sections) for block in blocks(html)]
        assert grade(pieces) <= 8, slug
        assert [sentence for sentence in sentences(pieces) if len(sentence.split()) > 25] == [], slug
    for slug, study in example.studies().items():
        pieces = [block for section in study.sections for block in blocks(section.html)]
        assert grade(pieces) <= 8, slug
        assert [sentence for sentence in sentences(pieces) if len(sentence.split()) > 25] == [], slug


def test_the_guide_has_two_or_three_key_points_in_full_sentences(example):
    (key_points,) = [section for section in example.articles()["als"].sections if section.role == "key points"]
    points = blocks(key_points.html)
    assert 2 <= len(points) <= 3
    assert all(point.endswith(".") for point in points)


def blocks(html: str) -> list[str]:
    """The words of ``html``, one piece for each paragraph, item or heading, without citation marks."""
    pieces = re.split(r"</(?:p|li|h3|h4)>", re.sub(r"<cite[^>]*></cite>", "", html))
    return [words for piece in pieces if (words := unescape(re.sub(r"<[^>]+>", "", piece)).strip())]


def sentences(pieces: list[str]) -> list[str]:
    return [sentence for piece in pieces for sentence in re.split(r"(?<=[.!?:])\s+", piece) if sentence]


def grade(pieces: list[str]) -> float:
    """The Flesch-Kincaid grade level; numbers and short all-capital words count as one syllable."""
    found = sentences(pieces)
    words = [word for sentence in found for word in re.findall(r"[A-Za-z0-9][\w'.,%-]*", sentence)]
    return 0.39 * len(words) / len(found) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def syllables(word: str) -> int:
    if not word.isalpha() or (word.isupper() and len(word) < 6):
        word = word.strip(".,%").lower()
    if not any(letter.isalpha() for letter in word) or word.isupper():
        return 1
    bare = re.sub(r"(?:[^laeiouy]es|[^laeiouytd]ed|[^laeiouy]e)$", lambda match: match[0][0], word.lower())
    return max(1, len(re.findall(r"[aeiouy]{1,2}", bare)))


def test_the_days_of_a_page_are_those_of_the_clinic(example):
    """Whoever signs and publishes within a minute does so on one day, whatever day it is elsewhere."""
    for page in Page.objects.live():
        signed = signature(page.version_for_readers())
        assert signed is None or signed.reviewed_on == local_day(page.updated_at), page
