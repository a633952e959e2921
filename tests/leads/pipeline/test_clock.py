"""LEAD-97: business hours on the clinic's clock, through both clock changes."""

from __future__ import annotations

import datetime
import zoneinfo

import pytest

from leads.pipeline.clock import open_time, parse_hours

COLUMBUS = zoneinfo.ZoneInfo("America/New_York")
WEEK = parse_hours("mon-fri 09:00-17:00")
NIGHTS = parse_hours("mon-sun 00:00-06:00")


def at(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=COLUMBUS)


@pytest.mark.parametrize(
    ("begin", "end", "hours"),
    [
        ("2026-03-04 10:00", "2026-03-04 11:30", 1.5),
        ("2026-03-04 20:00", "2026-03-05 09:30", 0.5),  # Asked at night, answered in the morning.
        ("2026-03-06 16:00", "2026-03-09 10:00", 2),  # Over a weekend on which clocks go forward.
        ("2026-10-30 16:00", "2026-11-02 10:00", 2),  # Over one on which they go back.
        ("2026-03-07 10:00", "2026-03-08 10:00", 0),
        ("2026-03-04 11:00", "2026-03-04 10:00", 0),
    ],
)
def test_lead_97_only_open_hours_count(begin, end, hours):
    assert open_time(at(begin), at(end), hours=WEEK, zone=COLUMBUS) == datetime.timedelta(hours=hours)


def test_lead_97_an_hour_that_does_not_exist_is_not_counted_and_one_that_comes_twice_is():
    spring = open_time(at("2026-03-08 00:00"), at("2026-03-08 06:00"), hours=NIGHTS, zone=COLUMBUS)
    autumn = open_time(at("2026-11-01 00:00"), at("2026-11-01 06:00"), hours=NIGHTS, zone=COLUMBUS)
    assert (spring, autumn) == (datetime.timedelta(hours=5), datetime.timedelta(hours=7))


def test_moments_in_another_zone_are_the_same_moments():
    begin = at("2026-03-04 10:00").astimezone(datetime.UTC)
    assert open_time(begin, at("2026-03-04 11:00"), hours=WEEK, zone=COLUMBUS) == datetime.timedelta(hours=1)


@pytest.mark.parametrize(
    "text", ["9 to 5", "mon-fry 09:00-17:00", "fri-mon 09:00-17:00", "mon 17:00-09:00", "mon 25:00-26:00"]
)
def test_hours_that_cannot_be_read_are_an_error(text):
    with pytest.raises(ValueError):
        parse_hours(text)


def test_hours_of_several_days_are_told_apart():
    assert len(parse_hours("mon-fri 09:00-12:00; mon-fri 13:00-17:00; sat 09:00-12:00")) == 11


def test_hours_that_cannot_be_read_are_said_at_the_start_not_by_a_broken_page(settings):
    from leads.systemchecks import check_hours

    assert check_hours(None) == []
    settings.LEADS_HOURS = "nine to five"
    assert [error.id for error in check_hours(None)] == ["leads.E003"]
