"""The cooperative budget: how many operations may complete without waiting before one must yield.

A task whose socket is always ready would never give the thread back. So every operation that
completes at once spends one unit, and when none is left it first goes to the end of the queue.
Tokio refills the budget at every poll; here the units are counted across tasks and refilled by the
one who yields. That keeps the bound (no task completes more than `size` operations in one poll),
costs the scheduler's loop nothing, and sends an innocent task to the end of the queue at most once
in `size` operations.
"""

from __future__ import annotations


def spend(left: int, size: int) -> tuple[int, bool]:
    """One operation wants to complete: what is left afterwards, and whether it must yield first."""
    if left > 0:
        return left - 1, False
    return size - 1, True


class Budget:
    """The units of one thread."""

    __slots__ = ("left", "size")

    def __init__(self, size: int) -> None:
        self.size = size
        self.left = size

    def refill(self) -> None:
        """None was left, and the operation that wanted one yields: see `spend`."""
        self.left, _ = spend(0, self.size)

    def spend(self) -> bool:
        """Spend one unit; True when the operation has to yield first."""
        self.left, must_yield = spend(self.left, self.size)
        return must_yield
