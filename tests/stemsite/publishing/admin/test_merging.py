"""Two people, one page: what only one of them changed is put together by one press, overlaps are asked about."""

from __future__ import annotations

import re

import pytest

from articles.models import CalloutSection, TextSection, Topic
from stemsite.access import Role
from stemsite.publishing.admin.merging import read_snapshot
from stemsite.publishing.models import Version
from studies.models import Study
from tests.factories import make_article, make_study, make_user, save_draft
from tests.staff_forms import change_url, form_of, opened, save, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

FIRST = "articles_textsection_set-0"
SECOND = "articles_textsection_set-1"


@pytest.fixture
def article(clinic):
    """Two text sections and a call-out."""
    found = make_article(by=make_user(Role.AUTHOR))
    TextSection.objects.filter(parent=found).update(ordering=10, heading="One", html="<p>One.</p>")
    TextSection.objects.create(parent=found, region="main", ordering=20, heading="Two", html="<p>Two.</p>")
    CalloutSection.objects.create(parent=found, region="main", ordering=30, heading="Three", html="<p>Three.</p>")
    save_draft(found)
    return found


@pytest.fixture
def mine(clinic):
    return signed_in(make_user(Role.PUBLISHER, first_name="Ada"))


@pytest.fixture
def theirs(clinic):
    return signed_in(make_user(Role.PUBLISHER, first_name="Bea", last_name="Colleague"))


def both(page, mine, theirs, their_edit, my_edit):
    """Both open the page; they save, then I do. The form of the conflict, and what it says."""
    held, other = opened(mine, page), opened(theirs, page)
    assert save(theirs, page, other, **their_edit).status_code == 302
    refused = save(mine, page, held, **my_edit)
    assert refused.status_code == 409
    return form_of(refused, id=f"{page._meta.model_name}_form"), refused.content.decode()


def press_merge(client, page, shown, **picks):
    return client.post(change_url(page), {**shown, "_continue": "merge", **picks})


def texts():
    return dict(TextSection.objects.values_list("heading", "html"))


def order():
    rows = [*TextSection.objects.all(), *CalloutSection.objects.all()]
    return [row.heading for row in sorted(rows, key=lambda row: row.ordering)]


def test_pub_68_different_sections_and_fields_come_together_by_one_press(article, mine, theirs):
    edit = {"title": "Their title", f"{FIRST}-html": "<p>Their one.</p>"}
    shown, words = both(article, mine, theirs, edit, {"summary": "My summary.", f"{SECOND}-html": "<p>My two.</p>"})
    assert "nothing overlaps" in words and "<li>Title</li>" in words and "<li>Text: One: Text</li>" in words
    assert press_merge(mine, article, shown).status_code == 302
    article.refresh_from_db()
    assert (article.title, article.summary) == ("Their title", "My summary.")
    assert texts() == {"One": "<p>Their one.</p>", "Two": "<p>My two.</p>"}
    assert Version.objects.filter(page_id=article.pk).count() == 3


def test_pub_68_two_fields_of_one_section_do_not_overlap(article, mine, theirs):
    shown, words = both(article, mine, theirs, {f"{FIRST}-heading": "Uno"}, {f"{FIRST}-html": "<p>My one.</p>"})
    assert "nothing overlaps" in words
    press_merge(mine, article, shown)
    assert texts()["Uno"] == "<p>My one.</p>"


@pytest.mark.parametrize(("pick", "kept"), [("mine", "My words."), ("theirs", "Their words."), (None, "My words.")])
def test_pub_68_only_overlaps_are_asked_about(article, mine, theirs, pick, kept):
    """Both sides stand beside each other; whatever was not kept stays in the history or in the form."""
    edit = {"title": "Their title", f"{FIRST}-html": "<p>Their words.</p>"}
    shown, words = both(article, mine, theirs, edit, {f"{FIRST}-html": "<p>My words.</p>"})
    assert words.count('class="overlap"') == 1
    assert "<del>Their </del>" in words and "<ins>My </ins>" in words
    row = TextSection.objects.get(heading="One")
    picks = {f"keep:articles_textsection_set#{row.pk}.html": pick} if pick else {}
    assert press_merge(mine, article, shown, **picks).status_code == 302
    article.refresh_from_db()
    assert article.title == "Their title"
    assert texts()["One"] == f"<p>{kept}</p>"


def test_pub_68_overlaps_of_people_and_topics_are_told_by_name(article, mine, theirs):
    """Who chose which person: numbers of rows tell nobody anything."""
    keepers = [make_user(Role.AUTHOR, first_name=name, last_name="Keeper") for name in ("Cleo", "Dora")]
    topics = [Topic.objects.create(name=name, slug=name.lower()) for name in ("Breathing", "Swallowing")]
    edits = [{"keeper": keeper.pk, "topics": [topic.pk]} for keeper, topic in zip(keepers, topics, strict=True)]
    _, words = both(article, mine, theirs, *edits)
    for legend, old, new in (("Keeper", *keepers), ("Topics", *topics)):
        asked = words.partition(f"<legend>{legend}: changed by both")[2].partition("</fieldset>")[0]
        said = " ".join(re.sub(r"<[^>]+>", " ", asked).split())
        for name in (str(old), str(new)):
            assert set(name.split()) <= set(said.split()), said


def test_pub_68_the_same_edit_on_both_sides_is_no_overlap(article, mine, theirs):
    same = {"title": "The same title"}
    shown, words = both(article, mine, theirs, same, {**same, "summary": "Mine."})
    assert "nothing overlaps" in words
    assert press_merge(mine, article, shown).status_code == 302


def test_pub_68_sections_added_by_both_stand_where_each_put_them(article, mine, theirs):
    def added(heading, place):
        return {
            "articles_textsection_set-TOTAL_FORMS": "3",
            "articles_textsection_set-2-region": "main",
            "articles_textsection_set-2-heading": heading,
            "articles_textsection_set-2-html": f"<p>{heading}</p>",
            "articles_textsection_set-2-ordering": str(place),
        }

    shown, words = both(article, mine, theirs, added("Their new", 15), added("My new", 25))
    assert "Text: Their new (new)" in words
    assert press_merge(mine, article, shown).status_code == 302
    assert order() == ["One", "Their new", "Two", "My new", "Three"]
    assert texts()["Their new"] == "<p>Their new</p>"


def test_pub_68_an_order_changed_by_them_stands_with_my_words(article, mine, theirs):
    edit = {f"{FIRST}-ordering": "20", f"{SECOND}-ordering": "10"}
    shown, words = both(article, mine, theirs, edit, {f"{FIRST}-html": "<p>My one.</p>"})
    assert "<li>Order of the sections</li>" in words
    press_merge(mine, article, shown)
    assert order() == ["Two", "One", "Three"]
    assert texts()["One"] == "<p>My one.</p>"


def test_pub_68_an_order_changed_by_me_stands_with_their_words(article, mine, theirs):
    edit = {f"{FIRST}-html": "<p>Their one.</p>"}
    shown, _ = both(article, mine, theirs, edit, {f"{FIRST}-ordering": "20", f"{SECOND}-ordering": "10"})
    press_merge(mine, article, shown)
    assert order() == ["Two", "One", "Three"]
    assert texts()["One"] == "<p>Their one.</p>"


def test_pub_68_orders_changed_by_both_keep_mine_and_say_so(article, mine, theirs):
    other = {f"{FIRST}-ordering": "20", f"{SECOND}-ordering": "10"}
    own = {f"{FIRST}-ordering": "40", f"{SECOND}-ordering": "50"}
    shown, words = both(article, mine, theirs, other, own)
    assert "Both of you changed the order" in words
    press_merge(mine, article, shown)
    assert order() == ["Three", "One", "Two"]


def test_pub_69_a_section_they_removed_is_kept_if_i_wrote_in_it_and_gone_if_not(article, mine, theirs):
    shown, _ = both(article, mine, theirs, {f"{FIRST}-DELETE": "on"}, {f"{FIRST}-html": "<p>My one.</p>"})
    press_merge(mine, article, shown)
    assert texts() == {"One": "<p>My one.</p>", "Two": "<p>Two.</p>"}
    shown, _ = both(article, mine, theirs, {f"{FIRST}-DELETE": "on"}, {"summary": "Only a summary."})
    press_merge(mine, article, shown)
    assert len(texts()) == 1


@pytest.mark.parametrize(("pick", "stays"), [(None, True), ("theirs", True), ("mine", False)])
def test_pub_69_a_section_i_removed_and_they_wrote_in_is_asked_about(article, mine, theirs, pick, stays):
    shown, words = both(article, mine, theirs, {f"{FIRST}-html": "<p>Their one.</p>"}, {f"{FIRST}-DELETE": "on"})
    assert "changed there, removed by you" in words
    row = TextSection.objects.get(heading="One")
    picks = {f"keep:articles_textsection_set#{row.pk}.DELETE": pick} if pick else {}
    assert press_merge(mine, article, {**shown, f"{FIRST}-DELETE": "on"}, **picks).status_code == 302
    assert ("One" in texts()) is stays
    if stays:
        assert texts()["One"] == "<p>Their one.</p>"


def test_pub_68_a_section_that_only_i_removed_is_removed(article, mine, theirs):
    shown, _ = both(article, mine, theirs, {"title": "Their title"}, {f"{FIRST}-DELETE": "on"})
    press_merge(mine, article, {**shown, f"{FIRST}-DELETE": "on"})
    assert list(texts()) == ["Two"]


def test_pub_68_a_third_save_in_between_is_a_conflict_again_and_nothing_is_lost(article, mine, theirs):
    shown, _ = both(article, mine, theirs, {"title": "Their title"}, {"summary": "Mine."})
    assert save(theirs, article, opened(theirs, article), slug="a-third").status_code == 302
    again = press_merge(mine, article, shown)
    assert again.status_code == 409
    assert press_merge(mine, article, form_of(again, id="article_form")).status_code == 302
    article.refresh_from_db()
    assert (article.title, article.summary, article.slug) == ("Their title", "Mine.", "a-third")


def test_pub_68_a_study_is_merged_as_well(clinic, mine, theirs):
    study = make_study(by=make_user(Role.AUTHOR))
    save_draft(study)
    edit = {"harms": "<p>Two people had fever.</p>"}
    shown, words = both(study, mine, theirs, edit, {"limits": "<p>It was small.</p>"})
    assert "nothing overlaps" in words
    assert press_merge(mine, study, shown).status_code == 302
    merged = Study.objects.get()
    assert (merged.harms, merged.limits) == ("<p>Two people had fever.</p>", "<p>It was small.</p>")


@pytest.mark.parametrize("told", ["", "x", "[]", '{"order": 1}', '{"order": [], "title": 3}', "[" * 100_000])
def test_without_what_was_opened_no_merge_is_offered_and_none_is_made(article, mine, theirs, told):
    assert read_snapshot(told) == {}
    shown, words = both(article, mine, theirs, {"title": "Theirs"}, {"title": "Mine", "opened": told})
    assert "Save both" not in words and "Save my text over it" in words
    assert press_merge(mine, article, shown).status_code == 302
    article.refresh_from_db()
    assert article.title == "Mine", "as by the button that says so"
