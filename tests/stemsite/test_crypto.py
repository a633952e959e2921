"""Sealed values and keyed indexes (LEAD-107 to LEAD-110)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import idna
import pytest
from django.core.exceptions import FieldError
from django.db import models
from django.test.utils import isolate_apps

from stemsite import crypto
from stemsite.keys import new_field_key, parse_field_keys


def _person() -> type[models.Model]:
    """A model of its own app registry, with one sealed text and sealed facts."""

    class Person(models.Model):
        name = crypto.SealedTextField(blank=True)
        facts = crypto.SealedJSONField(default=dict, blank=True)

        class Meta:
            app_label = "leads"

        def __str__(self) -> str:
            return "person"

    return Person


OLD, NEW = new_field_key("old"), new_field_key("new")


@pytest.fixture(autouse=True)
def old_key(settings):
    settings.FIELD_KEYS = parse_field_keys(OLD)


@pytest.fixture
def rotated(settings):
    def rotate(keys: str = f"{NEW},{OLD}") -> None:
        settings.FIELD_KEYS = parse_field_keys(keys)

    return rotate


def test_lead_107_a_value_opens_in_its_own_column_alone_and_is_never_the_same_twice():
    sealed = crypto.seal("Ann Example", context="leads.contact.name")
    assert sealed.startswith("s1.old.")
    assert "Ann" not in sealed
    assert sealed != crypto.seal("Ann Example", context="leads.contact.name")
    assert crypto.unseal(sealed, context="leads.contact.name") == "Ann Example"
    moved = crypto.unseal(sealed, context="leads.contact.phone")
    assert isinstance(moved, crypto.Unreadable)
    assert sealed not in moved


@pytest.mark.parametrize(
    "domain", ["example.org", "a_b.example", "xn--bcher-kva.example", "xn--.example", "a..b", "-a.b."]
)
def test_an_address_of_plain_letters_is_indexed_as_it_always_was(domain):
    """Without being asked for, IDNA leaves such a domain as it is or refuses it, and then it stays as well."""
    try:
        always = idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        always = domain
    assert crypto.normal_email(f" Ann@{domain.upper()}") == f"ann@{always}"


def test_lead_107_what_is_empty_stays_empty():
    assert crypto.seal("", context="a.b.c") == ""
    assert crypto.unseal("", context="a.b.c") == ""


@pytest.mark.parametrize("damage", [lambda s: s[:-4], lambda s: s[:-1] + "!", lambda s: "s9" + s[2:], lambda s: "Ann"])
def test_lead_109_a_damaged_value_is_a_placeholder_without_ciphertext(damage):
    sealed = damage(crypto.seal("Ann Example", context="a.b.c"))
    opened = crypto.unseal(sealed, context="a.b.c")
    assert isinstance(opened, crypto.Unreadable)
    assert opened.startswith("(cannot be read")
    assert sealed[8:] not in opened or sealed == "Ann"


def test_lead_109_a_missing_key_is_named_and_a_wrong_one_does_not_open(rotated):
    sealed = crypto.seal("Ann Example", context="a.b.c")
    rotated(NEW)
    assert crypto.unseal(sealed, context="a.b.c") == "(cannot be read: key old is missing)"
    rotated(f"old:{NEW.partition(':')[2]}")
    assert isinstance(crypto.unseal(sealed, context="a.b.c"), crypto.Unreadable)


def test_lead_110_older_keys_open_and_the_newest_seals(rotated):
    sealed = crypto.seal("Ann Example", context="a.b.c")
    before = crypto.index_value("email", "ann@example.org")
    rotated()
    assert crypto.unseal(sealed, context="a.b.c") == "Ann Example"
    assert crypto.seal("Ann Example", context="a.b.c").startswith("s1.new.")
    both = crypto.index_values("email", "ann@example.org")
    assert [value.partition(".")[0] for value in both] == ["new", "old"]
    assert both[1] == before


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("email", "Ann@Example.ORG", "ann@example.org"),
        ("email", "ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("email", "\uff41nn@example.org", "ann@example.org"),
        ("phone", "(305) 555-0123", "+1 305 555 0123"),
        ("text", "  ALS ", "als"),
    ],
)
def test_lead_108_what_means_the_same_has_the_same_index(kind, one, other):
    assert crypto.index_value(kind, one) == crypto.index_value(kind, other)


def test_lead_108_a_plus_tag_is_part_of_the_address_and_kinds_do_not_meet():
    assert crypto.index_value("email", "ann+news@example.org") != crypto.index_value("email", "ann@example.org")
    assert crypto.index_value("email", "als") != crypto.index_value("text", "als")


def test_an_index_moves_to_a_new_key_from_the_digest_alone(rotated):
    digest = crypto.digest("email", "Ann@example.org")
    rotated(NEW)
    assert crypto.index_value("digest", digest) == crypto.index_value("email", "ann@example.org")


def test_a_file_is_sealed_whole(rotated):
    sealed = crypto.seal_bytes(b"letter to ann", context="mail.file")
    assert b"ann" not in sealed
    rotated()
    assert crypto.unseal_bytes(sealed, context="mail.file") == b"letter to ann"
    assert crypto.unseal_bytes(sealed, context="other") is None
    assert crypto.unseal_bytes(sealed[:-1], context="mail.file") is None
    assert crypto.unseal_bytes(b"letter to ann", context="mail.file") is None


@isolate_apps("leads")
def test_lead_107_a_sealed_column_is_found_by_nothing_but_whether_it_is_null():
    Person = _person()

    for lookup in ("exact", "icontains", "in", "startswith", "gt", "lower"):
        with pytest.raises(FieldError):
            Person._default_manager.filter(**{f"name__{lookup}": "a"})
    Person._default_manager.filter(name__isnull=True)
    assert Person._meta.get_field("name").context == "leads.person.name"


@isolate_apps("leads")
def test_lead_109_a_placeholder_is_refused_on_the_way_back():
    Person = _person()

    field = Person._meta.get_field("name")
    shown = field.from_db_value("s1.gone.AAAA", None, None)
    with pytest.raises(ValueError, match=r"leads\.person\.name could not be read"):
        field.get_prep_value(shown)


@isolate_apps("leads")
def test_lead_109_threads_read_clear_text_only():
    Person = _person()

    field = Person._meta.get_field("name")
    stored = [field.get_prep_value(f"Person {number}") for number in range(200)]
    with ThreadPoolExecutor(16) as pool:
        for _ in range(5):
            read = list(pool.map(lambda value: field.from_db_value(value, None, None), stored))
            assert read == [f"Person {number}" for number in range(200)]


@isolate_apps("leads")
def test_a_fixture_holds_the_sealed_value_and_gives_it_back():
    Person = _person()

    field = Person._meta.get_field("name")
    written = field.value_to_string(Person(name="Ann Example"))
    assert "Ann" not in written
    assert field.get_prep_value(written) == written
    facts = Person._meta.get_field("facts")
    sealed = facts.get_prep_value({"page": "/conditions/als/"})
    assert facts.from_db_value(sealed, None, None) == {"page": "/conditions/als/"}
    assert facts.get_prep_value({}) == ""
    assert facts.from_db_value("", None, None) == {}
