"""The budget: never below zero, never above its size, and it yields exactly when it is used up."""

from __future__ import annotations

from zokio.core.budget import spend


def spending(left: int, size: int) -> tuple[int, bool]:
    """
    pre: 0 <= left <= size
    pre: size >= 1
    post: 0 <= __return__[0] < size or __return__[0] == left - 1
    post: __return__[0] >= 0
    post: __return__[1] == (left == 0)
    """
    return spend(left, size)


def spending_twin(left: int, size: int) -> tuple[int, bool]:
    """Yields one too late.

    pre: 0 <= left <= size
    pre: size >= 1
    post: 0 <= __return__[0] < size or __return__[0] == left - 1
    post: __return__[0] >= 0
    post: __return__[1] == (left == 0)
    """
    return (left - 1, False) if left >= 0 else (size - 1, True)


def bound(size: int, operations: int) -> int:
    """How many operations in a row complete without a yield, from a full budget.

    pre: 1 <= size <= 4
    pre: 0 <= operations <= 6
    post: __return__ <= size
    """
    left, completed = size, 0
    for _ in range(operations):
        left, must_yield = spend(left, size)
        if must_yield:
            return completed
        completed += 1
    return completed


def bound_twin(size: int, operations: int) -> int:
    """Forgets to count every operation.

    pre: 1 <= size <= 4
    pre: 0 <= operations <= 6
    post: __return__ <= size
    """
    left, completed = size, 0
    for number in range(operations):
        if number != 2:
            left, must_yield = spend(left, size)
            if must_yield:
                return completed
        completed += 1
    return completed
