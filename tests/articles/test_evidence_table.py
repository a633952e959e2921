"""The table of all studies behind a condition guide: rows, sums, drawing, file (PAGE-34 to 36, EVD-67, 70 to 74)."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stemsite.publishing import workflow
from stemsite.publishing.models import Page
from studies.integrity import record_event
from studies.library import table
from studies.library.marks import shape
from studies.library.timeline import LARGEST, radius, timeline
from studies.models import Coverage, StudyFact
from tests.factories import make_guide, make_study, sign_and_publish
from tests.markup import links, one, tree, with_class, words
from tests.stored import keep, read, stored

pytestmark = [pytest.mark.django_db, pytest.mark.database]

PATH = "/conditions/als/evidence/"


def about(guide, slug, *, people=67, **fields):
    """A live study of the guide's condition, whose title is its slug."""
    study = make_study(slug=slug, title=f"The {slug} study", outcome_of=None, **fields)
    study.outcome_groups.all().delete()
    study.conditions.set(guide.conditions.all())
    StudyFact.objects.filter(study=study, kind__in=("enrolled", "analysed")).update(people=people, of=None)
    sign_and_publish(study)
    return study


@pytest.fixture
def guide(clinic):
    guide = make_guide(searched_on="2026-11-01")
    sign_and_publish(guide)
    return guide


@pytest.fixture
def studies(guide):
    """One sure, one doubtful, one planned; and one of another condition, which belongs elsewhere."""
    sure = about(guide, "sure", people=240, design="randomised", masking="double", study_year=2021)
    doubtful = about(guide, "doubtful", people=67, design="historical", study_year=2019)
    planned = about(
        guide, "planned", people=66, design="single arm", study_year=2024, has_results=False, enrolled_is_planned=True
    )
    sign_and_publish(make_study(slug="elsewhere", title="The elsewhere study"))
    return sure, doubtful, planned


def rows_of(root):
    return [[words(cell) for cell in row] for row in next(root.iter("tbody"))]


def order(client, query=""):
    return [row[1].split()[1] for row in rows_of(tree(client.get(f"{PATH}{query}")))]


def test_page_34_one_row_a_study_the_surest_first_and_sorting_by_links(client, studies):
    assert order(client) == ["sure", "doubtful", "planned"]
    assert order(client, "?sort=year") == ["planned", "sure", "doubtful"]
    assert order(client, "?sort=people") == ["sure", "doubtful", "planned"]
    assert order(client, "?sort=beauty") == order(client)
    root = tree(client.get(f"{PATH}?sort=year"))
    sorted_by = {words(head): head.get("aria-sort") for head in root.iter("th") if head.get("aria-sort")}
    assert sorted_by == {"Year": "descending"}
    assert {("Year", f"{PATH}?sort=year"), ("People", f"{PATH}?sort=people"), ("Certainty", PATH)} <= set(links(root))
    assert 'content="noindex, follow"' in client.get(f"{PATH}?sort=year").content.decode()
    assert "noindex" not in client.get(PATH).content.decode()


def test_page_34_a_row_says_what_its_page_says(client, studies):
    """EVD-70, EVD-71: people, comparison, result with its worse side, harms, certainty, state of the results."""
    root = tree(client.get(PATH))
    sure, doubtful, planned = rows_of(root)
    assert sure[0] == "2021"
    assert sure[2:5] == ["Groups formed by chance", "240 people", sure[4]]
    assert sure[7].startswith("High")
    assert planned[3] == "66 people planned"
    assert planned[5] == "No results have been published yet."
    assert planned[6] == "Harms are not known: no results have been published yet."
    assert "No results yet" in planned[7]
    page = words(tree(client.get("/studies/doubtful/")))
    for said in (doubtful[3], doubtful[4], doubtful[5]):
        assert said in page
    labels = [[cell.get("data-of") for cell in row if cell.tag == "td"] for row in next(root.iter("tbody"))]
    assert all(all(label) for label in labels), "each cell says on a phone what it is"


def test_page_35_the_sums_stand_above(client, studies, guide, owner):
    said = words(one(tree(client.get(PATH)), "plain-head"))
    assert "3 studies. In 1 of them, chance decides who gets what." in said
    assert "307 people took part in the 2 studies with published results." in said
    assert "1 study has no published results. Planned people are not counted." in said
    assert "No systematic review found as of November 1, 2026." in said
    review = about(guide, "review", people=900, design="review", study_year=2025)
    said = words(one(tree(client.get(PATH)), "plain-head"))
    assert "4 studies." in said
    assert "307 people" in said, "who took part in reviewed studies is not counted twice"
    assert "Systematic review: The review study" in said
    record_event(review.primary, kind="retracted", source="journal", by=owner)
    record_event(studies[0].primary, kind="retracted", source="journal", by=owner)
    said = words(one(tree(client.get(PATH)), "plain-head"))
    assert "No systematic review found" in said
    assert "67 people took part in the one study with published results." in said
    assert "2 papers were withdrawn by the journal, in whole or in part. We list them and do not count them." in said


def test_page_07_a_retraction_shows_at_once_on_the_table_and_its_drawing(client, studies, owner):
    """PAGE-36: struck through, without a word of certainty; the table of another condition keeps its bytes."""
    keep(PATH, "/conditions/")
    record_event(studies[0].primary, kind="retracted", source="journal", by=owner)
    assert PATH not in stored()
    assert "/conditions/" in stored()
    root = tree(client.get(PATH))
    assert order(client) == ["doubtful", "planned", "sure"]
    assert len(with_class(root, "struck")) == 1
    assert "Retracted" in rows_of(root)[2][1]
    assert rows_of(root)[2][7].startswith("No word of certainty")
    assert len(with_class(root, "strike")) == 3, "its mark in the row, in the drawing, and the legend"


def test_page_06_only_live_studies_and_a_dated_notice_where_one_was_withdrawn(client, studies, publisher):
    draft = make_study(title="The hidden study")
    workflow.saved(draft, by=draft.created_by)
    workflow.withdraw(studies[0], by=publisher, kind=Page.Withdrawal.ERROR, reason="We misread the paper.")
    root = tree(client.get(PATH))
    assert order(client) == ["doubtful", "planned"]
    assert "hidden" not in words(root)
    assert "The sure study. Our summary of this study was withdrawn on" in words(root)
    assert "We misread the paper." in words(root)


def test_evd_35_news_is_not_counted_listed_or_drawn(client, guide, studies):
    before = read(PATH)
    Coverage.objects.create(study=studies[0], outlet="Daily", headline="A cure", url="https://news.example/x")
    sign_and_publish(studies[0], note="We list the news about it.")
    after = read(PATH)
    assert b"A cure" not in after
    assert re.sub(rb"<time.*?</time>", b"", after) == re.sub(rb"<time.*?</time>", b"", before)


def test_page_34_the_guide_leads_to_its_table_and_the_sitemap_names_it(client, guide, studies):
    from articles.models import StudySection

    assert PATH not in client.get("/conditions/als/").content.decode()
    StudySection.objects.create(parent=guide, region="main", ordering=55, study=studies[0])
    sign_and_publish(guide, note="A study was added.")
    assert ("All studies of ALS in one table", PATH) in links(tree(client.get("/conditions/als/")))
    assert f"{PATH}</loc>" in client.get("/sitemap.xml").content.decode()


def test_page_47_the_table_follows_its_guide(client, guide, publisher):
    assert "We list no study of ALS yet." in words(tree(client.get(PATH)))
    assert client.get("/conditions/nothing/evidence/").status_code == 404
    assert client.get("/conditions/nothing/evidence.csv").status_code == 404
    assert client.post(PATH).status_code == 405
    guide.slug = "motor-neuron-disease"
    guide.save()
    sign_and_publish(guide, note="The address changed.")
    moved = client.get(PATH)
    assert (moved.status_code, moved["Location"]) == (301, "/conditions/motor-neuron-disease/evidence/")
    workflow.withdraw(guide, by=publisher, kind=Page.Withdrawal.ERROR, reason="We misread much.")
    assert client.get("/conditions/motor-neuron-disease/evidence/").status_code == 410
    assert client.get("/conditions/motor-neuron-disease/evidence.csv").status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_rows(client, guide, studies, settings):
    settings.PAGE_STORE = False

    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(PATH).status_code == 200
        return len(asked)

    few = queries()
    for number in range(3):
        about(guide, f"more-{number}")
    assert queries() == few <= 20


def test_evd_67_the_file_runs_no_formula_and_holds_the_rows(client, guide, studies):
    bad = about(guide, "bad", people=9, design="case", study_year=2001, cells="=HYPERLINK(1)")
    for value, text in (("comparator", "+1"), ("outcome", "@SUM(1)"), ("other_harms", "-2")):
        StudyFact.objects.filter(study=bad, kind=value).update(known="stated", text=text, people=None)
    sign_and_publish(bad, note="More facts.")
    answer = client.get("/conditions/als/evidence.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="als-evidence.csv"'
    head, *lines = csv.reader(io.StringIO(answer.content.decode()))
    assert head == list(table.HEADINGS)
    assert [line[1] for line in lines][:2] == ["The sure study", "The doubtful study"]
    assert not [value for line in lines for value in line if value.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert "'=HYPERLINK(1)" in {value for line in lines for value in line}


ROW = table.Row(
    title="A", url="/a/", year=2020, cells="", design="", people="", compared_with="", result="", harms="",
    certainty="", status="", integrity=None, struck=False, number=20, kind="one group", hollow=False,
)  # fmt: skip


def marks(svg):
    """Places of the marks in the drawing, in its order: percent across, pixels down, radius."""
    return [(float(x), float(y)) for x, y in re.findall(r'<svg x="([\d.]+)%" y="(-?\d+)"', svg)]


def test_evd_74_thirty_studies_weigh_at_most_4_kb_in_the_order_of_their_rows_and_none_touches_another():
    kinds = ("one group", "compared", "by chance")
    rows = [
        replace(
            ROW,
            year=2000 + (7 * n) % 12,
            number=(n * 37) % 150,
            kind=kinds[n % 3],
            hollow=n % 4 == 0,
            struck=n % 9 == 0,
        )
        for n in range(30)
    ]
    found = timeline([*rows, replace(ROW, year=None)])
    assert (found.drawn, found.undated) == (30, 1)
    assert len(found.svg.encode()) <= 4_000
    places = marks(found.svg)
    assert len(places) == 30
    years = sorted({row.year for row in rows})
    across = {year: place[0] for row, place in zip(rows, places, strict=True) for year in [row.year]}
    assert [across[year] for year in years] == sorted(across.values())
    assert all(across[row.year] == place[0] for row, place in zip(rows, places, strict=True))
    most = max(100, *(row.number for row in rows))
    for i, (x, y) in enumerate(places):
        for j, (other_x, other_y) in enumerate(places[:i]):
            apart = ((x - other_x) * 3) ** 2 + (y - other_y) ** 2
            assert apart**0.5 >= radius(rows[i].number, most) + radius(rows[j].number, most), (i, j)
    assert "style=" not in found.svg
    assert 'aria-hidden="true"' in found.svg


def test_evd_74_area_goes_with_people_and_the_smallest_is_still_seen():
    assert radius(400, 400) == LARGEST
    assert radius(100, 400) == LARGEST / 2
    assert radius(0, 400) == radius(1, 10_000) == 4
    assert shape("compared", 10).startswith("M-8.86 -8.86h17.7v17.7"), "a square has the area of the circle"


def test_evd_74_one_dated_study_is_no_timeline():
    assert timeline([ROW, replace(ROW, year=None)]) is None
