"""The editorial desk in a real browser: judged by axe, worked by keyboard, pictured for the docs."""

from __future__ import annotations

import datetime
import io
import os
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from stemsite.access import Role
from stemsite.publishing import second_look, trash, workflow
from stemsite.publishing.models import Link, LinkUse, SignOff
from stemsite.tasks.models import Heartbeat
from tests.browser import tools
from tests.factories import (
    make_article,
    make_clinic,
    make_guide,
    make_plain_page,
    make_reviewer,
    make_study,
    make_user,
    make_wordings,
    publish,
    save_draft,
    sign_and_publish,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(db) -> Any:
    """Eda's and Dr. Roy's house on a Monday: something in most queues."""
    make_wordings()
    make_clinic()
    now = timezone.now()
    Heartbeat.objects.create(worker="one", started_at=now, seen_at=now)
    eda = make_user(Role.AUTHOR, Role.PUBLISHER, Role.OWNER, first_name="Eda", last_name="Editor")
    roy = make_reviewer(make_user(Role.REVIEWER, first_name="Roy", last_name="Reviewer")).user
    guide = make_guide(by=eda, keeper=eda)
    sign_and_publish(guide, by=eda, reviewer=roy)
    for page in (make_article(by=eda, title="Questions to ask before a trial"), make_study(by=eda)):
        save_draft(page, by=eda)
        workflow.submit(page, by=eda, note="Please look at the numbers.")
    forced = make_article(by=eda, title="What a phase 1 trial can show")
    save_draft(forced, by=eda)
    second_look.force_publish(forced, by=eda, reason="The old page was wrong.", change="major")
    thrown = make_article(by=eda, title="An idea that came to nothing")
    save_draft(thrown, by=eda)
    trash.discard(thrown, by=eda)
    publish(make_plain_page(by=eda), by=eda)
    today = timezone.localdate()
    link = Link.objects.create(
        target="https://example.org/gone",
        failed_days=3,
        failing_since=today - datetime.timedelta(days=2),
        said="answers 404",
    )
    LinkUse.objects.create(link=link, page=guide, section="Research", text="a trial in Poland")
    return {"eda": eda, "roy": roy, "guide": guide, "forced": forced, "thrown": thrown}


def keep(page: Page, name: str) -> None:
    """A picture for docs/editors.md, written only when it is asked for: PICTURES=docs/pictures."""
    if folder := os.environ.get("PICTURES"):
        shot = Image.open(io.BytesIO(page.screenshot()))
        Path(folder).mkdir(parents=True, exist_ok=True)
        shot.save(Path(folder) / f"{name}.webp", quality=60, method=6)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_on_the_screens_of_the_desk(page, log_in, desk, width, scheme):
    """PUB-117: the new screens, wide and narrow, light and dark."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    addresses = {
        "eda": [
            "/admin/",
            "/admin/notices/",
            "/admin/links/",
            "/admin/start/",
            "/admin/publishing/page/?trash=yes",
            "/admin/publishing/redirect/import/",
            f"/admin/pages/{desk['thrown'].pk}/",
            f"/admin/pages/{desk['forced'].pk}/",
            f"/admin/articles/article/{desk['forced'].pk}/delete/",
        ],
        "roy": ["/admin/sign/", f"/admin/pages/{desk['forced'].pk}/"],
    }
    for who, places in addresses.items():
        log_in(desk[who])
        for address in places:
            page.goto(address)
            for details in page.locator("details").all():
                details.evaluate("each => { each.open = true; }")
            assert tools.in_words(tools.axe(page)["violations"]) == [], address
            assert tools.sideways(page) == 0, address
    log_in(desk["eda"])
    page.goto("/admin/")
    if scheme == "light" and width == 1280:
        keep(page, "work-queue")


def test_several_are_signed_on_a_phone_by_keyboard_alone(page, log_in, desk):
    """PUB-145"""
    log_in(desk["roy"])
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto("/admin/")
    page.get_by_role("link", name="wait for your signature").press("Enter")
    expect(page.get_by_role("heading", name="Waiting for your signature")).to_be_visible()
    assert tools.sideways(page) == 0
    keep(page, "signing-phone")
    for box in page.get_by_role("checkbox").all():
        box.press("Space")
    page.get_by_role("button", name="Sign what is marked").press("Enter")
    expect(page.get_by_text("Nothing waits for your signature.")).to_be_visible()
    assert SignOff.objects.filter(signed_by=desk["roy"]).count() == 3


def test_to_the_trash_and_back_and_down_in_an_emergency_by_keyboard_alone(page, log_in, desk):
    """PUB-106, PUB-110"""
    log_in(desk["eda"])
    page.goto(f"/admin/pages/{desk['thrown'].pk}/")
    page.get_by_role("button", name="Take out of the trash").press("Enter")
    expect(page.locator(".messagelist .success")).to_contain_text("Out of the trash")
    page.goto(f"/admin/pages/{desk['guide'].pk}/")
    page.get_by_text("Emergency: take it down now").press("Enter")
    page.locator("#id_take-down-reason").press_sequentially("This page holds a mistake.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist .success")).to_contain_text("Taken down")
    assert page.request.get("/conditions/als/").status == 410
