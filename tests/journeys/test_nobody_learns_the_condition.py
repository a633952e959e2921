"""LEAD-117: asked for on a guide, confirmed, fetched, bounced, noted, searched, exported, failed, copied.

The web processes, the worker and its press are the real ones, on SQLite and on PostgreSQL; only faults that echo a
person are made in a process of the test's own. Public pages name the condition, so its name alone proves nothing. What
the story added to the database is compared with a copy from before: no new value outside the store of public pages
names the condition, its guide or its packet, and no table that can be joined to a person points at a page, a version
or a packet.
"""

from __future__ import annotations

import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.durability.client import form_of
from tests.durability.conftest import prepared
from tests.durability.savers import logged_in
from tests.durability.site import ROOT, Site
from tests.postgres import Missing, throwaway_postgres

from . import traces
from .test_nobody_reads_who_asked import answer, wait

pytestmark = [pytest.mark.slow]

GUIDE = "/conditions/als/"
EMAIL, NAME, PHONE = "quetzal.canary@example.org", "Quetzalcoatlina", "614 555 0177"
NOTE, MESSAGE, BEST = "Huitzilopochtli rang at noon", "Zyzzogeton paresis since spring", "dusk-o-clock"
TRACES = (
    "quetzal", "+16145550177", "6145550177", "614 555 0177", "614+555+0177", "huitzilopochtli", "zyzzogeton", BEST,
)  # fmt: skip
CONDITION = re.compile(rb"\bals\b|amyotrophic|conditions/", re.IGNORECASE)
UNMISTAKABLE = ("amyotrophic", "conditions/als")
"""Long enough never to come out of sealed bytes by chance, so these are looked for in what is packed or coded too."""
SEALED = re.compile(rb"[A-Za-z0-9+/=_-]{80,}")
"""Sealed values spell every short word now and then."""
PUBLIC = ("serving_", "counts_", "search_", "sqlite_", "publishing_link")
"""What readers get, how often, and where its links lead: kept by page, for everyone alike."""

BACKUP = """
from pathlib import Path
from django.db import connection
Path(given["to"]).unlink(missing_ok=True)
with connection.cursor() as cursor:
    cursor.execute("VACUUM INTO %s", [given["to"]])
answer = True
"""

ASKS_CONDITION = """
from stemsite.clinic.changing import save_clinic
from stemsite.clinic.models import Clinic
clinic = Clinic.current()
clinic.asks_condition = True
save_clinic(clinic)
answer = True
"""

SENT = """
from leads import links
from leads.models import PacketRequest, Subscription
from stemsite.mail.envelope import sender_for
from stemsite.mail.models import Delivery
asked = PacketRequest.objects.exclude(sent_at=None).order_by("-pk").first()
joining = Subscription.objects.order_by("-pk").first()
answer = None
if asked and joining and Delivery.objects.filter(kind="confirm", state="sent").exists():
    letter = Delivery.objects.get(kind="packet", reference=asked.reference)
    answer = {
        "token": links.packet_url(asked).rpartition("/d/")[2], "envelope": sender_for(letter.pk),
        "confirm": links.confirm_url(joining).rpartition("/c/")[2], "person": asked.contact_id,
        "reference": asked.contact.reference,
    }
"""

PLANT_A_FAULT = """
from django.db import connection
plant = [
    "CREATE TRIGGER planted BEFORE INSERT ON leads_enquiry BEGIN SELECT RAISE(ABORT, 'a planted fault'); END"
] if connection.vendor == "sqlite" else [
    "CREATE FUNCTION planted() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'a planted fault: %', NEW; END $$",
    "CREATE TRIGGER planted BEFORE INSERT ON leads_enquiry FOR EACH ROW EXECUTE FUNCTION planted()",
]
with connection.cursor() as cursor:
    for statement in plant:
        cursor.execute(statement)
answer = True
"""

FAULTS_THAT_ECHO = """
import logging
from unittest import mock
from django.test import Client
from leads.models import Contact
from stemsite.access import Action, can
from stemsite.accounts.models import User
handler = logging.getLogger().handlers[0]
handler.setStream(open(given["log"], "a"))
client = Client(raise_request_exception=False, headers={"host": given["host"]})
client.force_login(next(user for user in User.objects.filter(is_staff=True) if can(user, Action.EXPORT_LEADS)))
person = f"/admin/leads/contact/{given['person']}/"
answer = {}

def fails(asked):
    raise RuntimeError(f"{asked}")

with mock.patch("leads.views.capture", fails):
    answer["error"] = client.post(
        "/consultation/", given["form"], headers={"sec-fetch-site": "same-origin"}
    ).status_code
with mock.patch("leads.admin.person._page", side_effect=RuntimeError(given["email"])):
    answer["staff error"] = client.get(person + "change/").status_code
handler.flush()
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request, tmp_path) -> Iterator[Site]:
    """The real server and worker with the example site, on a folder and a database of their own."""
    (tmp_path / "site" / "tmp").mkdir(parents=True)
    more = {"hurried": False, "more": {"TMPDIR": str(tmp_path / "site" / "tmp")}}
    if request.param == "sqlite":
        yield from _running(tmp_path, "", more)
        return
    try:
        with throwaway_postgres() as url:
            yield from _running(tmp_path, url, more)
    except Missing as missing:
        pytest.skip(str(missing))


def _running(folder: Path, database_url: str, more: dict[str, object]) -> Iterator[Site]:
    site = prepared(folder / "site" / "data", database_url, **more)
    site.ask(ASKS_CONDITION)
    with site.running():
        yield site


def carried(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


def filled_in(base: str, path: str, **typed: str) -> dict[str, str]:
    """Press the link on the guide, and fill in the form behind it."""
    guide = answer(base + GUIDE)[1]
    link = re.search(rf'href="({path}\?of=\d+)', guide)
    values = {**carried(answer(base + (link[1] if link else path))[1]), **typed}
    values.setdefault("page", GUIDE)
    return values


def ask(base: str, path: str, **typed: str) -> dict[str, str]:
    values = filled_in(base, path, **typed)
    status, page = answer(base + path, values)
    assert status == 200, page
    assert "Letters from us come from" in page
    return values


def bounce(site: Site, envelope: str) -> str:
    """A report that echoes the address and the words of the letter, by pipe as a mail server hands it over."""
    from tests.stemsite.mail.test_bounces import report

    raw = report(envelope, diagnosis=f"smtp; 452 4.2.2 <{EMAIL}> {NAME} is over quota").replace(b"ann.lee", b"quetzal")
    command = [sys.executable, "manage.py", "process_bounces", "--to", envelope]
    done = subprocess.run(command, cwd=ROOT, env=site.environment, input=raw, capture_output=True, check=True)
    (site.folder / "bounces.log").write_bytes(done.stdout + done.stderr)
    return done.stdout.decode().strip()


def worked_by_staff(site: Site, person: int, reference: str) -> dict[str, object]:
    """A note, three searches, the person's page, both exports and the proof, all through the web processes."""
    staff = logged_in(site, "editor")
    staff.headers = {"Sec-Fetch-Site": "same-origin"}
    page, listed = f"/admin/leads/contact/{person}/", "/admin/leads/contact/"
    opened = staff.get(page + "change/")
    token = form_of(opened.body, having="csrfmiddlewaretoken")["csrfmiddlewaretoken"]
    told: dict[str, object] = {"person": opened.status, "named": NAME.encode() in opened.body}

    def post(path: str, **values: object):
        return staff.post(path, {"csrfmiddlewaretoken": token, **values})

    told["note"] = post(page + "note/", **{"note-text": NOTE}).status
    for asked in ({"text": EMAIL}, {"text": NAME}, {"about": "als"}):
        found = post(listed + "search/", **asked)
        told[f"found by {next(iter(asked.values()))}"] = reference.encode() in staff.get(found.location).body
    told["export"] = MESSAGE.encode() in post(page + "export/", reason="A test").body
    told["proof"] = post(page + "proof/", form="pdf").body[:5] == b"%PDF-"
    rows = {"scope": "", "row": [str(person)], "confirmed": "1", "reason": "A test"}
    told["list"] = EMAIL.encode() in post(listed + "bulk/", action="csv", **rows).body
    told["sheet"] = post(listed + "bulk/", action="xlsx", **rows).body[:2] == b"PK"
    return told


def test_lead_117_nothing_joins_a_person_to_a_condition_in_clear(site, tmp_path):
    base = f"http://127.0.0.1:{site.port}"
    answer(base + GUIDE)
    before, keys = _snapshot(site, tmp_path / "before")
    logged = site.log.stat().st_size

    ask(base, "/newsletter/", email=EMAIL)
    ask(base, "/information-packet/", email=EMAIL, name=NAME, condition="als", consent_health="on")
    form = ask(
        base, "/consultation/", email=EMAIL, name=NAME, phone=PHONE, message=MESSAGE, best_time=BEST, consent_call="on"
    )
    assert answer(base + "/consultation/", {**form, "consent_version": "1"})[0] == 422
    tell_of_a_problem(base)
    wait(lambda: site.ask(SENT) is not None, 180)
    sent = site.ask(SENT)
    assert answer(f"{base}/c/{sent['confirm']}", {})[0] == 200
    fetch(base, sent["token"])
    assert bounce(site, sent["envelope"]) == "bounced"
    told = worked_by_staff(site, sent["person"], sent["reference"])
    assert told == {
        "person": 200, "named": True, "note": 303, "export": True, "proof": True, "list": True, "sheet": True,
        f"found by {EMAIL}": True, f"found by {NAME}": True, "found by als": True,
    }  # fmt: skip
    site.ask(PLANT_A_FAULT)
    failing = filled_in(base, "/consultation/", email=EMAIL, name=NAME, message=f"{MESSAGE} and winter")
    status, page = answer(base + "/consultation/", failing)
    assert status >= 500 and NAME in page, "what was typed is given back, to nobody else"
    echoed = site.ask(
        FAULTS_THAT_ECHO, host=f"127.0.0.1:{site.port}", log=str(site.folder / "staff.log"), email=EMAIL, form=form,
        person=sent["person"],
    )  # fmt: skip
    assert echoed == {"error": 500, "staff error": 500}
    after, keys = _snapshot(site, tmp_path / "after")
    copies = [tmp_path / "site", *database_files(site, tmp_path / "site")]

    for folder in copies:
        assert traces.in_files(folder, TRACES, deep=folder == copies[0]) == []
    assert [path for path in (tmp_path / "site").rglob("*.*") if path.is_file() and holds_a_document(path)] == []
    added = traces.added(before, after)
    assert sum(map(len, added.values())) > 40, "the story left many rows"
    assert traces.in_rows(added, TRACES) == []
    behind = {table: rows for table, rows in added.items() if not table.startswith(PUBLIC)}
    assert traces.in_rows(behind, UNMISTAKABLE) == []
    assert naming_the_condition(behind) == []
    assert keys_from_persons_to_pages(keys) == []
    lines = site.log.read_bytes()[logged:] + (site.folder / "staff.log").read_bytes()
    assert b"RuntimeError" in lines and b"a planted fault" not in lines.replace(b"raise", b"")
    assert CONDITION.findall(lines.replace(b"conditions/<", b"")) == []


def tell_of_a_problem(base: str) -> None:
    """What people write about a page is sealed, whatever they were asked not to write (PAGE-09)."""
    number = re.search(r"/feedback/\?of=(\d+)", answer(base + GUIDE)[1])
    assert number is not None
    said = {"of": number[1], "verdict": "wrong", "text": f"{MESSAGE}. {NAME}, {EMAIL}"}
    status, page = answer(base + "/feedback/", said)
    assert status == 200 and "Thank you for telling us" in page


def _snapshot(site: Site, path: Path) -> tuple[traces.Rows, dict[str, list[str]]]:
    assert site.ask(traces.SNAPSHOT, to=str(path)) > 50
    return traces.snapshot(path)


def database_files(site: Site, folder: Path) -> list[Path]:
    """Take a backup into ``folder``; and where else the database writes: its files, its log of writes, its log."""
    if not site.database_url:
        site.ask(BACKUP, to=str(folder / "backup.sqlite3"))
        return []
    import psycopg

    subprocess.run(["pg_dump", "-f", str(folder / "backup.sql"), site.database_url], check=True)
    with psycopg.connect(site.database_url, autocommit=True) as connection:
        connection.execute("CHECKPOINT")
        row = connection.execute("SHOW data_directory").fetchone()
    assert row is not None
    return [Path(row[0]).parent]


def holds_a_document(path: Path) -> bool:
    """A booklet or a sheet of people, whose words a search for bytes would not see."""
    return path.read_bytes()[:5] in {b"%PDF-", b"PK\x03\x04\x14"}


def fetch(base: str, token: str) -> None:
    """Read the packet, and press its button until the worker has made the file."""
    status, page = answer(f"{base}/d/{token}")
    assert status == 200 and "ALS" in page

    def is_there() -> bool:
        request = urllib.request.Request(f"{base}/d/{token}", data=b"")
        with urllib.request.urlopen(request, timeout=60) as found:
            return found.read(5) == b"%PDF-"

    wait(is_there, 180)


def naming_the_condition(rows: traces.Rows) -> list[tuple[str, str, object]]:
    return [
        (table, name, value)
        for table, kept in rows.items()
        for row in kept
        for name, value in row.items()
        if CONDITION.search(SEALED.sub(b"", traces.raw_of(value)))
    ]


def keys_from_persons_to_pages(keys: dict[str, list[str]]) -> list[tuple[str, str]]:
    """Foreign keys to anything published, of every table that can be joined to a person by any number of steps."""
    persons, before = {"leads_contact"}, set()
    while persons != before:
        before = set(persons)
        persons |= {table for table, targets in keys.items() if persons & set(targets)}
    assert {"leads_packetrequest", "leads_packetcopy", "leads_consent", "leads_timelineentry"} <= persons
    published = ("publishing_", "articles_", "studies_")
    return [
        (table, target)
        for table in sorted(persons)
        for target in keys[table]
        if target.startswith(published) or target == "leads_packet"
    ]
