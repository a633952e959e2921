"""The list of Retraction Watch once a day: conditional, to disk, not believed where rows are lost (EVD-52)."""

import httpx2
import pytest

from studies import listing
from studies.models import IntegrityEvent, LastAsked, SourceState
from studies.sources.http import Client
from tests.factories import make_reference

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def data(samples) -> bytes:
    return (samples / "retraction_watch.csv").read_bytes()


class Server:
    """Answers with ``data`` under an ETag, 304 where it is known, or with a status."""

    def __init__(self, data: bytes, status: int = 200):
        self.data, self.status, self.asked = data, status, []

    def __call__(self, request):
        self.asked.append(request.headers.get("if-none-match"))
        if self.status != 200:
            return httpx2.Response(self.status)
        if self.asked[-1] == '"one"':
            return httpx2.Response(304)
        return httpx2.Response(200, content=self.data, headers={"etag": '"one"', "content-type": "text/csv"})


def client(server: Server, **options) -> Client:
    return Client("https://list.example.org/file.csv", transport=httpx2.MockTransport(server), **options)


def test_the_list_is_fetched_kept_and_matched(data):
    paper = make_reference(doi="10.5555/rw.paper")
    server = Server(data)
    run = listing.watch_list(client(server))
    assert run.counts["new"] == 2 and listing.kept_list().read_bytes() == data
    state = SourceState.objects.get(name="Retraction Watch")
    assert state.etag == '"one"' and state.rows == 6 and state.full_run_at
    assert LastAsked.objects.get(reference=paper).source == "Retraction Watch"


def test_an_unchanged_list_is_matched_with_what_is_new_in_the_library(data):
    """EVD-25: a 304 counts as checked."""
    server = Server(data)
    listing.watch_list(client(server))
    make_reference(doi="10.5555/rw.paper")
    run = listing.watch_list(client(server))
    assert server.asked == [None, '"one"'] and run.counts["new"] == 2


def test_a_list_that_lost_rows_is_refused_and_said(data):
    listing.watch_list(client(Server(data)))
    lines = data.splitlines(keepends=True)
    SourceState.objects.update(etag="")
    assert listing.watch_list(client(Server(b"".join(lines[:3])))) is None
    state = SourceState.objects.get(name="Retraction Watch")
    assert "It was not used" in state.error and listing.kept_list().read_bytes() == data


@pytest.mark.parametrize(("content", "status"), [(b"<html>no</html>", 200), (b"", 503), (b"", 404)])
def test_what_is_no_list_changes_nothing(content, status):
    make_reference(doi="10.5555/rw.paper")
    assert listing.watch_list(client(Server(content, status))) is None
    assert SourceState.objects.get(name="Retraction Watch").error
    assert not IntegrityEvent.objects.exists() and not LastAsked.objects.exists()
    assert not listing.kept_list().exists() and not list(listing.kept_list().parent.glob("*.part"))


def test_a_list_beyond_the_limit_is_left(data):
    """EVD-21."""
    assert listing.watch_list(client(Server(data), max_bytes=100)) is None
    assert "larger than" in SourceState.objects.get(name="Retraction Watch").error


def test_without_network_no_list_is_asked_for(settings):
    settings.EVIDENCE_NETWORK = False
    assert listing.watch_list() is None and not SourceState.objects.exists()
