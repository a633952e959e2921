"""Finding live pages: words, names, identifiers, and nothing that breaks it (PAGE-41)."""

import pytest
from django.db import connection
from django.utils import timezone

from articles.models import FaqSection, ListSection, Topic
from stemsite.publishing import workflow
from stemsite.publishing.models import Page
from stemsite.search import index
from stemsite.search.engines import engine
from stemsite.search.finding import find, holding
from stemsite.search.models import Entry, Mark
from stemsite.search.words import fold, said_in, sentences_of
from tests.factories import make_article, make_guide, make_reference, make_study, sign_and_publish

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def said(hit):
    return "".join(piece for piece, _ in hit.sentence)


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
    assert [hit.page for hit in find(query).hits] == [guide.pk]


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
    assert find(wildcard).hits == ()


def test_the_matching_sentence_is_plain_text(guide):
    [hit] = find("short").hits
    assert said(hit) == "Trials < 3 years are short."
    [hit] = find("r&d").hits
    assert said(hit) == "Is R&D slow?"


def test_titles_come_first(clinic):
    named, mentioning = (
        make_article(title="About gait"),
        make_article(html="<p>It changes your gait.</p>", title="A walk"),
    )
    sign_and_publish(mentioning)
    sign_and_publish(named)
    assert [hit.page for hit in find("gait").hits] == [named.pk, mentioning.pk]


def test_pub_07_only_what_is_live_is_found(guide, publisher):
    guide.title = "Entirely renamed"
    guide.save()
    workflow.saved(guide, by=publisher)
    assert find("renamed").hits == ()
    workflow.withdraw(guide, by=publisher, kind="outdated", reason="Old.")
    assert find("als").hits == ()
    workflow.restore(guide, by=publisher)
    assert len(find("als").hits) == 1
    assert Entry.objects.count() == 1


def test_a_study_is_found_by_its_registration_and_words_keep_their_gaps(clinic):
    study = make_study(methods="<p>Cells were injected.</p><p>Nobody was blinded.</p>")
    sign_and_publish(study)
    assert [hit.page for hit in find(study.registrations.get().number.lower()).hits] == [study.pk]
    [hit] = find("injected").hits
    assert said(hit) == "Cells were injected."


def test_folding_is_idempotent():
    assert fold(fold("Ångström’s  CAFÉ\x0bbar")) == fold("Ångström’s  CAFÉ\x0bbar") == "angstrom's cafe bar"


@pytest.mark.parametrize(
    ("query", "read_as"),
    [("gaitt", "gait"), ("giat", "gait"), ("neurologsits", "neurologists"), ("about giat", "about gait")],
)
def test_page_41_a_mistyped_word_is_read_as_the_nearest_known_one(clinic, query, read_as):
    sign_and_publish(article := make_article(title="About gait", html="<p>Neurologists measure gait.</p>"))
    found = find(query)
    assert [hit.page for hit in found.hits] == [article.pk]
    assert found.read_as == read_as.removeprefix("about ")


def test_page_41_what_stands_as_typed_is_never_corrected(clinic):
    sign_and_publish(make_article(title="Cells", html="<p>A cell.</p>"))
    assert find("cell").read_as == ""
    assert find("xylophones").hits == ()
    assert find("xylophones").read_as == ""


@pytest.mark.parametrize("query", ["MND", "mnd", "als", "Lou Gehrig's disease", "Lou Gehrig’s disease"])
def test_page_41_names_of_one_condition_find_pages_that_use_another(clinic, guide, query):
    sign_and_publish(article := make_article(title="Walking", html="<p>Walking with ALS.</p>"))
    assert {hit.page for hit in find(query).hits} == {guide.pk, article.pk}


@pytest.mark.parametrize(
    "query", ["randomised studies", "random study", "randomising", "stud", "randomis", "randomized", "tumor", "oedema"]
)
def test_page_41_word_forms_and_beginnings_are_found(clinic, query):
    sign_and_publish(
        article := make_article(title="Chance", html="<p>This study was randomised. No tumours, no edema.</p>")
    )
    assert [hit.page for hit in find(query).hits] == [article.pk]


def test_page_41_results_are_counted_by_kind_and_narrowed_to_one(clinic, guide):
    sign_and_publish(article := make_article(title="Walking", html="<p>Walking with ALS.</p>"))
    found = find("als")
    assert sorted(found.numbers.values()) == [1, 1]
    [kind] = {hit.kind for hit in found.hits if hit.page == article.pk}
    narrowed = find("als", kind=kind)
    assert [hit.page for hit in narrowed.hits] == [article.pk]
    assert narrowed.numbers == found.numbers


def test_what_is_left_over_in_the_index_takes_nobodys_place(clinic, guide):
    left_over = [make_article(title="Tea", html="<p>Tea.</p>") for _ in range(3)]
    for article in left_over:
        sign_and_publish(article)
    assert find("tea").total == 4
    Entry.objects.filter(page__in=[article.pk for article in left_over]).delete()
    assert [hit.page for hit in find("tea", limit=1).hits] == [guide.pk]
    assert find("tea").total == 1


def test_page_41_what_was_looked_for_is_marked_in_the_sentence(clinic):
    sign_and_publish(make_article(title="Chance", html="<p>Nothing here. Two studies were randomised.</p>"))
    [hit] = find("study").hits
    assert hit.sentence == (("Two ", False), ("studies", True), (" were randomised.", False))


def test_entries_that_are_missing_are_made_from_the_live_pages(guide, publisher):
    """As after a release that keeps more of a page than the one before it."""
    sign_and_publish(other := make_article(title="About gait"))
    known = Entry.objects.values().get(page=guide.pk)
    marks = set(Mark.objects.filter(entry=guide.pk).values_list("mark", flat=True))
    workflow.withdraw(other, by=publisher, kind="outdated", reason="Old.")
    Entry.objects.all().delete()
    assert find("als").hits == ()
    live = Page.objects.live().values_list("pk", flat=True)
    assert index.complete(live) == 1
    assert index.complete(live) == 0
    assert [hit.page for hit in find("als").hits] == [guide.pk]
    assert Entry.objects.values().get(page=guide.pk) | {"id": 0} == known | {"id": 0}
    assert set(Mark.objects.filter(entry=guide.pk).values_list("mark", flat=True)) == marks
    assert not Entry.objects.filter(page=other.pk).exists()


def test_page_41_a_result_says_what_the_page_says_and_when_it_was_reviewed_last(guide, reviewer):
    [hit] = find("als").hits
    assert (hit.url, hit.title, hit.status) == ("/conditions/als/", guide.title, "Not approved by the FDA")
    assert hit.summary == guide.summary
    assert hit.reviewed_on == hit.updated_on == timezone.localdate()
    Entry.objects.update(reviewed_on=None)
    workflow.reviewed_no_change(guide, by=reviewer)
    assert find("als").hits[0].reviewed_on == timezone.localdate()


def test_marks_of_an_entry_are_those_of_its_newest_version(guide):
    condition = guide.conditions.get()
    year = timezone.localdate().year

    def marks():
        return set(Mark.objects.values_list("mark", flat=True))

    assert marks() == {f"condition:{condition.pk}", f"year:{year}"}
    guide.topics.add(topic := Topic.objects.create(name="Basics", slug="basics"))
    sign_and_publish(guide, note="Topics.")
    assert marks() == {f"condition:{condition.pk}", f"topic:{topic.pk}", f"year:{year}"}
    guide.topics.clear()
    sign_and_publish(guide, note="Topics.")
    assert marks() == {f"condition:{condition.pk}", f"year:{year}"}


def test_many_groups_of_names_are_looked_for_at_once_each_by_itself(guide):
    sign_and_publish(other := make_article(title="About gait", html="<p>Cafe is a word.</p>"))
    groups = [["gait"], [], ["—", "%"], ["MND", "lou gehrig's disease"], ["nothing", "tea"], ["cafe"], ["' OR 1"]]
    found = holding(groups, limit=5)
    assert [sorted(pages) for pages in found] == [[other.pk], [], [], [guide.pk], [guide.pk], [guide.pk, other.pk], []]
    assert [len(pages) for pages in holding(groups, limit=1)] == [1, 0, 0, 1, 1, 1, 0]
    assert holding([], limit=5) == []


TEXT = "First of all. Of ALS\u00a0patients, e.g.\x1cO’Neill’s, 2.5 %… walk! \n Is it so? 'S Oedema, ĳ. . Café.  "


def test_each_line_of_terms_is_what_one_sentence_says():
    """So that the sentence shown can be chosen by the terms alone."""
    said = said_in(TEXT).split("\n")
    assert [said_in(sentence) for sentence in sentences_of(TEXT)] == said
    assert said[0] == "first of all" and "edema ij" in said[4]
    for number in range(len(said)):
        assert sentences_of(TEXT, most=number + 1)[number] == sentences_of(TEXT)[number]


def test_an_entry_keeps_the_terms_of_its_sentences_and_loses_none(guide):
    entry = Entry.objects.get(page=guide.pk)
    assert entry.said == said_in(entry.text) and "trial 3 year are short" in entry.said.split("\n")


def test_page_41_kinds_are_counted_in_the_same_order_on_both_databases(clinic, guide):
    study = make_study(methods="<p>Tea was given.</p>")
    article = make_article(title="Tea")
    for page in (study, article):
        sign_and_publish(page)
    found = find("tea")
    assert list(found.numbers.items()) == [("Article", 1), ("Guide", 1), ("Study", 1)]
    assert find("tea", kind="Study").numbers == found.numbers
    assert find("tea", kind="Nothing").hits == () and find("tea", start=1, limit=1).hits == found.hits[1:2]


def test_page_41_a_page_counts_as_the_kind_it_has_now(guide, monkeypatch):
    for kind in ("Article", "Service"):
        monkeypatch.setattr(index, "_readers", [lambda page, kind=kind: index.Document(kind=kind, title="Tea")])
        index.refresh(guide.pk)
        assert find("tea").numbers == {kind: 1}
        assert [hit.page for hit in find("tea", kind=kind).hits] == [guide.pk]


EXPECTED = {
    "gait": ({"gait"}, {"walking", "sleep"}),
    "Gait.": ({"gait"}, {"walking", "sleep"}),
    "giat": ({"gait"}, {"walking", "sleep"}),
    "gait walking": ({"walking", "gait"}, set()),
    "walk": ({"walking"}, {"gait"}),
    "walks quietly": ({"walking"}, set()),
    "well-known": (set(), {"sleep"}),
    "known well": (set(), {"sleep", "gait"}),
    "what is sleep": ({"sleep"}, set()),
    "sleep gait tea": (set(), set()),
    "10.1000/xyz.99": (set(), set()),
    "' | 'gait": ({"gait"}, {"walking", "sleep"}),
    "-gait": ({"gait"}, {"walking", "sleep"}),
}
"""Of each query the pages that name it, which come first, and those that mention it."""


@pytest.mark.parametrize("query", EXPECTED)
def test_page_41_one_list_of_queries_finds_the_same_on_both_databases(clinic, query):
    texts = {
        "sleep": ("A night of sleep", "A well-known gait."),
        "walking": ("Walking", "We measure gait, and who walks quietly."),
        "gait": ("About gait", "Well, walking is known."),
    }
    pages = {name: number for number, name in enumerate(texts, start=1)}
    index.add(
        {pages[name]: index.Document(kind="Article", title=title, text=text) for name, (title, text) in texts.items()}
    )
    names = {number: name for name, number in pages.items()}
    hits = [names[hit.page] for hit in find(query).hits]
    named, mentioned = EXPECTED[query]
    assert (set(hits[: len(named)]), set(hits[len(named) :])) == (named, mentioned)
    assert len(hits) == find(query).total == len(named | mentioned)


def test_a_word_of_every_other_page_is_looked_for_in_the_index(clinic):
    """PostgreSQL took it for nothing to put the terms of a page together, and read each of ten thousand for a word."""
    engine().put([(page, "Article", "tea", "tea" if page % 2 else "milk") for page in range(10_000, 10_400)])
    engine().put([(page, "Article", "milk", "milk") for page in range(11_000, 11_400)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        if connection.vendor == "postgresql":
            query = f"EXPLAIN SELECT page FROM search_terms WHERE {engine().ALL} @@ to_tsquery('simple', 'tea')"
        else:
            query = "EXPLAIN QUERY PLAN SELECT rowid FROM search_terms WHERE search_terms MATCH 'tea'"
        cursor.execute(query)
        plan = " ".join(str(line) for line in cursor.fetchall())
    assert "search_terms_all" in plan or "VIRTUAL TABLE INDEX" in plan, plan
