"""PUB-64: the clinic's wall clock, and the two odd hours of the year."""

import datetime

import pytest

from stemsite.publishing.clocks import AmbiguousHour, NoSuchHour, moment

ZONE = "America/New_York"


def at(*when):
    return datetime.datetime(*when)


def test_an_ordinary_time_means_one_moment():
    assert moment(at(2026, 7, 1, 8, 0), ZONE) == datetime.datetime(2026, 7, 1, 12, 0, tzinfo=datetime.UTC)
    assert moment(at(2026, 1, 5, 8, 0), ZONE) == datetime.datetime(2026, 1, 5, 13, 0, tzinfo=datetime.UTC)


def test_an_hour_the_clocks_skip_is_refused():
    with pytest.raises(NoSuchHour):
        moment(at(2026, 3, 8, 2, 30), ZONE)


def test_an_hour_that_comes_twice_is_asked_about():
    with pytest.raises(AmbiguousHour):
        moment(at(2026, 11, 1, 1, 30), ZONE)
    first, second = (moment(at(2026, 11, 1, 1, 30), ZONE, second=second) for second in (False, True))
    assert second - first == datetime.timedelta(hours=1)


def test_the_answer_is_ignored_where_there_is_nothing_to_ask():
    assert moment(at(2026, 7, 1, 8, 0), ZONE, second=True) == moment(at(2026, 7, 1, 8, 0), ZONE)
