"""What was changed and why: the list and its feed (PAGE-39, PAGE-40, PAGE-67)."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from articles.models import TextSection
from tests.factories import make_guide, sign_and_publish

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def corrected(clinic):
    """A guide published, then published again with a note for readers."""
    guide = make_guide()
    sign_and_publish(guide)
    TextSection.objects.filter(parent=guide, role="harms").update(html="<p>Some people got worse.</p>")
    sign_and_publish(guide, note="We added that some people got worse.")
    return guide


def entries(client) -> list[ElementTree.Element]:
    answer = client.get("/feeds/corrections.xml")
    assert answer["Content-Type"].startswith("application/atom+xml")
    return ElementTree.fromstring(answer.content).findall(f"{ATOM}entry")


def test_a_first_publication_is_no_correction(clinic, client):
    sign_and_publish(make_guide())
    assert entries(client) == []


def test_a_major_change_stands_in_the_feed_and_in_the_list(corrected, client):
    (entry,) = entries(client)
    assert entry.findtext(f"{ATOM}summary") == "We added that some people got worse."
    link = entry.find(f"{ATOM}link")
    assert link is not None
    assert link.get("href", "").endswith("/conditions/als/")
    page = client.get("/corrections/").content.decode()
    assert "We added that some people got worse." in page
    anchor = (entry.findtext(f"{ATOM}id") or "").rpartition("#")[2]
    assert f'id="{anchor}"' in page


def test_a_minor_change_is_not_listed(corrected, client):
    """PUB-121: a minor edit moves nothing that readers are told."""
    corrected.summary = "ALS harms the nerve cells that move our muscles."
    corrected.save()
    sign_and_publish(corrected, change="minor")
    assert len(entries(client)) == 1


def test_the_feed_answers_304_to_who_has_it(corrected, client):
    """PAGE-67: conditional GET."""
    tag = client.get("/feeds/corrections.xml")["ETag"]
    assert client.get("/feeds/corrections.xml", headers={"If-None-Match": tag}).status_code == 304
