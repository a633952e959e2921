"""PUB-29: what a page said at a moment, with all that was joined to it, whatever happened since."""

import datetime

import lxml.html
import pytest
from django.utils import timezone

from articles.models import FigureSection, StudySection, TextSection
from stemsite.access import Role
from stemsite.clinic.models import Clinic, Person
from stemsite.images.intake import take_in
from stemsite.images.models import Picture
from stemsite.images.renditions import add_file
from stemsite.publishing import second_look, workflow
from stemsite.publishing.as_of import record_at
from stemsite.publishing.models import Use
from studies.asking import remember
from studies.integrity import end_event, record_event
from studies.models import Reference
from tests.factories import (
    make_guide,
    make_plain_page,
    make_reviewer,
    make_study,
    make_user,
    publish,
    save_draft,
    sign_and_publish,
)
from tests.staff_forms import signed_in
from tests.stemsite.images.hostile import image

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def reviewer(clinic):
    return make_reviewer().user


@pytest.fixture
def story(clinic, publisher, reviewer):
    """A guide through its life, with the moments between its steps."""
    moments = {"before": timezone.now()}
    study = make_study()
    sign_and_publish(study)
    guide = make_guide()
    StudySection.objects.create(parent=guide, region="main", ordering=55, study=study)
    sign_and_publish(guide, reviewer=reviewer)
    moments["first"] = timezone.now()
    study.summary = "A quarter declined more slowly."
    study.save()
    sign_and_publish(study, note="Counted again.")
    moments["study"] = timezone.now()
    cited = Use.objects.get(version=guide.versions.get(), kind=Use.Kind.REFERENCE).object_id
    event = record_event(Reference.objects.get(pk=cited), kind="concern", source="journal", by=None)
    moments["concern"] = timezone.now()
    guide.title = "What is ALS today?"
    guide.save()
    sign_and_publish(guide, reviewer=reviewer, note="A new title.")
    moments["second"] = timezone.now()
    workflow.withdraw(guide, by=publisher, kind="error", reason="It was wrong.")
    moments["withdrawn"] = timezone.now()
    end_event(event, by=make_user(), because="Lifted by the journal.")
    Person.objects.filter(user=reviewer).update(name="Another Name", credentials="PhD")
    return guide, study, moments


def titles(record):
    return {one.page.pk: one.version.content["summary"] for one in record.shown if one.version}


def test_every_moment_has_its_own_answer(story, reviewer):
    guide, study, at = story
    assert record_at(guide, at["before"]) is None
    first, later, second = (record_at(guide, at[name]) for name in ("first", "study", "second"))
    assert (first.version, second.version.title) == (later.version, "What is ALS today?")
    assert first.version.title == "What is ALS?"
    assert titles(first)[study.pk] != titles(later)[study.pk] == "A quarter declined more slowly."
    assert [change.note for change in first.changes] == ["First published."]
    assert [change.note for change in second.changes] == ["A new title.", "First published."]
    assert first.signature.name.startswith("Sample Reviewer"), "as it was signed, whatever the profile says today"


def test_events_stand_where_they_stood_and_a_withdrawal_is_told(story):
    guide, _, at = story
    assert not [fact for fact in record_at(guide, at["study"]).facts if "concern" in fact.text]
    assert [fact for fact in record_at(guide, at["concern"]).facts if "concern" in fact.text]
    assert [fact for fact in record_at(guide, at["withdrawn"]).facts if "concern" in fact.text]
    assert not [fact for fact in record_at(guide, timezone.now()).facts if "concern" in fact.text]
    assert record_at(guide, at["second"]).withdrawn is None
    assert record_at(guide, at["withdrawn"]).withdrawn.note == "It was wrong."


def test_a_correction_had_the_signature_of_what_it_corrects(clinic, publisher, reviewer):
    guide = make_guide()
    sentence = "<p>Nerve cells carry messages. They reach the muscles.</p>"
    TextSection.objects.filter(parent=guide, role="what it is").update(html=sentence)
    sign_and_publish(guide, reviewer=reviewer)
    TextSection.objects.filter(parent=guide, role="what it is").update(html="<p>Nerve cells carry messages.</p>")
    save_draft(guide)
    second_look.publish_correction(guide, by=publisher)
    corrected = timezone.now()
    second_look.confirm_correction(guide, by=reviewer, version_id=record_at(guide, corrected).version.pk)
    then, today = record_at(guide, corrected), record_at(guide, timezone.now())
    assert (then.signature.kind, today.signature.kind) == ("review", "confirmation")
    assert then.version == today.version


def test_the_screen_says_every_word(story, publisher):
    guide, _, at = story
    client = signed_in(publisher)
    day = timezone.localtime(at["withdrawn"], timezone=None)
    page = client.get(f"/admin/pages/{guide.pk}/on/").content.decode()
    for words in (
        "What is ALS today?",
        "It was wrong.",
        "Sample Reviewer",
        "About harms",
        "A quarter declined more slowly.",
    ):
        assert words in page
    assert client.get(f"/admin/pages/{guide.pk}/on/?day={day:%Y-%m-%d}").status_code == 422
    early = client.get(f"/admin/pages/{guide.pk}/on/?day=2001-01-01&time=10:00").content.decode()
    assert "Nothing of this page was public" in early


def test_pub_29_pictures_portrait_and_related_pages_are_those_of_the_day(clinic, publisher):
    """A picture replaced later, another portrait and a related page published anew change nothing of what was."""
    drawn, portrait = (Picture.objects.create(name=name) for name in ("Drawn", "Face"))
    first = [add_file(each, take_in(image("PNG", (400, 500)), "a.png")) for each in (drawn, portrait)]
    signer = make_reviewer(photo=portrait)
    other = make_plain_page(slug="hours", summary="Open from nine.")
    publish(other)
    guide = make_guide()
    guide.related.set([other])
    FigureSection.objects.create(parent=guide, region="main", ordering=56, picture=drawn, alt="A nerve cell.")
    sign_and_publish(guide, reviewer=signer.user)
    day = timezone.now()
    later = [add_file(each, take_in(image("JPEG", (300, 300)), "b.jpg")) for each in (drawn, portrait)]
    other.summary = "Open from ten."
    other.save()
    publish(other, note="Other hours.")
    sign_and_publish(guide, reviewer=signer.user, note="A new drawing.")
    asked = timezone.localtime(day, clinic.zone)
    address = f"/admin/pages/{guide.pk}/on/"
    client = signed_in(publisher)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("stemsite.publishing.admin.as_of.REST_OF_MINUTE", day - asked.replace(second=0, microsecond=0))
        shown = client.get(f"{address}?day={asked:%Y-%m-%d}&time={asked:%H:%M}").content.decode()
    for file in first:
        assert file.path in shown
    for file in later:
        assert file.path not in shown
    assert "Open from nine." in shown and "Open from ten." not in shown and 'alt="A nerve cell."' in shown


@pytest.mark.parametrize(
    "query", ["day=x&time=y", "day=0001-01-01&time=00:00", "day=9999-12-31&time=23:59", "day=&time="]
)
def test_odd_days_break_nothing(story, publisher, query):
    assert signed_in(publisher).get(f"/admin/pages/{story[0].pk}/on/?{query}").status_code in {200, 422}


def of_day(client, page, moment, monkeypatch):
    """The page of that very moment, though the form asks to the minute."""
    asked = timezone.localtime(moment, Clinic.current().zone)
    monkeypatch.setattr(
        "stemsite.publishing.admin.as_of.REST_OF_MINUTE", asked - asked.replace(second=0, microsecond=0)
    )
    return client.get(f"/admin/pages/{page.pk}/on/page/?day={asked:%Y-%m-%d}&time={asked:%H:%M}")


def words_in(body):
    """The words of the page alone: without banners, menu and foot."""
    main = lxml.html.fromstring(body.decode()).get_element_by_id("main")
    for banner in main.find_class("banner"):
        banner.drop_tree()
    return " ".join(main.text_content().split())


def test_pub_29_the_page_of_a_day_says_word_for_word_what_readers_got(clinic, client, publisher, monkeypatch):
    """Everything joined is of then: signature, dates, notes, study card, related page, a notice, the last check."""
    signer = make_reviewer()
    other = make_plain_page(slug="hours", title="Opening hours")
    publish(other)
    study = make_study()
    sign_and_publish(study)
    guide = make_guide()
    guide.related.set([other])
    StudySection.objects.create(parent=guide, region="main", ordering=55, study=study)
    sign_and_publish(guide, reviewer=signer.user)
    cited = Reference.objects.get(pk=Use.objects.get(version=guide.versions.get(), kind=Use.Kind.REFERENCE).object_id)
    remember("PubMed", [cited.pk], at=timezone.now() - datetime.timedelta(days=3))
    event = record_event(cited, kind="concern", source="journal", by=None)
    got = {page.pk: words_in(client.get(page.live_path).content) for page in map(fresh, (guide, study))}
    then = timezone.now()

    end_event(event, by=make_user(), because="Lifted by the journal.")
    remember("PubMed", [cited.pk])
    Person.objects.filter(pk=signer.pk).update(name="Another Name", credentials="PhD")
    study.summary = "A quarter declined more slowly."
    other.title, other.slug = "When we are open", "open"
    for page in (study, other):
        page.save()
    sign_and_publish(study, note="Counted again.")
    publish(other, note="Another title.")
    guide.title = "What is ALS today?"
    guide.save()
    sign_and_publish(guide, reviewer=make_reviewer().user, note="A new title.")
    staff = signed_in(publisher)
    for page in (guide, study):
        now = words_in(client.get(fresh(page).live_path).content)
        shown = of_day(staff, page, then, monkeypatch)
        assert shown.status_code == 200
        assert words_in(shown.content) == got[page.pk] != now
    assert "As it stood then." in of_day(staff, guide, then, monkeypatch).content.decode()
    assert "noindex" in of_day(staff, guide, then, monkeypatch).content.decode()


def fresh(page):
    return type(page).objects.get(pk=page.pk)


@pytest.mark.parametrize(("kind", "stays"), [("outdated", True), ("error", False)])
def test_pub_29_the_page_of_a_day_knows_whether_a_withdrawn_text_stayed(
    clinic, client, publisher, monkeypatch, kind, stays
):
    page = make_plain_page(slug="prices")
    publish(page)
    workflow.withdraw(page, by=publisher, kind=kind, reason="The prices are old.")
    got, then = words_in(client.get("/prices/").content), timezone.now()
    workflow.restore(page, by=publisher)
    shown = of_day(signed_in(publisher), page, then, monkeypatch)
    assert words_in(shown.content) == got
    assert ("First steps" in got) is stays
    assert "The prices are old." in shown.content.decode()
    early = of_day(signed_in(publisher), page, then - datetime.timedelta(days=400), monkeypatch)
    assert early.status_code == 404
    assert signed_in(publisher).get(f"/admin/pages/{page.pk}/on/page/?day=x").status_code == 404
    assert signed_in(make_user(Role.COORDINATOR)).get(f"/admin/pages/{page.pk}/on/page/").status_code == 403
