"""Menu, footer and topics in the admin."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from articles.models import FooterLink, MenuItem, Topic
from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from tests.factories import make_article, make_plain_page, publish, sign_and_publish
from tests.staff import form_data, save, signed_in
from tests.stored import keep, read, stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff():
    return signed_in(Role.PUBLISHER)


@pytest.mark.parametrize("name", ["menuitem", "footerlink"])
def test_a_link_of_the_frame_stands_on_every_page_at_once_and_goes_at_once(clinic, staff, name):
    """PUB-143, PUB-03"""
    page = make_plain_page()
    publish(page)
    addresses = (page.live_path, "/", "/blog/")
    keep(*addresses)
    save(staff, reverse(f"admin:articles_{name}_add"), label="What we read", path="/studies/")
    assert stored() == set()
    assert all(b"What we read" in read(address) for address in addresses)
    row = {"menuitem": MenuItem, "footerlink": FooterLink}[name].objects.get()
    save(staff, reverse(f"admin:articles_{name}_change", args=[row.pk]), label="Our sources")
    assert all(b"Our sources" in read(address) for address in addresses)
    staff.post(reverse(f"admin:articles_{name}_delete", args=[row.pk]), {"post": "yes"})
    assert not any(b"Our sources" in read(address) for address in addresses)
    assert list(AuditEvent.objects.order_by("number").values_list("verb", flat=True))[-3:] == [
        "added",
        "changed",
        "deleted",
    ]


def test_the_order_is_changed_in_the_list(clinic, staff):
    first, second = (MenuItem.objects.create(label=label, path="/", ordering=n) for n, label in enumerate("AB"))
    keep("/")
    address = reverse("admin:articles_menuitem_changelist")
    rows = {f"form-{n}-id": row.pk for n, row in enumerate((first, second))}
    data = {"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 2, "_save": "Save", **rows}
    answer = staff.post(address, {**data, "form-0-ordering": 5, "form-1-ordering": 1})
    assert answer.status_code == 302
    assert list(MenuItem.objects.values_list("label", flat=True)) == ["B", "A"]
    assert stored() == set()


@pytest.mark.parametrize("path", ["studies/", "//evil.example", "https://evil.example/", "javascript:alert(1)", "/a b"])
def test_a_link_stays_on_this_site(path):
    with pytest.raises(ValidationError, match="begins with one slash"):
        MenuItem(label="x", path=path).full_clean()


@pytest.mark.parametrize(("path", "told"), [("/privacy/", True), ("/conditions/als/", True), ("/contact/", False)])
def test_staff_are_told_when_nothing_public_stands_at_the_address(clinic, staff, path, told):
    data = form_data(staff.get(reverse("admin:articles_menuitem_add")))
    answer = staff.post(reverse("admin:articles_menuitem_add"), {**data, "label": "A link", "path": path}, follow=True)
    assert ("Nothing public stands at" in answer.content.decode()) is told


def test_a_topics_new_introduction_stands_on_its_list_at_once_and_nowhere_else_moves(clinic, staff):
    topic = Topic.objects.create(name="Research", slug="research")
    article = make_article()
    article.topics.add(topic)
    sign_and_publish(article)
    before = keep("/topics/research/", article.live_path, "/blog/")
    save(staff, reverse("admin:articles_topic_change", args=[topic.pk]), introduction="How studies are made.")
    assert stored() == {article.live_path, "/blog/"}
    assert b"How studies are made." in read("/topics/research/")
    assert read(article.live_path) == before[article.live_path]


def test_a_topic_that_pages_name_is_kept(clinic, staff):
    topic = Topic.objects.create(name="Research", slug="research")
    make_article().topics.add(topic)
    asked = staff.get(reverse("admin:articles_topic_delete", args=[topic.pk])).content.decode()
    assert "cannot be deleted" in asked
    with pytest.raises(ValidationError, match="draft"):
        topic.delete()
