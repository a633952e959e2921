"""EVD-98 to its end: an old page's five references, judged, mended, published; then one of the papers is retracted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles.models import StudySection
from stemsite.access import Role
from stemsite.mail.models import Delivery
from stemsite.publishing import workflow
from stemsite.publishing.as_of import record_at
from stemsite.publishing.gate import Refused
from stemsite.tasks.models import Job
from stemsite.tasks.worker import run_job
from studies.checking import latest
from studies.models import ImportBatch, PageAudit, Reference
from tests.factories import make_guide, make_reviewer, make_study, make_user, save_draft
from tests.staff import save, signed_in
from tests.studies.test_commands import run

pytestmark = [pytest.mark.django_db, pytest.mark.database]

SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "evidence"
AS_PRINTED = (
    {"kind": "news", "title": "Treatment with Quiet Cells Safe, May Slow Palsy", "authors": "Seaside University",
     "outlet": "Palsy News Today", "year": "2025", "url": "https://palsynews.example/1"},
    {"kind": "journal", "title": "Cell-Based Therapy Deemed Safe in Phase 2 Study",
     "authors": "Nowhere Palsy Consortium", "journal": "Palsy News Today", "year": "2024",
     "url": "https://palsynews.example/2"},
    {"kind": "journal", "title": "Quiet Medicine: A New Path for Palsy", "authors": "Harbor Hospital",
     "journal": "Natural Medicine", "year": "2023"},
    {"kind": "journal", "title": "Cord Lining Cells in Progressive Quiet Palsy", "authors": "Sulski, A.",
     "journal": "Regen Lett Rev", "year": "2020"},
    {"kind": "journal", "title": "First Trial with Intraspinal Cell Grafts in Quiet Palsy", "authors": "Moretti, L.",
     "journal": "Cell Grafting", "year": "2019"},
)  # fmt: skip
EXPECTED = [
    ("secondary_source", []),
    ("secondary_source", []),
    ("not_found", []),
    ("mismatch", ["author", "title"]),
    ("mismatch", ["journal", "title"]),
]
HALLER = "10.5555/nm.2022.01956"
LISTED = (
    "Record ID,Title,Subject,Institution,Journal,Publisher,Country,Author,URLS,ArticleType,RetractionDate,"
    "RetractionDOI,RetractionPubMedID,OriginalPaperDate,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,"
    "Reason,Paywalled,Notes\n"
    '9,"Cord lining cells",x,x,x,x,x,x,,Research Article,6/16/2026 0:00,10.5555/rlr.retr,0,'
    "5/1/2020 0:00,10.5555/rlr.2020.0167,0,Retraction,+Error in Data;,No,\n"
)


def work() -> None:
    while (job := Job.objects.filter(lane="long").claim_next()) is not None:
        run_job(job)


def press(staff, reference: Reference, slug: str, **data) -> None:
    answer = staff.post(reverse("admin:studies_reference_act", args=[reference.pk, slug]), data)
    assert answer.status_code == 303, answer.content.decode()


def take_all(staff, reference: Reference) -> None:
    """ "Use all the record's values that differ"."""
    check = latest(reference)
    press(staff, reference, "correct", check=check.pk, field=[one["field"] for one in check.mismatches])
    reference.refresh_from_db()
    assert reference.verdict == "verified"


def test_five_printed_references_are_judged_mended_and_watched(clinic, tmp_path):
    """EVD-98, EVD-35, EVD-40, EVD-53, EVD-81, EVD-82, EVD-87, PUB-29, PUB-54, PUB-125."""
    author, keeper = make_user(Role.AUTHOR), make_user(Role.AUTHOR)
    publisher = make_reviewer(user=make_user(Role.REVIEWER, Role.PUBLISHER)).user
    writing, staff = signed_in(user=author), signed_in(user=publisher)

    # The old page is pasted as it is, and answered reference by reference.
    page, records = (SAMPLES / "faulty-page.txt").read_text(), (SAMPLES / "library.json").read_bytes()
    posted = {"text": page, "records": SimpleUploadedFile("records.json", records)}
    assert writing.post(reverse("admin:studies_pageaudit_add"), posted).status_code == 303
    work()
    audited = PageAudit.objects.get()
    told = [
        (one["verdict"], sorted(each["field"] for each in one["differences"])) for one in audited.part("references")
    ]
    assert [verdict for verdict, _ in told] == [verdict for verdict, _ in EXPECTED]
    assert told[3:] == EXPECTED[3:]

    # Its references enter the library as they were printed, and get the same answers there.
    for one in AS_PRINTED:
        assert save(writing, reverse("admin:studies_reference_add"), **one).status_code == 302
    code, lines = run("verify_references", "--all", "--index", SAMPLES / "library.json", "--json")
    answers = [json.loads(line) for line in lines]
    assert code in (0, 1) and [(one["verdict"], one["mismatches"]) for one in answers] == EXPECTED
    first, second, third, fourth, fifth = Reference.objects.order_by("pk")

    # As it stands the guide cannot even be submitted.
    study = make_study(by=author, keeper=keeper, primary=fourth, slug="cord-lining")
    guide = make_guide(by=author, keeper=keeper, citing=fifth.pk)
    StudySection.objects.create(parent=guide, region="main", ordering=55, study=study, html="<p>Small.</p>")
    for draft in (study, guide):
        save_draft(draft)
        with pytest.raises(Refused, match="the record says"):
            workflow.submit(draft, by=author)

    # Two are news: stored as that, and put with the study as its coverage.
    press(staff, second, "news")
    board = staff.get(reverse("admin:studies_board")).content.decode()
    assert "News that stands with no study yet" in board and AS_PRINTED[1]["title"] in board
    for news in (first, second):
        press(staff, news, "cover", study="cord-lining")
    assert list(study.coverage.order_by("pk").values_list("outlet", flat=True)) == ["Palsy News Today"] * 2
    assert "News that stands with no study yet" not in staff.get(reverse("admin:studies_board")).content.decode()

    # The third means another paper than any search found: it comes by file, and a person picks it.
    [meant] = [one for one in json.loads(records) if one["doi"] == HALLER]
    handed_in = {"file": SimpleUploadedFile("haller.json", json.dumps([meant]).encode())}
    assert writing.post(reverse("admin:studies_importbatch_add"), handed_in).status_code == 303
    work()
    for slug in ("take-all", "apply"):
        act = reverse("admin:studies_import_act", args=[ImportBatch.objects.get().pk, slug])
        assert staff.post(act).status_code == 303
    work()
    haller = Reference.objects.get(doi=HALLER)
    press(staff, third, "choose", identifier=HALLER)
    assert sorted(one["field"] for one in latest(third).mismatches) == ["author", "title", "year"]

    # All three take the record's values; the third is then the source that came by file.
    for reference in (third, fourth, fifth):
        take_all(staff, reference)
    press(staff, third, "merge", into=haller.pk)
    for reference in (fourth, fifth):
        press(staff, reference, "correct", check=latest(reference).pk, field="doi")
        reference.refresh_from_db()
        assert (reference.verdict, reference.doi[:8]) == ("verified", "10.5555/")
    assert fourth.authors[0][0] == "Novák" and fourth.printed.startswith("Sulski A")

    # Signed and published: the study, then the guide that shows it.
    for draft in (study, guide):
        version = workflow.submit(draft, by=author)
        workflow.sign(draft, by=publisher, version_id=version.pk)
        workflow.publish(draft, by=publisher, change="major")
        draft.refresh_from_db()
    reader = Client()
    before = {path: reader.get(path) for path in (study.live_path, guide.live_path)}
    for answer in before.values():
        assert "Novák I" in answer.content.decode() and "Retracted" not in answer.content.decode()
    shown = before[study.live_path].content.decode()
    assert shown.count("News: Palsy News Today") == 2 and "<dt>People analyzed</dt><dd>67 people.</dd>" in shown
    yesterday = timezone.now()

    # A retraction arrives by file. The next request of either page says so; the other sources stay as they are.
    Delivery.objects.all().delete()
    (tmp_path / "retractions.csv").write_text(LISTED)
    code, lines = run("check_integrity", "--retraction-watch", tmp_path / "retractions.csv")
    assert code == 0 and "1 new" in lines[-1]
    for path, answer in before.items():
        now = reader.get(path)
        assert now.content.decode().count("Retracted June 16, 2026") >= 1 and now["ETag"] != answer["ETag"], path
    assert Delivery.objects.filter(kind="source_noticed").exists()
    board = staff.get(reverse("admin:studies_board")).content.decode()
    assert "<strong>Retracted</strong>" in board and "Novák 2020" in board and "2 live pages" in board

    # What the pages said yesterday is still answered, without it; and neither goes out again as it is.
    for draft in (study, guide):
        then, today = record_at(draft, yesterday), record_at(draft, timezone.now())
        assert then is not None and today is not None and then.version == today.version
        assert not any("retracted" in fact.text.casefold() for fact in then.facts)
    assert any("retracted" in fact.text.casefold() for fact in record_at(study, timezone.now()).facts)
    with pytest.raises(Refused, match="was retracted"):
        workflow.submit(study, by=author)
