"""join and select: several awaitables at once, each a task of its own inside one scope.

Both return only when every branch has ended and cleaned up. An error that is not raised (a loser's,
or a later one) is reported once through `logging`, like every error that nobody asks for.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, TypeVar, overload

from zokio.core.join import JoinHandle
from zokio.core.outcome import Failure
from zokio.core.task import Task
from zokio.errors import UsageError
from zokio.runtime.children import Children
from zokio.runtime.scope import CancelScope

T = TypeVar("T")
T1 = TypeVar("T1")
T2 = TypeVar("T2")
T3 = TypeVar("T3")
T4 = TypeVar("T4")


class _Branches:
    """Tasks for the awaitables of one call, and which of them ended first."""

    def __init__(self, scope: CancelScope, awaitables: tuple[Awaitable[Any], ...], who: str):
        self.children = Children(scope, self._ended)
        self.ended: list[Task] = []
        self.failed: list[Task] = []
        self.tasks = [self.children.start(each, None, who) for each in awaitables]

    def _ended(self, task: Task) -> None:
        self.ended.append(task)
        if isinstance(task.outcome, Failure):
            self.failed.append(task)

    def is_settled(self) -> bool:
        """Whether all have ended, or one has failed."""
        return bool(self.failed) or not self.children.alive

    def has_winner(self) -> bool:
        """Whether one has ended."""
        return bool(self.ended)


@overload
async def join(a: Awaitable[T1], /) -> tuple[T1]: ...
@overload
async def join(a: Awaitable[T1], b: Awaitable[T2], /) -> tuple[T1, T2]: ...
@overload
async def join(a: Awaitable[T1], b: Awaitable[T2], c: Awaitable[T3], /) -> tuple[T1, T2, T3]: ...
@overload
async def join(
    a: Awaitable[T1], b: Awaitable[T2], c: Awaitable[T3], d: Awaitable[T4], /
) -> tuple[T1, T2, T3, T4]: ...
@overload
async def join(*awaitables: Awaitable[T]) -> tuple[T, ...]: ...
async def join(*awaitables: Awaitable[Any]) -> tuple[Any, ...]:
    """Run all of them at once and wait for all.

    Returns:
        Their values, in the order of the arguments.

    Raises:
        Exception: the first failure; the other branches are cancelled and finished before.
        AbortedError: a branch was aborted.
    """
    with CancelScope() as scope:
        branches = _Branches(scope, awaitables, "join")
        try:
            await branches.children.until(branches.is_settled)
        finally:
            scope.cancel()
            await branches.children.all_done()
    if branches.failed:
        JoinHandle[Any](branches.failed[0]).result()  # raises it
    return tuple(JoinHandle[Any](task).result() for task in branches.tasks)


async def select(*awaitables: Awaitable[T]) -> tuple[int, T]:
    """Run all of them at once and take the first that ends.

    The losers are cancelled, and have finished their cleanup before `select` returns. A loser that
    is a JoinHandle is only waited for no longer; its task goes on.

    Returns:
        The position of the winner among the arguments, and its value.

    Raises:
        Exception: the winner's failure.
        AbortedError: the winner was aborted.
        UsageError: there is nothing to select from.
    """
    if not awaitables:
        raise UsageError("select() of nothing would wait for ever; give it at least one awaitable")
    with CancelScope() as scope:
        branches = _Branches(scope, awaitables, "select")
        try:
            await branches.children.until(branches.has_winner)
        finally:
            scope.cancel()
            await branches.children.all_done()
    winner = branches.ended[0]
    return branches.tasks.index(winner), JoinHandle[T](winner).result()
