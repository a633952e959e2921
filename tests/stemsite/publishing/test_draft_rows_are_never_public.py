"""Every draft row scrambled, every stored page emptied: not one public byte differs (PUB-04)."""

import json
import re

import pytest
from django.apps import apps
from django.db import models

from articles.models import Article, StudySection, Term, Topic
from stemsite.publishing.models import Page
from stemsite.search.models import Entry
from stemsite.serving import store
from studies.models import (
    Condition,
    Coverage,
    Intervention,
    OutcomeGroup,
    Reference,
    Registration,
    Study,
    StudyFact,
    StudyPaper,
)
from tests.factories import make_article, make_guide, make_plain_page, make_study, make_term, publish, sign_and_publish

pytestmark = [pytest.mark.django_db, pytest.mark.database]

PUBLIC = Page.STEPPED | {"id", "uid", "family", "page_ptr", "is_sample", "is_synthetic", "created_at", "created_by"}
"""Columns of a page that are no draft: its identity, and what the steps of the workflow wrote."""

SHOWN = {"live_path", "updated_at", "first_published_at"}


@pytest.fixture
def site(clinic, picture):
    from articles.models import FigureSection

    study = make_study(slug="shown")
    Coverage.objects.create(study=study, outlet="Example News", headline="A step", url="https://news.example/a")
    sign_and_publish(study)
    guide = make_guide()
    StudySection.objects.create(parent=guide, region="main", ordering=55, study=study, html="<p>Small.</p>")
    FigureSection.objects.create(parent=guide, region="main", ordering=56, picture=picture().picture, alt="A spine")
    article = make_article(slug="article")
    article.topics.add(Topic.objects.create(slug="als", name="ALS"))
    guide.related.add(article)
    plain = make_plain_page()
    make_term("point", definition="Of key points.")
    sign_and_publish(article)
    sign_and_publish(guide)
    publish(plain)
    return [study, guide, article, plain]


def addresses():
    """Every live address there is: pages, lists, profiles, feeds, machines, and searches."""
    pages = list(Page.objects.live())
    slugs = {author["slug"] for page in pages for author in page.live_version.content["authors"]}
    slugs |= {signed.person_slug for page in pages for signed in page.live_version.sign_offs.all()}
    return [
        *(page.live_path for page in pages),
        *(f"/people/{slug}/" for slug in sorted(slugs)),
        *("/", "/conditions/", "/therapies/", "/blog/", "/studies/", "/topics/als/", "/corrections/", "/contact/"),
        *("/glossary/", "/search/?q=point"),
        *("/feeds/articles.xml", "/feeds/studies.xml", "/feeds/topics/als.xml", "/sitemap.xml", "/robots.txt"),
        *("/studies/?sort=people", "/studies/?q=cord", "/studies/compare/?study=shown"),
        *("/conditions/als/evidence/", "/conditions/als/evidence.csv"),
        *("/search/?q=als", "/search/?q=umbilical", "/search/?q=scrambled"),
    ]


def bodies(client):
    store.forget_all()
    return {address: (client.get(address).status_code, client.get(address).content) for address in addresses()}


def section_models():
    from articles.models import SECTION_MODELS

    return SECTION_MODELS


def scrambled(field):
    """A value that no draft held, of the field's own kind."""
    match field:
        case models.BooleanField():
            return True
        case models.DateTimeField() | models.DateField():
            return "1999-09-09" if not isinstance(field, models.DateTimeField) else "1999-09-09T09:09Z"
        case models.IntegerField() | models.FloatField():
            return 99
        case models.JSONField():
            return [["Scrambled", "Name"]]
        case _:
            return f"scrambled {field.name}"[: field.max_length or 200]


def scramble(model, leave=()):
    """Every column of every row but keys and ``leave``; chosen values and unique ones too, whatever they mean."""
    kept = set()
    for constraint in model._meta.constraints:
        kept |= set(re.findall(r"'(\w+?)(?:__\w+)?',", str(getattr(constraint, "condition", "")) + "',"))
        kept |= set(getattr(constraint, "fields", ()))
    for field in model._meta.local_concrete_fields:
        if field.primary_key or field.name in leave or field.is_relation or field.unique or field.name in kept:
            continue
        model._base_manager.update(**{field.name: scrambled(field)})


def test_pub_04_with_every_draft_row_scrambled_the_public_bytes_are_the_same(client, site):
    before = bodies(client)
    assert all(status == 200 for status, _ in before.values())
    ids = [page.pk for page in site]
    scramble(Page, leave=PUBLIC)
    for model in (Article, Study, *section_models(), StudyFact, StudyPaper, OutcomeGroup, Registration, Coverage):
        scramble(model, leave={"key"})
    for model in (Condition, Intervention):
        scramble(model)
    for page in Article.objects.filter(pk__in=ids):
        for relation in (page.authors, page.conditions, page.interventions, page.topics, page.related):
            relation.clear()
    for page in Study.objects.filter(pk__in=ids):
        for relation in (page.authors, page.conditions, page.interventions):
            relation.clear()
    Term.objects.update(**{name: f"scrambled {name}" for name in Term.SAID})
    Study.objects.update(primary=None)
    for reference in Reference.objects.all():
        Reference.objects.filter(pk=reference.pk).update(
            title="Scrambled", authors=[["Scrambled"]], journal="Scrambled", year=1999, doi=f"10.9999/{reference.pk}"
        )
    changed = Page.objects.get(pk=site[1].pk)
    assert (changed.title, changed.slug) == ("scrambled title", "scrambled slug")
    assert Entry.objects.exists()
    after = bodies(client)
    assert after.keys() == before.keys()
    for address, answer in before.items():
        assert after[address] == answer, address
    assert not any(b"scrambled" in body.lower().replace(b"q=scrambled", b"").replace(b'value="scrambled"', b"")
                   for address, (_, body) in after.items() if "q=scrambled" not in address)  # fmt: skip


def test_pub_04_with_every_draft_row_gone_the_public_bytes_are_the_same(client, site):
    before = bodies(client)
    for model in (*section_models(), StudyFact, StudyPaper, OutcomeGroup, Registration, Coverage):
        model._base_manager.all()._raw_delete("default")
    assert bodies(client) == before


def test_pub_04_json_ld_is_part_of_what_was_compared(client, site):
    body = client.get("/conditions/als/").content.decode()
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', body, re.DOTALL)
    assert any("dateModified" in node for node in json.loads(found[1])["@graph"])


def test_every_table_of_the_domain_apps_is_either_scrambled_or_known_to_be_public():
    """A new table has to be sorted into one of the two."""
    drafts = {Article, Study, *section_models(), StudyFact, StudyPaper, OutcomeGroup, Registration, Coverage}
    drafts |= {Condition, Intervention, Reference, Term}
    joined = {"articles.Topic", "articles.MenuItem", "articles.FooterLink", "studies.IntegrityEvent"}
    # What registries said, and what became of it, is joined at render with its own history; imports reach no reader.
    joined |= {
        f"studies.{name}" for name in ("SourceRecord", "LastAsked", "Answer", "SourceState", "Check", "Acceptance")
    }
    joined |= {f"studies.{name}" for name in ("Correction", "ImportBatch", "ImportRow", "PageAudit")}
    joined |= {f"studies.{name}" for name in ("Trial", "TrialChange", "ProposedValue")}
    # On its way to a draft; no page is rendered from it.
    joined |= {"articles.WordFile"}
    # What a clinician signed of the glossary, never changed.
    joined |= {"articles.Definition"}
    # Written from live versions alone.
    joined |= {"studies.LibraryEntry", "studies.LibraryTerm"}
    through = {model for label in ("articles", "studies") for model in apps.get_app_config(label).get_models(True)}
    own = {model for model in through if not model._meta.auto_created}
    assert {model._meta.label for model in own - drafts} == joined
