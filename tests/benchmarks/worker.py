"""What the real worker bears: packets by the hundred (LEAD-132), and an issue while forms arrive (LEAD-133)."""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from tests.durability.client import Client
from tests.durability.sink import Sink
from tests.durability.site import ROOT, Site, until
from tests.durability.visitors import Blanks

RATE = 5
BAR = 0.05
MB = 1e6

ASK_FOR_PACKETS = """
from leads.models import Contact, PacketRequest
from stemsite.mail.outbox import queue_for
for number in range(given["number"]):
    contact = Contact.objects.create(email=f"packet{number}@example.org", name=f"Sample Number {number}")
    asked = PacketRequest.objects.create(contact=contact, name=f"Sample N{'abcdefghij'[number % 10]}", packet="als")
    queue_for("packet", asked.reference, recipient=contact.email)
answer = True
"""

WAITING = """
from stemsite.mail.models import Delivery
answer = Delivery.objects.unfinished().filter(kind=given["kind"]).count()
"""

START_AN_ISSUE = """
from django.utils import timezone
from leads.models import Contact, IssueRun, NewsletterIssue, Subscription
from leads.newsletter import workflow
from stemsite.access import Role
from tests.factories import make_issue, make_live_article, make_user
contacts = [Contact(email=f"reader{number}@example.org") for number in range(given["readers"])]
Contact.objects.bulk_create(contacts, batch_size=500)
Subscription.objects.bulk_create(
    [Subscription(contact=contact, state="confirmed", confirmed_at=timezone.now()) for contact in contacts],
    batch_size=500,
)
publisher = make_user(Role.AUTHOR, Role.PUBLISHER, email="bench-publisher@example.org")
make_user(Role.OWNER, email="bench-owner@example.org")
issue = make_issue(make_live_article(title="How to read a study"), by=publisher)
workflow.start(issue, by=publisher)
IssueRun.objects.filter(issue=issue).update(starts_at=timezone.now())
answer = issue.pk
"""

IS_FINISHED = """
from leads.models import NewsletterIssue
answer = NewsletterIssue.objects.get(pk=given["issue"]).state == "finished"
"""


def worker() -> None:
    packets(int(os.environ.get("BENCH_PACKETS", "200")))
    issue(int(os.environ.get("BENCH_READERS", "2000")))


def packets(number: int) -> None:
    """RSS of a worker that makes and attaches ``number`` booklets, and the most it ever held."""
    with _site(SAMPLES="yes", PACKET_ATTACHED="yes") as (site, sink, folder):
        site.ask(ASK_FOR_PACKETS, number=number)
        process = _worker(site, [sys.executable, "manage.py", "worker"], folder)
        began = time.monotonic()
        until(lambda: site.ask(WAITING, kind="packet") == 0, 60 + number, pause=2)
        took, held, most = time.monotonic() - began, _memory(process.pid, "VmRSS"), _memory(process.pid, "VmHWM")
        press = sum(_memory(pid, "VmRSS") for pid in _below(process.pid))
        cpu = [sum(_cpu(pid) for pid in pids) / number * 1000 for pids in ([process.pid], _below(process.pid))]
        process.terminate()
        process.wait(60)
        made = sum(b"application/pdf" in letter.raw for letter in sink.received())
    print(f"\n{made} of {number} packets made and sent by a worker in {took:.0f} s (LEAD-132)")
    print(
        f"  processor: {cpu[0]:.0f} ms a packet in the worker, letter and all, {cpu[1]:.0f} ms where booklets are set"
    )
    print(f"  memory afterwards {held / MB:.0f} MB, at most {most / MB:.0f} MB (bar: 150 MB after 1,000)")
    print(f"  and {press / MB:.0f} MB in the process that sets the booklets, which ends when it is idle")


def issue(readers: int) -> None:
    """An issue as fast as it goes, with forms at ``RATE`` a second; what holds the database, and for how long."""
    with tempfile.TemporaryDirectory(prefix="stemsite-bench-clocks-") as name:
        clocks = Path(name)
        with _site(SAMPLES="yes", LEADS_LIMITS="no", BENCH_CLOCKS=name) as (site, sink, folder):
            begun = site.ask(START_AN_ISSUE, readers=readers)
            web = _worker(site, _web(site), folder)
            try:
                until(site.is_up, 60)
                timed = [sys.executable, "-m", "tests.benchmarks.timed_worker", str(clocks / "worker.json")]
                process = _worker(site, timed, folder)
                began = time.monotonic()
                answers, asked_at = _meanwhile(site, begun, limit=60 + readers / 5)
                took = time.monotonic() - began
                until(lambda: site.ask(WAITING, kind="packet") == 0, 60, pause=1)
                process.terminate()
                process.wait(60)
            finally:
                site.ask_no_more()
                web.terminate()
                web.wait(60)
            arrived = _arrivals(sink)
        report(
            readers, took, answers, [arrived[who] - at for who, at in asked_at.items() if who in arrived], len(asked_at)
        )
        held("the worker", [clocks / "worker.json"])
        held("the web server", sorted(clocks.glob("web-*.json")))


def _meanwhile(site: Site, begun: int, *, limit: float) -> tuple[list[float], dict[str, float]]:
    """Packet requests on a beat until the issue is finished: how long each answer took, and when it was given."""
    blanks, client = Blanks.fetched(site.port), Client(site.port)
    answers: list[float] = []
    asked_at: dict[str, float] = {}
    began = time.monotonic()
    while time.monotonic() - began < limit:
        who = f"bench{len(answers)}@example.org"
        values = blanks.filled("information-packet", email=who, nonce=str(uuid.uuid4()), number=who)
        since = time.perf_counter()
        answer = client.post("/information-packet/", values)
        answers.append(time.perf_counter() - since)
        if answer.status == 303:
            asked_at[who] = time.time()
        if len(answers) % (RATE * 3) == 0 and site.ask(IS_FINISHED, issue=begun):
            break
        time.sleep(max(0.0, began + len(answers) / RATE - time.monotonic()))
    return answers, asked_at


def report(readers: int, took: float, answers: list[float], waits: list[float], asked: int) -> None:
    p95 = statistics.quantiles(answers, n=20)[18] * 1000
    print(f"\nAn issue to {readers:,} readers, {RATE} packet requests a second meanwhile (LEAD-133)")
    print(f"  {took:.0f} s, {readers / took:.0f} letters/s (bar: 10,000 in 600 s = 17/s)")
    print(f"  answer to a form: p95 {p95:.0f} ms (bar: 200), slowest {max(answers) * 1000:.0f} ms")
    late = statistics.quantiles(waits, n=20)[18] if len(waits) > 1 else float("nan")
    print(f"  letter of a packet after its answer: p95 {late:.1f} s (bar: 30), {len(waits)} of {asked} arrived")


def held(whose: str, files: list[Path]) -> None:
    """How long the one write lock was held; how long it was waited for stands apart."""
    seen = [each for file in files for each in json.loads(file.read_text())["held"]]
    times = sorted(each["seconds"] for each in seen)
    long = sorted((each for each in seen if each["seconds"] > BAR), key=lambda each: -each["seconds"])
    own = sum(each["seconds"] - each["commit"] > BAR for each in long)
    waits = sorted(each["waited"] for each in seen)
    print(
        f"  {whose} held the database {len(times):,} times: median {statistics.median(times) * 1000:.1f} ms, "
        f"p99 {times[int(len(times) * 0.99)] * 1000:.0f} ms, longest {times[-1] * 1000:.0f} ms; "
        f"{len(long)} over 50 ms (bar: none), {own} of them without the disk's share"
    )
    print(f"    and waited for it p99 {waits[int(len(waits) * 0.99)] * 1000:.0f} ms, longest {waits[-1] * 1000:.0f} ms")
    for each in long[:6]:
        print(
            f"    {each['seconds'] * 1000:5.0f} ms  {each['what']}: commit {each['commit'] * 1000:.0f}, "
            f"processor {each['cpu'] * 1000:.0f}, {each['statements']} statements"
        )


def _arrivals(sink: Sink) -> dict[str, float]:
    """Address -> when its first letter lay in the log."""
    lines = [json.loads(line) for line in sink.log.read_bytes().splitlines()]
    return {line["recipients"][0]: line["at"] for line in reversed(lines)}


@contextlib.contextmanager
def _site(**more: str) -> Iterator[tuple[Site, Sink, Path]]:
    with tempfile.TemporaryDirectory(prefix="stemsite-bench-worker-") as name:
        folder = Path(name)
        with Sink(folder / "sink.jsonl") as sink:
            site = Site(folder / "site", mail_url=f"smtp://127.0.0.1:{sink.port}", hurried=False, more=more)
            site.manage("prepare")
            try:
                yield site, sink, folder
            finally:
                site.ask_no_more()


def _worker(site: Site, command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "worker.log").open("ab") as log:
        return subprocess.Popen(command, cwd=ROOT, env=site.environment, stdout=log, stderr=log)


def _web(site: Site) -> list[str]:
    """The web server as ``manage.py serve`` starts it, without the worker; both of ours carry a clock."""
    given = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(site.port), "--workers", "2"]
    return [
        sys.executable,
        "-m",
        "stemsite.web",
        *given,
        "--blocking-threads",
        "8",
        "--http",
        "1",
        "tests.benchmarks.timed_web:application",
    ]


def _below(pid: int) -> list[int]:
    """Processes that any thread of ``pid`` started."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for found in lists for child in found.read_text().split()]


def _memory(pid: int, what: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(what))


def _cpu(pid: int) -> float:
    """Seconds of processor that ``pid`` has had, in user and in system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    worker()
