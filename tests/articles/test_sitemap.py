"""The sitemap in one file, and in parts where there are many pages (PAGE-68, SD-06)."""

import re

import lxml.etree
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles import sitemaps
from stemsite.access import Role
from stemsite.publishing import workflow
from stemsite.publishing.models import Page
from tests.factories import make_guide, make_live_article, make_user, sign_and_publish

pytestmark = [pytest.mark.django_db, pytest.mark.database]

SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(autouse=True)
def unstored(settings):
    settings.PAGE_STORE = False


@pytest.fixture
def pages(clinic):
    return [make_live_article(slug=f"page-{number}") for number in range(5)]


def read(client, path):
    """Kind of file, and of each address in it the path and the day."""
    response = client.get(path)
    assert response.status_code == 200, path
    assert response["Content-Type"].startswith("application/xml")
    root = lxml.etree.fromstring(response.content)
    found = {
        re.sub(r"^https?://[^/]+", "", entry.findtext(f"{SPACE}loc")): entry.findtext(f"{SPACE}lastmod")
        for entry in root
    }
    assert len(found) == len(root)
    return root.tag.removeprefix(SPACE), found


def test_page_68_few_pages_stand_in_one_file(client, pages):
    kind, found = read(client, "/sitemap.xml")
    assert kind == "urlset"
    assert {page.live_path for page in pages} | set(sitemaps.LISTS) == set(found)


@pytest.mark.parametrize("part", [1, 2, 3, 1000])
def test_page_68_the_parts_of_many_hold_each_address_once(client, pages, monkeypatch, part):
    _, whole = read(client, "/sitemap.xml")
    monkeypatch.setattr(sitemaps, "PART", part)
    kind, parts = read(client, "/sitemap.xml")
    if part >= len(pages):
        assert kind == "urlset"
        return
    assert kind == "sitemapindex"
    found = [read(client, path) for path in parts]
    assert {kind for kind, _ in found} == {"urlset"}
    assert sum(len(each) for _, each in found) == len(whole)
    assert {path: day for _, each in found for path, day in each.items()} == whole


def test_sd_06_the_index_says_when_the_last_page_of_a_part_was_updated(client, pages, monkeypatch):
    monkeypatch.setattr(sitemaps, "PART", 1)
    page = pages[2]
    before = read(client, "/sitemap.xml")[1]
    Page.objects.filter(pk=page.pk).update(updated_at="2026-03-04T12:00:00Z")
    after = read(client, "/sitemap.xml")[1]
    changed = f"/sitemap-{page.pk}.xml"
    assert after[changed] == "2026-03-04"
    assert {path: day for path, day in after.items() if path != changed} == {
        path: day for path, day in before.items() if path != changed
    }


def test_a_withdrawn_page_leaves_its_part_and_an_empty_part_is_gone(client, pages, monkeypatch):
    monkeypatch.setattr(sitemaps, "PART", 1)
    page = pages[0]
    Page.objects.filter(pk=page.pk).update(
        public_state="withdrawn", withdrawn_at="2026-03-04T12:00:00Z", withdrawn_as="outdated", withdrawn_because="x"
    )
    assert f"/sitemap-{page.pk}.xml" not in read(client, "/sitemap.xml")[1]
    assert client.get(f"/sitemap-{page.pk}.xml").status_code == 404


@pytest.mark.parametrize("address", ["/sitemap-77777.xml", "/sitemap-00.xml", f"/sitemap-{'9' * 60}.xml"])
def test_there_are_no_other_parts(client, pages, address):
    assert client.get(address).status_code == 404


def test_the_parts_are_counted_in_an_index_alone(clinic):
    """Ten thousand rows were read to make a list of ten parts."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL may read a small table whole")
    with CaptureQueriesContext(connection) as captured:
        sitemaps._parts()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {captured[0]['sql']}")
        assert any("COVERING INDEX page_listed" in row[3] for row in cursor.fetchall())


def test_as_many_queries_for_many_pages_as_for_few(client, clinic, monkeypatch):
    monkeypatch.setattr(sitemaps, "PART", 2)

    def asked() -> int:
        client.get("/sitemap.xml")
        with CaptureQueriesContext(connection) as captured:
            client.get("/sitemap.xml")
        return len(captured)

    first = [make_live_article(slug=f"page-{number}") for number in range(3)]
    few = asked()
    for number in range(9):
        sign_and_publish(make_guide(slug=f"guide-{number}"))
    assert asked() == few
    assert len(read(client, "/sitemap.xml")[1]) > len(first)


def test_pub_03_index_and_part_name_a_page_in_the_moment_it_is_live(client, pages, monkeypatch, settings):
    settings.PAGE_STORE = True
    monkeypatch.setattr(sitemaps, "PART", 1)
    read(client, "/sitemap.xml")
    page = make_live_article(slug="another")
    part = f"/sitemap-{page.pk}.xml"
    assert part in read(client, "/sitemap.xml")[1]
    assert page.live_path in read(client, part)[1]
    workflow.withdraw(page, by=make_user(Role.OWNER), kind="error", reason="A number in it was wrong.")
    assert part not in read(client, "/sitemap.xml")[1]
    assert client.get(part).status_code == 404
