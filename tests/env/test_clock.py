"""The clocks: the machine's own never runs backwards, the virtual one moves only when told."""

from __future__ import annotations

import pytest

from zokio.env.clock import SECOND_NS, VirtualClock, monotonic_ns


def test_the_machines_clock_counts_whole_nanoseconds_and_never_runs_backwards() -> None:
    readings = [monotonic_ns() for _ in range(1_000)]
    assert all(isinstance(reading, int) for reading in readings)
    assert readings == sorted(readings)


def test_a_virtual_clock_stands_still() -> None:
    clock = VirtualClock()
    assert [clock.now_ns() for _ in range(3)] == [0, 0, 0]


def test_a_virtual_clock_begins_where_it_is_told() -> None:
    assert VirtualClock(start_ns=7).now_ns() == 7


def test_a_virtual_clock_moves_on_by_what_it_is_told() -> None:
    clock = VirtualClock(start_ns=5)
    clock.advance(SECOND_NS)
    clock.advance(0)
    assert clock.now_ns() == 1_000_000_005


def test_a_virtual_clock_refuses_to_run_backwards_and_stays_where_it_was() -> None:
    clock = VirtualClock(start_ns=5)
    with pytest.raises(ValueError, match=r"never runs backwards: advance\(-1\)"):
        clock.advance(-1)
    assert clock.now_ns() == 5
