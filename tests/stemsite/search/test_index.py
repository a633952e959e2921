"""Finding live pages: words, names, identifiers, and nothing that breaks it (PAGE-41)."""

import pytest

from articles.models import FaqSection, ListSection
from stemsite.publishing import workflow
from stemsite.search.index import find, fold
from stemsite.search.models import Entry
from tests.factories import make_article, make_guide, make_reference, make_study, sign_and_publish

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def guide(clinic):
    guide = make_guide(citing=make_reference(doi="10.1000/xyz.99", pmid="12345678").pk)
    ListSection.objects.create(
        parent=guide, region="main", ordering=91, intro="Bring a café menu.", html="<ul><li>Tea</li></ul>"
    )
    FaqSection.objects.create(
        parent=guide, region="main", ordering=92, html="<h3>Is R&amp;D slow?</h3><p>Trials &lt; 3 years are short.</p>"
    )
    sign_and_publish(guide)
    return guide


@pytest.mark.parametrize(
    "query",
    [
        *("als", "ALS", "what is als", "MND", "Lou Gehrig's disease", "lou gehrig’s", "10.1000/xyz.99", "12345678"),
        *("cafe", "CAFÉ", "tea", "r&d", "trials", "trial"),
    ],
)
def test_a_page_is_found_by_words_other_names_and_identifiers(guide, query):
    assert [hit.page for hit in find(query)] == [guide.pk]


@pytest.mark.parametrize(
    "query",
    [
        "",
        " ",
        '"',
        "'",
        '"unbalanced',
        "(",
        "*",
        "a" * 10_000,
        "%",
        "_",
        "\\",
        "\x00",
        "als\x00",
        "\ud800",
        "x AND (",
        "%%%__",
    ],
)
def test_no_query_breaks_the_search(guide, query):
    find(query)


@pytest.mark.parametrize("wildcard", ["%", "_", "%s", "a_s", "a%s"])
def test_wildcards_of_the_database_are_ordinary_characters(guide, wildcard):
    assert find(wildcard) == ()


def test_the_matching_sentence_is_plain_text(guide):
    [hit] = find("short")
    assert hit.sentence == "Trials < 3 years are short."
    [hit] = find("r&d")
    assert hit.sentence == "Is R&D slow?"


def test_titles_come_first(clinic):
    named, mentioning = (
        make_article(title="About gait"),
        make_article(html="<p>It changes your gait.</p>", title="A walk"),
    )
    sign_and_publish(mentioning)
    sign_and_publish(named)
    assert [hit.page for hit in find("gait")] == [named.pk, mentioning.pk]


def test_pub_07_only_what_is_live_is_found(guide, publisher):
    guide.title = "Entirely renamed"
    guide.save()
    workflow.saved(guide, by=publisher)
    assert find("renamed") == ()
    workflow.withdraw(guide, by=publisher, kind="outdated", reason="Old.")
    assert find("als") == ()
    workflow.restore(guide, by=publisher)
    assert len(find("als")) == 1
    assert Entry.objects.count() == 1


def test_a_study_is_found_by_its_registration_and_words_keep_their_gaps(clinic):
    study = make_study(methods="<p>Cells were injected.</p><p>Nobody was blinded.</p>")
    sign_and_publish(study)
    assert [hit.page for hit in find(study.registrations.get().number.lower())] == [study.pk]
    [hit] = find("injected")
    assert hit.sentence == "Cells were injected."


def test_folding_is_idempotent():
    assert fold(fold("Ångström’s  CAFÉ\x0bbar")) == fold("Ångström’s  CAFÉ\x0bbar") == "angstrom's cafe bar"
