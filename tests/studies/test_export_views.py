"""Sources to take along: one link on the page, a file for each format, only of what is live (PAGE-57)."""

import json

import pytest

from studies.integrity import record_event
from studies.models import Reference
from studies.sources.reading import read
from tests.factories import make_guide, make_reference, make_study, save_draft, sign_and_publish

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def source():
    return make_reference(
        title="Cells & <i>nerves</i> {in} 100% of people",
        authors=[["Núñez", "Ana"], ["ALS Study Group"], ["O'Brien", "J. Patrick", "Jr"]],
        pmid="90001001",
    )


@pytest.fixture
def guide(clinic, author, source):
    guide = make_guide(by=author, citing=source.pk)
    sign_and_publish(guide)
    guide.refresh_from_db()
    return guide


def test_the_page_leads_to_its_sources_in_one_link(guide, client):
    page = client.get(guide.live_path).content.decode()
    assert f'href="/studies/cite/{guide.pk}/"' in page
    listed = client.get(f"/studies/cite/{guide.pk}/").content.decode()
    assert "What is ALS?" in listed and "noindex" in listed
    for name in ("RIS", "BibTeX", "CSL-JSON"):
        assert name in listed


@pytest.mark.parametrize(
    ("extension", "kind"),
    [
        ("ris", "application/x-research-info-systems"),
        ("bib", "application/x-bibtex"),
        ("json", "application/vnd.citationstyles.csl+json"),
    ],
)
def test_every_format_reads_back_as_it_went(guide, source, client, extension, kind):
    """EVD-66: authors, groups, accents, markup, identifiers; as an attachment with a plain name."""
    for address in (f"/studies/cite/{guide.pk}/all.{extension}", f"/studies/cite/{guide.pk}/{source.pk}.{extension}"):
        answer = client.get(address)
        assert answer.headers["Content-Type"] == f"{kind}; charset=utf-8"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        [record] = read(answer.content).records
        assert record.title == "Cells & nerves {in} 100% of people"
        assert [one.name for one in record.authors] == ["Núñez", "ALS Study Group", "O'Brien"]
        assert (record.doi, record.pmid, record.year, record.volume) == (source.doi, "90001001", 2020, "16")


def test_a_retraction_goes_along_at_once(guide, source, client):
    """PAGE-57: retraction goes into a note; EVD-53."""
    address = f"/studies/cite/{guide.pk}/all.ris"
    assert "retracted" not in client.get(address).content.decode()
    record_event(source, kind="retracted", source="journal", by=None)
    assert "This paper was retracted." in client.get(address).content.decode()


def test_a_correction_that_nobody_signed_does_not_go_out(guide, source, client):
    """PUB-13: what the page prints, not what the library says today."""
    Reference.objects.filter(pk=source.pk).update(title="Other words", volume="99")
    [item] = json.loads(client.get(f"/studies/cite/{guide.pk}/all.json").content)
    assert "Other words" not in json.dumps(item)
    assert "2020;16:922-932" in item["title"] and "volume" not in item
    assert item["DOI"] == source.doi and "nerves" in item["title"]


def test_a_study_gives_its_primary_paper_first(clinic, author, client):
    study = make_study(by=author)
    sign_and_publish(study)
    study.refresh_from_db()
    [item] = json.loads(client.get(f"/studies/cite/{study.pk}/all.json").content)
    assert item["DOI"] == study.primary.doi


def test_what_is_not_live_and_what_the_page_does_not_cite_is_not_there(guide, client, author):
    draft = make_guide(by=author, slug="other")
    save_draft(draft)
    other = make_reference()
    for address in (
        f"/studies/cite/{draft.pk}/", f"/studies/cite/{draft.pk}/all.ris", f"/studies/cite/{guide.pk}/{other.pk}.ris",
        f"/studies/cite/{guide.pk}/all.exe", "/studies/cite/999999/",
    ):  # fmt: skip
        assert client.get(address).status_code == 404
    assert client.post(f"/studies/cite/{guide.pk}/all.ris").status_code == 405
