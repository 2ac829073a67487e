"""Helpers for values: tuples, their text, and where two of them differ."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zokio.model import drop, put
from zokio.model.difference import differences
from zokio.model.literal import literal

numbers = st.lists(st.integers(0, 3)).map(tuple)


@given(numbers.filter(bool), st.data())
def test_put_changes_one_place(values: tuple[int, ...], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(values) - 1))
    changed = list(values)
    changed[index] = 9
    assert put(values, index, 9) == tuple(changed)


@pytest.mark.parametrize("index", [-1, 2])
def test_put_refuses_a_place_that_is_not_there(index: int) -> None:
    with pytest.raises(IndexError, match=f"index {index} is outside of a tuple of 2 values"):
        put((1, 2), index, 9)


@given(numbers, st.integers(0, 3))
def test_drop_removes_the_first_occurrence(values: tuple[int, ...], value: int) -> None:
    left = list(values)
    if value not in left:
        with pytest.raises(ValueError, match=f"drop: {value} is not in"):
            drop(values, value)
    else:
        left.remove(value)
        assert drop(values, value) == tuple(left)


class Colour(Enum):
    """An enum, as specifications use them."""

    RED = 1


class Pair(NamedTuple):
    """A nested value."""

    left: object
    right: object


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1, "1"),
        ("a", "'a'"),
        ((), "()"),
        ((1,), "(1,)"),
        ((1, "a"), "(1, 'a')"),
        (frozenset(), "{}"),
        (frozenset({"c", "a", "b"}), "{'a', 'b', 'c'}"),
        (Colour.RED, "Colour.RED"),
        (Pair(Colour.RED, frozenset({2, 1})), "Pair(left=Colour.RED, right={1, 2})"),
    ],
)
def test_the_text_of_a_value_is_the_same_in_every_run(value: object, text: str) -> None:
    assert literal(value) == text


def test_equal_values_have_no_differences() -> None:
    assert list(differences("x", (1, 2), (1, 2))) == []


def test_differences_name_the_variable_and_the_place() -> None:
    model, real = Pair(1, ("a", Pair(2, 3))), Pair(9, ("b", Pair(2, 4)))
    assert list(differences("", model, real)) == [
        "left: model 1, real 9",
        "right[0]: model 'a', real 'b'",
        "right[1].right: model 3, real 4",
    ]


def test_differences_of_sets_show_what_each_side_has_alone() -> None:
    model, real = Pair(frozenset({1, 2}), 0), Pair(frozenset({2, 3}), 0)
    assert list(differences("", model, real)) == [
        "left: only in the model {1}, only in the real system {3}"
    ]


def test_tuples_of_different_lengths_are_shown_whole() -> None:
    assert list(differences("queue", (1,), (1, 2))) == ["queue: model (1,), real (1, 2)"]
