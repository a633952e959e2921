"""Letters in the admin: who fares how for those who run the site, who wrote what only for those who may read it."""

from __future__ import annotations

import pytest
from django.core.mail import EmailMessage
from django.urls import reverse

from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from stemsite.keys import new_field_key, parse_field_keys
from stemsite.mail import files
from stemsite.mail.files import read
from stemsite.mail.mailers import mailer
from stemsite.mail.models import Delivery
from stemsite.mail.outbox import queue_message
from stemsite.mail.sending import send_due
from tests.factories import make_user
from tests.staff import signed_in

pytestmark = pytest.mark.django_db

READER = "reader@example.com"


@pytest.fixture(autouse=True)
def filed(settings, tmp_path):
    """No mail server is set: letters are written to files."""
    settings.MAILERS = {name: mailer("", tmp_path / "mail") for name in ("default", "transactional", "newsletter")}
    return tmp_path / "mail"


def deliver(
    to: str = READER, *, reference: str = "1", text: str = "Here is your link: http://127.0.0.1:8000/c/x"
) -> Delivery:
    delivery = queue_message("note", to=to, reference=reference, subject="Your link", text=text)
    send_due()
    return delivery


def change(delivery: Delivery) -> str:
    return reverse("admin:mail_delivery_change", args=[delivery.pk])


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.OWNER])
def test_a_letter_is_read_and_each_reading_is_on_the_record(role, filed):
    deliver()
    client = signed_in(role)
    listed = client.get(reverse("admin:mail_letters"))
    assert "Your link" in listed.content.decode()
    assert READER not in listed.content.decode()
    [path] = filed.iterdir()
    page = client.get(reverse("admin:mail_letter", args=[path.name]))
    assert "Here is your link" in page.content.decode()
    assert READER in page.content.decode()
    assert page["Cache-Control"].startswith("max-age=0")
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor_id, event.detail) == ("saw a letter", client.user.pk, {"file": path.name})


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.REVIEWER, Role.PUBLISHER])
def test_nobody_else_reads_letters(role, filed):
    deliver()
    client = signed_in(role)
    [path] = filed.iterdir()
    for address in (reverse("admin:mail_letters"), reverse("admin:mail_letter", args=[path.name])):
        assert client.get(address).status_code == 403
    assert not AuditEvent.objects.exists()


def test_a_coordinator_cannot_read_the_keys_to_a_colleagues_account(filed):
    """Letters to staff carry invitations and new passwords: the owner's and their own."""
    boss, coordinator = make_user(Role.OWNER), make_user(Role.COORDINATOR)
    for number, address in enumerate((boss.email.upper(), coordinator.email)):
        deliver(address, reference=str(number), text=f"Set a new password, {number}")
    names = {read(path).decode().split("Set a new password, ")[1][0]: path.name for path in filed.iterdir()}
    answers = {
        user: [signed_in(user=user).get(reverse("admin:mail_letter", args=[names[n]])).status_code for n in "01"]
        for user in (boss, coordinator)
    }
    assert answers == {boss: [200, 200], coordinator: [404, 200]}
    assert len(signed_in(user=coordinator).get(reverse("admin:mail_letters")).context["letters"]) == 1
    page = signed_in(user=coordinator).get(change(Delivery.objects.get(reference="0"))).content.decode()
    assert "Set a new password" not in page
    assert boss.email.lower() not in page.lower()


def test_the_outbox_shows_those_who_run_the_site_how_letters_fare_and_not_to_whom():
    delivery = deliver()
    page = signed_in(Role.PUBLISHER).get(change(delivery)).content.decode()
    assert "sent" in page
    for secret in (READER, "Your link", "Here is your link"):
        assert secret not in page
    assert not AuditEvent.objects.exists()
    page = signed_in(Role.COORDINATOR).get(change(delivery)).content.decode()
    assert READER in page
    assert "Here is your link" in page
    assert AuditEvent.objects.get().verb == "saw a letter"
    listed = signed_in(Role.OWNER).get(reverse("admin:mail_delivery_changelist")).content.decode()
    assert READER not in listed


def test_where_a_mail_server_is_set_sent_words_are_not_shown_again(settings):
    delivery = deliver()
    settings.MAILERS = {"transactional": mailer("smtp://mail.example", settings.DATA_DIR)}
    page = signed_in(Role.OWNER).get(change(delivery)).content.decode()
    assert READER in page
    assert "Here is your link" not in page


@pytest.mark.parametrize(
    "name",
    ["x.eml", "..%2f..%2fstemsite.sqlite3", "20260101-000000-AAAAAAAA.letter", "20260101-000000-AAAAAAAA.letter%00"],
)
def test_only_letters_are_opened(filed, name):
    filed.mkdir(parents=True)
    (filed.parent / "stemsite.sqlite3").write_text("secret")
    answer = signed_in(Role.OWNER).get(f"/admin/mail/delivery/letters/{name}/", follow=True)
    assert answer.redirect_chain or answer.status_code in {400, 404}
    assert "secret" not in answer.content.decode()


def test_a_letter_with_hostile_words_stays_words(filed):
    EmailMessage(subject="<b>Hi</b>", body="<script>alert(1)</script>", to=[READER]).send()
    [path] = filed.iterdir()
    page = signed_in(Role.OWNER).get(reverse("admin:mail_letter", args=[path.name])).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_an_empty_tray_teaches():
    assert "None has been written" in signed_in(Role.OWNER).get(reverse("admin:mail_letters")).content.decode()


def test_sec_13_a_filed_letter_is_unreadable_without_the_keys(filed, settings):
    deliver()
    [path] = filed.iterdir()
    assert b"reader" not in path.read_bytes()
    assert b"Here is your link" not in path.read_bytes()
    settings.FIELD_KEYS = parse_field_keys(new_field_key("other"))
    client = signed_in(Role.OWNER)
    assert client.get(reverse("admin:mail_letter", args=[path.name])).status_code == 404
    assert "Your link" not in client.get(reverse("admin:mail_letters")).content.decode()


def test_lead_110_filed_letters_move_to_the_newest_key_and_older_clear_ones_under_seal(filed, settings):
    deliver()
    (filed / "20260101-000000-AAAAAAAA.eml").write_text("Subject: Old\nTo: reader@example.com\n\nIn clear.")
    settings.FIELD_KEYS = (*parse_field_keys(new_field_key("other")), *settings.FIELD_KEYS)
    assert [left.rows for left in files.reseal()] == [0]
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    shown = signed_in(Role.OWNER).get(reverse("admin:mail_letters")).content.decode()
    assert "Your link" in shown
    assert "Old" in shown
    assert all(b"clear" not in path.read_bytes() for path in filed.iterdir())
