"""EVD-58: PubMed's short answer is enough to see what happened to a paper, 200 papers a call."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies.monitoring import events_of
from studies.sources.base import SourceError
from studies.sources.esummary_json import records
from studies.sources.http import Client, Etiquette
from studies.sources.pubmed import PubMed
from tests.fakes.registries import registries


@pytest.fixture(scope="module")
def found(samples):
    return records(json.loads((samples / "esummary.json").read_text()))


def test_retraction_and_erratum_come_with_their_notices_and_dates(found):
    paper = found["90000001"]
    assert (paper.integrity, paper.is_notice, paper.doi, paper.pmcid) == (
        "retracted", False, "10.5555/quiet.1", "PMC9000001",
    )  # fmt: skip
    events = [(one.kind, one.notice, str(one.notice_on)) for one in events_of(paper, 1, "PubMed")]
    assert events == [
        ("retracted", "10.5555/quiet.retr", "2026-02-06"),
        ("corrected", "J Quiet. 2024 May;1(2):7", "None"),
    ]


def test_the_notice_is_never_the_retracted_paper(found):
    """EVD-51."""
    notice = found["90000002"]
    assert (notice.is_notice, notice.integrity) == (True, "retraction_notice")
    assert list(events_of(notice, 1, "PubMed")) == []


def test_a_concern_is_one_and_what_has_no_summary_is_missing(found):
    assert found["90000003"].integrity == "concern"
    assert "90000004" not in found and found["90000005"].integrity == "none"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["result", "uids", "1", "pubtype", "references", "reftype", "title"]), inner
            )
        ),
        max_leaves=30,
    )
)
def test_whatever_comes_gives_records_or_none(plain):
    """EVD-95."""
    assert records(plain) is None or isinstance(records(plain), dict)


def test_two_hundred_papers_are_one_call():
    with registries() as state:
        source = PubMed(Client(state.address, etiquette=Etiquette(site="https://clinic.example"), sleep=lambda _: None))
        got = source.many([str(90000001 + number) for number in range(201)], integrity_only=True)
        assert state.paths() == ["/esummary.fcgi", "/esummary.fcgi"]
        assert [len(query["id"][0].split(",")) for _, _, query in state.asked] == [200, 1]
        assert set(got) == {"90000001", "90000002", "90000003", "90000005"}
        state.faults["/esummary.fcgi"] = [(200, {"content-type": "application/json"}, b'{"error": "limit"}')]
        with pytest.raises(SourceError, match="without summaries"):
            source.many(["90000001"], integrity_only=True)
