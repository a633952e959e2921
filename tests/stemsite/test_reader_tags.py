"""A day as readers and machines get it (PAGE-50)."""

import datetime

from stemsite.templatetags.reader import day


def test_page_50_a_day_has_its_month_in_words():
    assert day(datetime.date(2026, 11, 2)) == '<time datetime="2026-11-02">November 2, 2026</time>'


def test_a_moment_is_the_day_it_was_here(settings):
    settings.TIME_ZONE = "America/New_York"
    moment = datetime.datetime(2026, 11, 3, 1, 0, tzinfo=datetime.UTC)
    assert day(moment) == '<time datetime="2026-11-02">November 2, 2026</time>'


def test_no_day_is_nothing():
    assert day(None) == ""
