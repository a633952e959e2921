"""The data block of a page: parses, resolves, and says what the page says (SD-01 to SD-05)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.factories import make_guide, make_plain_page, make_study, publish, sign_and_publish
from tests.markup import graph, words

pytestmark = pytest.mark.django_db

FORBIDDEN = {"Review", "AggregateRating", "Offer", "MedicalTherapy", "Drug", "FAQPage"}


def values(node: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict):
        for name, value in node.items():
            yield name, value
            yield from values(value)
    elif isinstance(node, list):
        for item in node:
            yield from values(item)


def of_type(nodes: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    (found,) = [node for node in nodes if node["@type"] == kind]
    return found


@pytest.fixture
def addresses(guide):
    study = make_study(slug="one")
    sign_and_publish(study)
    return ("/", "/conditions/als/", "/studies/one/", "/people/sample-maria-reyes/", "/corrections/")


def test_sd_01_every_id_is_defined_once_and_every_reference_resolves(page, addresses):
    for address in addresses:
        nodes = graph(page(address))
        defined = [node["@id"] for node in nodes if "@id" in node]
        assert len(defined) == len(set(defined))
        named = {value for name, value in values(nodes) if name == "@id"}
        assert named <= set(defined), address


def test_sd_02_the_review_sits_on_the_web_page_node(page, guide):
    """PUB-132"""
    nodes = graph(page("/conditions/als/"))
    webpage, article = of_type(nodes, "MedicalWebPage"), of_type(nodes, "Article")
    assert webpage["reviewedBy"]["name"] == "Sample Maria Reyes"
    assert webpage["lastReviewed"]
    assert "reviewedBy" not in article
    assert "lastReviewed" not in article


def test_sd_02_without_a_signature_nobody_reviewed(page, guide):
    publish(make_plain_page())
    assert not [value for name, value in values(graph(page("/privacy/"))) if name in {"reviewedBy", "lastReviewed"}]


def test_sd_03_headline_people_dates_and_citations_equal_the_page(page, guide):
    root = page("/conditions/als/")
    article = of_type(graph(root), "Article")
    assert article["headline"] == words(next(root.iter("h1")))
    assert article["author"][0]["name"] in words(root)
    assert article["dateModified"] in {time.get("datetime") for time in root.iter("time")}
    entries = root.findall(".//section[@class='references']/ol/li")
    assert len(article["citation"]) == len(entries)
    for citation, entry in zip(article["citation"], entries, strict=True):
        assert citation in words(entry)


def test_sd_04_nothing_forbidden_is_said(page, addresses):
    for address in addresses:
        said = list(values(graph(page(address))))
        assert not FORBIDDEN & {value for name, value in said if name == "@type"}
        assert not {"possibleTreatment", "drug", "availableService", "legalStatus"} & {name for name, _ in said}


def test_sd_05_a_name_is_the_name_and_titles_stand_beside_it(page, guide):
    reviewer = of_type(graph(page("/conditions/als/")), "MedicalWebPage")["reviewedBy"]
    assert (reviewer["name"], reviewer["honorificSuffix"]) == ("Sample Maria Reyes", "MD")


def test_text_cannot_break_out_of_the_data_block(client, clinic):
    title = 'What is </script><script>alert("ALS")</script>?'
    sign_and_publish(make_guide(title=title, slug="odd"))
    response = client.get("/conditions/odd/")
    assert b"<script>alert" not in response.content
    block = response.content.decode().split('<script type="application/ld+json">')[1].split("</script>")[0]
    assert title in {node.get("name") for node in json.loads(block)["@graph"]}
