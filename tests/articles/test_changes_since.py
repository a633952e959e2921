"""PAGE-82: what changed on a guide since a day, from its versions and the notes to readers (PAGE-40)."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from articles.models import StudySection, TextSection
from stemsite.access import Role
from stemsite.publishing import workflow
from stemsite.publishing.models import Page
from tests.factories import make_article, make_guide, make_study, make_user, save_draft, sign_and_publish
from tests.markup import headings, links, tree, words

pytestmark = [pytest.mark.django_db, pytest.mark.database]

FIRST, SECOND, THIRD = (datetime.date(2026, month, 10) for month in (3, 5, 7))


@pytest.fixture
def on(monkeypatch):
    """Do something at noon of a day."""

    def act(day: datetime.date, step, *args, **options):
        noon = timezone.make_aware(datetime.datetime.combine(day, datetime.time(12)))
        monkeypatch.setattr(timezone, "now", lambda: noon)
        return step(*args, **options)

    return act


def section(guide, role):
    return TextSection.objects.get(parent=guide, role=role)


@pytest.fixture
def guide(clinic, on):
    """A guide published in March, changed in May and in July."""
    guide = make_guide()
    on(FIRST, sign_and_publish, guide)
    harms = section(guide, "harms")
    harms.html = "<p>Some people got worse, a withdrawn number said 40.</p>"
    harms.save()
    on(SECOND, sign_and_publish, guide, note="We added that some people got worse.")
    harms.html = "<p>Some people got worse.</p>"
    harms.save()
    section(guide, "symptoms").delete()
    common = {"parent": guide, "region": "main"}
    TextSection.objects.create(**common, ordering=95, heading="Who pays", html="<p>Ask your insurer.</p>")
    guide.summary = "ALS harms nerve cells."
    guide.save()
    on(THIRD, sign_and_publish, guide, note="We say who pays.")
    return guide


def asked(client, since="", path="/conditions/als/changes/", status=200):
    answer = client.get(path, {"since": since} if since else {})
    assert answer.status_code == status
    return answer


def told(root):
    """Under each heading of the third rank: the words of its list."""
    found, heading = {}, ""
    for element in root.iter():
        if element.tag == "h3":
            heading = words(element)
        elif element.tag == "ul" and heading and heading not in found:
            found[heading] = [words(item) for item in element.iter("li")]
    return found


def test_page_82_notes_and_sections_since_a_day(client, guide):
    root = tree(asked(client, "2026-05-11"))
    text = words(root)
    assert "We say who pays." in text and "We added that some people got worse." not in text
    sections = told(root)
    assert sections["New"] == ["Who pays"]
    assert sections["Reworded"] == [section(guide, "harms").heading]
    assert len(sections["Taken out"]) == 1
    assert sections["Also changed"] == ["The summary at the top"]
    assert "Moved" not in sections
    anchor = section(guide, "harms").anchor
    assert anchor and (section(guide, "harms").heading, f"/conditions/als/#{anchor}") in links(root)


def test_page_82_the_day_itself_counts_and_earlier_changes_are_left_out(client, guide, on):
    on(datetime.date(2026, 9, 1), lambda: None)
    assert "We say who pays." in words(tree(asked(client, "2026-07-10")))
    after = words(tree(asked(client, "2026-07-11")))
    assert "We say who pays." not in after


def test_page_82_nothing_changed_is_said(client, guide, on):
    on(datetime.date(2026, 9, 1), lambda: None)
    root = tree(asked(client, "2026-08-01"))
    assert "Nothing changed since then." in words(root)
    assert [heading for rank, heading in headings(root) if rank > 1] == []


def test_page_82_without_a_day_and_before_the_first_all_is_told_from_the_first_publication(client, guide):
    for since in ("", "1999-01-01", "nonsense", "2026-13-45", "²⁰²⁶-01-01", "2026-W01-1", "9" * 5000):
        root = tree(asked(client, since))
        text = words(root)
        assert "since it was first published on March 10, 2026" in text, since
        assert "First published." in text and "We added that some people got worse." in text


def test_page_82_a_day_that_has_not_come_is_read_as_today(client, guide):
    assert "since July 10, 2026" in words(tree(asked(client, "2099-01-01")))


def test_page_82_words_of_older_versions_and_of_drafts_stay_away(client, guide):
    """Neither what was taken out, nor what nobody has signed yet."""
    harms = section(guide, "harms")
    harms.html, harms.heading = "<p>An unsigned thought.</p>", "Unsigned heading"
    harms.save()
    save_draft(guide)
    for since in ("", "2026-05-11", "2026-07-11"):
        text = asked(client, since).content.decode()
        assert "a withdrawn number" not in text
        assert "nsigned" not in text


def test_page_82_a_section_that_only_changed_its_place_was_moved(client, guide, on):
    TextSection.objects.filter(parent=guide, heading="Who pays").update(ordering=15)
    on(datetime.date(2026, 8, 1), sign_and_publish, guide, change="minor")
    sections = told(tree(asked(client, "2026-07-11")))
    assert sections == {"Moved": ["Who pays"]}


def test_page_82_a_study_shown_on_the_page_is_told_with_its_own_note(client, clinic, on):
    study, guide = make_study(), make_guide()
    StudySection.objects.create(parent=guide, region="main", ordering=55, study=study)
    on(FIRST, sign_and_publish, study)
    on(FIRST, sign_and_publish, guide)
    study.summary = "Two people died."
    study.save()
    on(SECOND, sign_and_publish, study, note="We added two deaths.")
    root = tree(asked(client, "2026-05-01"))
    assert "We added two deaths." in words(root)
    assert (study.title, study.live_path) in links(root)
    on(THIRD, lambda: None)
    assert "We added two deaths." not in words(tree(asked(client, "2026-05-11")))


def test_page_82_a_page_that_is_not_live_tells_nothing(client, guide):
    owner = make_user(Role.OWNER)
    workflow.withdraw(guide, by=owner, kind=Page.Withdrawal.OUTDATED, reason="It is too old.")
    asked(client, status=404)
    workflow.restore(guide, by=owner, note="It is right again.")
    asked(client)
    workflow.withdraw(guide, by=owner, kind=Page.Withdrawal.ERROR, reason="It was wrong.")
    answer = asked(client, status=410)
    assert "We say who pays." not in answer.content.decode()


def test_page_82_only_guides_have_it_and_an_old_address_leads_on(client, guide, clinic):
    article = make_article()
    sign_and_publish(article)
    for path in ("/conditions/nothing/changes/", f"/conditions/{article.slug}/changes/", "/therapies/als/changes/"):
        asked(client, path=path, status=404)
    guide.slug = "als-guide"
    guide.save()
    sign_and_publish(guide, note="A new address.")
    answer = asked(client, path="/conditions/als/changes/", status=301)
    assert answer["Location"] == "/conditions/als-guide/changes/"


def test_page_82_it_is_not_indexed_not_kept_and_led_to_from_the_change_history(client, guide, clinic):
    answer = asked(client, "2026-05-11")
    assert answer["Cache-Control"] == "no-store"
    assert '<meta name="robots" content="noindex">' in answer.content.decode()
    assert client.post("/conditions/als/changes/").status_code == 405
    page = tree(client.get("/conditions/als/"))
    assert "/conditions/als/changes/" in dict(links(page)).values()
    fresh = make_guide(slug="fresh", title="Fresh")
    sign_and_publish(fresh)
    assert "/conditions/fresh/changes/" not in dict(links(tree(client.get("/conditions/fresh/")))).values()
