"""What a process makes once: kept until something public changes, never inside of a transaction."""

from __future__ import annotations

import pytest
from django.db import transaction

from stemsite.serving import store
from stemsite.serving.lasting import forget_all, lasting

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


@pytest.fixture
def made():
    return []


@pytest.fixture
def count(made):
    @lasting
    def count():
        made.append(None)
        return len(made)

    return count


def test_it_is_made_once_until_something_public_changes(count):
    assert [count(), count()] == [1, 1]
    store.forget("anything")
    assert [count(), count()] == [2, 2]


def test_inside_of_a_transaction_nothing_is_kept(count):
    assert count() == 1
    with transaction.atomic():
        store.forget("anything")
        assert [count(), count()] == [2, 3]
        transaction.set_rollback(True)
    assert count() == 1, "what was taken back changed nothing"


def test_what_fails_is_tried_again(count, made):
    def fail():
        raise ValueError

    failing = lasting(fail)
    for _ in range(2):
        with pytest.raises(ValueError):
            failing()


def test_tests_can_begin_anew(count):
    assert count() == 1
    forget_all()
    assert count() == 2
