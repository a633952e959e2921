"""Profiles and portraits: what stands on a person's page, and whose face is beside a signature."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles import people
from stemsite.images.intake import take_in
from stemsite.images.models import Picture
from stemsite.images.renditions import add_file
from stemsite.publishing.models import SignOff
from tests.factories import make_article, make_person, make_plain_page, make_reviewer, publish, sign_and_publish
from tests.markup import links, words
from tests.stemsite.images.hostile import image

pytestmark = pytest.mark.django_db


@pytest.fixture
def portrait(db):
    picture = Picture.objects.create(name="A portrait")
    add_file(picture, take_in(image("PNG", (400, 500)), "a.png"))
    return picture


def face(root):
    return root.find(".//img[@class='initials']")


def test_page_50_a_signed_page_shows_the_face_of_its_reviewer(page, clinic, portrait):
    """The initials stand there only where there is no picture; size and empty words are always given."""
    reviewer = make_reviewer(photo=portrait)
    sign_and_publish(make_article(slug="signed"), reviewer=reviewer.user)
    root = page("/blog/signed/")
    shown = face(root)
    assert (shown.get("width"), shown.get("height"), shown.get("alt")) == ("52", "52", "")
    assert root.find(".//span[@class='initials']") is None
    assert face(page(f"/people/{reviewer.slug}/")) is not None


def test_page_51_the_face_is_that_of_the_signature(page, clinic, portrait):
    """A picture that came later is not put beside an earlier signature."""
    reviewer = make_reviewer()
    sign_and_publish(make_article(slug="signed"), reviewer=reviewer.user)
    reviewer.photo = portrait
    reviewer.save()
    assert face(page("/blog/signed/")) is None


def test_a_profile_lists_the_newest_pages_and_says_how_many_there_are(page, clinic, monkeypatch):
    """PAGE-37: bounded, in as many queries for many pages as for few."""
    monkeypatch.setattr(people, "RECENT", 2)
    writer, reviewer = make_person(), make_reviewer()

    def publish(slug: str) -> None:
        article = make_article(slug=slug, title=f"Title {slug}")
        article.authors.set([writer])
        sign_and_publish(article, reviewer=reviewer.user)

    publish("first")
    with CaptureQueriesContext(connection) as few:
        people.profile(reviewer.slug)
    for slug in ("second", "third"):
        publish(slug)
    with CaptureQueriesContext(connection) as many:
        found = people.profile(reviewer.slug)
    assert len(many) == len(few)
    assert [entry.title for entry, _ in found.reviewed] == ["Title third", "Title second"]
    for slug in (writer.slug, reviewer.slug):
        said = words(page(f"/people/{slug}/"))
        assert "3 pages. The newest 2:" in said
        assert "Title first" not in said


def test_who_only_countersigned_did_not_review(clinic):
    """PUB-46: agreeing to a reviewer's edit is no medical review, and gives no profile page of its own."""
    article = make_article(slug="signed")
    sign_and_publish(article)
    other = make_person()
    SignOff.objects.create(
        version=article.live_version,
        content_hash=article.live_version.content_hash,
        kind=SignOff.Kind.COUNTERSIGNATURE,
        signed_at=article.first_published_at,
        signed_by=article.live_version.sign_offs.get().signed_by,
        person=other,
        name=other.name,
        statement="Seen and agreed.",
    )
    with pytest.raises(people.Http404):
        people.profile(other.slug)


def test_page_51_without_a_signature_nobody_is_said_to_have_reviewed(client, clinic):
    """PAGE-51: page, structured data, feed, lists and search; a policy goes live without a clinician."""
    publish(make_plain_page(title="Opening hours", slug="opening-hours"))
    for address in ("/opening-hours/", "/feeds/articles.xml", "/", "/search/?q=opening"):
        said = client.get(address).content.decode()
        assert "eviewed by" not in said and "reviewedBy" not in said and "lastReviewed" not in said, address


def test_page_37_who_left_keeps_a_page_that_says_so(page, clinic):
    """PAGE-37: with the pages they reviewed; they are reached through the clinic, never directly."""
    reviewer = make_reviewer()
    sign_and_publish(make_article(slug="signed", title="Signed then"), reviewer=reviewer.user)
    reviewer.is_former = True
    reviewer.save()
    root = page(f"/people/{reviewer.slug}/")
    assert "former" in words(root.find("body/main")).lower()
    assert ("Signed then", "/blog/signed/") in links(root)
    main = [target for _, target in links(root.find("body/main"))]
    assert not [target for target in main if target.startswith(("mailto:", "tel:"))]
