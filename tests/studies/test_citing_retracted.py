"""A retracted source may be cited as retracted, in the sentence itself and not otherwise (EV-04, PAGE-56, EVD-83)."""

from __future__ import annotations

import pytest

from articles.models import TextSection
from stemsite.publishing.gate import findings
from studies.citing_retracted import cites_as_retracted
from studies.freezing import freeze_study
from studies.integrity import record_event
from studies.models import StudyPaper
from tests.factories import make_guide, make_reference, make_study, save_draft

CITE = '<cite data-ref="7"></cite>'


@pytest.mark.parametrize(
    ("html", "said"),
    [
        (f"<p>A paper that was later <b>retracted</b> claimed more.{CITE} Others did not.</p>", True),
        ('<p>The journal withdrew it<cite data-ref="7" data-loc="p 5"></cite>.</p>', True),
        (f'<p>It was retracted.<cite data-ref="9"></cite>{CITE}</p>', True),
        (f"<p>It was retracted. It helped many people.{CITE}</p>", False),
        (f"<p>It helped many people.{CITE} It was retracted.</p>", False),
        (f"<ul><li>It helped{CITE}</li><li>It was retracted</li></ul>", False),
        (f"<p>It was retracted.{CITE}</p><p>It helped.{CITE}</p>", False),
        (f"<p>It was not retracted.{CITE}</p>", False),
        ('<p>It was retracted.<cite data-ref="70"></cite></p>', False),
        ("", False),
    ],
)
def test_ev_04_the_sentence_that_cites_it_says_so(html, said):
    assert cites_as_retracted([html], 7) is said


def rule(page, content) -> list[str]:
    return [one.severity for one in findings(page, content) if one.rule == "EV-04"]


@pytest.mark.django_db
@pytest.mark.database
def test_ev_04_a_guide_may_cite_a_retracted_paper_as_retracted(clinic):
    from articles.freezing import freeze_article

    paper = make_reference()
    guide = make_guide(citing=paper.pk)
    save_draft(guide)
    record_event(paper, kind="retracted", source="PubMed", by=None)
    assert rule(guide, freeze_article(guide)) == ["block"]
    cite = f'<cite data-ref="{paper.pk}"></cite>'
    TextSection.objects.filter(parent=guide, role="research").update(
        html=f"<p>One report was retracted by its journal.{cite}</p>"
    )
    assert rule(guide, freeze_article(guide)) == ["warn"]


@pytest.mark.django_db
@pytest.mark.database
def test_ev_04_a_study_may_name_a_retracted_further_paper_where_its_text_says_so(clinic):
    study, paper = make_study(), make_reference()
    StudyPaper.objects.create(study=study, reference=paper, role="secondary")
    record_event(paper, kind="retracted", source="PubMed", by=None)
    assert rule(study, freeze_study(study)) == ["block"]
    study.limits = f'<p>A later analysis was retracted.<cite data-ref="{paper.pk}"></cite></p>'
    assert set(rule(study, freeze_study(study))) == {"warn"}
