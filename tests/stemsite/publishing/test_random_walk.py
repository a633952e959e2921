"""After any number of steps, in any order, by anybody, the record and both states agree (PUB-41)."""

import collections
import datetime
import itertools
import random

import pytest
from django.utils import timezone

from articles.models import TextSection
from stemsite.access import Role
from stemsite.audit.recording import first_break
from stemsite.clinic.models import Clinic
from stemsite.publishing import scheduling, trash, workflow
from stemsite.publishing.gate import Refused
from stemsite.publishing.models import Page, Schedule
from stemsite.publishing.reading import signature
from tests.factories import make_guide, make_reviewer, make_user, save_draft

pytestmark = [pytest.mark.django_db, pytest.mark.database]

ACTIONS = 500
WEIGHTS = {
    **{"edit": 12, "due": 2, "submit": 6, "recall": 1, "request changes": 1, "sign": 14, "countersign": 3},
    **{"publish": 6, "schedule": 5, "cancel": 1, "withdraw": 3, "restore": 3, "review": 1, "trash": 5, "untrash": 8},
}


def walk(page, people, chance):
    """One action after another, each by a random person; counts what was done and what was refused."""
    done = collections.Counter()
    for number in range(ACTIONS):
        open_to_all = actions(page, number, chance)
        [name] = chance.choices(list(WEIGHTS), weights=WEIGHTS.values())
        action = open_to_all[name]
        try:
            action(chance.choice(people))
            done[name] += 1
        except Refused:
            done["refused"] += 1
        agree(page)
    return done


def actions(page, number, chance):
    soon = timezone.now() + datetime.timedelta(hours=1)
    version = Page.objects.get(pk=page.pk).submitted_version_id or 0
    change = chance.choice(["major", "minor"])
    kind = chance.choice(["outdated", "error"])

    def edit(by):
        TextSection.objects.filter(parent_id=page.pk, role="harms").update(html=f"<p>Harms, {number}.</p>")
        workflow.saved(page, by=by)

    def fall_due(by):
        Schedule.objects.pending().update(due_at=timezone.now())
        scheduling.run_due()

    return {
        "edit": edit,
        "due": fall_due,
        "submit": lambda by: workflow.submit(page, by=by, minor=chance.random() < 0.2),
        "recall": lambda by: workflow.recall(page, by=by),
        "request changes": lambda by: workflow.request_changes(page, by=by, reason="More."),
        "sign": lambda by: workflow.sign(page, by=by, version_id=version),
        "countersign": lambda by: workflow.countersign(page, by=by, version_id=version),
        "publish": lambda by: workflow.publish(page, by=by, change=change, note="New."),
        "schedule": lambda by: scheduling.schedule_publish(page, by=by, due_at=soon, change=change, note="New."),
        "cancel": lambda by: [scheduling.cancel(schedule, by=by) for schedule in Schedule.objects.pending()],
        "withdraw": lambda by: workflow.withdraw(page, by=by, kind=kind, reason="Old."),
        "restore": lambda by: workflow.restore(page, by=by),
        "review": lambda by: workflow.reviewed_no_change(page, by=by),
        "trash": lambda by: trash.discard(page, by=by),
        "untrash": lambda by: trash.take_out(page, by=by),
    }


def agree(page):
    """The last row of the record is where the page stands, and what is live was signed as it stands."""
    stored = Page.objects.select_related("live_version").get(pk=page.pk)
    last = stored.transitions.order_by("-pk").first()
    assert (last.to_draft, last.to_public) == (stored.draft_state, stored.public_state)
    if stored.live_version is not None:
        assert signature(stored.live_version) is not None
    assert (stored.draft_state == "scheduled") == Schedule.objects.pending().filter(what="publish").exists()


@pytest.mark.parametrize("policy", list(Clinic.ReviewPolicy))
def test_pub_41_after_500_random_actions_record_and_states_agree(clinic, policy):
    Clinic.objects.update(review_policy=policy)
    author = make_user(Role.AUTHOR)
    people = [
        author,
        make_user(Role.PUBLISHER),
        make_user(Role.OWNER, Role.PUBLISHER),
        make_reviewer().user,
        make_reviewer(make_user(Role.REVIEWER, Role.AUTHOR)).user,
        make_user(Role.COORDINATOR),
    ]
    page = make_guide(by=author)
    save_draft(page)
    done = walk(page, people, random.Random(f"{policy}-41"))  # noqa: S311
    assert done["refused"] > 50
    taken = set(page.transitions.values_list("verb", flat=True))
    assert {"edit", "submit", "sign", "publish", "withdraw", "restore", "schedule", "trash", "untrash"} <= taken
    rows = list(page.transitions.order_by("pk").values_list("from_draft", "from_public", "to_draft", "to_public", "by"))
    for before, after in itertools.pairwise(rows):
        assert after[:2] == before[2:4]
    assert all(by is not None for *_, by in rows)
    assert first_break() is None
