"""The letters about pages, as a sample person would get them."""

from __future__ import annotations

import datetime

from django.conf import settings

from stemsite.mail.samples import Samples

PAGE = {"page_title": "A sample page", "by": "Sam Sample"}
DONE = {**PAGE, "what": "publish"}

SAMPLES: Samples = {
    "review_wanted": ("A review is wanted", {**PAGE, "note": "Please look at the table."}),
    "changes_wanted": ("Changes are wanted", {**PAGE, "reason": "The second number needs its source."}),
    "page_approved": ("A page was approved", PAGE),
    "page_commented": ("A comment on a page", {**PAGE, "text": "Say motor neurons here?"}),
    "fact_checked": (
        "A fact check was answered",
        {
            **PAGE,
            "name": "Dr. Ann Sample, neurologist",
            "verdict": "Something should be looked at",
            "text": "The dose of the second trial was halved after a month.",
        },
    ),
    "changed_after_signature": ("Changed after a signature", PAGE),
    "published_by_force": ("Published by force", {**PAGE, "reason": "The old number was dangerous."}),
    "page_corrected": ("A signed page was corrected", {**PAGE, "diff": f"{settings.SITE_URL}/admin/versions/1/2/"}),
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
    "review_due": (
        "A review is due",
        {**PAGE, "due_on": datetime.date(2027, 3, 1), "days": 30, "late": -30},
    ),
    "review_waits": ("A review still waits", {**PAGE, "since": datetime.date(2027, 3, 1)}),
    "correction_waits": ("A correction still waits to be confirmed", PAGE),
    "schedule_done": ("A schedule was carried out", DONE),
    "schedule_failed": ("A schedule could not be carried out", {**DONE, "reasons": ["A source is retracted."]}),
}
