"""The form of a study: facts that are not there yet are proposed, and a draft needs only a title."""

import pytest

from stemsite.access import Role
from stemsite.publishing.models import Version
from studies.models import Study, StudyFact
from tests.factories import make_study, make_user, save_draft
from tests.staff_forms import form_of, opened, save, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def editor(clinic):
    return make_user(Role.AUTHOR, Role.PUBLISHER)


def test_a_study_saves_with_only_a_title_and_stores_no_fact_nobody_stated(editor):
    """PUB-05, EV-06: thirteen rows are proposed, none is kept that was left alone."""
    client = signed_in(editor)
    empty = form_of(client.get("/admin/studies/study/add/"), id="study_form")
    assert [empty[f"facts-{index}-kind"] for index in range(13)] == StudyFact.Kind.values
    response = client.post("/admin/studies/study/add/", {**empty, "title": "A study", "_continue": "Save version"})
    assert response.status_code == 302
    study = Study.objects.get()
    assert not study.facts.exists()
    assert study.versions.count() == 1


def test_only_what_is_missing_is_proposed_and_a_filled_row_is_kept(editor):
    study = make_study(by=editor)
    study.facts.filter(kind__in=["deaths", "funder"]).delete()
    client = signed_in(editor)
    held = opened(client, study)
    proposed = {held[f"facts-{index}-kind"]: index for index in (11, 12)}
    assert set(proposed) == {"deaths", "funder"}
    typed = {f"facts-{proposed['deaths']}-people": "2", f"facts-{proposed['deaths']}-of": "67"}
    assert save(client, study, held, **typed).status_code == 302
    fact = study.facts.get(kind="deaths")
    assert (fact.people, fact.of, fact.known) == (2, 67, "stated")
    assert not study.facts.filter(kind="funder").exists()


def test_the_second_saver_of_a_study_keeps_every_row(editor):
    """PUB-67 for facts and outcome groups."""
    study = make_study(by=editor)
    save_draft(study)
    mine, theirs = signed_in(editor), signed_in(make_user(Role.PUBLISHER))
    held = opened(mine, study)
    assert save(theirs, study, opened(theirs, study), summary="Their summary.").status_code == 302
    typed = {"facts-0-people": "66", "outcome_groups-0-label": "declined much more slowly"}
    refused = save(mine, study, held, **typed)
    assert refused.status_code == 409
    shown = form_of(refused, id="study_form")
    assert {name: shown[name] for name in typed} == typed
    assert "Their summary." in refused.content.decode()


def test_preview_of_a_study_shows_rows_nobody_saved_and_writes_nothing(editor):
    """PUB-31"""
    study = make_study(by=editor)
    save_draft(study)
    client = signed_in(editor)
    held = opened(client, study)
    typed = {
        "title": "A title nobody saved",
        "outcome_groups-2-DELETE": "on",
        "outcome_groups-0-label": "did a little better",
        "methods": "<p>Typed methods.</p>",
    }
    response = client.post(f"/admin/studies/study/{study.pk}/preview/", {**held, **typed})
    assert response.status_code == 200
    page = response.content.decode()
    for words in ("A title nobody saved", "did a little better", "Typed methods."):
        assert words in page
    assert "declined faster" not in page
    assert Version.objects.filter(page_id=study.pk).count() == 1
    assert Study.objects.get(pk=study.pk).outcome_groups.count() == 3


def test_a_new_study_has_no_design_until_somebody_chooses_one(editor):
    """EV-06: nothing is rated, and nothing goes live, by a design that nobody chose."""
    client = signed_in(editor)
    empty = form_of(client.get("/admin/studies/study/add/"), id="study_form")
    assert empty.get("design", "") == ""
    client.post("/admin/studies/study/add/", {**empty, "title": "A study", "_continue": "Save version"})
    study = Study.objects.get()
    preview = client.get(f"/admin/studies/study/{study.pk}/preview/")
    assert preview.status_code == 200
    assert "One group, everyone treated" not in preview.content.decode()
    missing = client.get(f"/admin/pages/{study.pk}/").context["missing"]
    [message] = [finding.message for finding, _ in missing if finding.field == "design"]
    assert "how the study was done" in message


def test_the_newer_facts_of_a_study_are_on_its_form(editor):
    client = signed_in(editor)
    study = make_study(by=editor)
    typed = {"not_significant": "on", "seller_paid": "on", "surrogate": "a blood value", "stopped_because": "no money"}
    assert save(client, study, opened(client, study), **typed).status_code == 302
    study.refresh_from_db()
    assert study.not_significant
    assert study.seller_paid
    assert (study.surrogate, study.stopped_because) == ("a blood value", "no money")
