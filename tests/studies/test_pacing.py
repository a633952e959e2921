"""Several processes and one source: together they stay within its limit (EVD-24)."""

import datetime

import pytest

from studies.pacing import SharedPace
from studies.sources.pace import FAILURES_BEFORE_REST, REST_SECONDS

pytestmark = [pytest.mark.django_db, pytest.mark.database]


class Clock:
    def __init__(self):
        self.now = datetime.datetime(2026, 11, 26, 12, tzinfo=datetime.UTC)

    def __call__(self):
        return self.now


def test_two_workers_together_stay_under_the_limit():
    clock = Clock()
    workers = [SharedPace("Crossref", clock=clock) for _ in range(2)]
    turns = [workers[number % 2].reserve(0.5) for number in range(6)]
    assert turns == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5]
    clock.now += datetime.timedelta(seconds=10)
    assert workers[0].reserve(0.5) == 0.0
    assert SharedPace("PubMed", clock=clock).reserve(0.5) == 0.0


def test_a_turn_that_somebody_else_took_is_not_given_twice():
    """Compare-and-swap: the row moved between reading and writing."""
    from studies.models import SourceState

    clock = Clock()
    one, other = SharedPace("Crossref", clock=clock), SharedPace("Crossref", clock=clock)
    one.reserve(1.0)
    stale = SourceState.objects.get(name="Crossref")
    assert other.reserve(1.0) == 1.0
    assert not SourceState.objects.filter(pk=stale.pk, next_free_at=stale.next_free_at).exists()
    assert one.reserve(1.0) == 2.0


def test_five_failures_in_a_row_rest_the_source_for_every_process():
    clock = Clock()
    one, other = SharedPace("Crossref", clock=clock), SharedPace("Crossref", clock=clock)
    one.reserve(1.0)
    for _ in range(FAILURES_BEFORE_REST - 1):
        one.failed()
    other.succeeded()
    one.failed()
    assert other.resting() == 0.0, "a success between counts anew"
    for _ in range(FAILURES_BEFORE_REST - 1):
        other.failed()
    assert one.resting() == REST_SECONDS
    clock.now += datetime.timedelta(seconds=REST_SECONDS)
    assert one.resting() == 0.0
