"""Asking registries: polite, bounded, never led elsewhere; against a stand-in (EVD-17, EVD-20 to EVD-28)."""

import gzip
import json
import logging
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx2
import pytest
from django.core.checks.registry import registry as checks

from studies.sources import http
from studies.sources.base import RecordNotFound, SourceError
from studies.sources.clinicaltrials import ClinicalTrials
from studies.sources.crossref import Crossref
from studies.sources.http import Client, Etiquette, base_problem, without_secrets
from studies.sources.pace import LocalPace
from studies.sources.pubmed import PmcIds, PubMed
from studies.systemchecks import check_bases, check_bases_are_public
from studies.verification import verify
from tests.fakes.registries import Registries, registries

WORK = "/works/10.5555%2Fcr.1"
CONTACT = Etiquette(contact="keeper@clinic.example", site="https://clinic.example", version="1", ncbi_key="SECRETKEY")


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture(scope="module")
def stand_in():
    with registries() as state:
        yield state


@pytest.fixture
def registry(stand_in: Registries) -> Registries:
    stand_in.faults.clear()
    stand_in.asked.clear()
    stand_in.agents.clear()
    return stand_in


def client(registry: Registries, path: str = "", **options: object) -> Client:
    time = Time()
    made = Client(registry.address + path, clock=time, sleep=time.sleep, jitter=lambda: 0.0, interval=0.001, **options)
    made.time = time
    return made


def mocked(handler, **options: object) -> Client:
    time = Time()
    made = Client("https://registry.example/api", transport=httpx2.MockTransport(handler), clock=time, sleep=time.sleep,
                  jitter=lambda: 0.0, **options)  # fmt: skip
    made.time = time
    return made


# -- what the sources answer ---------------------------------------------------------------


def test_crossref_gives_the_record_of_a_doi(registry):
    """EVD-20: the DOI travels as one encoded part of the path."""
    found = Crossref(client(registry)).fetch("https://doi.org/10.5555/CR.1")
    assert found.integrity == "retracted"
    assert registry.paths() == [WORK]


def test_crossref_tells_unknown_from_registered_elsewhere(registry):
    """EVD-17, section 5: a 404 may be DataCite's; then it is not checked, not "not found"."""
    source = Crossref(client(registry))
    with pytest.raises(RecordNotFound):
        source.fetch("10.5555/nobody")
    with pytest.raises(SourceError, match="datacite"):
        source.fetch("10.5555/datacite.7")


def test_crossref_lists_leave_out_what_they_do_not_know(registry):
    """EVD-17, EVD-58: twenty a call, selected fields, missing ones named by their absence."""
    found = Crossref(client(registry)).many(
        ["10.5555/cr.1", "10.5555/cr.retr", "10.5555/none", "10.5555/a,b"], integrity_only=True
    )
    assert set(found) == {"10.5555/cr.1", "10.5555/cr.retr"}
    query = registry.asked[0][2]
    assert query["filter"] == ["doi:10.5555/cr.1,doi:10.5555/cr.retr,doi:10.5555/none"]
    assert query["select"] == ["DOI,title,type,updated-by,update-to"]


def test_pubmed_gives_records_and_names_missing_ones(registry):
    source = PubMed(client(registry))
    assert set(source.many(["90000001", "90000002", "12345678"])) == {"90000001", "90000002"}
    with pytest.raises(RecordNotFound):
        source.fetch("12345678")
    assert source.by_doi("10.5555/ain.2018.0001").pmid == "90000001"
    with pytest.raises(RecordNotFound):
        source.by_doi("10.5555/other")  # the search finds something, but not this DOI


def test_pubmed_posts_long_lists(registry):
    PubMed(client(registry)).many([str(90000001 + n) for n in range(60)])
    assert registry.asked[0][0] == "POST"


def test_pmc_errors_come_inside_a_200(registry):
    source = PmcIds(client(registry, "/idconv"))
    assert source.pmid_of("PMC9000001") == "90000001"
    with pytest.raises(RecordNotFound):
        source.pmid_of("PMC1")


def test_trials_are_followed_page_by_page(registry):
    source = ClinicalTrials(client(registry))
    assert source.fetch("nct09999905").trial.enrollment == 66
    assert [one.nct[0] for one in source.search("quiet")] == ["NCT09999905", "NCT09999906"]
    with pytest.raises(RecordNotFound):
        source.fetch("NCT00000001")
    with pytest.raises(RecordNotFound):
        source.fetch("ISRCTN12345678")


# -- faults: nothing lost, nothing wrongly verified ------------------------------------------


def test_a_source_is_asked_again_after_the_time_it_names(registry):
    """EVD-23: 503, 503 with Retry-After: 1, then 200 succeeds and waited twice one second."""
    registry.faults[WORK] = [(503, {}, b""), (503, {"retry-after": "1"}, b"")]
    asking = client(registry)
    assert Crossref(asking).fetch("10.5555/cr.1").doi == "10.5555/cr.1"
    assert [seconds for seconds in asking.time.slept if seconds >= 0.9] == [1.0, 1.0]


def test_too_many_requests_wait_as_long_as_the_source_says(registry):
    """EVD-23: 429 with seconds or a date; above a minute the call ends and says when to come back."""
    registry.faults[WORK] = [(429, {"retry-after": "7"}, b"")]
    asking = client(registry)
    Crossref(asking).fetch("10.5555/cr.1")
    assert 7.0 in asking.time.slept
    later = format_datetime(datetime.now(UTC) + timedelta(minutes=10), usegmt=True)
    registry.faults[WORK] = [(429, {"retry-after": later}, b"")]
    with pytest.raises(SourceError) as raised:
        Crossref(client(registry)).fetch("10.5555/cr.1")
    assert raised.value.kind == "rate limited" and 500 < raised.value.retry_after < 601


@pytest.mark.parametrize("status", [400, 401, 403, 410])
def test_other_refusals_are_asked_once(registry, status):
    """EVD-23."""
    registry.faults[WORK] = [(status, {}, b"")]
    with pytest.raises(SourceError, match=str(status)):
        Crossref(client(registry)).fetch("10.5555/cr.1")
    assert len(registry.asked) == 1


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ((200, {"content-type": "application/json"}, b'{"message": {"DOI": "10.5555/cr'), "bad answer"),
        ((200, {"content-type": "text/html"}, b"<html>Down</html>"), "bad answer"),
        ((200, {"content-type": "application/json"}, b'{"message": []}'), "bad answer"),
        ((200, {}, b'{"message": {"DOI": "10.5555/other", "type": "report", "title": ["Other"]}}'), "bad answer"),
        ((302, {"location": "http://10.0.0.1/works"}, b""), "bad answer"),
        ((302, {"location": "http://169.254.169.254/latest/meta-data/"}, b""), "bad answer"),
        ((302, {"location": "file:///etc/passwd"}, b""), "bad answer"),
        ((302, {"location": "https://127.0.0.1:1/works"}, b""), "bad answer"),
        ((200, {"content-type": "application/json", "content-encoding": "gzip"}, b"not gzip"), "bad answer"),
        ("huge", "too large"),
    ],
)  # fmt: skip
def test_faulty_answers_are_no_records(registry, fault, kind):
    """EVD-20, EVD-21, EVD-27: broken JSON, web pages, other works, redirects to private addresses, huge bodies."""
    registry.faults[WORK] = [fault]
    with pytest.raises(SourceError) as raised:
        Crossref(client(registry, max_bytes=1024 * 1024)).fetch("10.5555/cr.1")
    assert raised.value.kind == kind
    assert registry.paths() == [WORK]


def test_an_answer_broken_off_is_asked_for_again(registry):
    registry.faults[WORK] = ["break off"]
    assert Crossref(client(registry)).fetch("10.5555/cr.1").doi == "10.5555/cr.1"


def test_a_silent_source_is_a_time_out(registry, monkeypatch):
    """EVD-21: and the verdict is not checked, never verified."""
    monkeypatch.setattr(http, "READ_SECONDS", 0.2)
    registry.faults[WORK] = ["hang", "hang", "hang"]
    with pytest.raises(SourceError) as raised:
        Crossref(client(registry)).fetch("10.5555/cr.1")
    assert raised.value.kind == "timeout"
    assert verify("Roe R. A title of some words. J Noth. 2020;1:2. doi:10.5555/cr.1", None).verdict == "not_checked"


def test_packed_answers_count_unpacked(registry):
    """EVD-21: twenty megabytes after decompression."""
    body = gzip.compress(b" " * 5_000_000)
    registry.faults[WORK] = [(200, {"content-type": "application/json", "content-encoding": "gzip"}, body)]
    with pytest.raises(SourceError) as raised:
        Crossref(client(registry, max_bytes=1_000_000)).fetch("10.5555/cr.1")
    assert raised.value.kind == "too large"


def test_a_redirect_on_the_same_host_is_followed(registry):
    registry.faults["/works/10.5555%2Fold"] = [(301, {"location": WORK}, b"")]
    assert client(registry).get("/works/10.5555%2Fold").status == 200


def test_nothing_is_reached_where_nobody_listens():
    asking = Client("http://127.0.0.1:9", clock=Time(), sleep=lambda seconds: None)
    with pytest.raises(SourceError) as raised:
        asking.get("/works")
    assert raised.value.kind == "refused"


# -- manners --------------------------------------------------------------------------------


def test_we_say_who_we_are(registry):
    """EVD-22: contact in the user agent and the parameters each source asks for."""
    Crossref(client(registry, etiquette=CONTACT)).fetch("10.5555/cr.1")
    PubMed(client(registry, etiquette=CONTACT)).fetch("90000001")
    assert registry.agents[0] == "Stemsite/1 (+https://clinic.example; mailto:keeper@clinic.example)"
    assert registry.asked[0][2]["mailto"] == ["keeper@clinic.example"]
    assert registry.asked[1][2]["tool"] == ["stemsite"] and registry.asked[1][2]["email"] == ["keeper@clinic.example"]


def test_key_and_contact_are_in_no_log_address_or_error(registry, caplog):
    """EVD-28."""
    with caplog.at_level(logging.INFO):
        answer = client(registry, etiquette=CONTACT).get(
            "/works", {"mailto": CONTACT.contact, "api_key": CONTACT.ncbi_key, "rows": 1}
        )
        registry.faults["/efetch.fcgi"] = [(400, {}, b"")]
        with pytest.raises(SourceError) as raised:
            PubMed(client(registry, etiquette=CONTACT)).fetch("1")
    seen = f"{answer.address} {raised.value} {caplog.text}"
    assert "SECRETKEY" not in seen and "keeper@" not in seen
    assert without_secrets("https://a/b?tool=x&email=y&id=1") == "https://a/b?tool=…&email=…&id=1"


def test_calls_keep_their_pace():
    """EVD-24: two callers together stay under the limit."""
    time = Time()
    pace = LocalPace(time)
    transport = httpx2.MockTransport(lambda request: httpx2.Response(200, json={}))
    options = {"transport": transport, "clock": time, "sleep": time.sleep, "pace": pace, "interval": 0.5}
    callers = [Client("https://registry.example", **options) for _ in range(2)]
    for turn in range(8):
        callers[turn % 2].get("/x")
    assert time.now == pytest.approx(3.5)


def test_a_source_that_says_less_is_asked_less():
    """EVD-24: limits in the answer only make us slower."""
    headers = {"x-rate-limit-limit": "2", "x-rate-limit-interval": "1s"}
    asking = mocked(lambda request: httpx2.Response(200, json={}, headers=headers), interval=0.1)
    for _ in range(3):
        asking.get("/x")
    assert asking.time.now == pytest.approx(0.6)


def test_five_failures_rest_a_source():
    """EVD-24: for fifteen minutes nothing is asked; then it is again."""
    calls = []

    def down(request: httpx2.Request) -> httpx2.Response:
        calls.append(request)
        return httpx2.Response(400)

    asking = mocked(down)
    for _ in range(5):
        with pytest.raises(SourceError):
            asking.get("/x")
    with pytest.raises(SourceError) as raised:
        asking.get("/x")
    assert raised.value.kind == "resting" and len(calls) == 5
    asking.time.now += 15 * 60 + 1
    with pytest.raises(SourceError):
        asking.get("/x")
    assert len(calls) == 6


def test_repeats_are_conditional():
    """EVD-25: a 304 counts as an answer and holds no copy."""

    def unchanged(request: httpx2.Request) -> httpx2.Response:
        return (
            httpx2.Response(304)
            if request.headers.get("if-none-match") == '"a"'
            else httpx2.Response(200, json={}, headers={"etag": '"a"'})
        )

    asking = mocked(unchanged)
    first = asking.get("/x")
    assert asking.get("/x", etag=first.etag).not_modified


def test_a_switched_off_network_is_never_touched():
    """EVD-26."""
    asking = mocked(lambda request: pytest.fail("the network was used"), enabled=False)
    with pytest.raises(SourceError) as raised:
        asking.get("/x")
    assert raised.value.kind == "offline"


def test_identifiers_cannot_lead_out_of_the_base():
    """EVD-27: they travel encoded, whatever they hold."""
    seen = []

    def note(request: httpx2.Request) -> httpx2.Response:
        seen.append(str(request.url))
        return httpx2.Response(404)

    for doi in ("10.5555/../../admin", "10.5555/a?b=c#d", "10.5555/a@evil.example", "10.5555/x\\..\\y"):
        with pytest.raises(RecordNotFound):
            Crossref(mocked(note)).fetch(doi)
    assert seen and all(address.startswith("https://registry.example/api/works/10.5555%2F") for address in seen)


@pytest.mark.parametrize(
    ("base", "usable"),
    [
        ("https://api.crossref.org", True),
        ("http://127.0.0.1:8000", True),
        ("http://[::1]:8000", True),
        ("http://localhost:1", True),
        ("http://api.crossref.org", False),
        ("http://10.0.0.1", False),
        ("ftp://127.0.0.1", False),
        ("https://user:pw@api.crossref.org", False),
        ("", False),
    ],
)
def test_a_base_is_https_or_this_machine(base, usable):
    """EVD-27."""
    assert (base_problem(base) == "") is usable
    if not usable:
        with pytest.raises(ValueError, match="cannot be the base"):
            Client(base)


def test_the_check_command_names_a_base_that_cannot_be_used(settings):
    """EVD-27."""
    settings.CROSSREF_URL = "http://10.0.0.1"
    assert [problem.id for problem in check_bases()] == ["studies.E001"]
    settings.CROSSREF_URL = "http://127.0.0.1:1"
    assert [problem.id for problem in check_bases_are_public()] == ["studies.W001"]
    assert {check_bases, check_bases_are_public} <= set(checks.get_checks(include_deployment_checks=True))


def test_the_sources_of_this_installation_are_built_from_settings(settings):
    from studies.sources.live import sources

    settings.EVIDENCE_NETWORK = False
    sources.cache_clear()
    with pytest.raises(SourceError, match="switched off"):
        sources().trials.fetch("NCT01640067")
    sources.cache_clear()


def test_errors_inside_a_200_are_no_records(registry):
    """Section 5: PubMed's errors come with a 200."""
    registry.faults["/esearch.fcgi"] = [
        (200, {"content-type": "application/json"}, json.dumps({"esearchresult": {"ERROR": "x"}}).encode())
    ]
    with pytest.raises(SourceError):
        PubMed(client(registry)).search("quiet cells")
    registry.faults["/efetch.fcgi"] = [
        (200, {"content-type": "text/xml"}, b"<eFetchResult><ERROR>bad</ERROR></eFetchResult>")
    ]
    with pytest.raises(SourceError):
        PubMed(client(registry)).fetch("90000001")
