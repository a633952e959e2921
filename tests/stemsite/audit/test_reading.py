"""PUB-127: the chain is read by role, and by nobody changed."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from stemsite.audit.reading import events_for
from stemsite.audit.recording import first_break, record
from tests.factories import (
    make_guide,
    make_plain_page,
    make_reference,
    make_reviewer,
    make_study,
    make_user,
    save_draft,
    sign_and_publish,
)
from tests.staff import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LIST = "admin:audit_auditevent_changelist"


@pytest.fixture
def happened(clinic):
    """Events about the pages of two authors, one of them signed by a reviewer, a source, the clinic, an account."""
    anna, ben = make_user(Role.AUTHOR), make_user(Role.AUTHOR)
    reviewer = make_reviewer().user
    signed, other = make_guide(by=anna), make_study(by=ben)
    sign_and_publish(signed, reviewer=reviewer)
    save_draft(other)
    owner = make_user(Role.OWNER)
    for obj in (make_reference(), clinic, anna):
        record("changed", by=owner, obj=obj)
    return {"anna": anna, "ben": ben, "reviewer": reviewer, "owner": owner, "signed": signed, "other": other}


def subjects(user) -> set[tuple[str, str]]:
    return set(events_for(user).values_list("object_type", "object_id"))


def test_authors_read_about_their_own_pages_and_reviewers_about_pages_they_signed(happened):
    signed = ("articles.article", str(happened["signed"].pk))
    assert subjects(happened["anna"]) == {signed}
    assert subjects(happened["reviewer"]) == {signed}
    assert subjects(happened["ben"]) == {("studies.study", str(happened["other"].pk))}


def test_publishers_read_about_content_and_not_about_accounts_or_settings(happened):
    kinds = {kind for kind, _ in subjects(make_user(Role.PUBLISHER))}
    assert kinds == {"articles.article", "studies.study", "studies.reference"}


def test_coordinators_read_nothing_of_it_and_the_owner_all(happened):
    assert subjects(make_user(Role.COORDINATOR)) == set()
    assert events_for(happened["owner"]).count() == AuditEvent.objects.count()


def test_roles_add_up(happened):
    both = make_user(Role.COORDINATOR, Role.PUBLISHER)
    assert subjects(both) == subjects(make_user(Role.PUBLISHER))


def test_a_page_of_the_same_number_in_another_table_is_not_mistaken_for_ones_own(clinic):
    author = make_user(Role.AUTHOR)
    page = make_plain_page(by=author)
    reference = make_reference(pk=page.pk)
    record("changed", by=None, obj=reference)
    assert subjects(author) == set()


def test_the_list_shows_each_role_its_part_and_other_events_answer_nothing(happened):
    client = signed_in(user=happened["anna"])
    listed = client.get(reverse(LIST)).context["cl"].result_list
    assert {event.object_id for event in listed} == {str(happened["signed"].pk)}
    hidden = AuditEvent.objects.exclude(pk__in=[event.pk for event in listed]).first()
    answer = client.get(reverse("admin:audit_auditevent_change", args=[hidden.pk]))
    assert answer.status_code == 302
    assert hidden.hash not in client.get(answer["Location"]).content.decode()
    assert client.get(reverse("admin:audit_auditevent_change", args=[listed[0].pk])).status_code == 200


def test_reading_changes_nothing(happened):
    before = AuditEvent.objects.count()
    client = signed_in(user=happened["owner"])
    client.get(reverse(LIST))
    client.post(reverse("admin:audit_auditevent_change", args=[AuditEvent.objects.first().pk]), {"note": "x"})
    assert AuditEvent.objects.count() == before
    assert first_break() is None


def test_the_list_needs_the_same_number_of_queries_however_long_it_is(happened):
    client = signed_in(user=happened["owner"])

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            client.get(reverse(LIST))
        return len(caught)

    queries()
    few = queries()
    for _ in range(30):
        record("looked", by=None)
    assert queries() == few <= 8
