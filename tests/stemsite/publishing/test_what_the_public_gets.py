"""Readers get live versions and nothing else; only what changed is rendered anew (PUB-01 to 14)."""

import datetime
import re

import pytest
from django.utils import timezone

from articles.models import StudySection, TextSection, Topic
from stemsite.access import Role
from stemsite.clinic.models import Clinic
from stemsite.mail.models import Delivery
from stemsite.publishing import second_look, workflow
from stemsite.publishing.models import SignOff
from stemsite.serving import lasting, store
from stemsite.serving.models import StoredPage
from studies.integrity import record_event
from studies.models import Reference, Study
from tests.factories import (
    make_article,
    make_guide,
    make_person,
    make_plain_page,
    make_reference,
    make_reviewer,
    make_study,
    make_user,
    publish,
    save_draft,
    sign_and_publish,
)

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LISTS = (
    *("/", "/conditions/", "/therapies/", "/blog/", "/studies/", "/contact/", "/corrections/", "/robots.txt"),
    *("/sitemap.xml", "/feeds/articles.xml", "/feeds/studies.xml"),
)


@pytest.fixture
def site(clinic):
    """A guide that shows a study, another study, an article on a topic, a plain page; each by other people."""
    shown, other = make_study(slug="shown"), make_study(slug="other")
    sign_and_publish(shown)
    sign_and_publish(other)
    guide = make_guide()
    StudySection.objects.create(parent=guide, region="main", ordering=55, study=shown)
    article = make_article(slug="article")
    article.topics.add(Topic.objects.create(slug="als", name="ALS"))
    plain = make_plain_page()
    sign_and_publish(guide)
    sign_and_publish(article)
    publish(plain)
    return {"shown": shown, "other": other, "guide": guide, "article": article, "plain": plain}


def profiles(page):
    version = page.live_version
    slugs = [author["slug"] for author in version.content["authors"]]
    return {f"/people/{slug}/" for slug in (*slugs, *version.sign_offs.values_list("person_slug", flat=True))}


def addresses(site):
    people = set().union(*(profiles(page) for page in site.values()))
    return sorted({*LISTS, "/topics/als/", *people, *(page.live_path for page in site.values())})


def visit(client, site):
    """Every address once, so that it is stored; which row holds it tells whether it was rendered anew since."""
    for address in addresses(site):
        assert client.get(address).status_code == 200, address
    return dict(StoredPage.objects.values_list("address", "pk"))


def forgotten(before):
    kept = set(StoredPage.objects.values_list("pk", flat=True))
    return {address for address, pk in before.items() if pk not in kept}


def test_every_public_address_is_stored(client, site):
    assert set(visit(client, site)) == set(addresses(site))


def test_pub_01_saving_a_draft_leaves_every_public_byte_and_stored_page(client, site):
    before = visit(client, site)
    bodies = {address: (client.get(address).content, client.get(address)["ETag"]) for address in before}
    guide = site["guide"]
    guide.title, guide.slug, guide.summary = "Quite another title", "another", "Another."
    guide.save()
    guide.authors.set([make_person()])
    TextSection.objects.filter(parent=guide).update(html="<p>Other words.</p>")
    save_draft(guide)
    assert forgotten(before) == set()
    store.forget_all()
    assert {address: (client.get(address).content, client.get(address)["ETag"]) for address in before} == bodies


def test_pub_09_editing_a_studys_draft_changes_no_public_byte(client, site):
    before = visit(client, site)
    bodies = {address: client.get(address).content for address in before}
    study = site["shown"]
    Study.objects.filter(pk=study.pk).update(title="Everybody was cured", outcome_of=99)
    study.facts.all().delete()
    study.refresh_from_db()
    save_draft(study)
    store.forget_all()
    assert {address: client.get(address).content for address in before} == bodies


def test_pub_10_publishing_a_study_refreshes_exactly_what_shows_it(client, site):
    guide, study = site["guide"], site["shown"]
    before = visit(client, site)
    facts = (guide.live_version_id, guide.lock_version, guide.updated_at, guide.review_due_on)
    signatures = SignOff.objects.filter(version__page_id=guide.pk).count()
    study.summary = "A quarter declined more slowly."
    study.save()
    old_people = profiles(study)
    sign_and_publish(study, note="We corrected a number.")
    assert forgotten(before) == {
        *(study.live_path, guide.live_path, "/studies/", "/feeds/studies.xml", "/sitemap.xml", "/corrections/", "/"),
        *old_people,
    }
    assert b"A quarter declined more slowly." in client.get(study.live_path).content
    guide.refresh_from_db()
    assert (guide.live_version_id, guide.lock_version, guide.updated_at, guide.review_due_on) == facts
    assert SignOff.objects.filter(version__page_id=guide.pk).count() == signatures


def test_pub_03_publishing_an_article_leaves_what_does_not_depend_on_it(client, site):
    before = visit(client, site)
    article = site["article"]
    article.title = "A newer title"
    article.save()
    old_people = profiles(article)
    sign_and_publish(article, note="Newer.")
    assert forgotten(before) == {
        *(article.live_path, "/", "/blog/", "/topics/als/", "/feeds/articles.xml", "/sitemap.xml", "/corrections/"),
        *old_people,
    }
    for address in ("/", "/blog/", "/topics/als/", "/feeds/articles.xml", "/blog/article/", "/search/?q=newer"):
        assert b"A newer title" in client.get(address).content


def test_pub_03_a_signature_refreshes_the_profile_of_whoever_gave_it(client, site):
    before = visit(client, site)
    reviewer = make_reviewer(slug="new-reviewer")
    workflow.reviewed_no_change(site["guide"], by=reviewer.user)
    gone = forgotten(before)
    assert {site["guide"].live_path, *profiles(site["guide"])} & set(before) <= gone
    assert "/blog/article/" not in gone
    assert b"What is ALS?" in client.get("/people/new-reviewer/").content


def test_pub_07_what_has_no_live_version_is_nowhere(client, site):
    hidden_study, hidden = make_study(slug="unseen", title="Unseen study"), make_article(title="Unseen article")
    hidden.topics.add(Topic.objects.get())
    save_draft(hidden_study)
    save_draft(hidden)
    site["guide"].related.add(hidden)
    sign_and_publish(site["guide"], note="Related pages.")
    for address in (*addresses(site), "/search/?q=unseen"):
        assert b"nseen" not in client.get(address).content.replace(b'value="unseen"', b"").replace(
            b"q=unseen", b""
        ) or (address == "/search/?q=unseen" and b"Unseen article" not in client.get(address).content)
    assert client.get("/studies/unseen/").status_code == 404
    assert client.get(f"/blog/{hidden.slug}/").status_code == 404


def test_pub_07_an_empty_topic_is_not_public(client, clinic):
    Topic.objects.create(slug="empty", name="Empty")
    assert client.get("/topics/empty/").status_code == 404
    assert client.get("/feeds/topics/empty.xml").status_code == 404


def test_pub_12_a_withdrawn_study_is_a_dated_notice_where_it_stood_and_nowhere_else(client, site, publisher):
    visit(client, site)
    study = site["shown"]
    workflow.withdraw(study, by=publisher, kind="error", reason="The numbers were wrong.")
    guide = client.get(site["guide"].live_path).content.decode()
    assert "Our summary of this study was withdrawn on" in guide
    assert "The numbers were wrong." in guide
    for address in ("/studies/", "/sitemap.xml", "/feeds/studies.xml", "/search/?q=umbilical"):
        assert study.live_path.encode() not in client.get(address).content
    workflow.restore(study, by=publisher)
    assert "withdrawn on" not in client.get(site["guide"].live_path).content.decode()


def test_pub_12_the_keepers_of_pages_that_show_a_withdrawn_study_are_told(clinic, publisher):
    keeper, deputy = make_user(Role.AUTHOR), make_user(Role.AUTHOR)
    study = make_study()
    sign_and_publish(study)
    guide = make_guide(keeper=keeper, deputy=deputy)
    StudySection.objects.create(parent=guide, region="main", ordering=45, study=study)
    sign_and_publish(guide)
    workflow.withdraw(study, by=publisher, kind="error", reason="The paper was retracted.")
    letters = Delivery.objects.filter(kind="shown_page_withdrawn")
    assert {letter.to for letter in letters} == {keeper.email, deputy.email, guide.created_by.email}
    assert guide.title in letters[0].subject
    assert "The paper was retracted." in letters[0].text


def test_pub_13_correcting_a_reference_leaves_live_text_alone(client, clinic):
    reference = make_reference(title="A trial of cells")
    guide = make_guide(citing=reference.pk)
    sign_and_publish(guide)
    before = client.get("/conditions/als/").content
    Reference.objects.filter(pk=reference.pk).update(title="A corrected trial of cells")
    store.forget_all()
    assert client.get("/conditions/als/").content == before
    assert save_draft(guide).content["citations"][0]["text"].find("corrected") > 0


def test_pub_14_a_retraction_shows_at_once_wherever_the_paper_stands_and_only_there(client, site):
    before = visit(client, site)
    bodies = {address: client.get(address).content for address in before}
    study, guide = site["shown"], site["guide"]
    version = guide.live_version_id
    record_event(study.primary, kind="retracted", source="pubmed", by=None, notice_on=datetime.date(2026, 3, 4))
    assert forgotten(before) == {study.live_path, guide.live_path, "/studies/"}
    for address in (study.live_path, guide.live_path, "/studies/"):
        assert b"Retracted March 4, 2026" in client.get(address).content
    assert "Certainty" not in client.get(study.live_path).content.decode()
    guide.refresh_from_db()
    assert guide.live_version_id == version
    for address in set(before) - {study.live_path, guide.live_path, "/studies/"}:
        assert client.get(address).content == bodies[address]


def test_days_are_the_clinics_own(client, clinic):
    """An evening in New York is the next day in London; readers get the clinic's day everywhere."""
    Clinic.objects.update(time_zone="America/New_York")
    late = datetime.datetime(2026, 3, 5, 3, 30, tzinfo=datetime.UTC)
    article = make_article()
    sign_and_publish(article)
    type(article).objects.filter(pk=article.pk).update(updated_at=late, first_published_at=late)
    store.forget_all()
    page = client.get(article.live_path).content.decode()
    assert "March 4, 2026" in page
    assert re.search(r'"dateModified": ?"2026-03-04"', page)
    assert "<lastmod>2026-03-04</lastmod>" in client.get("/sitemap.xml").content.decode()
    Clinic.objects.update(time_zone="Europe/Warsaw")
    store.forget_all()
    assert "March 5, 2026" in client.get(article.live_path).content.decode()


def test_an_unknown_zone_is_no_reason_to_be_away(client, clinic):
    Clinic.objects.update(time_zone="Mars/Phobos")
    assert client.get("/").status_code == 200


def test_pub_124_an_overdue_page_stays_and_says_so_after_the_grace_time(client, clinic):
    guide = make_guide()
    sign_and_publish(guide)
    before = client.get("/conditions/als/").content
    stored = StoredPage.objects.get(address="/conditions/als/")
    due = SignOff.objects.get().review_due_on
    assert stored.good_until.date() >= due + datetime.timedelta(days=clinic.overdue_grace_days)
    assert b"It may be out of date" not in before
    StoredPage.objects.update(good_until=timezone.now())
    future = timezone.make_aware(datetime.datetime.combine(due + datetime.timedelta(days=40), datetime.time(12)))
    from unittest import mock

    with mock.patch("django.utils.timezone.now", return_value=future):
        assert b"It may be out of date" in client.get("/conditions/als/").content


def test_reading_writes_nothing_when_there_is_no_clinic_yet(client, db):
    assert client.get("/contact/").status_code == 200
    assert not Clinic.objects.exists()


@pytest.mark.parametrize("kind", ["guide", "study"])
def test_a_page_costs_a_constant_number_of_queries(clinic, client, picture, kind, django_assert_num_queries):
    """Issue: a public page rendered from a version needs the same queries whatever its sections and citations."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost(path):
        client.get("/contact/")  # Whatever is read once for a process has been read,
        lasting.forget_all()  # and what lasts until a change has not.
        with CaptureQueriesContext(connection) as caught:
            assert client.get(path).status_code == 200
        return [row for row in caught.captured_queries if "serving_" not in row["sql"]]

    if kind == "guide":
        small, large = make_guide(slug="small"), make_guide(slug="large")
        for guide, number in ((small, 1), (large, 6)):
            for index in range(number):
                study = make_study()
                sign_and_publish(study)
                StudySection.objects.create(parent=guide, region="main", ordering=55 + index, study=study)
                cites = "".join(f'<cite data-ref="{make_reference().pk}"></cite>' for _ in range(number))
                from articles.models import FigureSection

                TextSection.objects.create(parent=guide, region="main", ordering=200, html=f"<p>Text{cites}</p>")
                FigureSection.objects.create(
                    parent=guide, region="main", ordering=201, picture=picture().picture, alt="A drawn spine"
                )
    else:
        small, large = make_study(slug="small"), make_study(slug="large")
        cites = "".join(f'<cite data-ref="{make_reference().pk}"></cite>' for _ in range(8))
        Study.objects.filter(pk=large.pk).update(methods=f"<p>Many{cites}</p>", people="<p>Some</p>")
        large.refresh_from_db()
    sign_and_publish(small)
    sign_and_publish(large)
    assert len(cost(large.live_path)) == len(cost(small.live_path)) < 25


def test_related_pages_that_were_corrected_cost_no_query_each(clinic, client, publisher):
    """Their signatures are those of the versions that they correct (PUB-144)."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def corrected(number):
        page = make_guide(slug=f"other-{number}", title=f"Other guide {number}")
        section = TextSection.objects.get(parent=page, role="what it is")
        TextSection.objects.filter(pk=section.pk).update(html=f"{section.html}<p>Ask questions . it helps.</p>")
        sign_and_publish(page)
        section.refresh_from_db()
        section.html = section.html.replace("questions . it", "questions. It")
        section.save()
        save_draft(page)
        second_look.publish_correction(page, by=publisher)
        return page

    def cost(page):
        client.get("/contact/")
        lasting.forget_all()
        with CaptureQueriesContext(connection) as caught:
            assert client.get(page.live_path).content.count(b"Other guide") >= page.related.count()
        return len([row for row in caught.captured_queries if "serving_" not in row["sql"]])

    others = [corrected(number) for number in range(4)]
    few, many = make_guide(slug="few"), make_guide(slug="many")
    few.related.add(others[0])
    many.related.add(*others)
    sign_and_publish(few)
    sign_and_publish(many)
    assert cost(few) == cost(many)
