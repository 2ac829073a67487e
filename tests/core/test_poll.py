"""The answers of a poll."""

from __future__ import annotations

import copy
import pickle

import pytest

from zokio.core.poll import PENDING, Pending, Poll, Ready


def test_ready_holds_its_value_and_says_so() -> None:
    assert Ready([1]).value == [1]
    assert repr(Ready("a")) == "Ready('a')"


def test_ready_can_be_matched() -> None:
    answer: Poll[int] = Ready(3)
    match answer:
        case Ready(value):
            assert value == 3
        case _:
            pytest.fail("Ready did not match")


def test_ready_answers_are_equal_when_their_values_are() -> None:
    assert Ready(1) == Ready(1)
    assert Ready(1) != Ready(2)
    assert Ready(1) != 1
    assert len({Ready(1), Ready(1), Ready(2)}) == 2


def test_ready_none_is_not_pending() -> None:
    assert Ready(None) != PENDING
    assert bool(Ready(False))


def test_pending_is_the_only_one_of_its_kind() -> None:
    assert list(Pending) == [PENDING]
    assert copy.deepcopy(PENDING) is PENDING
    assert pickle.loads(pickle.dumps(PENDING)) is PENDING
    assert repr(PENDING) == "PENDING"
