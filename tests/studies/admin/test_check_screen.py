"""Reference says, record says: one press for each difference, for those who may (EVD-81, EVD-83, EVD-84)."""

from __future__ import annotations

import pytest
from django.urls import reverse
from lxml import html

from stemsite.access import Role
from studies.checking import check, latest, recheck
from studies.keeping import keep
from studies.matching.index import RecordIndex
from studies.models import Acceptance, Correction, Reference
from studies.sources.reading import read
from tests.factories import make_guide, make_reference, sign_and_publish
from tests.staff import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

REASON = "The paper itself spells the name so, on its first page."


@pytest.fixture
def wrong(samples):
    record = read((samples / "library.json").read_bytes()).records[0]
    keep(record, source="PubMed")
    reference = make_reference(
        title=record.title, authors=[["<b>Sulski</b>", "A"]], journal=record.journal, year=2020,
        volume=record.volume, pages="", doi=record.doi, verdict="not checked",
    )  # fmt: skip
    recheck(reference, by=None)
    return reference


def press(client, reference, slug: str, **data):
    return client.post(reverse("admin:studies_reference_act", args=[reference.pk, slug]), data)


def screen(client, reference):
    return client.get(reverse("admin:studies_reference_check", args=[reference.pk]))


def test_both_sides_stand_beside_each_other(wrong):
    """EVD-81, EVD-94: what a record or a person wrote is text, never markup."""
    text = screen(signed_in(Role.PUBLISHER), wrong).content.decode()
    for words in (
        "Reference says",
        "Record says",
        "&lt;b&gt;Sulski&lt;/b&gt;",
        "Novák, Ilona",
        "<strong>differs</strong>",
    ):
        assert words in text
    assert "<b>Sulski" not in text and "Use the record’s value" in text and "Keep ours, because" in text


def test_every_check_so_far_is_listed_with_its_verdict(wrong):
    """EVD-33: the history, not the newest alone."""
    for _ in range(24):
        recheck(wrong, by=None)
    text = screen(signed_in(Role.AUTHOR), wrong).content.decode()
    assert "Checks so far: 25" in text and text.count('data-label="Verdict"') == 25


def test_one_press_takes_the_record_s_value(wrong):
    client = signed_in(Role.PUBLISHER)
    answer = press(client, wrong, "correct", field="author", check=latest(wrong).pk)
    assert answer.status_code == 303
    wrong.refresh_from_db()
    assert wrong.authors[0] == ["Novák", "Ilona"] and wrong.verdict == "verified"
    assert press(client, wrong, "undo", correction=Correction.objects.get().pk).status_code == 303
    wrong.refresh_from_db()
    assert wrong.verdict == "mismatch"


def test_a_value_that_only_the_record_has_is_taken_too(wrong):
    client = signed_in(Role.PUBLISHER)
    assert press(client, wrong, "correct", field="pages", check=latest(wrong).pk).status_code == 303
    wrong.refresh_from_db()
    assert wrong.pages == "922-932"


def test_a_stale_tab_gets_both_values_and_changes_nothing(wrong):
    """EVD-81: 409."""
    client = signed_in(Role.PUBLISHER)
    seen = latest(wrong).pk
    recheck(wrong, by=None)
    answer = press(client, wrong, "correct", field="author", check=seen)
    assert answer.status_code == 409 and "Novák, Ilona" in answer.content.decode()
    assert not Correction.objects.exists()


def test_a_refusal_keeps_what_was_typed(wrong):
    answer = press(
        signed_in(Role.REVIEWER), wrong, "accept", field="author", check=latest(wrong).pk, reason="too short"
    )
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "at least 20 characters" in text and "too short</textarea>" in text


def test_accepting_and_taking_it_back(wrong):
    client = signed_in(Role.REVIEWER)
    assert press(client, wrong, "accept", field="author", check=latest(wrong).pk, reason=REASON).status_code == 303
    assert REASON in screen(client, wrong).content.decode()
    assert press(client, wrong, "withdraw", acceptance=Acceptance.objects.get().pk).status_code == 303
    assert Acceptance.objects.get().ended_by == client.user


def test_who_may_do_what(wrong):
    """EVD-84: authors edit their own, reviewers and publishers apply and accept; a GET changes nothing."""
    slugs = ("correct", "accept", "choose", "news", "again", "undo", "withdraw")
    for role in (Role.AUTHOR, Role.COORDINATOR):
        client = signed_in(role)
        assert {press(client, wrong, slug).status_code for slug in slugs} == {403}
    own = make_reference()
    author = signed_in(Role.AUTHOR)
    Reference.objects.filter(pk=own.pk).update(created_by=author.user)
    assert press(author, own, "again").status_code == 303
    assert press(author, own, "accept").status_code == 403
    assert author.get(reverse("admin:studies_reference_act", args=[own.pk, "again"])).status_code == 405
    assert press(author, own, "nothing").status_code == 404
    assert screen(signed_in(Role.COORDINATOR), wrong).status_code == 403


@pytest.mark.parametrize("slug", ["correct", "accept", "choose", "undo", "withdraw"])
def test_hostile_values_are_refusals(wrong, slug):
    client = signed_in(Role.PUBLISHER)
    for value in ("x", "-1", "9" * 30, "\x00", "<script>"):
        data = dict.fromkeys(("check", "field", "reason", "record", "identifier", "correction", "acceptance"), value)
        assert press(client, wrong, slug, **data).status_code in (404, 409, 422)


def test_another_record_is_chosen_by_its_identifier(wrong, samples):
    other = read((samples / "library.json").read_bytes()).records[1]
    keep(other, source="PubMed")
    client = signed_in(Role.PUBLISHER)
    assert press(client, wrong, "choose", identifier="10.9999/unknown").status_code == 422
    typed = f"https://doi.org/{other.doi}" if other.doi else other.pmid
    assert press(client, wrong, "choose", identifier=typed).status_code == 303
    assert latest(wrong).record.title == other.title


def test_a_correction_is_taken_into_the_drafts_that_one_may_edit(wrong, clinic, author, client):
    """PUB-13: a new version of the draft; readers see nothing of it."""
    Reference.objects.filter(pk=wrong.pk).update(verdict="verified")
    guide = make_guide(by=author, citing=wrong.pk)
    sign_and_publish(guide)
    staff = signed_in(Role.PUBLISHER)
    press(staff, wrong, "correct", field="author", check=latest(wrong).pk)
    before = client.get(guide.live_path).content
    assert "Source changed since publish" in screen(staff, wrong).content.decode()
    number = guide.versions.count()
    assert press(staff, wrong, "versions").status_code == 303
    assert guide.versions.count() == number + 1
    assert client.get(guide.live_path).content == before


def test_editing_a_reference_checks_it_again(wrong):
    """EVD-44: on save; and the list says verdict and day in words with a shape (EVD-83)."""
    from tests.staff import save

    client = signed_in(Role.PUBLISHER)
    save(client, reverse("admin:studies_reference_change", args=[wrong.pk]), authors="Novák, Ilona")
    wrong.refresh_from_db()
    assert wrong.verdict == "verified" and wrong.provenance["authors"] == f"typed by {client.user.pk}"
    listed = client.get(reverse("admin:studies_reference_changelist")).content.decode()
    assert "✓" in listed and "verified, 20" in listed


def test_evd_45_identifiers_of_a_work_found_by_its_words_are_offered_and_taken_by_one_press(samples):
    record = read((samples / "library.json").read_bytes()).records[0]
    bare = make_reference(
        title=record.title, authors=[["Novák", "Ilona"]], journal=record.journal, year=2020, volume=record.volume,
        pages="", doi=None, verdict="not checked",
    )  # fmt: skip
    [checked] = check([bare], index=RecordIndex([record]), sources=None)
    assert checked.found.verdict == "verified"
    client = signed_in(Role.PUBLISHER)
    shown = html.fromstring(screen(client, bare).content.decode())
    for field, value in (("doi", record.doi), ("pmid", record.pmid)):
        [form] = shown.xpath(f'//tr[td[@data-label="Record says"]="{value}"]//form[.//input[@value="{field}"]]')
        pressed = {name: form.fields[name] for name in ("check", "field")}
        pressed["check"] = latest(bare).pk
        assert press(client, bare, "correct", **pressed).status_code == 303
    bare.refresh_from_db()
    assert (bare.doi, bare.pmid, bare.verdict) == (record.doi, record.pmid, "verified")
