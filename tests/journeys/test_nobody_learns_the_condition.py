"""LEAD-117 with a condition: asked for on its guide, fetched, bounced, noted, searched, exported, failed, copied.

Public pages name the condition, so its name alone proves nothing. What the story added to the database is compared
with a copy from before: no new value outside the store of public pages names the condition, its guide or its packet,
and no table that can be joined to a person points at a page, a version or a packet.
"""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.durability.site import ROOT, Site

from .test_nobody_reads_who_asked import answer, wait

pytestmark = [pytest.mark.slow]

GUIDE = "/conditions/als/"
EMAIL, NAME, PHONE = "quetzal.canary@example.org", "Quetzalcoatlina", "614 555 0177"
NOTE, MESSAGE = "Huitzilopochtli rang at noon", "Zyzzogeton paresis since spring"
TRACES = ("quetzal", "+16145550177", "6145550177", "614 555 0177", "huitzilopochtli", "zyzzogeton")
CONDITION = re.compile(rb"\bals\b|amyotrophic|conditions/", re.IGNORECASE)
SEALED = re.compile(rb"[A-Za-z0-9+/=_-]{80,}")
"""Sealed values spell every short word now and then."""
PUBLIC = ("serving_", "counts_", "search_")
"""What readers get, and how often: kept by page, for everyone alike."""

COPY = """
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
from leads.models import PacketRequest
from stemsite.mail.envelope import sender_for
from stemsite.mail.models import Delivery
asked = PacketRequest.objects.exclude(sent_at=None).order_by("-pk").first()
answer = None
if asked:
    letter = Delivery.objects.get(kind="packet", reference=asked.reference)
    answer = {"token": links.packet_url(asked).rpartition("/d/")[2], "envelope": sender_for(letter.pk)}
"""

STAFF = """
import logging
from unittest import mock
from django.test import Client
from leads.models import Contact, Enquiry
from stemsite.access import Action, can
from stemsite.accounts.models import User
handler = logging.getLogger().handlers[0]
handler.setStream(open(given["log"], "a"))
client = Client(raise_request_exception=False, headers={"host": given["host"]})
client.force_login(next(user for user in User.objects.filter(is_staff=True) if can(user, Action.EXPORT_LEADS)))
contact = Contact.objects.with_email(given["email"]).get()
person = f"/admin/leads/contact/{contact.pk}/"
answer = {}
answer["note"] = client.post(person + "note/", {"note-text": given["note"]}).status_code
for number, values in enumerate([{"text": given["email"]}, {"text": given["name"]}, {"about": "als"}]):
    found = client.post("/admin/leads/contact/search/", values)
    answer[f"search {number}"] = found.status_code
    answer[f"found {number}"] = contact.reference in client.get(found["Location"]).content.decode()
answer["person"] = client.get(person + "change/").status_code
answer["export"] = given["message"] in client.post(person + "export/", {"reason": "A test"}).content.decode()
answer["proof"] = client.post(person + "proof/").status_code
rows = {"scope": "", "row": [str(contact.pk)], "action": "csv", "confirmed": "1", "reason": "A test"}
listed = client.post("/admin/leads/contact/bulk/", rows)
answer["list"] = given["email"] in listed.getvalue().decode()

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


@pytest.fixture
def site(tmp_path):
    """The real server and worker with the example site, on a folder of their own."""
    (tmp_path / "site" / "tmp").mkdir(parents=True)
    more = {"SAMPLES": "yes", "TMPDIR": str(tmp_path / "site" / "tmp")}
    site = Site(tmp_path / "site" / "data", hurried=False, more=more)
    site.manage("prepare")
    site.ask(ASKS_CONDITION)
    with site.running():
        yield site


def carried(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


def ask(base: str, path: str, **typed: str) -> dict[str, str]:
    """Press the link on the guide, fill in the form behind it, and send it; what was sent."""
    guide = answer(base + GUIDE)[1]
    link = re.search(rf'href="({path}\?of=\d+)', guide)
    values = {**carried(answer(base + (link[1] if link else path))[1]), **typed}
    values.setdefault("page", GUIDE)
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


def test_lead_117_nothing_joins_a_person_to_a_condition_in_clear(site, tmp_path):
    base = f"http://127.0.0.1:{site.port}"
    before, backup = tmp_path / "before.sqlite3", tmp_path / "site" / "backup.sqlite3"
    answer(base + GUIDE)
    site.ask(COPY, to=str(before))
    logged = site.log.stat().st_size

    ask(base, "/information-packet/", email=EMAIL, name=NAME, condition="als", consent_health="on")
    form = ask(base, "/consultation/", email=EMAIL, name=NAME, phone=PHONE, message=MESSAGE, consent_call="on")
    wait(lambda: site.ask(SENT) is not None, 120)
    sent = site.ask(SENT)
    fetch(base, sent["token"])
    assert bounce(site, sent["envelope"]) == "bounced"
    told = site.ask(
        STAFF, host=f"127.0.0.1:{site.port}", log=str(site.folder / "staff.log"), email=EMAIL, name=NAME, note=NOTE,
        message=MESSAGE, form=form,
    )  # fmt: skip
    assert told == {
        "note": 303, "person": 200, "export": True, "proof": 200, "list": True, "error": 500, "staff error": 500,
        **{f"search {number}": 303 for number in range(3)}, **{f"found {number}": True for number in range(3)},
    }  # fmt: skip
    site.ask(COPY, to=str(backup))

    assert clear_traces(tmp_path / "site") == []
    assert new_values_naming_the_condition(before, backup) == []
    assert keys_from_persons_to_pages(backup) == []
    lines = site.log.read_bytes()[logged:] + (site.folder / "staff.log").read_bytes()
    assert b"RuntimeError" in lines, "the errors were logged, so that what is absent below means something"
    assert CONDITION.findall(lines.replace(b"conditions/<", b"")) == []


def fetch(base: str, token: str) -> None:
    """Read the packet, and press its button until the worker has made the file."""
    status, page = answer(f"{base}/d/{token}")
    assert status == 200 and "ALS" in page

    def is_there() -> bool:
        request = urllib.request.Request(f"{base}/d/{token}", data=b"")
        with urllib.request.urlopen(request, timeout=60) as found:
            return found.read(5) == b"%PDF-"

    wait(is_there, 120)


def clear_traces(folder: Path) -> list[tuple[str, str]]:
    """Every file of the site: database, write-ahead log, copy, logs, letters, media, temporary files."""
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes().lower()
        found += [(str(path.relative_to(folder)), trace) for trace in TRACES if trace.encode() in content]
    return found


def tables_of(database: sqlite3.Connection) -> list[str]:
    rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'")
    return [name for (name,) in rows if not name.startswith(("sqlite_", *PUBLIC))]


def new_values_naming_the_condition(before: Path, after: Path) -> list[tuple[str, str, object]]:
    found, added = [], 0
    old, new = sqlite3.connect(before), sqlite3.connect(after)
    for table in tables_of(new):
        known = set(old.execute(f'SELECT * FROM "{table}"'))
        rows = new.execute(f'SELECT * FROM "{table}"')
        names = [column[0] for column in rows.description]
        for row in (row for row in rows if row not in known):
            added += 1
            for name, value in zip(names, row, strict=True):
                raw = value if isinstance(value, bytes) else str(value).encode()
                if CONDITION.search(SEALED.sub(b"", raw)):
                    found.append((table, name, value))
    assert added > 20, "the story left many rows"
    return found


def keys_from_persons_to_pages(path: Path) -> list[tuple[str, str]]:
    """Foreign keys to anything published, of every table that can be joined to a person by any number of steps."""
    database = sqlite3.connect(path)
    keys = {
        table: {row[2] for row in database.execute(f'PRAGMA foreign_key_list("{table}")')}
        for table in tables_of(database)
    }
    persons, before = {"leads_contact"}, set()
    while persons != before:
        before = set(persons)
        persons |= {table for table, targets in keys.items() if targets & persons}
    assert {"leads_packetrequest", "leads_packetcopy", "leads_consent", "leads_timelineentry"} <= persons
    published = ("publishing_", "articles_", "studies_")
    return [
        (table, target)
        for table in sorted(persons)
        for target in keys[table]
        if target.startswith(published) or target == "leads_packet"
    ]
