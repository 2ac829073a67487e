"""Chance: choices of production code, and streams that draw the same again."""

from __future__ import annotations

from zokio.env.choice import choose
from zokio.env.streams import Stream


def test_a_choice_is_one_of_so_many() -> None:
    assert {choose("victim", 3) for _ in range(200)} == {0, 1, 2}


def test_a_stream_is_determined_by_its_name() -> None:
    first, again, other = Stream("one"), Stream("one"), Stream("two")
    drawn = [[(each.below(100), each.fraction()) for _ in range(5)] for each in (first, again)]
    assert drawn[0] == drawn[1]
    assert [other.below(100) for _ in range(5)] != [number for number, _ in drawn[0]]
    assert all(0 <= fraction < 1 for _, fraction in drawn[0])
    assert first.name == "one"
