"""What the citation picker is told, and who may ask (PUB-92)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from stemsite.access import Role
from studies.models import Reference
from tests.factories import make_reference, make_study, make_user, sign_and_publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(client, author):
    client.force_login(author)

    def asked(**query):
        answer = client.get(reverse("admin:citations"), query)
        assert answer.status_code == 200
        return answer.json()

    return asked


@pytest.mark.database
@pytest.mark.parametrize("words", ["barczewska", "Monika BARCZ", "spinal", "10.1000/ALS.7", "2793", "spinal monika"])
def test_sources_are_found_by_author_title_doi_or_pmid(ask, words):
    """PUB-92."""
    wanted = make_reference(
        title="Spinal injection", authors=[["Barczewska", "Monika"]], doi="10.1000/als.7", pmid="27932012"
    )
    make_reference()
    assert [source["id"] for source in ask(q=words)["found"]] == [wanted.pk]


def test_every_word_must_be_there_and_odd_input_finds_nothing(ask):
    make_reference(title="Spinal injection")
    assert ask(q="spinal nothing-like-it")["found"] == []
    assert ask(q="%_'\"" * 40)["found"] == []


def test_a_source_is_described_as_the_list_shows_it(ask):
    reference = make_reference(title="Cells", authors=[["Petrou", "Panayiota"]], year=2016, pmid="26751635")
    assert ask(q="petrou")["found"] == [
        {
            "id": reference.pk,
            "short": "Petrou 2016",
            "title": "Cells",
            "where": "Journal of Examples 2016",
            "identifier": f"DOI {reference.doi}",
            "warning": "",
            "state": "✓ verified; no notice known",
            "retracted": False,
        }
    ]


def test_every_item_shows_verdict_standing_and_last_check_in_words_with_a_shape(ask):
    """EVD-83."""
    make_reference(verdict="not checked", year=2019)
    make_reference(verdict="mismatch", checked_on="2026-11-20", standing="retracted", year=2020)
    found = ask(q="")["found"]
    assert [(one["state"], one["retracted"]) for one in found] == [
        ("✕ differs from its record, 2026-11-20; retracted", True),
        ("○ not checked; no notice known", False),
    ]


def test_newest_first_and_never_more_than_twenty(ask):
    for year in range(1990, 2020):
        make_reference(year=year)
    found = ask(q="")["found"]
    assert len(found) == 20
    assert found[0]["short"].endswith("2019")


def test_retired_sources_are_not_offered_but_keep_their_label(ask):
    """PUB-24: what is cited already says that it is retired."""
    retired = make_reference(is_retired=True)
    assert ask(q="")["found"] == []
    assert ask(ids=str(retired.pk))["labels"][str(retired.pk)]["warning"] == "retired"


@pytest.mark.parametrize(
    ("fields", "warning"),
    [
        ({"standing": Reference.Standing.RETRACTED}, "retracted"),
        ({"verdict": Reference.Verdict.MISMATCH}, "differs from its record"),
        ({"verdict": Reference.Verdict.VERIFIED}, ""),
    ],
)
def test_what_is_wrong_with_a_source_is_said_before_it_is_cited(ask, fields, warning):
    make_reference(**fields)
    assert [source["warning"] for source in ask(q="")["found"]] == [warning]


def test_labels_of_unknown_and_impossible_ids_are_left_out(ask):
    """PUB-92: the same address answers for what is cited already."""
    reference = make_reference(authors=[["Petrou", "P"]])
    labels = ask(ids=f"{reference.pk},999999,x,-1,,1e3,²,{'9' * 30}")["labels"]
    assert list(labels) == [str(reference.pk)]
    assert labels[str(reference.pk)]["short"] == "Petrou 2020"


def test_a_study_card_cites_what_its_live_version_cites(ask):
    """PUB-93: else, before it is published, the draft's."""
    first, second = make_reference(), make_reference()
    study = make_study(primary=first)
    assert ask(studies=str(study.pk))["studies"] == {str(study.pk): first.pk}
    sign_and_publish(study)
    study.primary = second
    study.save()
    assert ask(studies=str(study.pk))["studies"] == {str(study.pk): first.pk}


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.REVIEWER, Role.PUBLISHER, Role.OWNER])
def test_editorial_roles_may_ask(client, role):
    client.force_login(make_user(role))
    assert client.get(reverse("admin:citations")).status_code == 200


def test_others_may_not(client):
    """SEC-11: no staff is sent to the login, staff without an editorial role is refused."""
    assert client.get(reverse("admin:citations")).status_code == 302
    client.force_login(make_user(Role.COORDINATOR))
    assert client.get(reverse("admin:citations"), {"ids": "1"}).status_code == 403


def test_only_reading_is_answered_and_nothing_is_kept(client, author):
    client.force_login(author)
    answer = client.get(reverse("admin:citations"), {"q": "x"})
    assert "no-store" in answer["Cache-Control"]
    assert client.post(reverse("admin:citations")).status_code == 405
