"""Who may not know of people reads numbers from which no small one can be had (LEAD-104)."""

from __future__ import annotations

import itertools
import re

import pytest
from django.utils import timezone

from leads.counting import count_week
from leads.models import WeeklyTotal
from leads.pipeline import veiling
from leads.pipeline.figures import Answering, Series, Standing
from stemsite.access import Role
from tests.factories import make_clinic, make_enquiry, make_wordings
from tests.markup import tree, words
from tests.staff import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]

By = WeeklyTotal.By
ADDRESS = "/admin/leads/contact/figures/"
OTHERS = (Role.AUTHOR, Role.REVIEWER, Role.PUBLISHER)


@pytest.fixture(autouse=True)
def _house(db):
    make_wordings()
    make_clinic()


def asked(form: str, number: int, *, source: str, condition: str = "") -> None:
    about = (condition,) if condition else ()
    count_week(form, {By.ALL: ["all"], By.SOURCE: [source], By.CONDITION: about}, number=number)


def shown(client) -> tuple[str, dict[str, dict[str, tuple[str, str]]]]:
    """The page, and of each table each row's last week and sum, as they are read."""
    page = client.get(ADDRESS).content.decode()
    tables = {}
    for section in tree(client.get(ADDRESS)).iter("section"):
        rows = [row for row in section.iter("tr") if row.find("td") is not None]
        cells = {words(row.find("th")): [words(cell) for cell in row.findall("td")] for row in rows}
        heading = section.find(".//h2")
        if heading is not None:
            tables[words(heading)] = {label: (found[-2], found[-1]) for label, found in cells.items()}
    return page, tables


def test_lead_104_numbers_under_five_stand_in_no_table_drawing_title_or_total_of_others():
    asked("consultation", 7, source="google", condition="als")
    asked("consultation", 4, source="rare-forum.example", condition="rare disease")
    asked("information-packet", 3, source="google")
    asked("newsletter", 12, source="letter")
    page, tables = shown(signed_in(Role.PUBLISHER))
    assert tables["Requests by form"] == {
        "Newsletter": ("10–14", "10+"),
        "Consultation": ("10–14", "10+"),
        "All requests": ("20+", "20+"),
    }
    assert tables["Requests by source"] == {"google": ("10–14", "10+"), "letter": ("10–14", "10+")}
    assert tables["Requests by condition"] == {"als": ("5–9", "5+")}
    assert "rare" not in page and "Information packet" not in page
    drawn = re.findall(r"<figcaption[^>]*>([^<]*)</figcaption>", page)
    assert drawn == ["All requests a week", "Consultation a week", "Newsletter a week"]
    above = set(re.findall(r'text-anchor="middle">([^<]*)</text>', page))
    assert above == {"20+", "10–14"}


@pytest.mark.parametrize("role", OTHERS)
def test_lead_104_what_is_hidden_can_be_any_number_and_the_page_stays_the_same(role):
    """Also in the heights of the drawings: whatever is under five, not one byte tells which it is."""
    asked("consultation", 10, source="google", condition="als")
    client = signed_in(role)
    pages = [re.sub(r'nonce="[^"]*"|value="[^"]{64}"', "", client.get(ADDRESS).content.decode())]
    for _ in range(4):
        asked("newsletter", 1, source="forum", condition="ms")
        pages.append(re.sub(r'nonce="[^"]*"|value="[^"]{64}"', "", client.get(ADDRESS).content.decode()))
    assert len(set(pages)) == 1
    asked("newsletter", 1, source="forum", condition="ms")
    assert "forum" in client.get(ADDRESS).content.decode()


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.OWNER])
def test_lead_104_coordinator_and_owner_see_the_exact_numbers(role):
    asked("consultation", 4, source="forum")
    page, tables = shown(signed_in(role))
    assert tables["Requests by form"] == {"Consultation": ("4", "4"), "All requests": ("4", "4")}
    assert "Numbers under five are not shown" not in page


def test_lead_104_others_get_no_way_to_a_list_of_people_from_the_figures():
    make_enquiry()
    client = signed_in(Role.AUTHOR)
    root = tree(client.get(ADDRESS))
    main = next(each for each in root.iter("div") if each.get("id") == "content-main")
    assert main.get("data-idle") is None
    hrefs = {link.get("href") for link in root.iter("a") if (link.get("href") or "").startswith("/admin/leads/")}
    assert {href for href in hrefs if client.get(href).status_code == 403} == set()
    assert signed_in().get(ADDRESS).status_code in {302, 403}


def week(numbers: dict[str, int]) -> list[Series]:
    return [Series(label=label, values=(number,)) for label, number in numbers.items()]


@pytest.mark.parametrize("forms", [(9, 4, 4), (13, 2, 0), (10, 5, 1), (4, 4, 4), (5, 5, 5), (14, 9, 4)])
def test_lead_104_no_hidden_number_follows_from_the_totals_or_from_another_table(forms):
    """Every week of requests that reads the same is tried: each hidden number has more than one value among them."""
    whole = sum(forms)
    for first in range(5, whole + 1):
        sources = (first, whole - first)
        read = as_read(forms, sources)
        hidden: list[set[int]] = [set() for _ in forms + sources]
        ranges = [range(veiling.step(number), veiling.step(number) + veiling.STEP) for number in forms]
        for other_forms in itertools.product(*ranges):
            all_of_them = sum(other_forms)
            for other_first in range(veiling.step(first), veiling.step(first) + veiling.STEP):
                others = (other_first, all_of_them - other_first)
                if others[1] >= 0 and as_read(other_forms, others) == read:
                    for possible, number in zip(hidden, other_forms + others, strict=True):
                        possible.add(number)
        for number, possible in zip(forms + sources, hidden, strict=True):
            assert number in possible
            assert number >= veiling.STEP or len(possible) > 1, (forms, sources, number)


def as_read(forms: tuple[int, ...], sources: tuple[int, ...]) -> list[tuple[str, tuple[str, ...], str]]:
    names = "abcdefg"
    by_form = veiling.veiled(week(dict(zip(names, forms, strict=False))))
    by_source = veiling.veiled(week(dict(zip(names, sources, strict=False))))
    rows = [*by_form, veiling.veiled_together(by_form, 1), *by_source]
    return [(row.label, row.cells, row.sum) for row in rows]


def test_lead_104_a_wait_is_told_only_where_enough_were_answered():
    standing = Standing(oldest_letter=timezone.now(), failed_letters=3, came_back=6, complaints=0)

    def told(answered: int) -> dict[str, str]:
        return dict(veiling.facts(Answering(answered=answered, waiting=2, median=1.0, p90=9.0), standing))

    few, some, many = told(4), told(5), told(10)
    assert (few["First answer, median"], few["Nine of ten answered within"]) == ("–", "–")
    assert (some["First answer, median"], some["Nine of ten answered within"]) == ("1.0 h", "–")
    assert many["Nine of ten answered within"] == "9.0 h"
    assert (many["Answered"], many["Still waiting"]) == ("10–14", "under 5")
    assert (many["Letters failed"], many["Letters that came back"], many["Complaints"]) == ("under 5", "5–9", "under 5")
    assert "Oldest letter not sent" not in many
