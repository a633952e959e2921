"""What is not live appears nowhere, and lists show what they promise (PAGE-06, PAGE-26, PAGE-27, PAGE-68)."""

from __future__ import annotations

import datetime
import re

import pytest
from django.utils import timezone

from articles.models import Article, Topic
from stemsite.access import Role
from stemsite.publishing import scheduling, workflow
from tests.factories import (
    make_article,
    make_guide,
    make_reference,
    make_study,
    make_user,
    save_draft,
    sign_and_publish,
)
from tests.markup import headings, ids, links, one, tree, with_class, words

pytestmark = [pytest.mark.django_db, pytest.mark.database]

MACHINES = (
    "/feeds/articles.xml",
    "/feeds/studies.xml",
    "/feeds/corrections.xml",
    "/feeds/topics/als.xml",
    "/sitemap.xml",
)
LISTS = ("/", "/conditions/", "/therapies/", "/blog/", "/topics/als/", "/studies/", "/corrections/", "/search/?q=zebra")
GUIDE = "/conditions/als/"


@pytest.fixture
def topic(db):
    return Topic.objects.create(slug="als", name="ALS", introduction="All we say about ALS.")


def approved(page, reviewer):
    save_draft(page)
    version = workflow.submit(page, by=page.created_by)
    workflow.sign(page, by=reviewer, version_id=version.pk)
    return page


@pytest.fixture
def not_live(topic, reviewer_person, clinic):
    """Pages in every state that is not public, each with the word zebra in its title and its address."""
    reviewer, publisher = reviewer_person.user, make_user(Role.PUBLISHER)
    made = {}
    for state in ("draft", "review", "approved", "scheduled", "withdrawn"):
        page = make_article(title=f"Zebra {state}", slug=f"zebra-{state}")
        page.topics.add(topic)
        made[state] = page
    study = make_study(title="Zebra study withdrawn", slug="zebra-study")
    made["study draft"] = make_study(title="Zebra study draft", slug="zebra-study-draft")
    save_draft(made["draft"])
    save_draft(made["review"])
    workflow.submit(made["review"], by=made["review"].created_by)
    approved(made["approved"], reviewer)
    approved(made["scheduled"], reviewer)
    due_at = timezone.now() + datetime.timedelta(hours=1)
    scheduling.schedule_publish(made["scheduled"], by=publisher, due_at=due_at, change="major")
    for page in (made["withdrawn"], study):
        sign_and_publish(page, reviewer=reviewer)
        workflow.withdraw(page, by=publisher, kind="outdated", reason="Replaced by another.")
    return {**made, "study withdrawn": study}


def test_page_06_what_is_not_live_appears_in_no_list_feed_search_or_machine_data(client, not_live, reviewer_person):
    """PAGE-06: nor in the related box of a page whose staff chose it."""
    live = make_article(title="A live page", slug="live-page")
    live.topics.add(Topic.objects.get())
    guide = make_guide()
    guide.related.add(live, *(page for page in not_live.values() if isinstance(page, Article)))
    sign_and_publish(live, reviewer=reviewer_person.user)
    sign_and_publish(guide, reviewer=reviewer_person.user)
    assert ("A live page", "/blog/live-page/") in links(one(tree(client.get(GUIDE)), "text"))
    for address in (*LISTS, *MACHINES, GUIDE, "/blog/live-page/", f"/people/{reviewer_person.slug}/"):
        response = client.get(address)
        assert response.status_code == 200, address
        said = response.content.decode().lower().replace("“zebra”", "").replace('value="zebra"', "")
        assert not re.findall(r"zebra[^&+<\" ]*[- ]\w+", said), address


def test_page_06_its_own_address_tells_nothing_of_a_page_that_was_never_live(client, not_live):
    for state in ("draft", "review", "approved", "scheduled"):
        response = client.get(f"/blog/zebra-{state}/")
        assert response.status_code == 404
        assert b"Zebra" not in response.content


def test_page_68_the_sitemap_lists_exactly_the_live_addresses(client, not_live, reviewer_person):
    article = make_article(slug="live-page")
    sign_and_publish(article, reviewer=reviewer_person.user)
    found = re.findall(r"<loc>(.*?)</loc>", client.get("/sitemap.xml").content.decode())
    paths = {re.sub(r"^https?://[^/]+", "", address) for address in found}
    assert len(found) == len(set(found))
    assert "/blog/live-page/" in paths
    assert all("?" not in path for path in paths)
    assert {client.get(path).status_code for path in paths} == {200}
    for path in paths:
        (canonical,) = [e.get("href") for e in tree(client.get(path)).iter("link") if e.get("rel") == "canonical"]
        assert canonical in found, path
    robots = client.get("/robots.txt").content.decode()
    assert re.search(r"^Sitemap: https?://\S+/sitemap\.xml$", robots, re.MULTILINE)
    assert not re.search(r"^Disallow: /(static|media)", robots, re.MULTILINE)


def test_page_26_lists_have_twenty_a_page_newest_first_and_plain_links_to_the_others(client, clinic, reviewer_person):
    for number in range(21):
        sign_and_publish(make_article(title=f"Article {number:02}", slug=f"a-{number}"), reviewer=reviewer_person.user)
    first, second = tree(client.get("/blog/")), tree(client.get("/blog/?page=2"))
    titles = [words(entry.find(".//h2")) for entry in with_class(first, "entry")]
    assert titles == [f"Article {number:02}" for number in range(20, 0, -1)]
    assert [words(entry.find(".//h2")) for entry in with_class(second, "entry")] == ["Article 00"]
    assert ("Page 2", "/blog/?page=2") in links(first)
    (canonical,) = [e.get("href") for e in second.iter("link") if e.get("rel") == "canonical"]
    assert canonical.endswith("/blog/?page=2"), "a page of a list is its own canonical (PAGE-68)"


def test_page_26_a_topic_without_live_articles_is_not_public(client, clinic, topic, not_live):
    Topic.objects.create(slug="empty", name="Empty")
    assert client.get("/topics/empty/").status_code == 404
    assert client.get("/topics/als/").status_code == 404


def test_page_27_a_topic_has_its_introduction_articles_and_feed(client, clinic, topic, reviewer_person):
    article = make_article(title="One on ALS", slug="one-on-als")
    article.topics.add(topic)
    sign_and_publish(article, reviewer=reviewer_person.user)
    root = tree(client.get("/topics/als/"))
    assert "All we say about ALS." in words(root.find("body/main"))
    assert ("One on ALS", "/blog/one-on-als/") in links(root)
    assert "/feeds/topics/als.xml" in [address for _, address in links(root)]
    assert "One on ALS" in client.get("/feeds/topics/als.xml").content.decode()


def test_page_27_an_article_has_its_parts_in_order(client, clinic, topic, reviewer_person):
    """PAGE-27: breadcrumb, title, byline and days, text, references, history, related pages, those chosen first."""
    chosen = make_article(title="Chosen by staff", slug="chosen")
    sign_and_publish(chosen, reviewer=reviewer_person.user)
    cite = f'<cite data-ref="{make_reference().pk}"></cite>'
    article = make_article(title="One on ALS", slug="one-on-als", html=f"<p>Words with a source.{cite}</p>")
    article.topics.add(topic)
    article.related.add(chosen)
    sign_and_publish(article, reviewer=reviewer_person.user)
    article.summary = "Said anew."
    article.save()
    sign_and_publish(article, reviewer=reviewer_person.user, note="We corrected the number of people.")
    root = tree(client.get("/blog/one-on-als/"))
    main = root.find("body/main")
    said = words(main)
    place = 0
    for part in (
        "Articles", "One on ALS", "Said anew.", "Medically reviewed by", "Written by", "Last reviewed",
        "Words with a source.", "References", "How we made this page", "Change history",
        "We corrected the number of people.", "Related pages", "Chosen by staff", "Topic: ALS",
    ):  # fmt: skip
        found = said.find(part, place)
        assert found >= 0, (part, said[place:])
        place = found + len(part)
    assert next(level for level, _ in headings(root)) == 1 and len(ids(root)) == len(set(ids(root)))
