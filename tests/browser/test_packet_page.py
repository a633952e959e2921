"""The packet's page as a person on a phone meets it: read, pressed by keyboard, without script, judged by axe."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from leads import links
from leads.packets import filing, sending
from studies.models import StudyFact
from tests.browser import tools
from tests.factories import make_packet, make_study, sign_and_publish
from tests.leads.packets.test_sending import asked_for, guide_slug

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def asked(db):
    study = make_study()
    StudyFact.objects.filter(study=study, kind="deaths").update(known="stated", people=13, of=18)
    sign_and_publish(study)
    packet = make_packet(studies=[study])
    sign_and_publish(packet)
    found, delivery = asked_for(guide_slug(packet))
    sending.packet(delivery)
    found.refresh_from_db()
    return found


@pytest.fixture
def path(asked) -> str:
    return urlsplit(links.packet_url(asked)).path


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_lead_136_the_page_is_clean_for_axe_and_as_wide_as_its_window(page: Page, path: str, width: int, scheme: str):
    asked_hosts: set[str] = set()
    page.on("request", lambda request: asked_hosts.add(urlsplit(request.url).hostname or ""))
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_have_text("ALS and stem cells")
    found = tools.axe(page)
    assert tools.in_words(found["violations"]) == []
    assert tools.sideways(page) <= 0
    assert asked_hosts == {"localhost"}
    assert page.context.cookies() == []


def test_lead_91_the_file_comes_by_keyboard_alone(page: Page, path: str, asked):
    filing.make_file.call(asked.pk)
    page.goto(path)
    button = page.get_by_role("button", name="Download as a PDF to print")
    for _ in range(25):
        page.keyboard.press("Tab")
        if button.evaluate("element => element === document.activeElement"):
            break
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "information-packet.pdf"
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")


def test_lead_91_without_script_the_page_reads_and_the_button_works(
    chromium: Browser, live_server, path: str, asked, monkeypatch
):
    monkeypatch.setattr(filing, "PATIENCE", 0)
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(path)
    page.get_by_role("button", name="Download").click()
    expect(page.get_by_role("status")).to_contain_text("Your file is being made.")
    filing.make_file.call(asked.pk)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "information-packet.pdf"
    context.close()


def test_lead_136_the_pages_mark_up_is_valid(client, path: str, tmp_path: Path):
    file = tmp_path / "packet.html"
    file.write_bytes(client.get(path).content)
    assert tools.html_errors([file]) == []
