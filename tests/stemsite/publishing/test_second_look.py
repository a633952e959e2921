"""Past the signature and back: by force (PUB-50), and the lane for harmless corrections (PUB-144, PUB-43)."""

import pytest

from articles.models import Article, TextSection
from stemsite.access import Role
from stemsite.clinic.models import Clinic, Wording
from stemsite.mail.models import Delivery
from stemsite.publishing import second_look, workflow
from stemsite.publishing.gate import Refused, Stale
from stemsite.publishing.models import Page, SignOff, Transition
from stemsite.publishing.queues import counts
from stemsite.publishing.reading import signature
from tests.factories import make_guide, make_reviewer, make_term, make_user, save_draft, sign_and_publish
from tests.staff_forms import signed_in, step

pytestmark = [pytest.mark.django_db, pytest.mark.database]

WORDS = (
    "<p>Nerve cells carry messages to the muscles. Doctors do not know why 9 of 10 people get ALS. "
    'See <a href="https://example.org/old">this page</a>.</p><p>Families ask many questions . it helps to write them '
    "down beforehand.</p>"
)


@pytest.fixture
def reviewer(clinic):
    return make_reviewer().user


@pytest.fixture
def guide(clinic, reviewer):
    page = make_guide()
    TextSection.objects.filter(parent=page, role="what it is").update(html=WORDS)
    sign_and_publish(page, reviewer=reviewer)
    return Article.objects.get(pk=page.pk)


def rewrite(page, old, new, role="what it is"):
    section = TextSection.objects.get(parent=page, role=role)
    assert old in section.html
    section.html = section.html.replace(old, new)
    section.save()
    save_draft(page)


def live(page):
    return Page.objects.get(pk=page.pk).live_version


def test_pub_50_force_needs_a_reason_and_stays_marked_until_somebody_else_has_looked(clinic, client, publisher):
    page = make_guide()
    save_draft(page)
    with pytest.raises(Refused, match="Say why"):
        second_look.force_publish(page, by=publisher, reason=" ", change="major")
    staff = signed_in(publisher)
    assert step(staff, page, "force", reason="The old page tells people to stop their medicine.").status_code == 303
    answer = client.get("/conditions/als/")
    assert answer.status_code == 200

    assert signature(live(page)) is None
    history = staff.get(f"/admin/pages/{page.pk}/history/").content.decode()
    listed = staff.get("/admin/publishing/page/?queue=second-look").content.decode()
    assert "badge-forced" in history
    assert "live, published by force" in listed
    with pytest.raises(Refused, match="somebody else"):
        second_look.clear(page, by=publisher, note="Fine.")
    other = signed_in(make_user(Role.PUBLISHER))
    assert step(other, page, "second-look", note="I read it against the record.").status_code == 303
    page.refresh_from_db()
    assert (page.forced_at, page.forced_by) == (None, None)
    assert "badge-forced" in other.get(f"/admin/pages/{page.pk}/history/").content.decode()
    with pytest.raises(Stale):
        second_look.clear(page, by=make_user(Role.PUBLISHER), note="Again.")


def test_pub_50_everybody_who_may_look_is_told_and_nobody_else(clinic, publisher, reviewer, owner, author):
    page = make_guide(by=author)
    save_draft(page)
    second_look.force_publish(page, by=publisher, reason="It cannot wait.", change="major")
    told = {delivery.to for delivery in Delivery.objects.of_kind("published_by_force")}
    assert told == {reviewer.email, owner.email}


@pytest.mark.parametrize("kind", [Wording.Kind.DISCLAIMER, Wording.Kind.STATUS])
def test_pub_50_no_force_leaves_out_a_notice(clinic, publisher, kind):
    page = make_guide()
    Wording.objects.filter(kind=kind)._raw_delete("default")
    save_draft(page)
    with pytest.raises(Refused, match=r"wording|disclaimer"):
        second_look.force_publish(page, by=publisher, reason="It cannot wait.", change="major")
    assert not Page.objects.get(pk=page.pk).is_live


def test_pub_50_force_is_for_publishers_and_owners_and_only_where_a_signature_is_missing(guide, reviewer, owner):
    rewrite(guide, "Nerve cells", "Some nerve cells")
    for person in (reviewer, guide.created_by, make_user(Role.COORDINATOR)):
        with pytest.raises(Refused, match="Your role"):
            second_look.force_publish(guide, by=person, reason="Now.", change="minor")
    version = workflow.submit(guide, by=owner)
    workflow.sign(guide, by=reviewer, version_id=version.pk)
    with pytest.raises(Refused, match="usual way"):
        second_look.force_publish(guide, by=owner, reason="Now.", change="minor")


HARMLESS = {
    "a whole sentence": ("Nerve cells carry messages to the muscles. ", ""),
    "punctuation and a capital": ("questions . it helps", "questions. It helps"),
    "where a link leads": ("https://example.org/old", "https://example.org/new"),
    "a paragraph": ("<p>Families ask many questions . it helps to write them down beforehand.</p>", ""),
}
HARMFUL = {
    "a number": ("9 of 10", "8 of 10"),
    "a word": ("Nerve cells", "Some nerve cells"),
    "a negation": ("do not know", "do know"),
    "a sentence with a number": ("Doctors do not know why 9 of 10 people get ALS. ", ""),
    "a sentence more": ("Nerve cells carry", "It can be cured. Nerve cells carry"),
    "half a sentence": (" to the muscles.", "."),
    "a comma in a number": ("9 of 10", "9 of 1,0"),
    "an acronym": ("get ALS", "get als"),
}


def test_pub_144_harmless_corrections_go_live_at_once_under_the_same_signature(guide, client, publisher, reviewer):
    before = SignOff.objects.get(version=live(guide))
    old, new = HARMLESS["punctuation and a capital"]
    rewrite(guide, old, new)
    assert step(signed_in(publisher), guide, "correct").status_code == 303
    page = client.get("/conditions/als/").content.decode()
    assert "questions. It helps" in page
    assert "corrected on" in page
    assert before.name in page
    corrected = live(guide)
    assert (signature(corrected), corrected.sign_offs.count()) == (before, 0)
    assert Page.objects.get(pk=guide.pk).review_due_on == before.review_due_on
    assert {letter.to for letter in Delivery.objects.of_kind("page_corrected")} == {reviewer.email}
    waiting = signed_in(reviewer).get("/admin/publishing/page/?queue=corrected&whose=mine").content.decode()
    assert guide.title in waiting
    assert step(signed_in(reviewer), guide, "confirm-correction").status_code == 303
    own = corrected.sign_offs.get()
    assert (own.kind, own.reviewed_on, own.review_due_on) == ("confirmation", before.reviewed_on, before.review_due_on)
    assert Page.objects.get(pk=guide.pk).corrected_at is None
    assert "corrected on" in client.get("/conditions/als/").content.decode()


def test_a_corrected_page_is_counted_once_however_many_signed_it(guide, publisher, reviewer):
    """The number on the first page is that of the rows it leads to (PUB-66)."""
    first = SignOff.objects.get(version=live(guide))
    other = make_reviewer()
    again = SignOff.objects.get(pk=first.pk)
    again.pk, again._state.adding = None, True
    again.signed_by, again.person, again.name = other.user, other, other.name
    again.save()
    old, new = HARMLESS["punctuation and a capital"]
    rewrite(guide, old, new)
    assert step(signed_in(publisher), guide, "correct").status_code == 303
    waiting = counts(Page.objects.filter(pk=guide.pk), reviewer)
    assert waiting["corrected"] == (1, 1)


@pytest.mark.parametrize("what", HARMLESS)
def test_pub_144_what_is_harmless(guide, publisher, what):
    rewrite(guide, *HARMLESS[what])
    second_look.publish_correction(guide, by=publisher)
    assert HARMLESS[what][0] not in str(live(guide).content)


@pytest.mark.parametrize("what", HARMFUL)
def test_pub_144_what_waits_for_the_reviewer(guide, publisher, what):
    known = live(guide)
    rewrite(guide, *HARMFUL[what])
    with pytest.raises(Refused, match="This needs the reviewer"):
        second_look.publish_correction(guide, by=publisher)
    assert live(guide) == known


def test_pub_144_a_term_of_the_glossary_stays_as_it_is_written(guide, publisher):
    make_term("message")
    rewrite(guide, "carry messages", "carry Messages")
    with pytest.raises(Refused, match="term of the glossary"):
        second_look.publish_correction(guide, by=publisher)
    rewrite(guide, "carry Messages", "carry messages")
    rewrite(guide, "questions . it", "questions. It")
    second_look.publish_correction(guide, by=publisher)
    assert "questions. It" in str(live(guide).content)


@pytest.mark.parametrize("role", ["harms", "unknowns", "key points"])
def test_pub_144_nothing_is_left_out_where_harms_and_unknowns_stand(guide, publisher, role):
    TextSection.objects.filter(parent=guide, role=role).update(html="<p> </p>")
    save_draft(guide)
    with pytest.raises(Refused, match="where nothing may be"):
        second_look.publish_correction(guide, by=publisher)


def test_pub_144_two_corrections_are_measured_against_what_was_signed(guide, publisher):
    base = live(guide)
    rewrite(guide, *HARMLESS["a whole sentence"])
    second_look.publish_correction(guide, by=publisher)
    rewrite(guide, *HARMLESS["where a link leads"])
    second_look.publish_correction(guide, by=publisher)
    assert live(guide).corrects == base
    assert list(Transition.objects.filter(page_id=guide.pk, verb="correct").values_list("change", flat=True)) == [
        "minor",
        "minor",
    ]


def test_pub_144_a_page_nobody_signed_has_no_such_lane_and_who_corrected_does_not_confirm(clinic, guide, reviewer):
    Clinic.objects.update(review_policy="two_people")
    rewrite(guide, *HARMLESS["a whole sentence"])
    second_look.publish_correction(guide, by=reviewer)
    with pytest.raises(Refused, match="yourself"):
        second_look.confirm_correction(guide, by=reviewer, version_id=live(guide).pk)
    fresh = make_guide(slug="other")
    save_draft(fresh)
    with pytest.raises(Refused):
        second_look.publish_correction(fresh, by=make_user(Role.PUBLISHER))


def test_pub_43_a_signed_publication_ends_the_correction(guide, publisher, reviewer):
    rewrite(guide, *HARMLESS["a whole sentence"])
    second_look.publish_correction(guide, by=publisher)
    rewrite(guide, "Families ask", "Most families ask")
    version = workflow.submit(guide, by=publisher)
    workflow.sign(guide, by=reviewer, version_id=version.pk)
    workflow.publish(guide, by=make_user(Role.PUBLISHER), change="major", note="More about families.")
    page = Page.objects.get(pk=guide.pk)
    assert (page.corrected_at, page.live_version.corrects) == (None, None)
