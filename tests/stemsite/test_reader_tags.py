"""What readers and machines get of a day (PAGE-50) and of a sentence that was found (PAGE-41)."""

import datetime

from stemsite.templatetags.reader import day, marked


def test_page_50_a_day_has_its_month_in_words():
    assert day(datetime.date(2026, 11, 2)) == '<time datetime="2026-11-02">November 2, 2026</time>'


def test_a_moment_is_the_day_it_was_here(settings):
    settings.TIME_ZONE = "America/New_York"
    moment = datetime.datetime(2026, 11, 3, 1, 0, tzinfo=datetime.UTC)
    assert day(moment) == '<time datetime="2026-11-02">November 2, 2026</time>'


def test_no_day_is_nothing():
    assert day(None) == ""


def test_page_41_what_was_found_is_bold_and_nothing_of_a_sentence_is_markup():
    assert marked((("<i>Two</i> ", False), ("R&D", True), (" <script>", False), ("'s", True))) == (
        "&lt;i&gt;Two&lt;/i&gt; <b>R&amp;D</b> &lt;script&gt;<b>&#x27;s</b>"
    )
