"""The home page's sections in the admin."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from articles.models import HomeSection
from articles.models.home import AT_FIRST, home_sections
from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from tests.factories import make_plain_page, publish
from tests.staff import form_data, save, signed_in
from tests.stored import keep, read, stored

pytestmark = [pytest.mark.django_db, pytest.mark.database]
ALL = [part for part, _, _ in AT_FIRST]


@pytest.fixture
def staff():
    return signed_in(Role.PUBLISHER)


def _order(text: str) -> list[str]:
    return sorted(
        (heading for heading in HomeSection.objects.values_list("heading", flat=True) if f"<h2>{heading}</h2>" in text),
        key=lambda heading: text.index(f"<h2>{heading}</h2>"),
    )


def test_pub_143_a_section_is_named_and_written_anew_and_stands_there_at_once(clinic, staff):
    """PUB-03: the home page alone is made anew."""
    page = make_plain_page()
    publish(page)
    before = keep("/", page.live_path)
    row = HomeSection.objects.get(part="how")
    address = reverse("admin:articles_homesection_change", args=[row.pk])
    save(staff, address, heading="Our way of working", html="<p>We read the papers themselves.</p>")
    assert stored() == {page.live_path}
    home = read("/").decode()
    assert "<h2>Our way of working</h2>" in home
    assert "<p>We read the papers themselves.</p>" in home
    assert "How we make these pages" in before["/"].decode()
    assert AuditEvent.objects.order_by("number").last().verb == "changed"


def test_pub_143_sections_stand_in_the_order_of_the_list_with_words_of_ones_own_among_them(clinic, staff):
    save(
        staff,
        reverse("admin:articles_homesection_add"),
        heading="Where we are",
        html="<p>By the river.</p>",
        ordering=1,
    )
    reach, how = HomeSection.objects.get(part="reach"), HomeSection.objects.get(part="how")
    rows = list(HomeSection.objects.order_by("ordering", "pk"))
    data = {"form-TOTAL_FORMS": len(rows), "form-INITIAL_FORMS": len(rows), "_save": "Save"}
    for number, row in enumerate(rows):
        data |= {f"form-{number}-id": row.pk, f"form-{number}-ordering": 2 if row == reach else row.ordering}
    assert staff.post(reverse("admin:articles_homesection_changelist"), data).status_code == 302
    shown = _order(read("/").decode())
    assert shown[:2] == ["Where we are", reach.heading]
    assert how.heading in shown


def test_page_20_what_every_home_page_has_is_never_left_out(clinic, staff):
    """Not by the admin, and not where its row is gone all the same."""
    row = HomeSection.objects.get(part="corrections")
    address = reverse("admin:articles_homesection_delete", args=[row.pk])
    assert staff.post(address, {"post": "yes"}).status_code == 403
    HomeSection.objects.all().delete()
    assert [section.part for section in home_sections()] == ALL
    for heading in ("Conditions", "How we make these pages", "Changes and corrections", "How to reach us"):
        assert f"<h2>{heading}</h2>" in read("/").decode()


def test_words_of_ones_own_are_deleted_again(clinic, staff):
    row = HomeSection.objects.create(heading="Where we are", html="<p>By the river.</p>")
    assert b"By the river." in keep("/")["/"]
    staff.post(reverse("admin:articles_homesection_delete", args=[row.pk]), {"post": "yes"})
    assert b"By the river." not in read("/")


@pytest.mark.parametrize("field", ["heading", "html"])
def test_cl_20_a_claim_is_refused_beside_its_field(clinic, staff, field):
    row = HomeSection.objects.get(part="how")
    address = reverse("admin:articles_homesection_change", args=[row.pk])
    answer = staff.post(address, {**form_data(staff.get(address)), field: "Our stem cells cure ALS."})
    assert answer.status_code == 200
    assert "Says or implies the service cures." in str(answer.context["adminform"].form.errors[field])


def test_a_section_of_words_has_words():
    with pytest.raises(ValidationError, match="Write some"):
        HomeSection(heading="Nothing").full_clean()


def test_a_citation_does_not_stand_here():
    row = HomeSection(heading="Research", html='<p>They walked.<cite data-ref="1"></cite></p>')
    with pytest.raises(ValidationError, match="cite"):
        row.full_clean()


def test_each_part_has_one_row():
    with pytest.raises(IntegrityError), transaction.atomic():
        HomeSection.objects.create(part="reach", heading="Twice")
