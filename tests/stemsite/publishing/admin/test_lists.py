"""Lists of pages ask the database as often for many pages as for one, whatever is wrong with them (PUB-113)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from stemsite.access import Role
from stemsite.publishing import nightly
from stemsite.publishing.models import Link, LinkUse
from studies.integrity import record_event
from tests.factories import make_article, make_reference, make_study, make_user, save_draft, sign_and_publish
from tests.staff import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

LISTS = {
    "/admin/publishing/page/": make_article,
    "/admin/articles/article/": make_article,
    "/admin/studies/study/": make_study,
}


@pytest.fixture
def staff(clinic):
    return signed_in(user=make_user(Role.AUTHOR, Role.PUBLISHER))


def add(make, number, by):
    """A live page with every kind of problem that the lists tell, and a draft beside it."""
    paper = make_reference()
    words = f'<p>Exosomes and mobility go together.</p><p>So it is.<cite data-ref="{paper.pk}"></cite></p>'
    said = {"methods": words} if make is make_study else {"html": words}
    page = make(title=f"Page {number}", slug=f"page-{number}", by=by, **said)
    sign_and_publish(page, by=by)
    LinkUse.objects.create(link=Link.objects.get_or_create(
        target="https://gone.example/", defaults={"failed_days": 3, "failing_since": timezone.localdate()}
    )[0], page=page, text="gone")  # fmt: skip
    record_event(paper, kind="concern", source="pubmed", by=by)
    save_draft(make(title=f"Draft {number}", slug=f"draft-{number}", by=by), by=by)


@pytest.mark.parametrize("address", LISTS)
def test_pub_113_a_list_asks_as_often_for_many_pages_as_for_one(staff, address):
    def asked():
        staff.get(address)
        with CaptureQueriesContext(connection) as queries:
            rows = staff.get(address).context["cl"].result_list
        return len(queries), [row for row in rows if row.problems]

    add(LISTS[address], 1, staff.user)
    nightly.hear_live_pages()
    number, wrong = asked()
    assert [len(row.problems) for row in wrong] == [3]
    for another in range(2, 7):
        add(LISTS[address], another, staff.user)
    nightly.hear_live_pages()
    again, wrong = asked()
    assert [len(row.problems) for row in wrong] == [3] * 6
    assert again == number
