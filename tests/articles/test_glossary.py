"""PAGE-25, PAGE-43: the glossary, who may write and sign it, and what readers get."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import glossary
from articles.content import article_content
from articles.models import Definition, Term
from stemsite.access import Role
from stemsite.appendonly import AppendOnlyError
from stemsite.audit.models import AuditEvent
from stemsite.publishing.claiming import reading_findings
from stemsite.publishing.gate import Refused
from tests.factories import make_article, make_reviewer, make_term, make_user, save_draft, sign_and_publish, sign_term
from tests.markup import graph, ids, tree, words
from tests.stored import keep, read, stored

pytestmark = [pytest.mark.django_db, pytest.mark.database]

GLOSSARY = "/glossary/"


def live_page(*, text: str, **fields):
    page = make_article(html=text, **fields)
    sign_and_publish(page)
    page.refresh_from_db()
    return page


def definition_in(root, slug: str) -> str:
    (found,) = [element for element in root.iter("div") if element.get("id") == slug]
    return words(found)


def test_page_43_a_to_z_with_stable_anchors_names_in_full_dates_and_the_pages_that_use_the_term(clinic, client):
    make_term("placebo", other_names="sham pill", definition="A pill without a drug in it.")
    make_term(
        "ALS", expansion="amyotrophic lateral sclerosis", definition="A disease of nerve cells that move muscles."
    )
    page = live_page(text="<p>One group got a sham pill.</p>", title="How to read a study")
    root = tree(client.get(GLOSSARY))
    assert [name for name in ids(root) if name in {"letter-a", "als", "letter-p", "placebo"}] == [
        "letter-a",
        "als",
        "letter-p",
        "placebo",
    ]
    today = timezone.localdate()
    assert definition_in(root, "als").startswith(
        "ALS (amyotrophic lateral sclerosis) A disease of nerve cells that move muscles. "
        f"Reviewed {today:%B} {today.day}, {today.year} by Sample Reviewer"
    )
    said = definition_in(root, "placebo")
    assert "Also called: sham pill" in said
    assert said.endswith("Used on: How to read a study")
    assert page.live_path in {link.get("href") for link in root.iter("a")}
    assert "Used on" not in definition_in(root, "als")


def test_page_43_a_definition_has_at_most_40_words():
    with pytest.raises(ValidationError, match="41 words"):
        make_term(definition="word " * 41)
    assert make_term(definition="word " * 40).pk


def test_page_43_an_abbreviation_is_said_in_full():
    with pytest.raises(ValidationError, match="what MSC stands for"):
        make_term("MSC", expansion="")


def test_a_definition_that_makes_a_claim_is_refused():
    """CL-20"""
    with pytest.raises(ValidationError, match="cure"):
        make_term("stem cell", definition="Stem cells cure ALS.")


@pytest.mark.parametrize("slug", ["main", "letter-a", "Placebo", "1st", "a b"])
def test_an_anchor_is_none_of_the_pages_own(slug):
    with pytest.raises(ValidationError):
        make_term(slug=slug)


def test_one_name_has_one_meaning():
    make_term("placebo", other_names="sham pill")
    with pytest.raises(ValidationError, match="leads to “placebo” already"):
        make_term("Sham pill", slug="sham")
    with pytest.raises(ValidationError, match="too short"):
        make_term("trial", other_names="an")


def test_nothing_is_public_that_no_clinician_signed(clinic, client):
    """PAGE-43: the words of a medical definition are seen by two people, one of them a reviewer."""
    term = make_term(signed=False)
    assert "placebo" not in client.get(GLOSSARY).content.decode()
    sign_term(term)
    assert "placebo" in client.get(GLOSSARY).content.decode()
    term.definition = "Other words, which nobody has read."
    glossary.write(term, by=make_user(Role.AUTHOR))
    shown = client.get(GLOSSARY).content.decode()
    assert "What people mean when they say placebo." in shown
    assert "Other words" not in shown
    assert list(Term.objects.unsigned()) == [term]
    sign_term(term)
    assert "Other words" in client.get(GLOSSARY).content.decode()
    assert not Term.objects.unsigned().exists()


def test_nobody_signs_their_own_words():
    person = make_reviewer()
    person.user.groups.add(make_user(Role.AUTHOR).groups.get())
    term = make_term(signed=False, by=person.user)
    with pytest.raises(Refused, match="your own words"):
        sign_term(term, by=person.user)
    assert not Definition.objects.exists()


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.PUBLISHER, Role.OWNER, Role.COORDINATOR])
def test_only_a_reviewer_signs(role):
    with pytest.raises(Refused, match="medical reviewer"):
        sign_term(make_term(signed=False), by=make_user(role))


def test_whose_credential_has_lapsed_signs_nothing():
    person = make_reviewer(licence_valid_until=timezone.localdate() - datetime.timedelta(days=1))
    with pytest.raises(Refused, match="no longer valid"):
        sign_term(make_term(signed=False), by=person.user)


def test_a_signature_belongs_to_exactly_the_words_that_were_read():
    term = make_term(signed=False)
    read_words = term.digest
    term.definition = "Changed meanwhile."
    glossary.write(term, by=make_user(Role.AUTHOR))
    with pytest.raises(Refused, match="changed while you read"):
        glossary.sign(term, by=make_reviewer().user, digest=read_words)
    assert not Definition.objects.exists()


def test_what_was_signed_stays_and_so_does_its_anchor():
    term = make_term()
    signed = term.live
    assert signed.is_intact
    with pytest.raises(AppendOnlyError):
        signed.save()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE articles_definition SET definition = 'x'")
    term.slug = "another"
    with pytest.raises(ValidationError, match="so it stays"):
        term.full_clean()
    with pytest.raises(ValidationError, match="Take it out"):
        term.delete()


def test_a_term_that_nobody_ever_saw_can_be_deleted():
    make_term(signed=False).delete()
    assert not Term.objects.exists()


def test_what_is_taken_out_is_seen_no_more_and_comes_back_with_a_new_signature(clinic, client):
    term = make_term()
    owner = make_user(Role.OWNER)
    with pytest.raises(Refused, match="Say why"):
        glossary.withdraw(term, by=owner, reason=" ")
    glossary.withdraw(term, by=owner, reason="It misled people.")
    assert "placebo" not in client.get(GLOSSARY).content.decode()
    with pytest.raises(Refused, match="do not see"):
        glossary.withdraw(Term.objects.get(), by=owner, reason="Again.")
    assert not Term.objects.unsigned().exists()
    sign_term(Term.objects.get())
    assert "placebo" in client.get(GLOSSARY).content.decode()
    verbs = AuditEvent.objects.order_by("number").values_list("verb", flat=True)
    assert list(verbs) == ["glossary term signed", "glossary term taken out", "glossary term signed"]


def test_page_25_the_first_use_links_to_the_definition_and_no_word_changes(clinic, client):
    """PAGE-25, PUB-29"""
    page = live_page(text="<p>A placebo, then a placebo.</p>")
    before = words(tree(client.get(page.live_path)).find("body/main"))
    make_term()
    root = tree(client.get(page.live_path))
    linked = [words(link) for link in root.iter("a") if link.get("href") == "/glossary/#placebo"]
    assert linked == ["placebo"]
    assert words(root.find("body/main")) == before


def test_page_03_stored_pages_follow_the_glossary_at_once(clinic):
    """A signature, a new name and a withdrawal are seen on every page from that moment on."""
    page = live_page(text="<p>A placebo and a sham pill.</p>")
    term = make_term(signed=False)
    keep(page.live_path, GLOSSARY, "/sitemap.xml")
    assert b"/glossary/#" not in read(page.live_path)
    assert b"/glossary/" not in read("/sitemap.xml")
    sign_term(term)
    assert not stored() & {page.live_path, GLOSSARY, "/sitemap.xml"}
    assert read(page.live_path).count(b"/glossary/#placebo>placebo<") == 1
    assert b"/glossary/</loc>" in read("/sitemap.xml")
    keep(page.live_path, GLOSSARY)
    term.definition = "Other words."
    glossary.write(term, by=make_user(Role.AUTHOR))
    assert stored() >= {page.live_path, GLOSSARY}
    sign_term(term)
    assert page.live_path in stored()
    assert GLOSSARY not in stored()
    assert b"Other words." in read(GLOSSARY)
    glossary.withdraw(term, by=make_user(Role.OWNER), reason="No longer used.")
    assert b"/glossary/#" not in read(page.live_path)
    assert b"Other words." not in read(GLOSSARY)


def test_publishing_a_page_brings_it_into_the_glossary(clinic):
    make_term()
    keep(GLOSSARY)
    assert b"Used on" not in read(GLOSSARY)
    live_page(text="<p>A placebo.</p>", title="Of pills")
    assert b"Of pills" in read(GLOSSARY)


def test_page_43_the_glossary_asks_as_much_for_many_terms_as_for_one(clinic, client):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            pages = {term.name: [title for title, _ in term.pages] for term in glossary.explained()}
        return len(queries), pages

    live_page(text="<p>A placebo, and a word07.</p>", title="Of pills")
    make_term("placebo")
    number, pages = asked()
    assert pages == {"placebo": ["Of pills"]}
    for count in range(12):
        make_term(f"word{count:02}")
    live_page(text="<p>A word07 and a word11.</p>", title="Of words")
    again, pages = asked()
    assert again == number
    assert {name: sorted(titles) for name, titles in pages.items() if titles} == {
        "placebo": ["Of pills"],
        "word07": ["Of pills", "Of words"],
        "word11": ["Of words"],
    }


def test_a_cold_page_asks_once_for_the_glossary_however_many_terms_there_are(clinic, client, settings):
    settings.PAGE_STORE = "off"
    page = live_page(text="<p>A placebo.</p>")

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(page.live_path)
        return sum("articles_term" in query["sql"] for query in queries)

    assert asked() == 1
    for name in ("placebo", "registry", "stem cell"):
        make_term(name)
    assert asked() == 1


def test_an_overdue_definition_says_so(clinic, client):
    """TR-05: a definition is due for review after 36 months."""
    term = make_term()
    assert term.live.review_due_on.year == term.live.reviewed_on.year + 3
    late = Definition(
        **term.words,
        term=term,
        signed_by=term.live.signed_by,
        written_by=term.written_by,
        person=term.live.person,
        reviewer=term.live.reviewer,
        credentials="MD",
        statement="x",
        reviewed_on=datetime.date(2020, 1, 1),
        review_due_on=datetime.date(2023, 1, 1),
    )
    late.save()
    Term.objects.update(live=late)
    assert "This definition was due for review on January 1, 2023. It may be out of date." in definition_in(
        tree(client.get(GLOSSARY)), "placebo"
    )
    assert list(Term.objects.overdue()) == [term]


def test_the_structured_data_says_what_the_page_says(clinic, client):
    """SD-01, SD-03"""
    make_term(other_names="sham pill")
    nodes = {node["@id"]: node for node in graph(tree(client.get(GLOSSARY)))}
    (defined,) = [node for node in nodes.values() if node["@type"] == "DefinedTerm"]
    assert defined["name"] == "placebo"
    assert defined["description"] == "What people mean when they say placebo."
    assert defined["alternateName"] == ["sham pill"]
    (whole,) = [node for node in nodes.values() if node["@type"] == "DefinedTermSet"]
    assert whole["hasDefinedTerm"] == [{"@id": defined["@id"]}]
    assert nodes[f"{whole['url']}#page"]["mainEntity"] == {"@id": whole["@id"]}
    assert defined["@id"] == f"{whole['url']}#placebo"


def test_an_empty_glossary_is_a_page_that_says_so(clinic, client):
    assert "No term is explained here yet" in client.get(GLOSSARY).content.decode()


def test_search_finds_terms_by_any_name_and_marks_what_was_looked_for(clinic, client):
    """PAGE-41"""
    make_term(other_names="sham pill", definition="A pill without a drug. People cannot tell which one they get.")
    for query in ("placebos", "sham", "pill drug"):
        root = tree(client.get("/search/", {"q": query}))
        assert "/glossary/#placebo" in {link.get("href") for link in root.iter("a")}, query
    assert [words(mark) for mark in root.iter("b")] == ["pill", "drug."]
    assert "1 result for" in words(root)
    only = tree(client.get("/search/", {"q": "placebo", "kind": "Glossary"}))
    assert "/glossary/#placebo" in {link.get("href") for link in only.iter("a")}
    make_term("sham feeding", signed=False)
    assert "sham-feeding" not in client.get("/search/", {"q": "sham"}).content.decode()


def test_pl_04_an_abbreviation_of_the_glossary_needs_no_explanation_on_the_page(clinic):
    page = make_article(html="<p>Some people got XYZ. Nobody knew which.</p>")
    content = article_content(save_draft(page).content)

    def unexplained() -> list[str]:
        return [one.message for one in reading_findings(page, content) if one.rule == "PL-04"]

    assert ["XYZ" in message for message in unexplained()] == [True]
    make_term("XYZ")
    assert unexplained() == []
