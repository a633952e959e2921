"""Names in any script pass; what cannot be seen or would break a header does not (LEAD-08 to LEAD-10)."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from leads.cleaning import LINE_BREAKS, clean_line, clean_text
from leads.models import Contact, PacketRequest
from leads.reaching import likely_meant, usable_email, usable_phone


@pytest.mark.parametrize(
    "name", ["Nguyễn Thị Minh", "O’Brien-D'Souza", "李", "Мария", "می‌خواهم", "क्‍ष", "José", "Cher", "مُحَمَّد"]
)
def test_lead_08_names_in_any_script_pass(name):
    assert clean_line(name) == name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Jose\u0301", "José"),
        ("A\u202enn\u2066", "Ann"),
        ("A\u200bnn\ufeff", "Ann"),
        ("\u200dAnn\u200c", "Ann"),
        ("A\x00n\x07n", "Ann"),
        ("  Ann \t Lee ", "Ann Lee"),
    ],
)
def test_lead_08_what_cannot_be_seen_is_taken_out(typed, kept):
    assert clean_line(typed) == kept


def test_lead_08_a_message_keeps_its_paragraphs():
    assert clean_text("One\r\nTwo\r\n\r\n\r\n\r\nThree\x00") == "One\nTwo\n\nThree"


@pytest.mark.parametrize("address", ["ann@exämple.de", "änn@example.org", "o'neil+news@example.org", "ann@example.org"])
def test_lead_10_addresses_as_people_have_them(address):
    assert usable_email(address)


@pytest.mark.parametrize(
    "address",
    ["ann@localhost", "a..b@example.org", "ann", f"{'x' * 65}@example.org", "ann@example", "ann @example.org"],
)
def test_lead_10_what_is_no_address_is_refused(address):
    with pytest.raises(ValidationError):
        usable_email(address)


def test_lead_10_a_likely_typo_is_seen_and_a_real_domain_is_not():
    assert likely_meant("ann@gmail.con") == "ann@gmail.com"
    assert likely_meant("ann@gmial.com") == "ann@gmail.com"
    assert likely_meant("ann@gmail.com") == ""
    assert likely_meant("ann@example.org") == ""


def test_a_number_is_kept_in_one_form():
    assert usable_phone("(614) 555-0100") == "+16145550100"
    assert usable_phone("+49 30 901820") == "+4930901820"
    with pytest.raises(ValidationError):
        usable_phone("call me")


@pytest.mark.django_db
@pytest.mark.parametrize("sign", sorted(LINE_BREAKS))
@pytest.mark.parametrize("field", ["email", "name"])
def test_lead_09_a_line_break_where_a_header_is_made_is_refused(ask, sign, field):
    data = {"email": "ann@example.org", "name": "Ann", field: f"ann@example.org{sign}Bcc: all@example.org"}
    assert ask("/information-packet/", data).status_code == 422
    assert not Contact.objects.exists()


@pytest.mark.django_db
def test_lead_09_a_line_break_at_the_end_is_refused_too(ask):
    assert ask("/information-packet/", {"email": "ann@example.org\r\n"}).status_code == 422


@pytest.mark.django_db
def test_lead_10_a_likely_typo_is_never_a_refusal(ask):
    assert ask("/information-packet/", {"email": "ann@gmail.con"}).status_code == 303
    assert PacketRequest.objects.get().signals == ["likely typo"]


@pytest.mark.django_db
def test_lead_08_too_much_is_said_and_given_back(ask):
    answer = ask("/consultation/", {"email": "ann@example.org", "message": "long " * 1000})
    assert answer.status_code == 422
    assert "4,000" in answer.content.decode()
    answer = ask("/consultation/", {"email": "ann@example.org", "message": "x" * 70_000})
    assert answer.status_code == 413
    assert "x" * 70_000 in answer.content.decode()
    assert ask("/consultation/", {"message": "x" * 1_100_000}).status_code == 413
    assert not Contact.objects.exists()
