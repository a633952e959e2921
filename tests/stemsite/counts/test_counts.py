"""Readers in numbers, and nothing about a reader."""

import datetime

import pytest
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from stemsite.access import Role
from stemsite.counts import keeping
from stemsite.counts.figures import by_week, mondays, most
from stemsite.counts.keeping import add, forget_what_is_old_or_rare
from stemsite.counts.kinds import Kind
from stemsite.counts.models import Count
from stemsite.counts.tally import Tally, general, host_of, is_machine
from tests.staff import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def tally():
    """On, but without its thread."""
    tally = Tally()
    tally.is_on = True
    return tally


def test_what_was_read_is_added_up_by_day(tally):
    for _ in range(3):
        tally.read("/conditions/als/", "https://www.example.net/news?x=1", FIREFOX, "")
    tally.flush()
    tally.read("/conditions/als/", "", FIREFOX, "")
    tally.flush()
    tally.flush()
    row = Count.objects.get(kind=Kind.PAGE)
    assert (row.name, row.number, row.day) == ("/conditions/als/", 4, timezone.localdate())


def test_a_process_that_serves_nobody_counts_nothing():
    tally = Tally()
    tally.read("/", "", FIREFOX, "")
    assert not tally.counted


@pytest.mark.parametrize(
    ("agent", "purpose"),
    [("Googlebot/2.1", ""), ("curl/8", ""), ("", ""), (FIREFOX, "prefetch"), (FIREFOX, "prefetch;prerender")],
)
def test_machines_and_pages_fetched_ahead_are_not_counted(tally, agent, purpose):
    tally.read("/", "", agent, purpose)
    assert not tally.counted


def test_a_phone_is_no_machine():
    assert not is_machine("Mozilla/5.0 (iPhone; CPU iPhone OS 12_0 like Mac OS X) AppleWebKit/605 Safari/604.1")


@pytest.mark.parametrize(
    ("referrer", "host"),
    [
        ("https://www.example.net/a?q=my-name", "example.net"),
        ("http://testserver/blog/", ""),
        ("android-app://com.example/", ""),
        ("https://[::1", ""),
        ("https://localhost/", ""),
        ("https://" + "a" * 300 + ".example/", ""),
        ("https://exa mple.org/", ""),
    ],
)
def test_of_a_referrer_only_the_host_of_another_site_is_counted(referrer, host):
    assert host_of(referrer) == host


@pytest.mark.parametrize(
    ("query", "counted"),
    [
        ("  Stem-Cells for ALS ", "stem-cells for als"),
        ("anna@example.org", ""),
        ("5551234567", ""),
        ("my husband was told that he has als what", ""),
        ("x" * 61, ""),
        ("", ""),
    ],
)
def test_searches_that_may_tell_of_a_person_are_not_even_counted(query, counted):
    assert general(query) == counted


def test_what_readers_bring_along_has_no_name_until_it_is_seen_often(tally):
    for _ in range(4):
        tally.read("/", "https://example.net/", FIREFOX, "")
        tally.searched("stem cells", found=True)
        tally.searched("anna smith", found=False)
    tally.flush()
    assert set(Count.objects.exclude(kind=Kind.PAGE).values_list("name", flat=True)) == {""}
    tally.read("/", "https://example.net/", FIREFOX, "")
    tally.searched("Stem cells", found=True)
    tally.flush()
    named = Count.objects.exclude(kind=Kind.PAGE).exclude(name="")
    assert set(named.values_list("kind", "name", "number")) == {
        ("referrer", "example.net", 5),
        ("search", "stem cells", 5),
    }


def test_the_same_words_are_counted_together_through_the_month():
    with timezone.override("UTC"):
        add({(Kind.SEARCH, "als"): 3})
        add({(Kind.SEARCH, "als"): 3})
    row = Count.objects.get()
    assert (row.number, row.name, row.day.day) == (6, "als", 1)


def test_what_cannot_be_added_now_waits(tally, monkeypatch):
    tally.read("/", "", FIREFOX, "")

    def gone(counted):
        raise OperationalError("away")

    monkeypatch.setattr(keeping, "add", gone)
    tally.flush()
    monkeypatch.undo()
    tally.read("/", "", FIREFOX, "")
    tally.flush()
    assert Count.objects.get().number == 2


def test_a_flood_of_names_is_bounded(tally, monkeypatch):
    monkeypatch.setattr("stemsite.counts.tally.MOST_SAID", 10)
    for number in range(50):
        tally.searched(f"word{'abcdefghij'[number % 10]}{'abcde'[number // 10]}", found=False)
    assert len(tally.counted) == 10
    tally.searched("worda" + "a", found=False)
    assert max(tally.counted.values()) == 2, "what is known already is counted on"


def test_old_and_rare_numbers_are_forgotten():
    today = timezone.localdate()
    for days, number, name in ((0, 1, ""), (1, 4, ""), (1, 9, "example.net"), (1000, 9, "example.com")):
        day = today - datetime.timedelta(days=days)
        Count.objects.create(kind=Kind.REFERRER, day=day, fingerprint=f"{days}{name}", name=name, number=number)
    month = today.replace(day=1)
    Count.objects.create(kind=Kind.SEARCH, day=month, fingerprint="this month", number=1)
    Count.objects.create(
        kind=Kind.SEARCH, day=(month - datetime.timedelta(days=45)).replace(day=1), fingerprint="over", number=1
    )
    assert forget_what_is_old_or_rare() == 3
    assert set(Count.objects.values_list("fingerprint", flat=True)) == {"0", "1example.net", "this month"}


def test_figures_are_of_the_last_weeks_beside_those_before():
    weeks = mondays(4)
    for back, number in ((0, 5), (1, 7), (5, 11), (30, 99)):
        day = weeks[-1] - datetime.timedelta(weeks=back)
        Count.objects.create(kind=Kind.PAGE, day=day, fingerprint="a", name="/a/", number=number)
    assert by_week(weeks) == (0, 0, 7, 5)
    (line,) = most(Kind.PAGE, weeks)
    assert (line.name, line.number, line.before) == ("/a/", 12, 11)


@pytest.mark.parametrize(("role", "status"), [(Role.AUTHOR, 200), (Role.COORDINATOR, 403)])
def test_the_screen_shows_them_to_who_works_on_pages(role, status, django_assert_max_num_queries):
    add({(Kind.PAGE, "/conditions/als/"): 7, (Kind.MISSED, "ozone"): 6, (Kind.MISSED, "rare thing"): 2})
    with django_assert_max_num_queries(40):
        answer = signed_in(role).get(reverse("admin:counts_readers"))
    assert answer.status_code == status
    if status == 200:
        text = answer.content.decode()
        assert "/conditions/als/" in text and "ozone" in text
        assert "rare thing" not in text


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        ("/conditions/mnd/", True),
        ("/index.php", True),
        ("/blog/2019/05/stem-cells", True),
        ("/What-We-Do.html", True),
        ("/", False),
        ("/a/b/c/d/e/f/g/", False),
        ("/u/abc", False),
        ("/anna@example.org/", False),
        ("/6145550123/", False),
        ("/dXNlcjphbm5hX3NtaXRoX3NlY3JldA/", False),
        ("/admin/secret/", False),
        ("/blog/<script>/", False),
        ("/blog/a b/", False),
        ("/blog/\x00/", False),
        ("/../etc/passwd", False),
        ("//example.net/", False),
        ("/ünï/", False),
        (f"/{'x-' * 99}/", False),
    ],
)
def test_pub_88_only_an_address_that_a_page_might_have_had_is_counted(tally, path, plain):
    tally.absent(path, FIREFOX, "")
    assert (("absent", path) in tally.counted) is plain


@pytest.mark.parametrize(("agent", "purpose"), [("Googlebot/2.1", ""), ("", ""), (FIREFOX, "prefetch")])
def test_pub_88_machines_that_ask_for_what_is_not_there_are_not_counted(tally, agent, purpose):
    tally.absent("/mnd/", agent, purpose)
    assert not tally.counted


def test_pub_88_made_up_addresses_are_bounded_and_take_no_place_of_what_was_read(tally, monkeypatch):
    monkeypatch.setattr("stemsite.counts.tally.MOST_ABSENT", 10)
    monkeypatch.setattr(keeping, "ABSENT_A_DAY", 4)
    for letter in "abcdefghijklmnop":
        tally.absent(f"/{letter}x/", FIREFOX, "")
    tally.read("/conditions/als/", "", FIREFOX, "")
    assert len(tally.counted) == 11
    tally.flush()
    assert Count.objects.filter(kind=Kind.ABSENT).count() == 4
    known = set(Count.objects.filter(kind=Kind.ABSENT).values_list("pk", flat=True))
    for letter in "abcdefghij":
        for _ in range(6):
            tally.absent(f"/{letter}x/", FIREFOX, "")
    tally.flush()
    rows = Count.objects.filter(kind=Kind.ABSENT)
    assert {row.pk for row in rows} == known, "no further ones on this day"
    assert {row.number for row in rows} == {7}, "those that are known are counted on"
    assert Count.objects.get(kind=Kind.PAGE).number == 1


def test_pub_88_missing_addresses_are_forgotten_after_three_months():
    for days in (91, 93):
        day = timezone.localdate() - datetime.timedelta(days=days)
        Count.objects.create(kind=Kind.ABSENT, day=day, fingerprint=f"{days}", name=f"/old-{days}/", number=9)
    forget_what_is_old_or_rare()
    assert list(Count.objects.values_list("name", flat=True)) == ["/old-91/"]


def test_made_up_words_and_referrers_take_no_place_of_what_was_read(tally, monkeypatch):
    monkeypatch.setattr("stemsite.counts.tally.MOST_SAID", 10)
    for letter in "abcdefghijklmnop":
        tally.searched(f"{letter}x", found=False)
        tally.read("/", f"https://{letter}.example/", FIREFOX, "")
    assert len(tally.counted) == 10
    tally.read("/conditions/als/", "", FIREFOX, "")
    assert tally.counted["page", "/conditions/als/"] == 1
    assert tally.counted["page", "/"] == 16
