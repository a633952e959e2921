"""The dashboard counts what was counted at capture, draws it on the server, and names nobody (LEAD-104, LEAD-105)."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from leads.counting import count_week, monday
from leads.models import Subscription, WeeklyTotal
from leads.pipeline import figures, working
from leads.pipeline.figures import rank
from stemsite.audit.models import AuditEvent
from stemsite.charts import HEIGHT, WIDTH, chart
from stemsite.mail.models import Delivery
from tests.factories import make_contact, make_enquiry, make_packet_request

pytestmark = [pytest.mark.django_db, pytest.mark.database]

By = WeeklyTotal.By


def test_lead_104_figures_by_form_source_and_condition_with_a_table_for_each_drawing(desk):
    count_week("consultation", {By.ALL: ["all"], By.SOURCE: ["google"], By.CONDITION: ["als"]}, number=4)
    count_week("newsletter", {By.ALL: ["all"], By.SOURCE: ["google"]}, number=3)
    now = timezone.now()
    Subscription.objects.create(contact=make_contact(), state="confirmed", confirmed_at=now)
    enquiry = make_enquiry(status="scheduled")
    working.change_status(enquiry, to="converted", by=desk.user)
    found = desk.get("/admin/leads/contact/figures/")
    tables = {heading: {row.label: row.values[-1] for row in rows} for heading, _, rows in found.context["tables"]}
    assert tables["Requests by form"] == {"Consultation": 4, "Newsletter": 3, "All requests": 7}
    assert tables["Requests by source"] == {"google": 7}
    assert tables["Requests by condition"] == {"als": 4}
    assert tables["What became of them"] == {"Newsletter, confirmed": 1, "Converted": 1}
    page = found.content.decode()
    drawn = [chart.title for chart in found.context["charts"]]
    in_tables = {label for rows in tables.values() for label in rows}
    assert len(drawn) == page.count("<figure>") == 5
    assert {title.removesuffix(" a week") for title in drawn} <= in_tables
    assert 'style="' not in page[page.index("<figure>") :]
    assert enquiry.contact.name not in page


def test_lead_104_the_wait_for_a_first_answer_has_median_and_ninth_tenth(desk, settings):
    settings.LEADS_HOURS = "mon-sun 00:00-23:59"
    now = timezone.now()
    for hours in (1, 2, 3, 10):
        make_enquiry(hours_ago=20, first_contacted_at=now - datetime.timedelta(hours=20 - hours), status="contacted")
    make_enquiry(hours_ago=5)
    make_enquiry(hours_ago=5, status="spam")
    found = figures.answering(now - datetime.timedelta(days=2))
    assert (found.answered, found.waiting) == (4, 1)
    assert found.median == pytest.approx(2, abs=0.1) and found.p90 == pytest.approx(10, abs=0.1)
    assert rank([], 0.5) is None


def test_a_drawing_stays_within_its_frame_and_a_week_of_nothing_is_no_bar():
    days = [monday() - datetime.timedelta(weeks=back) for back in (2, 1, 0)]
    drawn = chart("Requests", days, [0, 5, 10])
    assert drawn.bars[0].height == 0 and drawn.bars[1].height * 2 == drawn.bars[2].height
    for bar in drawn.bars:
        assert bar.x >= 0 and bar.x + bar.width <= WIDTH and bar.y >= 0 and bar.y + bar.height <= HEIGHT
    assert chart("Nothing", days, [0, 0, 0]).most == 0


def test_lead_105_what_should_not_be_is_listed_by_reference_with_a_link(desk):
    stalled = make_enquiry(hours_ago=24 * 40, status="contacted")
    unsent = make_packet_request(hours_ago=30)
    alone = make_contact()
    letter = Delivery.objects.create(
        kind="receipt", reference="e1", message_id="<1@x>", state="failed", finished_at=timezone.now()
    )
    found = desk.get("/admin/leads/contact/quality/")
    lines = {lack.key: [line["label"] for line in rows] for lack, rows, _ in found.context["found"]}
    assert lines["stalled"] == [stalled.contact.reference]
    assert lines["unsent"] == [unsent.contact.reference]
    assert lines["consent"] == [alone.reference]
    assert lines["failed"] == [str(letter)]
    assert alone.name not in found.content.decode()
    assert AuditEvent.objects.filter(verb="saw a list of people", detail__list="quality").exists()
