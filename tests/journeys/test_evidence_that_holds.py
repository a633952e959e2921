"""EVD-98: a paper by file, a wrong reference found and mended, signed, live; then the paper is retracted."""

from __future__ import annotations

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from stemsite.access import Role
from stemsite.mail.models import Delivery
from stemsite.publishing import workflow
from stemsite.publishing.gate import Refused
from stemsite.publishing.models import Version
from stemsite.tasks.models import Job
from stemsite.tasks.worker import run_job
from studies.checking import latest
from studies.models import ImportBatch, IntegrityEvent, Reference
from studies.monitoring import check_retraction_watch
from tests.factories import make_guide, make_reference, make_reviewer, make_user, save_draft
from tests.staff import save, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

PAPER = b"""
PMID- 90000077
TI  - Cord lining cells in progressive quiet palsy: a paired comparison.
FAU - Barcz, Monika
AU  - Barcz M
FAU - Szabo, Bence
AU  - Szabo B
JT  - Regenerative letters and reviews
TA  - Regen Lett Rev
DP  - 2020 May
VI  - 16
IP  - 5
PG  - 922-932
PT  - Journal Article
AID - 10.5555/rlr.2020.7 [doi]
"""
COLUMNS = (
    "Record ID,Title,Subject,Institution,Journal,Publisher,Country,Author,URLS,ArticleType,RetractionDate,"
    "RetractionDOI,RetractionPubMedID,OriginalPaperDate,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,"
    "Reason,Paywalled,Notes\n"
)


def work() -> None:
    while (job := Job.objects.filter(lane="long").claim_next()) is not None:
        run_job(job)


def test_a_wrong_reference_is_mended_and_a_retraction_reaches_everybody(clinic):
    """EVD-98, EVD-40, EVD-53, EVD-81: from the first file to the letter to the keeper."""
    author, keeper = make_user(Role.AUTHOR), make_user(Role.AUTHOR)
    reviewer = make_reviewer(user=make_user(Role.REVIEWER, Role.PUBLISHER)).user

    # The guide cites the paper as the old page printed it: under another name.
    wrong = make_reference(
        title="Cord lining cells in progressive quiet palsy: a paired comparison", authors=[["Sierak", "A"]],
        journal="Regenerative Letters and Reviews", year=2020, volume="16", pages="", doi=None, verdict="not checked",
        created_by=author,
    )  # fmt: skip
    guide = make_guide(by=author, citing=wrong.pk, keeper=keeper)
    save_draft(guide)

    # The paper arrives by file. It is probably the one that is cited: a person says so.
    staff = signed_in(user=reviewer)
    author_at_work = signed_in(user=author)
    author_at_work.post(reverse("admin:studies_importbatch_add"), {"file": SimpleUploadedFile("paper.nbib", PAPER)})
    work()
    batch = ImportBatch.objects.get()
    act = lambda slug, **data: staff.post(reverse("admin:studies_import_act", args=[batch.pk, slug]), data)  # noqa: E731
    [row] = batch.rows.all()
    assert (row.state, row.title) == ("new", "Cord lining cells in progressive quiet palsy: a paired comparison")
    act("take-all")
    act("apply")
    work()
    paper = Reference.objects.get(pmid="90000077")
    assert paper.verdict == "verified"

    # The wrong reference is saved with the paper's DOI missing; it is held against the paper and named wrong.
    staff.post(reverse("admin:studies_reference_act", args=[wrong.pk, "choose"]), {"identifier": "10.5555/rlr.2020.7"})
    wrong.refresh_from_db()
    assert wrong.verdict == "mismatch"
    with pytest.raises(Refused, match="we say “Sierak A”, the record says “Barcz”"):
        workflow.submit(guide, by=author)

    # One press corrects it; the draft is saved anew, signed by the reviewer, and published.
    check = latest(wrong)
    pressed = {"check": check.pk, "field": "author"}
    assert staff.post(reverse("admin:studies_reference_act", args=[wrong.pk, "correct"]), pressed).status_code == 303
    version = workflow.submit(guide, by=author)
    workflow.sign(guide, by=reviewer, version_id=version.pk)
    workflow.publish(guide, by=reviewer, change="major")
    guide.refresh_from_db()
    reader = Client()
    page = reader.get(guide.live_path).content.decode()
    assert "Barcz M" in page and "Sierak" not in page and "Retracted" not in page

    # The staff give it its DOI, and the paper is retracted.
    Reference.objects.filter(pk=paper.pk).update(is_retired=True)
    save(staff, reverse("admin:studies_reference_change", args=[wrong.pk]), doi="10.5555/rlr.2020.7")
    Delivery.objects.all().delete()
    row = (
        '9,"Cord lining cells",x,x,x,x,x,x,,Research Article,6/16/2026 0:00,10.5555/rlr.retr,0,'
        "5/1/2020 0:00,10.5555/rlr.2020.7,0,Retraction,+Error in Data;,No,\n"
    )
    run = check_retraction_watch([COLUMNS, row])
    assert run.counts["new"] >= 1
    after = reader.get(guide.live_path)
    assert "Retracted June 16, 2026" in after.content.decode()
    assert Delivery.objects.filter(kind="source_noticed").exists()
    board = staff.get(reverse("admin:studies_board")).content.decode()
    assert "<strong>Retracted</strong>" in board and "1 live page" in board
    event = IntegrityEvent.objects.filter(reference=wrong).get()
    assert event.notice_on == datetime.date(2026, 6, 16)

    # What the page said yesterday is still what it said: its version has not changed. It is not published again so.
    assert "Barcz M" in str(Version.objects.get(pk=guide.live_version_id).content)
    with pytest.raises(Refused, match="was retracted"):
        workflow.submit(guide, by=author)
