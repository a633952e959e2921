"""LEAD-67, LEAD-68, LEAD-70: the outbox in the hands of staff, each act on record."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from stemsite.access import Role
from stemsite.audit.models import AuditEvent
from stemsite.crypto import index_value
from stemsite.mail import outbox, pausing, pulse, sending, suppressing
from stemsite.mail.kinds import Letter
from stemsite.mail.models import Delivery, Pause, Suppression
from tests.factories import make_clinic
from tests.staff import form_data, signed_in

pytestmark = pytest.mark.django_db

LIST = "admin:mail_delivery_changelist"
ADDRESS = "ann@example.org"


def letter(reference="1", state="queued", **fields):
    delivery = outbox.queue_message("note", to=ADDRESS, reference=reference, subject="Hello", text="Words")
    Delivery.objects.filter(pk=delivery.pk).update(state=state, **fields)
    return Delivery.objects.get(pk=delivery.pk)


def act(client, action, *rows, name="mail_delivery"):
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(reverse(f"admin:{name}_changelist"), data, follow=True)


@pytest.mark.parametrize(
    ("action", "before", "after", "verb", "said"),
    [
        ("try_again", "failed", "queued", "asked for another try", "1 will be tried again. 1 had not failed"),
        ("cancel", "queued", "cancelled", "took a letter back", "1 taken back. 1 stood otherwise"),
        ("let_go", "parked", "queued", "let a parked letter go", "1 let go. 1 stood otherwise"),
    ],
)
def test_lead_68_retry_cancel_and_let_go_are_audited(action, before, after, verb, said):
    one, other = letter("1", before), letter("2", "sent")
    client = signed_in(Role.COORDINATOR)
    assert said in act(client, action, one, other).content.decode()
    one.refresh_from_db(), other.refresh_from_db()
    assert (one.state, other.state) == (after, "sent")
    event = AuditEvent.objects.get()
    assert (event.verb, event.object_id, event.actor_id) == (verb, str(one.pk), client.user.pk)
    assert ADDRESS not in event.object_label


@pytest.mark.parametrize("action", ["cancel", "let_go"])
def test_lead_68_a_publisher_retries_and_steers_nothing_else(action):
    one = letter("1", "parked")
    client = signed_in(Role.PUBLISHER)
    act(client, action, one)
    one.refresh_from_db()
    assert one.state == "parked"
    assert not AuditEvent.objects.exists()


def test_lead_68_the_list_says_tries_next_try_and_last_error_and_opens_no_seal(django_assert_max_num_queries):
    for number in range(30):
        letter(str(number), attempts=2, last_error="RCPT 450 4.2.1 greylisted")
    client = signed_in(Role.OWNER)
    client.get(reverse(LIST))
    with django_assert_max_num_queries(12):
        page = client.get(reverse(LIST)).content.decode()
    assert "greylisted" in page
    assert "deferred" in page
    assert ADDRESS not in page
    assert client.get(reverse(LIST), {"tries": "deferred", "kind": "note"}).context["cl"].result_count == 30


def test_lead_68_letters_of_one_person_are_found_by_index():
    letter("1")
    other = outbox.queue_message("note", to="b@example.org", reference="2", subject="Hello", text="Words")
    found = outbox.letters_to(ADDRESS.upper())
    assert [delivery.reference for delivery in found] == ["1"]
    assert other.recipient_index == index_value("email", "b@example.org")


def test_what_stands_still_is_told_above_the_list_and_goes_on_by_one_press():
    pausing.pause_mailer("transactional", "MAIL 535 5.7.8 wrong password")
    letter("1", "parked")
    client = signed_in(Role.OWNER)
    page = client.get(reverse(LIST)).content.decode()
    assert "Mail by the mailer “transactional” stands still" in page
    assert "1 letter is parked" in page
    assert (
        "wrong password"
        in client.get(reverse("admin:mail_pause_change", args=[Pause.objects.get().pk])).content.decode()
    )
    assert "1 go on." in act(client, "go_on", Pause.objects.get(), name="mail_pause").content.decode()
    assert not Pause.objects.exists()
    assert AuditEvent.objects.get().verb == "mail resumed"


# -- suppressions ---------------------------------------------------------------------------


def test_lead_70_a_coordinator_enters_an_address_with_a_reason_and_nobody_sees_it_again():
    client = signed_in(Role.COORDINATOR)
    add = reverse("admin:mail_suppression_add")
    assert client.post(add, {"address": ADDRESS, "note": ""}).status_code == 200
    assert not Suppression.objects.exists()
    assert client.post(add, {"address": ADDRESS, "note": "Asked by phone."}).status_code == 302
    kept = Suppression.objects.get()
    assert (kept.reason, kept.by_id, kept.note) == ("staff", client.user.pk, "Asked by phone.")
    assert suppressing.is_suppressed(ADDRESS)
    page = client.get(reverse("admin:mail_suppression_change", args=[kept.pk])).content.decode()
    assert "Asked by phone." in page
    for secret in (ADDRESS, kept.digest, kept.index):
        assert secret not in page
        assert secret not in client.get(reverse("admin:mail_suppression_changelist")).content.decode()
    again = client.post(add, {"address": ADDRESS.upper(), "note": "Again."})
    assert "gets no mail already" in again.content.decode()
    assert AuditEvent.objects.filter(verb="suppressed an address").count() == 1


def test_lead_70_only_the_owner_lifts_one_and_says_how_the_person_asked():
    kept = suppressing.suppress(ADDRESS, Suppression.Reason.COMPLAINT)
    address = reverse("admin:mail_suppression_change", args=[kept.pk])
    assert signed_in(Role.COORDINATOR).post(address, {"lifted_note": "x"}).status_code == 403
    owner = signed_in(Role.OWNER)
    assert owner.post(address, form_data(owner.get(address), lifted_note="")).status_code == 200
    assert suppressing.is_suppressed(ADDRESS)
    owner.post(address, form_data(owner.get(address), lifted_note="Signed up again and confirmed today."))
    kept.refresh_from_db()
    assert (kept.lifted_by_id, kept.lifted_note) == (owner.user.pk, "Signed up again and confirmed today.")
    assert not suppressing.is_suppressed(ADDRESS)
    assert owner.post(address, {"lifted_note": "changed"}).status_code == 403
    assert AuditEvent.objects.filter(verb="lifted a suppression").count() == 1


# -- previews -------------------------------------------------------------------------------


def sample(**fields):
    values = {"to": ("Ann Sample", ADDRESS), "subject": "Your packet", "text": "It is here.\n--\n1 Main Street\nTown"}
    return lambda: Letter(**{**values, **fields})


def nobody(delivery):
    raise AssertionError("a preview builds no real letter")


def preview_of(name="packet", role=Role.OWNER):
    return signed_in(role).get(reverse("admin:mail_preview", args=[name]))


@pytest.fixture
def address(db):
    make_clinic(address="1 Main Street\nTown")


def test_lead_67_every_kind_with_a_sample_is_listed_and_shown(kind, address):
    kind("packet", nobody, label="Information packet", sample=sample())
    client = signed_in(Role.COORDINATOR)
    assert "Information packet" in client.get(reverse("admin:mail_previews")).content.decode()
    page = client.get(reverse("admin:mail_preview", args=["packet"])).content.decode()
    for words in (
        "Your packet",
        "Ann Sample &lt;ann@example.org&gt;",
        "It is here.",
        "Nothing is missing",
        "Auto-Submitted",
    ):
        assert words in page
    assert page.count("/previews/packet/html/") == 2
    assert not Delivery.objects.exists()
    assert client.get(reverse("admin:mail_preview", args=["unknown"])).status_code == 404


@pytest.mark.parametrize(
    ("fields", "warning"),
    [
        ({"text": "No address here"}, "The postal address is missing from the text and the HTML."),
        (
            {"html": '<html lang="en"><p>1 Main Street Town</p><img src="/p.gif"></html>'},
            "loads something",
        ),
        ({"html": "<p>1 Main Street Town</p>"}, "does not say its language"),
        ({"text": "https://other.example/a\n--\n1 Main Street\nTown"}, "Links lead to other sites: other.example."),
        ({"subject": "S" * 79}, "The subject is longer than 78"),
    ],
)
def test_lead_67_what_is_wrong_is_said_in_words(kind, address, fields, warning):
    kind("packet", nobody, sample=sample(**fields))
    assert warning in preview_of().content.decode()


def test_lead_67_a_newsletter_without_its_headers_is_told(kind, address):
    kind("issue", nobody, sample=sample(), mailer="newsletter")
    assert (
        "A newsletter needs List-Unsubscribe, List-Unsubscribe-Post, List-Id." in preview_of("issue").content.decode()
    )


def test_lead_67_a_clinic_without_an_address_is_told(kind):
    make_clinic(address="")
    kind("packet", nobody, sample=sample())
    assert "has no postal address" in preview_of().content.decode()


def test_lead_67_the_html_alone_can_run_and_load_nothing(kind, address):
    kind("packet", nobody, sample=sample())
    answer = signed_in(Role.OWNER).get(reverse("admin:mail_preview_html", args=["packet"]))
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'sha256-" in policy
    assert "sandbox" in policy
    assert "unsafe" not in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "It is here." in answer.content.decode()


def test_lead_67_send_to_me_goes_through_the_outbox(kind, address, post_office):
    kind("packet", nobody, sample=sample())
    client = signed_in(Role.OWNER)
    answer = client.post(reverse("admin:mail_preview", args=["packet"]))
    assert answer.status_code == 303
    sending.send_due()
    [received] = post_office.letters
    assert (received["To"], received["Subject"]) == (client.user.email, "Your packet")
    assert AuditEvent.objects.get().verb == "sent themselves a preview"


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.REVIEWER])
def test_nobody_else_sees_previews(kind, address, role):
    kind("packet", nobody, sample=sample())
    for name, args in (("mail_previews", []), ("mail_preview", ["packet"]), ("mail_preview_html", ["packet"])):
        assert signed_in(role).get(reverse(f"admin:{name}", args=args)).status_code == 403


def test_an_operator_can_say_that_the_database_was_restored():
    letter("1"), letter("2", "sent")
    client = signed_in(Role.OWNER)
    answer = client.post(reverse("admin:mail_park"), follow=True)
    assert "1 letter is parked" in answer.content.decode()
    assert client.get(reverse("admin:mail_park")).status_code == 405
    assert signed_in(Role.PUBLISHER).post(reverse("admin:mail_park")).status_code == 403
    assert pulse.release(Delivery.objects.get(reference="1"), by=client.user)


def test_a_reason_is_needed_in_the_function_too(owner):
    with pytest.raises(ValidationError):
        suppressing.lift(Suppression(pk=1), by=owner, note="")


def test_lead_67_every_letter_there_is_has_a_sample_without_a_flaw(address):
    """A template in ``templates/mail`` without a kind to preview it fails here."""
    from django.conf import settings

    folder = settings.BASE_DIR / "templates" / "mail"
    letters = {path.name.removesuffix(".subject.txt") for path in folder.glob("*.subject.txt")}
    client = signed_in(Role.OWNER)
    shown = {kind.name for kind in client.get(reverse("admin:mail_previews")).context["kinds"]}
    assert letters <= shown
    shown.discard("newsletter")  # It shows the newest issue, and here none has been written.
    flaws = {name: preview_of(name).context["letter"].warnings for name in shown}
    assert {name: found for name, found in flaws.items() if found} == {}
