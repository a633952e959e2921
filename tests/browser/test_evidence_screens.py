"""The screens of evidence in a real browser: wide, narrow, light and dark, judged by axe (EVD-18, 36, 55, 82, 87)."""

from __future__ import annotations

import datetime
import json
import os
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from stemsite.access import Role
from studies.auditing.handed_in import read_audit, store_page
from studies.importing.values import values_of
from studies.integrity import doubt, record_event
from studies.keeping import keep
from studies.models import Reference, Trial
from studies.proposals import propose_study
from studies.sources.ctgov_json import record as trial_record
from studies.trial_watch import watch_trials
from tests.browser import tools
from tests.factories import make_clinic, make_reference, make_user, make_wordings
from tests.fakes.sources import fake_sources
from tests.studies.test_trial_watch import changed

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SAMPLES = Path(__file__).resolve().parent.parent / "samples" / "evidence"


@pytest.fixture
def staff(db):
    make_wordings()
    make_clinic()
    return make_user(Role.PUBLISHER, Role.REVIEWER, first_name="Cora", last_name="Keeper")


@pytest.fixture
def addresses(staff, settings) -> list[str]:
    """Something of everything: a study proposed, a page audited, a trial that changed, a notice doubted, a twin."""
    settings.EVIDENCE_NETWORK = False
    found = trial_record(json.loads((SAMPLES / "trial.json").read_text())["studies"][0])
    keep(found, source="ClinicalTrials.gov")
    registration = Reference(**{**values_of(found), "updated_on": "2021-06-01"})
    registration.full_clean()
    registration.save()
    study = propose_study(registration, by=staff)
    watch_trials(fake_sources([found]))
    Trial.objects.update(asked_at=timezone.now() - datetime.timedelta(days=8))
    watch_trials(fake_sources([changed(found, status="TERMINATED", why_stopped="No money was left")]))
    twin, other = make_reference(title="Cells", doi=None, pmid="90000061"), make_reference(title="Cells")
    doubt(record_event(other, kind="retracted", source="Crossref", by=None), because="Another paper.", by=staff)
    page = store_page(
        (SAMPLES / "faulty-page.txt").read_bytes(), "our old page.txt", records=(SAMPLES / "library.json").read_bytes(),
        by=staff,
    )  # fmt: skip
    read_audit(page, sources=fake_sources)
    return [
        f"/admin/studies/study/{study.pk}/proposed/",
        "/admin/studies/pageaudit/add/",
        f"/admin/studies/pageaudit/{page.pk}/change/",
        "/admin/studies/board/",
        f"/admin/studies/references/{twin.pk}/check/",
    ]


def _picture(page: Page, name: str) -> None:
    """Where EVIDENCE_PICTURES names a folder, somebody wants to look."""
    if folder := os.environ.get("EVIDENCE_PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_every_screen_is_well_made_wide_and_narrow_light_and_dark(page, log_in, staff, addresses, width, scheme):
    """AX-01, AX-03."""
    log_in(staff)
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    flaws = {}
    for number, address in enumerate(addresses):
        page.goto(address)
        _picture(page, f"{number}-{width}-{scheme}")
        found = tools.in_words(tools.axe(page)["violations"])
        if found or tools.sideways(page) > 0:
            flaws[address] = (found, tools.sideways(page))
    assert flaws == {}


def test_proposed_values_are_confirmed_by_keyboard_alone(page, log_in, staff, addresses):
    """EVD-18, AX-18."""
    log_in(staff)
    page.goto(addresses[0])
    waiting = page.locator('input[name="place"]')
    before = waiting.count()
    waiting.first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist .success")).to_have_text("1 value is confirmed.")
    expect(waiting).to_have_count(before - 1)
