"""Queues, lists and searches: numbers that lead to their rows, nothing counted, nothing in addresses."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from leads.counting import kept
from leads.models import Contact, Enquiry, LeadSearch, Subscription, WeeklyTotal
from leads.pipeline.paging import PART
from leads.pipeline.queues import QUEUES
from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from tests.factories import (
    make_contact,
    make_enquiry,
    make_guide,
    make_packet_request,
    make_reviewer,
    make_user,
    sign_and_publish,
)
from tests.staff import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def names(answer) -> list[str]:
    return [line.cells[0].value for line in answer.context["lines"]]


def search(desk, slug="enquiry", **values):
    answer = desk.post(f"/admin/leads/{slug}/search/", values)
    assert answer.status_code == 303, answer.content.decode()[:2000]
    return desk.get(answer["Location"]), answer["Location"]


def test_lead_96_each_number_leads_to_exactly_the_rows_it_counts(desk):
    me, today = desk.user, timezone.localdate()
    make_enquiry(hours_ago=1)
    make_enquiry(hours_ago=100)
    make_enquiry(assignee=me, follow_up_on=today, status="contacted")
    make_enquiry(assignee=me, follow_up_on=today - datetime.timedelta(days=2), status="qualified")
    make_enquiry(assignee=me, follow_up_on=today + datetime.timedelta(days=2))
    make_enquiry(assignee=me, status="converted")
    make_enquiry(standing="quarantined", score=6)
    Subscription.objects.create(contact=make_contact())
    page = desk.get("/admin/leads/enquiry/")
    found = {link.label: (link.number, link.url, link.alarm) for link in page.context["queues"]}
    assert [number for number, _, _ in found.values()] == ["3", "2", "3", "1", "1", "1", "1"]
    assert [label for label, (_, _, alarm) in found.items() if alarm] == ["Follow-up overdue", "Nobody's for too long"]
    for number, url, _ in found.values():
        assert len(desk.get(url).context["lines"]) == int(number), url


def test_a_queue_says_what_it_is_for_when_it_is_empty(desk):
    for queue in QUEUES:
        page = desk.get(f"/admin/leads/{queue.table.slug}/?queue={queue.slug}")
        assert queue.empty.replace("'", "&#x27;") in page.content.decode()
    assert desk.get("/admin/leads/enquiry/?queue=unconfirmed").status_code == 404
    assert desk.get("/admin/leads/enquiry/?queue=nothing").status_code == 404


def test_lead_131_a_list_goes_on_by_parts_and_back_again_without_a_gap(desk):
    enquiries = [make_enquiry(hours_ago=number // 3) for number in range(PART * 2 + 5)]
    expected = [row.pk for row in sorted(enquiries, key=lambda row: (row.created_at, row.pk), reverse=True)]
    seen, url, newer = [], "/admin/leads/enquiry/", []
    while url:
        page = desk.get(url)
        seen += [line.pk for line in page.context["lines"]]
        newer.append(page.context["newer"])
        url = page.context["older"]
    assert seen == expected and newer[0] == ""
    back = desk.get(newer[-1])
    assert [line.pk for line in back.context["lines"]] == expected[PART : PART * 2]
    first = desk.get(back.context["newer"])
    assert [line.pk for line in first.context["lines"]] == expected[:PART] and not first.context["newer"]
    for odd in ("before=x", "after=-1", "before=99999999999999999999", "before=0"):
        assert desk.get(f"/admin/leads/enquiry/?{odd}").status_code == 200


def test_lead_131_opening_a_list_takes_few_queries_and_counts_no_table(desk):
    for _ in range(PART + 5):
        make_enquiry()
    make_reviewer()
    sign_and_publish(make_guide(by=make_user(Role.AUTHOR), slug="als"))
    desk.get("/admin/leads/contact/")
    for path in ("/admin/leads/enquiry/", "/admin/leads/contact/"):
        with CaptureQueriesContext(connection) as found:
            page = desk.get(path)
        asked = [query["sql"] for query in found if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
        assert len(asked) <= 12, asked
        assert not [sql for sql in asked if 'count(*) from "leads_' in sql.lower()]
    assert page.context["total"] == PART + 5 == kept("contacts")


def test_lead_100_a_search_leaves_nothing_of_a_person_in_an_address_or_in_clear(desk):
    make_enquiry(make_contact(name="Zaneta Quillfeather", email="zq@example.org", phone="+16145550199"))
    make_enquiry()
    for text in ("ZQ@example.org", "614 555 0199", "quillf", "zaneta  QUILL"):
        page, url = search(desk, text=text)
        assert names(page) == ["Zaneta Quillfeather"], text
        assert "quill" not in url.lower() and "zq" not in url and "0199" not in url
        assert f"in={LeadSearch.objects.latest('pk').key}" in url
    with connection.cursor() as cursor:
        cursor.execute('SELECT "values", title FROM leads_leadsearch')
        stored = str(cursor.fetchall()).lower()
    assert "quill" not in stored and "zq@" not in stored
    asked = AuditEvent.objects.filter(verb="searched for people")
    assert asked.count() == 4 and asked.first().detail == {"fields": ["text"], "list": "enquiry"}


def test_lead_100_a_reference_said_on_the_phone_finds_its_person(desk):
    contact = make_enquiry().contact
    make_enquiry()
    page, _ = search(desk, text=contact.reference.lower())
    assert [line.reference for line in page.context["lines"]] == [contact.reference]


def test_lead_100_filters_by_everything_that_staff_ask_for(desk):
    today = timezone.localdate()
    other = make_user(Role.COORDINATOR, first_name="Olga")
    one = make_enquiry(make_contact(name="One"), assignee=other, follow_up_on=today, condition="als", channel="google")
    two = make_enquiry(make_contact(name="Two"), status="contacted", score=4, hours_ago=24 * 9)
    from leads import ledger
    from leads.pipeline.tagging import add_tag

    ledger.enter(two.contact, "call", "confirmed", ledger.Circumstances(method="form"))
    add_tag(one.contact, "Spanish", by=desk.user)
    week = (today - datetime.timedelta(days=3)).isoformat()
    for values, found in (
        ({"status": "contacted"}, ["Two"]),
        ({"assignee": str(other.pk)}, ["One"]),
        ({"assignee": "nobody"}, ["Two"]),
        ({"follow_up": "today"}, ["One"]),
        ({"follow_up": "none"}, ["Two"]),
        ({"follow_up": "week"}, ["One"]),
        ({"follow_up": "overdue"}, []),
        ({"since": week}, ["One"]),
        ({"until": week}, ["Two"]),
        ({"consent": "call"}, ["Two"]),
        ({"consent": "newsletter"}, []),
        ({"score": "3"}, ["Two"]),
        ({"tag": "spanish"}, ["One"]),
        ({"channel": "Google"}, ["One"]),
        ({"status": "contacted", "assignee": str(other.pk)}, []),
    ):
        page, _ = search(desk, **values)
        assert names(page) == found, values


def test_lead_100_a_condition_is_looked_up_by_its_keyed_index(desk):
    make_reviewer()
    sign_and_publish(make_guide(by=make_user(Role.AUTHOR), slug="als"))
    asked = make_packet_request(make_contact(name="One"), packet="als")
    make_packet_request(make_contact(name="Two"))
    for slug in ("packetrequest", "contact"):
        page, url = search(desk, slug, about="als")
        assert [line.reference for line in page.context["lines"]] == [asked.contact.reference]
        assert "als" not in url.replace("leads", "")


def test_lead_100_a_named_search_is_kept_and_can_be_shared(desk):
    make_enquiry(status="contacted")
    _, mine = search(desk, status="contacted", name="Spoken to", is_shared="on")
    _, unnamed = search(desk, status="contacted")
    colleague = signed_in(Role.COORDINATOR)
    assert (
        colleague.get(mine).status_code == 200
        and "Spoken to" in colleague.get("/admin/leads/enquiry/").content.decode()
    )
    assert colleague.get(unnamed).status_code == 404
    key = LeadSearch.objects.get(is_kept=True).key
    assert colleague.post(f"/admin/leads/contact/searches/{key}/forget/").status_code == 404
    assert desk.post(f"/admin/leads/contact/searches/{key}/forget/").status_code == 303
    assert not LeadSearch.objects.filter(is_kept=True).exists()


def test_lead_100_a_search_that_makes_no_sense_is_refused_with_what_was_typed(desk):
    answer = desk.post("/admin/leads/enquiry/search/", {"text": "Ann", "since": "soon"})
    assert answer.status_code == 422 and 'value="Ann"' in answer.content.decode()
    assert not LeadSearch.objects.exists()


def test_searches_without_a_name_are_gone_after_a_day(desk):
    from leads.pipeline.searching import forget_old

    search(desk, status="new")
    search(desk, status="new", name="New ones")
    LeadSearch.objects.update(made_at=timezone.now() - datetime.timedelta(days=2))
    assert forget_old() == 1
    assert LeadSearch.objects.get().is_kept


def test_lead_111_each_look_at_a_list_is_on_the_record_with_the_classes_of_fields(desk):
    make_enquiry()
    desk.get("/admin/leads/enquiry/?queue=new")
    event = AuditEvent.objects.get(verb="saw a list of people")
    assert event.actor_id == desk.user.pk
    assert event.detail == {"list": "enquiry", "rows": 1, "fields": ["name", "phone or e-mail"], "queue": "new"}


def test_an_erased_person_is_in_no_list(owners_desk):
    enquiry = make_enquiry()
    from leads.erasing import erase

    erase(enquiry.contact)
    for slug in ("enquiry", "contact"):
        assert owners_desk.get(f"/admin/leads/{slug}/").context["lines"] == [], slug
    assert kept("contacts") == 0
    assert Contact.objects.get().is_erased and Enquiry.objects.get().emptied_at


def test_lead_27_quarantine_is_a_queue_and_release_mails_exactly_once(desk):
    from stemsite.mail.models import Delivery

    held = make_enquiry(standing="quarantined", score=7, signals=["honeypot"])
    page = desk.get("/admin/leads/contact/quarantine/")
    assert held.contact.name in page.content.decode() and "honeypot" in page.content.decode()
    assert not Delivery.objects.filter(kind="receipt").exists()
    for _ in range(3):
        assert desk.post(f"/admin/leads/contact/quarantine/{held.reference}/release/").status_code == 303
    assert Delivery.objects.filter(kind="receipt").count() == 1
    assert desk.get("/admin/leads/enquiry/?queue=new").context["lines"][0].pk == held.pk
    assert AuditEvent.objects.filter(verb="released a request from quarantine").count() == 1
    overruled = {row.value: row.number for row in WeeklyTotal.objects.filter(by="event")}
    assert overruled == {"overruled: honeypot": 1}
    for wrong in ("e0", "x1", "e99999999999999999999", "e٣"):
        assert desk.post(f"/admin/leads/contact/quarantine/{wrong}/release/").status_code == 404, wrong


def test_an_enquiry_in_quarantine_is_in_no_other_list(desk):
    make_enquiry(standing="quarantined", score=6)
    assert desk.get("/admin/leads/enquiry/").context["lines"] == []
