"""A stand-in for Crossref, PubMed and ClinicalTrials.gov on loopback, with faults on request."""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

SAMPLES = Path(__file__).resolve().parent.parent / "samples" / "evidence"


@dataclass
class Registries:
    """``faults`` holds, for each path, answers to give before the true one: (status, headers, body) or a word."""

    address: str = ""
    faults: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    asked: list[tuple[str, str, dict[str, list[str]]]] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)

    def paths(self) -> list[str]:
        return [path for _, path, _ in self.asked]


@contextmanager
def registries() -> Iterator[Registries]:
    """The stand-in, answering on a free port until the block ends."""
    state = Registries()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            split = urlsplit(self.path)
            self._answer("GET", split.path, parse_qs(split.query))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
            self._answer("POST", urlsplit(self.path).path, parse_qs(body))

        def _answer(self, method: str, path: str, query: dict[str, list[str]]) -> None:
            state.asked.append((method, path, query))
            state.agents.append(self.headers.get("user-agent", ""))
            queue = state.faults.get(path) or state.faults.get("*")
            fault = queue.pop(0) if queue else None
            if fault == "hang":
                time.sleep(1.5)
                self.close_connection = True
                return
            if fault == "break off":
                self.send_response(200)
                self.send_header("content-length", "1000")
                self.end_headers()
                self.wfile.write(b'{"message": {"DOI"')
                self.close_connection = True
                return
            if fault == "huge":
                self._huge()
                return
            status, headers, body = fault or _true_answer(path, query)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _huge(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("connection", "close")
            self.end_headers()
            self.close_connection = True
            try:
                for _ in range(64):
                    self.wfile.write(b" " * 65536)
            except OSError:
                return

        def log_message(self, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()


JSON = {"content-type": "application/json"}


def _true_answer(path: str, query: dict[str, list[str]]) -> tuple[int, dict[str, str], bytes]:
    if path.startswith("/works"):
        return _crossref(path, query)
    if path.startswith("/studies"):
        return _trials(path, query)
    if path == "/efetch.fcgi":
        return 200, {"content-type": "text/xml"}, (SAMPLES / "pubmed.xml").read_bytes()
    if path == "/esummary.fcgi":
        return 200, JSON, (SAMPLES / "esummary.json").read_bytes()
    if path == "/esearch.fcgi":
        ids = ["90000001", "90000002"] if "10.5555" in query.get("term", [""])[0] else ["90000002"]
        return 200, JSON, json.dumps({"esearchresult": {"idlist": ids}}).encode()
    if path == "/idconv/":
        known = {"PMC9000001": {"pmcid": "PMC9000001", "pmid": "90000001"}}
        asked = query["ids"][0]
        return 200, JSON, json.dumps({"records": [known.get(asked, {"pmcid": asked, "status": "error"})]}).encode()
    return 404, {"content-type": "text/plain"}, b"Resource not found."


def _crossref(path: str, query: dict[str, list[str]]) -> tuple[int, dict[str, str], bytes]:
    works = {
        work["DOI"].lower(): work for work in json.loads((SAMPLES / "crossref.json").read_text())["message"]["items"]
    }
    name = unquote(path.removeprefix("/works").lstrip("/"))
    if name.endswith("/agency"):
        agency = "datacite" if "datacite" in name else "crossref"
        known = name.removesuffix("/agency") in works or agency == "datacite"
        return (
            (200, JSON, json.dumps({"message": {"agency": {"id": agency}}}).encode())
            if known
            else (404, {}, b"Resource not found.")
        )
    if name:
        work = works.get(name)
        return (
            (200, JSON, json.dumps({"message": work}).encode())
            if work
            else (404, {"content-type": "text/plain"}, b"Resource not found.")
        )
    if "filter" in query:
        wanted = [part.removeprefix("doi:") for part in query["filter"][0].split(",")]
        found = [works[doi] for doi in wanted if doi in works]
    else:
        found = list(works.values())[: int(query.get("rows", ["20"])[0])]
    return 200, JSON, json.dumps({"message": {"items": found}}).encode()


def _trials(path: str, query: dict[str, list[str]]) -> tuple[int, dict[str, str], bytes]:
    studies = json.loads((SAMPLES / "trial.json").read_text())["studies"]
    number = path.removeprefix("/studies").lstrip("/")
    if number:
        found = [one for one in studies if one["protocolSection"]["identificationModule"]["nctId"] == number]
        return (
            (200, JSON, json.dumps(found[0]).encode()) if found else (404, {"content-type": "text/plain"}, b"not found")
        )
    page = int(query.get("pageToken", ["0"])[0])
    answer: dict[str, Any] = {"studies": studies[page : page + 1]}
    if page + 1 < len(studies):
        answer["nextPageToken"] = str(page + 1)
    return 200, JSON, json.dumps(answer).encode()
