"""The letters about pages, as a sample person would get them."""

from __future__ import annotations

from stemsite.mail.samples import Samples

PAGE = {"page_title": "A sample page", "by": "Sam Sample"}
DONE = {**PAGE, "what": "publish"}

SAMPLES: Samples = {
    "review_wanted": ("A review is wanted", {**PAGE, "note": "Please look at the table."}),
    "changes_wanted": ("Changes are wanted", {**PAGE, "reason": "The second number needs its source."}),
    "page_approved": ("A page was approved", PAGE),
    "changed_after_signature": ("Changed after a signature", PAGE),
    "shown_page_withdrawn": (
        "A study was withdrawn",
        {**PAGE, "shown": "A sample study", "reason": "Its authors withdrew the paper."},
    ),
    "source_noticed": (
        "Something happened to a source",
        {**PAGE, "source": "Sample A. A sample paper. 2020.", "what": "It was retracted."},
    ),
    "record_changed": (
        "A registration changed",
        {**PAGE, "source": "Registration NCT00000000", "what": "Status: the record says now “Completed”."},
    ),
    "schedule_done": ("A schedule was carried out", DONE),
    "schedule_failed": ("A schedule could not be carried out", {**DONE, "reasons": ["A source is retracted."]}),
}
