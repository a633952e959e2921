"""What the page of a condition guide promises to a reader."""

from __future__ import annotations

import datetime
from itertools import pairwise
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.utils import timezone

from stemsite.clinic.models import Person
from stemsite.publishing.models import SignOff
from stemsite.styles import joined
from tests.markup import headings, ids, links, one, with_class, words

pytestmark = pytest.mark.django_db

ALS = "/conditions/als/"


def test_page_02_one_h1_no_level_skipped_and_the_title_names_page_and_clinic(page, guide):
    root = page(ALS)
    levels = [level for level, _ in headings(root)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert words(root.find("head/title")) == "What is ALS? | Example Clinic"
    assert root.get("lang") == "en"


def test_every_id_is_there_once(page, guide):
    found = ids(page(ALS))
    assert len(found) == len(set(found))


def test_page_21_the_parts_stand_in_their_order(page, guide):
    text = words(page(ALS).find("body/main"))
    order = (
        "Home",
        "What is ALS?",
        "ALS harms the nerve cells",
        "Medically reviewed by",
        "Last reviewed",
        "Not approved by the FDA.",
        "This clinic does not offer the treatment",
        "This page supports the care",
        "About key points.",
        "On this page",
        "About what it is.",
        "About symptoms.",
        "About treatments.",
        "One source.",
        "About unknowns.",
        "About harms.",
        "About next steps.",
        "References",
        "How we made this page",
        "Change history",
        "For learning only.",
    )
    places = [text.rindex(part) if index > 15 else text.index(part) for index, part in enumerate(order)]
    assert places == sorted(places)


def test_page_05_the_contents_link_every_h2_that_is_not_before_them(page, guide):
    """PUB-132"""
    root = page(ALS)
    listed = [href for _, href in links(one(root, "contents"))]
    own = [f"#{element.get('id')}" for element in root.iter("h2") if element.get("id") != "contents"]
    assert listed == own
    assert {href[1:] for href in listed} <= set(ids(root))


def test_page_50_the_byline_names_people_and_three_days_in_words(page, guide):
    """PUB-130"""
    root = page(ALS)
    byline = one(root, "byline")
    assert "Medically reviewed by Sample Maria Reyes, MD, Neurology" in words(byline)
    assert ("Sample Maria Reyes, MD", "/people/sample-maria-reyes/") in links(byline)
    days = [(element.get("datetime"), words(element)) for element in byline.iter("time")]
    today = timezone.localdate()
    assert len(days) == 3
    assert days[0] == (today.isoformat(), f"{today:%B} {today.day}, {today.year}")
    assert [words(term) for term in byline.iter("dt")] == ["Last reviewed", "Next review due", "Updated"]
    assert words(one(byline, "initials")) == "SR"


def test_page_51_the_byline_says_what_was_signed_whatever_the_profile_says_now(page, guide):
    Person.objects.filter(slug="sample-maria-reyes").update(credentials="DO", specialty="Magic")
    byline = words(one(page(ALS), "byline"))
    assert "Sample Maria Reyes, MD, Neurology" in byline
    assert "Magic" not in byline


def test_page_52_an_overdue_page_says_so_with_the_day(page, guide, monkeypatch):
    later = timezone.now() + datetime.timedelta(days=800)
    monkeypatch.setattr("stemsite.publishing.reading.timezone.now", lambda: later)
    due = SignOff.objects.filter(version=guide.live_version).latest("signed_at").review_due_on
    said = words(one(page(ALS), "overdue"))
    assert said == f"This page was due for review on {due:%B} {due.day}, {due.year}. It may be out of date."


def test_page_60_the_whole_notice_stands_before_the_first_h2_and_nothing_collapses_it(page, guide):
    """PUB-130"""
    root = page(ALS)
    order = list(root.iter())
    notice = one(root, "notice")
    assert words(notice).startswith("Not approved by the FDA. Stem cell products have not been approved to treat ALS")
    assert words(notice.find(".//strong")) == "Not approved by the FDA."
    assert order.index(notice) < order.index(next(root.iter("h2")))
    assert not list(root.iter("details"))
    assert "hidden" not in notice.attrib


def test_page_60_a_call_to_action_has_the_notice_beside_it_and_a_link_to_all_of_it(page, guide):
    action = one(page(ALS), "action")
    assert "Not approved by the FDA." in words(action)
    assert ("Read the notice", "#notice") in links(action)
    assert ("Ask for a consultation", f"/consultation/?of={guide.pk}") in links(action)


def test_page_53_numbers_follow_first_appearance_and_runs_collapse(page, guide):
    marks = [words(mark) for mark in with_class(page(ALS), "cite")]
    assert marks[0] == "Reference 1"
    assert marks[1] == "References 1 to 3 1–3".replace(" 1–3", "1–3")
    assert marks[2] == "Reference 2"


def test_page_54_each_mark_and_each_entry_lead_to_each_other(page, guide):
    root = page(ALS)
    known = set(ids(root))
    marks = [link for link in root.iter("a") if link.get("role") == "doc-biblioref"]
    backs = [link for link in root.iter("a") if link.get("role") == "doc-backlink"]
    assert marks and backs
    assert {link.get("href", "")[1:] for link in (*marks, *backs)} <= known
    assert all(words(back).startswith("Back to text ") for back in backs)
    section = one(root, "references")
    assert section.get("aria-labelledby") == "references"
    entries = section.find("ol")
    assert [entry.get("id") for entry in entries] == [f"ref-{n}" for n in range(1, len(entries) + 1)]
    assert not [element for element in root.iter() if element.get("role") in {"doc-biblioentry", "doc-endnote"}]


def test_page_56_entries_end_with_links_and_the_state_of_their_record(page, guide):
    entry = page(ALS).find(".//li[@id='ref-1']")
    assert any(href.startswith("https://doi.org/10.1000/example.") for _, href in links(entry))
    assert "Not checked" in words(entry)


def test_page_55_the_card_beside_a_number_is_a_module_of_our_own_and_only_where_there_are_numbers(page, guide):
    def modules(path: str) -> list[str]:
        return [script.get("src") for script in page(path).iter("script") if script.get("type") == "module"]

    (source,) = modules(ALS)
    assert source.startswith("/static/stemsite/js/reading.")
    assert modules("/conditions/") == []


def test_look_each_source_has_a_side_note_at_its_first_use_that_nobody_hears_twice(page, guide):
    notes = with_class(page(ALS), "sidenote")
    assert len(notes) == 3
    assert all(note.get("aria-hidden") == "true" for note in notes)
    assert all(link.get("tabindex") == "-1" for note in notes for link in note.iter("a"))
    assert all(len(words(note).split()) <= 8 for note in notes)


def test_page_23_call_outs_say_their_kind_and_are_regions_only_with_a_heading(page, guide):
    """PUB-132"""
    emergency, know = with_class(page(ALS), "callout")
    assert words(emergency).startswith("Emergency Call 911 now")
    assert emergency.get("role") is None
    assert words(know).startswith("Good to know Good news")
    assert know.get("role") == "region"
    assert know.get("aria-labelledby") == "good-news"


def test_page_71_tables_scroll_in_a_named_box_with_scoped_headers(page, guide):
    root = page(ALS)
    box = one(root, "box")
    assert (box.get("role"), box.get("tabindex"), box.get("aria-label")) == ("region", "0", "Table: Research")
    assert [(words(head), head.get("scope")) for head in box.iter("th")] == [("What", "col"), ("Why", "col")]


def test_pub_131_a_study_card_says_design_people_comparison_outcome_harms_and_limits(page, guide):
    card = one(page(ALS), "study")
    said = words(card)
    for part in ("67 people", "Compared with past records", "Everyone knew who got it", "Of 67 people:"):
        assert part in said
    for part in ("21 declined more slowly", "33 declined at the same rate", "13 declined faster"):
        assert part in said
    assert "We have not confirmed how many people died yet." in said
    assert "Harms rarer than about 1 in 22 people could have been missed." in said
    arrays = with_class(card, "icon-array")
    assert [array.get("aria-hidden") for array in arrays] == ["true"] * 3


def test_a_drawing_carries_the_alternative_text_of_its_place(page, guide):
    drawing = one(page(ALS), "drawing")
    assert drawing.get("role") == "img"
    assert words(drawing.find("{*}title")) == "From brain to muscle."


def test_page_10_the_foot_prints_version_and_day(page, guide):
    foot = words(one(page(ALS), "page-foot"))
    assert f"Version {guide.live_version.short}, changed on" in foot
    assert f"{ALS}." in foot


def test_page_04_all_that_is_not_words_of_a_guide_leaves_room_for_them_in_14_kilobytes(client, guide):
    css = joined(Path(settings.BASE_DIR) / "static" / "stemsite" / "css")
    weights = [len(brotli.compress(body)) for body in (client.get(ALS).content, css.encode())]
    assert sum(weights) < 8_500
