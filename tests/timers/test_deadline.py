"""The arithmetic of deadlines: never early, and never later than for ever."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zokio.timers.deadline import (
    NEVER_NS,
    deadline_after,
    duration_ns,
    is_due,
    precedes,
    wait_ns,
)

INSTANTS = st.integers(0, NEVER_NS)


@given(st.floats(min_value=0, max_value=9.0e9))
def test_a_duration_is_rounded_up_to_whole_nanoseconds(seconds: float) -> None:
    exact, rounding = Fraction(seconds) * 10**9, Fraction(1, 2**53)
    assert exact * (1 - rounding) <= duration_ns(seconds) < exact * (1 + rounding) + 1


@given(st.integers(0, 2**53))
def test_a_duration_in_whole_seconds_is_exact(seconds: int) -> None:
    assert duration_ns(seconds) == (seconds * 10**9 if seconds <= 9 * 10**9 else NEVER_NS)


def test_the_smallest_duration_is_one_nanosecond() -> None:
    assert duration_ns(math.ulp(0.0)) == 1
    assert duration_ns(0) == duration_ns(-0.0) == 0


@pytest.mark.parametrize("seconds", [math.inf, 1.0e300, 9.1e9])
def test_a_duration_of_centuries_never_ends(seconds: float) -> None:
    assert duration_ns(seconds) == NEVER_NS


@pytest.mark.parametrize("seconds", [-1.0, -math.inf, math.nan, -math.ulp(0.0)])
def test_a_negative_duration_and_nan_are_refused(seconds: float) -> None:
    with pytest.raises(ValueError, match="a number of seconds, 0 or more"):
        duration_ns(seconds)


@given(INSTANTS, INSTANTS)
def test_a_deadline_is_never_after_never(now: int, duration: int) -> None:
    deadline = deadline_after(now, duration)
    assert deadline == now + duration or (deadline == NEVER_NS and now + duration > NEVER_NS)


@given(INSTANTS, INSTANTS)
def test_whoever_waits_as_long_as_told_finds_the_deadline_due(deadline: int, now: int) -> None:
    later = now + wait_ns(deadline, now)
    assert wait_ns(deadline, now) >= 0
    assert is_due(deadline, later) is (deadline != NEVER_NS)
    assert later == now or not is_due(deadline, later - 1)


@given(INSTANTS, INSTANTS, st.integers(0, 9), st.integers(0, 9))
def test_timers_are_ordered_by_deadline_and_then_by_creation(
    deadline: int, other: int, number: int, other_number: int
) -> None:
    if deadline != other:
        assert precedes(deadline, number, other, other_number) is (deadline < other)
    assert precedes(deadline, number, deadline, other_number) is (number < other_number)
