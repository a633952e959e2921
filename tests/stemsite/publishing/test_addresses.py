"""Addresses, redirects and the identity of entries in feeds (PUB-83, PUB-84, PUB-87)."""

import re

import pytest

from stemsite.publishing import workflow
from stemsite.publishing.gate import Refused
from stemsite.publishing.models import Redirect
from stemsite.serving.models import StoredPage
from tests.factories import make_article, make_guide, make_study, publish, save_draft, sign_and_publish
from tests.factories.pages import make_plain_page

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def move(page, slug):
    page.slug = slug
    page.save()
    publish(page, note="Moved.")


@pytest.fixture
def page(clinic):
    plain = make_plain_page(slug="one")
    publish(plain)
    return plain


def test_pub_83_a_drafts_slug_makes_no_redirect_and_publishing_it_makes_one(page, client):
    page.slug = "two"
    page.save()
    save_draft(page)
    assert not Redirect.objects.exists()
    assert client.get("/one/").status_code == 200
    assert client.get("/two/").status_code == 404
    publish(page, note="Moved.")
    answer = client.get("/one/?from=mail")
    assert (answer.status_code, answer["Location"]) == (301, "/two/?from=mail")
    assert client.get("/two/").status_code == 200


def test_pub_83_slugs_never_published_leave_no_trail(page, client):
    for slug in ("two", "three", "four"):
        page.slug = slug
        page.save()
        save_draft(page)
    publish(page, note="Moved.")
    assert list(Redirect.objects.values_list("from_path", flat=True)) == ["/one/"]
    assert client.get("/two/").status_code == 404


def test_pub_84_two_moves_lead_there_in_one_hop(page, client):
    move(page, "two")
    move(page, "three")
    for old in ("/one/", "/two/"):
        answer = client.get(old)
        assert (answer.status_code, answer["Location"]) == (301, "/three/")


def test_pub_84_moving_back_leaves_no_loop(page, client):
    move(page, "two")
    move(page, "one")
    assert client.get("/one/").status_code == 200
    assert client.get("/two/")["Location"] == "/one/"
    assert not Redirect.objects.filter(from_path="/one/").exists()


def test_pub_84_a_redirect_written_by_hand_follows_too(page, client):
    Redirect.objects.create(from_path="/old-flyer/", to_path="/one/")
    move(page, "two")
    assert client.get("/old-flyer/")["Location"] == "/two/"


def test_pub_87_canonical_sitemap_and_feed_follow_while_the_guid_stays(clinic, client):
    article = make_article(slug="first")
    sign_and_publish(article)
    before = re.findall(r"<id>(urn:uuid:[^<]+)</id>", client.get("/feeds/articles.xml").content.decode())
    article.slug = "second"
    article.save()
    sign_and_publish(article, note="Moved.")
    feed = client.get("/feeds/articles.xml").content.decode()
    assert re.findall(r"<id>(urn:uuid:[^<]+)</id>", feed) == before
    assert "/blog/second/" in feed
    assert "/blog/first/" not in feed
    sitemap = client.get("/sitemap.xml").content.decode()
    assert "/blog/second/" in sitemap
    assert "/blog/first/" not in sitemap
    assert (
        '<link rel="canonical" href="http://127.0.0.1:8000/blog/second/">'
        in client.get("/blog/second/").content.decode()
        or "/blog/second/" in client.get("/blog/second/").content.decode()
    )


def test_a_page_merged_into_another_leads_there_and_follows_its_moves(clinic, client, publisher):
    gone, stays = make_study(), make_study(slug="stays")
    sign_and_publish(gone)
    sign_and_publish(stays)
    workflow.withdraw(gone, by=publisher, kind="merged", reason="The same trial.", replacement=stays)
    assert client.get(gone.live_path)["Location"] == "/studies/stays/"
    assert client.get(gone.live_path)["Location"] == "/studies/stays/"
    stays.slug = "moved"
    stays.save()
    sign_and_publish(stays, note="Moved.")
    assert client.get(gone.live_path)["Location"] == "/studies/moved/"


def test_pub_84_pages_merged_one_after_another_lead_there_in_one_hop_and_back(clinic, client, publisher):
    first, second, third = make_study(slug="first"), make_study(slug="second"), make_study(slug="third")
    for study in (first, second, third):
        sign_and_publish(study)
    Redirect.objects.create(from_path="/flyer/", page=first)
    merge = {"by": publisher, "kind": "merged", "reason": "One summary is enough."}
    workflow.withdraw(first, **merge, replacement=second)
    assert client.get("/studies/first/")["Location"] == "/studies/second/"
    workflow.withdraw(second, **merge, replacement=third)
    for address in ("/studies/first/", "/studies/second/", "/flyer/"):
        assert client.get(address)["Location"] == "/studies/third/"
    workflow.restore(second, by=publisher)
    assert client.get("/studies/first/")["Location"] == "/studies/second/"
    assert client.get("/studies/second/").status_code == 200


def test_pub_83_addresses_are_in_small_letters(clinic, publisher):
    """No two addresses differ only in case."""
    with pytest.raises(Refused, match="small letters"):
        publish(make_plain_page(slug="Privacy"), by=publisher)


def test_pub_109_an_error_is_gone_an_outdated_page_says_so_and_both_come_back(clinic, client, publisher):
    guide = make_guide()
    sign_and_publish(guide)
    workflow.withdraw(guide, by=publisher, kind="error", reason="It went out too early.")
    answer = client.get("/conditions/als/")
    assert (answer.status_code, b"It went out too early." in answer.content) == (410, True)
    assert b"noindex" in answer.content
    workflow.restore(guide, by=publisher)
    assert client.get("/conditions/als/").status_code == 200
    workflow.withdraw(guide, by=publisher, kind="outdated", reason="Newer numbers exist.")
    answer = client.get("/conditions/als/")
    assert (answer.status_code, b"Newer numbers exist." in answer.content) == (200, True)
    assert b"noindex" in answer.content
    for address in ("/", "/conditions/", "/sitemap.xml", "/search/?q=als"):
        assert b"/conditions/als/" not in client.get(address).content
    assert StoredPage.objects.filter(address="/conditions/als/").exists()
