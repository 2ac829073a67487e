"""join and select: several awaitables at once, each a task of its own inside one scope.

Both return only when every branch has ended and cleaned up. An error that is not raised (a loser's,
or a later one) is reported once through `logging`, like every error that nobody asks for.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from types import CoroutineType
from typing import Any, TypeVar, overload

from zokio.core.current import current_task
from zokio.core.join import JoinHandle
from zokio.core.outcome import Aborted, Failure
from zokio.core.suspend import yield_now
from zokio.core.task import Task
from zokio.env.choice import choose
from zokio.errors import UsageError
from zokio.runtime.awaitable import as_coroutines
from zokio.runtime.children import Children
from zokio.runtime.scope import CancelScope

T = TypeVar("T")
T1 = TypeVar("T1")
T2 = TypeVar("T2")
T3 = TypeVar("T3")
T4 = TypeVar("T4")


class _Branches(Children):
    """Tasks for the awaitables of one call, and which of them have ended."""

    __slots__ = ("chosen", "failed", "over", "tasks")

    def __init__(self) -> None:
        super().__init__(CancelScope().__enter__())
        self.tasks: list[Task] = []
        self.over: list[Task] = []
        """Whoever has ended, in order."""
        self.failed: Task | None = None
        """Whoever failed first."""
        self.chosen: Task | None = None
        """Whose value or error is the call's; None: all values, or it is not decided."""

    def ended(self, task: Task) -> None:
        """See `Children.ended`."""
        self.over.append(task)
        if self.failed is None and isinstance(task.outcome, Failure):
            self.failed = task

    def is_settled(self) -> bool:
        """Whether all have ended, or one has failed."""
        return self.failed is not None or not self.alive

    def has_winner(self) -> bool:
        """Whether one has ended."""
        return bool(self.over)

    def winner(self, biased: bool) -> Task:
        """One that has ended."""
        over = set(self.over)
        ended = [task for task in self.tasks if task in over]
        chance = not biased and len(ended) > 1
        return ended[choose("select", len(ended)) if chance else 0]

    async def run(
        self,
        coroutines: list[CoroutineType[Any, Any, Any]],
        condition: Callable[[], bool],
        decide: Callable[[], Task | None],
        who: str,
    ) -> None:
        """Run until the condition holds, look at once, then cancel what is left and wait for it.

        A Cancelled goes on, also if a shield was raised outside meanwhile: a scope that is left
        with the error would take it for its own then, and the caller would go on.
        """
        try:
            self.tasks += [self.start(each, None, who) for each in coroutines]
            await self.until(condition)
            self.chosen = decide()
        except BaseException as error:
            await self.end_all(error)
            raise
        await self.end_all(None)


async def _tell_cancelled(tasks: Iterable[Task]) -> None:
    """A task may have been aborted by a cancellation of which the caller has not heard yet."""
    if any(isinstance(task.outcome, Aborted) for task in tasks):
        await yield_now()  # raises Cancelled then


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

    Fairness: the branches begin in the order of the arguments. Cancel safety: cancelled, it cancels
    all branches and waits for them, and their values are lost. A branch that was aborted cancels no
    other. Memory: a task for each branch, until the call is over. A coroutine that is dropped
    cancels its branches and waits for none.

    Returns:
        Their values, in the order of the arguments.

    Raises:
        Exception: the first failure in time; the other branches are cancelled and finished before.
        AbortedError: a branch was aborted, and none has failed.
        UsageError: an argument cannot be awaited, or is there twice; nothing was started.
    """
    current_task()  # where there is none, nothing is made that would never be awaited
    coroutines = as_coroutines(awaitables, "join")
    branches = _Branches()
    await branches.run(coroutines, branches.is_settled, lambda: branches.failed, "join")
    if branches.chosen is not None:
        failed = JoinHandle[tuple[Any, ...]](branches.chosen)
        del branches  # or the frame would keep it with the error, and other errors unreported
        return failed.result()  # raises it
    await _tell_cancelled(branches.tasks)
    return tuple(JoinHandle[Any](task).result() for task in branches.tasks)


async def select(*awaitables: Awaitable[T], biased: bool = False) -> tuple[int, T]:
    """Run all of them at once and take the first that ends.

    The losers are cancelled, and have finished their cleanup before `select` returns. A loser that
    is a JoinHandle is only waited for no longer; its task goes on. What another loser had got is
    lost: select operations that are cancel-safe.

    Fairness: the branches begin in the order of the arguments. If several have ended before
    `select` itself is polled again (all that are ready at once, for instance), one of them is drawn
    by lot, so that in a loop none starves the others. Cancel safety: cancelled, it cancels all
    branches and waits for them; after there is a winner, a cancellation does not take its value.
    Memory: a task for each branch, until the call is over. A coroutine that is dropped cancels its
    branches and waits for none.

    Args:
        biased: of several that have ended, take the first in the order of the arguments.

    Returns:
        The position of the winner among the arguments, and its value.

    Raises:
        Exception: the winner's failure.
        AbortedError: the winner was aborted.
        UsageError: there is nothing to select from, or an argument cannot be awaited, or is there
            twice; nothing was started.
    """
    if not awaitables:
        raise UsageError("select() of nothing would wait for ever; give it at least one awaitable")
    current_task()  # where there is none, nothing is made that would never be awaited
    coroutines = as_coroutines(awaitables, "select")
    branches = _Branches()
    await branches.run(coroutines, branches.has_winner, partial(branches.winner, biased), "select")
    assert branches.chosen is not None
    await _tell_cancelled([branches.chosen])
    position = branches.tasks.index(branches.chosen)
    winner = JoinHandle[T](branches.chosen)
    del branches  # as in join
    return position, winner.result()
