"""The cooperative budget."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from zokio.core.budget import Budget, spend


@given(st.integers(1, 1_000), st.data())
def test_what_is_left_stays_within_the_size(size: int, data: st.DataObject) -> None:
    left = data.draw(st.integers(0, size))
    after, must_yield = spend(left, size)
    assert 0 <= after <= size
    assert must_yield is (left == 0)


@given(st.integers(1, 50), st.integers(1, 300))
def test_no_more_than_size_operations_complete_between_two_yields(size: int, count: int) -> None:
    budget = Budget(size)
    run = longest = 0
    for _ in range(count):
        run = 1 if budget.spend() else run + 1
        longest = max(longest, run)
    assert longest == min(size, count)


def test_a_budget_begins_full() -> None:
    budget = Budget(2)
    assert [budget.spend() for _ in range(6)] == [False, False, True, False, True, False]


def test_whoever_finds_it_empty_and_yields_refills_it() -> None:
    budget, other = Budget(3), Budget(3)
    while not budget.spend():
        pass
    while other.left:
        other.spend()
    other.refill()
    assert [budget.left, other.left] == [2, 2], "the operation that yielded has spent its unit"
