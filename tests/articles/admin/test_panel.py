"""PUB-36: what the checks say of a form that is not saved, each finding with its place on that form."""

import pytest

from articles.models import FigureSection, TextSection
from stemsite.access import Role
from stemsite.publishing.families import content_of, family_of
from stemsite.publishing.gate import findings
from stemsite.publishing.panel import panel
from tests.factories import make_article, make_reference, make_study, make_user, save_draft
from tests.staff_forms import form_of, opened, signed_in

pytestmark = pytest.mark.django_db

LONG = "The committee of the institution considered the recommendation of the international organization carefully."


@pytest.fixture
def editor(clinic):
    return make_user(Role.AUTHOR, Role.PUBLISHER)


def checks(client, page, data, kind="articles/article", **typed):
    address = f"/admin/{kind}/{page.pk if page else 'add'}/preview/"
    answer = client.post(address, {**data, **typed}, headers={"accept": "application/json"})
    assert answer.status_code == 200
    return answer.json()["checks"]


def test_pub_36_every_part_of_the_panel_is_told_of_what_is_typed(editor):
    """Grade, words, time, hardest sentences, headings, links, alt texts, claims and citations."""
    article = make_article(by=editor)
    paper = make_reference()
    FigureSection.objects.create(parent=article, region="main", ordering=40, drawing="als", alt="A nerve cell.")
    save_draft(article)
    client = signed_in(editor)
    told = checks(
        client,
        article,
        opened(client, article),
        **{
            "articles_textsection_set-0-heading": "First steps, typed",
            "articles_textsection_set-0-html": f"<p>Stem cells cure ALS. {LONG}</p><h4>Too deep</h4>"
            f'<p><a href="https://example.org/">Click here</a><cite data-ref="{paper.pk}"></cite></p>'
            + "<p>Short words are easy to read and help us all. </p>"
            * 20,
        },
    )
    measures = dict(told["measures"])
    assert int(measures["Words"]) > 200
    assert measures["Reading time"] == "about 1 minute"
    assert float(measures["Reading grade"].split(",")[0]) > 0
    assert (measures["Links"], measures["Texts for pictures"], measures["Citations"]) == ("1", "1", "1 of 1 source")
    place = "articles_textsection_set-0"
    assert told["hardest"][0] == {"words": LONG, "field": told["hardest"][0]["field"], "level": 0, "place": place}
    assert {"First steps, typed", "Too deep"} <= {one["words"] for one in told["outline"]}
    assert [one["words"] for one in told["alts"]] == ["A nerve cell."]
    found = {(one["subject"], one["quote"]): one for one in told["findings"]}
    claim = found["Claims", "Stem cells cure ALS."]
    assert (claim["severity"], claim["place"]) == ("block", place)
    assert found["Headings and links", "Click here"]["place"] == place
    assert found["Headings and links", "Too deep"]["place"] == place
    assert told["findings"][0]["severity"] == "block", "what stops it comes first"


def test_pub_36_missing_alt_text_and_an_unknown_source_lead_to_their_sections(editor):
    article = make_article(by=editor)
    section = FigureSection.objects.create(parent=article, region="main", ordering=40, drawing="als", alt="")
    save_draft(article)
    client = signed_in(editor)
    html = '<p>Words.<cite data-ref="999999"></cite></p>'
    told = checks(client, article, opened(client, article), **{"articles_textsection_set-0-html": html})
    places = {one["subject"]: one["place"] for one in told["findings"]}
    assert places["Pictures"] == "articles_figuresection_set-0"
    assert places["Sources"] == "articles_textsection_set-0"
    assert section.key


def test_pub_36_a_new_section_and_a_page_never_saved_have_places_too(editor):
    client = signed_in(editor)
    data = form_of(client.get("/admin/articles/article/add/"), id="article_form")
    told = checks(
        client,
        None,
        data,
        title="New",
        **{
            "articles_textsection_set-TOTAL_FORMS": "1",
            "articles_textsection_set-0-region": "main",
            "articles_textsection_set-0-ordering": "10",
            "articles_textsection_set-0-heading": "One",
            "articles_textsection_set-0-html": "<p>Stem cells cure ALS.</p>",
        },
    )
    places = {one["quote"] or one["words"]: one["place"] for one in told["findings"]}
    assert places["Stem cells cure ALS."] == "articles_textsection_set-0"
    assert places["The summary is missing: one sentence for lists and search results."] == "id_summary"
    assert list(told["anchors"].values()) == ["articles_textsection_set-0"]


def test_pub_36_a_study_has_the_panel_too(editor):
    study = make_study(by=editor)
    save_draft(study)
    client = signed_in(editor)
    data = opened(client, study)
    told = checks(client, study, data, kind="studies/study", results="<p>Stem cells cure ALS.</p>")
    assert "id_results" in {one["place"] for one in told["findings"] if one["quote"] == "Stem cells cure ALS."}


def test_pub_06_the_panel_hears_what_the_gate_hears(editor):
    """The same content, the same findings; the advice stands beside them."""
    article = make_article(by=editor, summary="")
    TextSection.objects.filter(parent=article).update(html="<p>Stem cells cure ALS.</p>")
    version = save_draft(article)
    content = content_of(article, version)
    assert set(findings(article, content)) <= set(panel(article, content).findings)
    client = signed_in(editor)
    told = checks(client, article, opened(client, article))
    gate = {(one.severity, one.message) for one in findings(article, family_of(article).freeze(article))}
    assert gate and gate <= {(one["severity"], one["words"]) for one in told["findings"]}
