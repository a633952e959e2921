"""Papers of a study with their roles, and what is not reported or not confirmed (EVD-31)."""

from __future__ import annotations

import datetime
from contextlib import contextmanager
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from lxml import html

from stemsite.access import Role
from stemsite.publishing import workflow
from stemsite.publishing.content import content_hash, dump
from stemsite.publishing.families import content_of
from stemsite.publishing.gate import Refused, findings
from stemsite.publishing.models import Use
from studies.board import board
from studies.content import study_content
from studies.freezing import freeze_study
from studies.integrity import record_event
from studies.merging import merge
from studies.models import Coverage, StudyFact, StudyPaper
from studies.proposals import why_not
from tests.factories import make_reference, make_study, make_user, save_draft, sign_and_publish
from tests.staff_forms import opened, save, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def with_paper(role: str = "follow-up", **fields):
    study = make_study(**fields)
    paper = make_reference(authors=[["Later", "Ann"]], year=2023)
    StudyPaper.objects.create(study=study, reference=paper, role=role)
    return study, paper


def rules(study, rule: str) -> list[tuple[str, str]]:
    found = findings(study, freeze_study(study))
    return [(one.severity, one.message) for one in found if one.rule == rule]


def test_evd_31_readers_get_each_paper_with_its_role_apart_from_the_news(clinic, client):
    study, paper = with_paper()
    Coverage.objects.create(study=study, outlet="Example News", headline="A step", url="https://news.example/a")
    sign_and_publish(study)
    body = client.get(study.live_path).content.decode()
    papers = body.partition('<h2 id="papers">')[2].partition("</section>")[0]
    assert "Main report: " in papers and "Follow-up: " in papers and "Example News" not in papers
    references = body.partition('<h2 id="references">')[2]
    assert paper.doi in references and study.primary.doi in references
    assert content_of(study, study.live_version).year == study.primary.year
    exported = client.get(reverse("studies:export-list", args=[study.pk, "ris"]))
    assert exported.content.decode().count("TY  - ") == 2


def test_evd_31_a_study_with_one_paper_lists_none_apart(clinic, client):
    study = make_study()
    sign_and_publish(study)
    assert 'id="papers"' not in client.get(study.live_path).content.decode()
    assert "papers" not in study.live_version.content, "versions without further papers hash as they always did"


def test_evd_31_a_retracted_further_paper_says_so_at_once_and_blocks_the_next_publication(clinic, client):
    study, paper = with_paper("results")
    sign_and_publish(study)
    before = client.get(study.live_path)
    record_event(paper, kind="retracted", source="PubMed", notice_on=datetime.date(2026, 3, 4), by=None)
    after = client.get(study.live_path)
    assert after["ETag"] != before["ETag"]
    papers = after.content.decode().partition('<h2 id="papers">')[2].partition("</section>")[0]
    assert "Retracted March 4, 2026" in papers
    assert [severity for severity, _ in rules(study, "EV-04")] == ["block"]


def test_evd_31_a_further_paper_is_used_merged_reverted_and_kept(clinic, author, publisher):
    """PUB-15, PUB-22, PUB-23, EVD-36."""
    study, paper = with_paper(by=author)
    first = save_draft(study)
    assert Use.objects.filter(version=first, kind=Use.Kind.REFERENCE, object_id=paper.pk).exists()
    again = make_reference(title=paper.title, doi=None, pmid=None, pmcid="PMC90000071")
    merge(paper, into=again, by=publisher)
    assert StudyPaper.objects.get(study=study).reference == again
    study.refresh_from_db()
    assert workflow.revert(study, by=author, to=first).content == first.content
    with pytest.raises(IntegrityError), transaction.atomic():
        StudyPaper.objects.create(study=study, reference=paper, role="results")
    with pytest.raises(IntegrityError), transaction.atomic():
        StudyPaper.objects.create(study=study, reference=again, role="rumor")


def test_evd_36_merged_into_the_primary_paper_a_further_one_goes(clinic, author, publisher):
    study, paper = with_paper(by=author)
    save_draft(study)
    paper.refresh_from_db()
    type(paper).objects.filter(pk=paper.pk).update(doi=None, pmid="90000072")
    merge(paper, into=study.primary, by=publisher)
    assert not StudyPaper.objects.filter(study=study).exists()


def test_evd_31_news_is_no_paper_and_the_primary_one_is_not_listed_twice(clinic):
    study = make_study()
    news = make_reference(kind="news", doi=None, outlet="Example News", url="https://news.example/a")
    StudyPaper.objects.create(study=study, reference=news, role="results")
    assert [severity for severity, _ in rules(study, "EV-05")] == ["block"]
    StudyPaper.objects.all().delete()
    StudyPaper.objects.create(study=study, reference=study.primary, role="results")
    found = [one.message for one in findings(study, freeze_study(study)) if one.severity == "block"]
    assert found == ["The primary paper is listed once more among the further papers."]


def test_evd_14_a_further_paper_begins_no_second_study(clinic):
    study, paper = with_paper()
    type(paper).objects.filter(pk=paper.pk).update(pmid="90000073")
    paper.refresh_from_db()
    from studies.keeping import keep
    from studies.sources.base import Author, StudyRecord

    record = StudyRecord(
        id="pmid:90000073", pmid="90000073", source="PubMed", title="Later", authors=(Author(family="Later"),)
    )
    keep(record, source="PubMed")
    assert study.title in why_not(paper)


def test_evd_31_staff_name_papers_in_the_form(clinic, author):
    study, later = make_study(by=author), make_reference()
    client = signed_in(author)
    held = opened(client, study)
    typed = {"papers-TOTAL_FORMS": "1", "papers-0-role": "protocol", "papers-0-reference": str(later.pk)}
    typed |= {"papers-0-id": "", "papers-0-study": str(study.pk)}
    assert save(client, study, held, **typed).status_code == 302
    [paper] = study_content(study.versions.latest("number").content).further
    assert (paper.role, paper.reference) == ("protocol", later.pk)


# -- not confirmed ------------------------------------------------------------------------------


def test_evd_31_not_confirmed_warns_at_the_gate_and_stands_on_the_board_until_it_is_known(clinic, author):
    study = make_study(by=author)
    [(severity, message)] = rules(study, "EVD-31")
    assert severity == "warn" and "Deaths" in message and "Who paid" in message and "Where" not in message
    [line] = board().unconfirmed
    assert (line.study.pk, line.facts) == (
        study.pk, ("Serious harms", "Deaths", "Other harms and worse outcomes", "Who paid"),
    )  # fmt: skip
    screen = signed_in(author).get(reverse("admin:studies_board")).content.decode()
    assert f"{study.title}</a>: Serious harms, Deaths" in screen
    study.facts.filter(known="not confirmed").update(known="stated", text="None")
    assert rules(study, "EVD-31") == [] and board().unconfirmed == []
    assert (
        "Facts that nobody has confirmed" not in signed_in(author).get(reverse("admin:studies_board")).content.decode()
    )


def test_evd_31_what_lies_in_the_trash_is_not_on_the_board(clinic):
    study = make_study()
    assert [line.study.pk for line in board().unconfirmed] == [study.pk]
    type(study).objects.filter(pk=study.pk).update(trashed_at=timezone.now(), trashed_by=study.created_by)
    assert board().unconfirmed == [] and board().unconfirmed_in_all == 0


def test_evd_31_missing_blocks_and_coverage_only_cannot_be_submitted(clinic, author):
    study = make_study(by=author, primary=None)
    study.registrations.all().delete()
    Coverage.objects.create(study=study, outlet="Example News", headline="A step", url="https://news.example/a")
    study.refresh_from_db()
    save_draft(study)
    with pytest.raises(Refused, match="News alone is not a study"):
        workflow.submit(study, by=author)
    study.facts.filter(kind="deaths").delete()
    with pytest.raises(Refused, match="Deaths"):
        workflow.submit(study, by=author)


# -- not reported -------------------------------------------------------------------------------


def not_reported(study, kind: str = "deaths", user=None, on: str = "2026-05-06") -> None:
    study.facts.filter(kind=kind).update(known="not reported", read_by=user or study.created_by, read_on=on)


def test_evd_31_whoever_says_not_reported_is_named_with_the_day_and_stays_so(clinic, author):
    study = make_study(by=author)
    client = signed_in(author)
    held = opened(client, study)
    place = next(name[: -len("kind")] for name, value in held.items() if name.endswith("-kind") and value == "deaths")
    assert save(client, study, held, **{f"{place}known": "not reported"}).status_code == 302
    fact = study.facts.get(kind="deaths")
    assert (fact.read_by, fact.read_on) == (author, timezone.localdate())
    assert (
        f"{author}, {timezone.localdate():%Y-%m-%d}"
        in client.get(f"/admin/studies/study/{study.pk}/change/").content.decode()
    )
    colleague = make_user(Role.PUBLISHER)
    theirs = signed_in(colleague)
    assert save(theirs, study, opened(theirs, study), **{f"{place}passage": "p 7"}).status_code == 302
    fact.refresh_from_db()
    assert (fact.read_by, fact.passage) == (author, "p 7")
    assert save(theirs, study, opened(theirs, study), **{f"{place}known": "not confirmed"}).status_code == 302
    fact.refresh_from_db()
    assert (fact.read_by, fact.read_on) == (None, None)


def test_evd_31_the_version_says_who_read_and_a_revert_brings_it_back(clinic, author):
    study = make_study(by=author)
    not_reported(study)
    first = save_draft(study)
    read = study_content(first.content).deaths.read
    assert (read.id, read.on) == (author.pk, "2026-05-06")
    study.facts.filter(kind="deaths").delete()
    save_draft(study)
    assert workflow.revert(study, by=author, to=first).content == first.content
    assert rules(study, "EVD-31")[0][1].count("Deaths") == 0


def test_evd_31_an_old_not_reported_without_a_reader_comes_back_as_not_confirmed(clinic, author):
    study = make_study(by=author)
    save_draft(study)
    stored = dump(freeze_study(study))
    stored["deaths"] |= {"known": "not reported"}
    old = study.versions.create(
        number=99, schema=1, content=stored, content_hash=content_hash(stored), action="save",
        created_at=timezone.now(), created_by=author,
    )  # fmt: skip
    old_content = study_content(old.content)
    warned = [one.message for one in findings(study, old_content) if "nobody says who read" in one.message]
    assert len(warned) == 1 and "Deaths" in warned[0]
    workflow.revert(study, by=author, to=old)
    assert study.facts.get(kind="deaths").known == "not confirmed"


def test_evd_31_the_database_knows_no_not_reported_without_a_reader(clinic, author):
    study = make_study(by=author)
    with pytest.raises(IntegrityError), transaction.atomic():
        study.facts.filter(kind="deaths").update(known="not reported")
    with pytest.raises(IntegrityError), transaction.atomic():
        study.facts.filter(kind="where").update(read_by=author, read_on="2026-05-06")


def test_evd_31_readers_are_told_which_of_the_two_it_is(clinic, client):
    study = make_study()
    not_reported(study)
    sign_and_publish(study)
    body = client.get(study.live_path).content.decode()
    assert "The report does not say how many people died." in body
    assert "We have not confirmed how many people had serious harms yet." in body
    assert str(study.created_by) not in body, "who read it is for staff"


@contextmanager
def unguarded():
    """The table as it was before the constraint came; on PostgreSQL the test's own transaction brings it back."""
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        if sqlite:
            cursor.execute("PRAGMA ignore_check_constraints = 1")
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(
                f"ALTER TABLE {StudyFact._meta.db_table} DROP CONSTRAINT study_fact_not_reported_says_who_read"
            )
        try:
            yield
        finally:
            if sqlite:
                cursor.execute("PRAGMA ignore_check_constraints = 0")


def test_evd_31_the_migration_names_who_first_said_not_reported(clinic, author):
    """The migration's own step: from the oldest version that says so; where none does it is not confirmed."""
    said, unsaid = make_study(by=author), make_study()
    not_reported(said)
    save_draft(said)
    not_reported(unsaid)
    with unguarded():
        StudyFact.objects.update(read_by=None, read_on=None)
        import_module("studies.migrations.0019_readers_of_reports").name_readers(apps, None)
    fact = said.facts.get(kind="deaths")
    assert (fact.known, fact.read_by, fact.read_on) == (
        "not reported", author, said.versions.earliest("number").created_at.date(),
    )  # fmt: skip
    assert unsaid.facts.get(kind="deaths").known == "not confirmed"


# -- what stands beside a printed reference -----------------------------------------------------


def test_evd_65_label_and_links_follow_the_printed_reference_as_elements_of_their_own(clinic, client):
    """PAGE-56: the string stays what a reader would copy; label, links and the last check stand behind it."""
    study, paper = with_paper()
    type(paper).objects.filter(pk=paper.pk).update(pmid="90000074", pmcid="PMC90000074")
    study.papers.get().refresh_from_db()
    sign_and_publish(study)
    record_event(
        paper, kind="concern", source="PubMed", notice_on=datetime.date(2026, 3, 4), by=None,
        notice="10.5555/notice", notice_url="https://doi.org/10.5555/notice",
    )  # fmt: skip
    document = html.fromstring(client.get(study.live_path).content.decode())
    [entry] = [one for one in document.xpath('//section[@class="references"]//li') if paper.doi in one.text_content()]
    printed = study_content(study.versions.latest("number").content).further[0].citation.text
    own = (entry.text or "") + "".join(
        part.text_content() + (part.tail or "") for part in entry.xpath("./i | ./a[not(ancestor::span)]")
    )
    assert " ".join(own.split()) == " ".join(printed.split())
    assert entry.xpath("./span[@class='mark is-alarm']/a/text()") == ["Expression of concern March 4, 2026"]
    links = {link.text_content(): link.get("href") for link in entry.xpath("./span[@class='links']/a")}
    assert links["PubMed 90000074"] == "https://pubmed.ncbi.nlm.nih.gov/90000074/"
    assert links["Free full text PMC90000074"] == "https://pmc.ncbi.nlm.nih.gov/articles/PMC90000074/"
    assert f"https://doi.org/{paper.doi}" in entry.xpath("./a/@href")


def test_evd_73_two_papers_of_one_trial_are_one_row(clinic, client):
    study, paper = with_paper("results")
    sign_and_publish(study)
    listed = client.get("/studies/").content.decode()
    assert listed.count(f'href="{study.live_path}"') == 1 and paper.doi not in listed
