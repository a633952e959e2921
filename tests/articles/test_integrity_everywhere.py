"""What happens to a source shows at once on every page that shows the study, without a new version (PAGE-07)."""

from __future__ import annotations

import datetime

import pytest

from articles.models import StudySection
from studies.integrity import record_event
from studies.models import IntegrityEvent
from tests.factories import make_guide, make_study, sign_and_publish
from tests.markup import links, tree, words

pytestmark = [pytest.mark.django_db, pytest.mark.database]

Kind = IntegrityEvent.Kind
LABELS = {
    Kind.RETRACTED: "Retracted March 5, 2026",
    Kind.PARTLY_RETRACTED: "Partly retracted March 5, 2026",
    Kind.CONCERN: "Expression of concern March 5, 2026",
    Kind.CORRECTED: "Corrected March 5, 2026",
}
NOTICE = "https://journal.example/notice"


@pytest.fixture
def shown(clinic, reviewer_person):
    """A study, its library, and a guide that shows its card and cites its paper; each stored as a reader got it."""
    study = make_study(slug="cord-cells")
    sign_and_publish(study, reviewer=reviewer_person.user)
    guide = make_guide(citing=study.primary_id)
    StudySection.objects.create(parent=guide, region="main", ordering=55, study=study)
    sign_and_publish(guide, reviewer=reviewer_person.user)
    return study, guide


@pytest.mark.parametrize("kind", list(LABELS))
def test_page_07_each_event_is_dated_and_linked_on_every_page_that_shows_the_study(client, shown, publisher, kind):
    study, guide = shown
    addresses = ("/studies/cord-cells/", "/studies/", "/conditions/als/")
    before = {address: words(tree(client.get(address)).find("body/main")) for address in addresses}
    versions = (study.live_version_id, guide.live_version_id)
    record_event(
        study.primary, kind=kind, source="crossref", by=publisher,
        notice_on=datetime.date(2026, 3, 5), notice_url=NOTICE,
    )  # fmt: skip
    for address in addresses:
        root = tree(client.get(address))
        assert LABELS[kind] not in before[address]
        assert LABELS[kind] in words(root.find("body/main")), address
    for address in ("/studies/cord-cells/", "/conditions/als/"):
        assert NOTICE in [target for _, target in links(tree(client.get(address)))], address
    for page in (study, guide):
        page.refresh_from_db()
    assert (study.live_version_id, guide.live_version_id) == versions
