"""join and select: several awaitables at once, each a task of its own inside one scope.

Both return only when every branch has ended and cleaned up. An error that is not raised (a loser's,
or a later one) is reported once through `logging`, like every error that nobody asks for.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar, overload

from zokio.core.join import JoinHandle
from zokio.core.outcome import Aborted, Failure
from zokio.core.suspend import yield_now
from zokio.core.task import Task
from zokio.env.choice import choose
from zokio.errors import UsageError
from zokio.runtime.awaitable import as_coroutines
from zokio.runtime.children import Children
from zokio.runtime.scope import CancelScope

R = TypeVar("R")
T = TypeVar("T")
T1 = TypeVar("T1")
T2 = TypeVar("T2")
T3 = TypeVar("T3")
T4 = TypeVar("T4")


class _Branches(Children):
    """Tasks for the awaitables of one call, and which of them have ended."""

    __slots__ = ("failed", "over", "tasks")

    def __init__(self, scope: CancelScope, awaitables: tuple[Awaitable[Any], ...], who: str):
        super().__init__(scope)
        self.over: list[Task] = []
        """Whoever has ended, in order."""
        self.failed: Task | None = None
        """Whoever failed first."""
        coroutines = as_coroutines(awaitables, who)
        self.tasks = [self.start(each, None, who) for each in coroutines]

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

    def winner(self, biased: bool) -> int:
        """The place of one that has ended."""
        over = set(self.over)
        places = [place for place, task in enumerate(self.tasks) if task in over]
        chance = not biased and len(places) > 1
        return places[choose("select", len(places)) if chance else 0]

    async def run(self, condition: Callable[[], bool], then: Callable[[], R]) -> R:
        """Run until the condition holds, look at once, then cancel what is left and wait for it."""
        try:
            await self.until(condition)
            found = then()
        except GeneratorExit:  # dropped: nothing may be awaited any more
            self.scope.cancel()
            raise
        except BaseException:
            await self._finish()
            raise
        await self._finish()
        return found

    async def _finish(self) -> None:
        self.scope.cancel()
        await self.all_done()


async def _tell_cancelled(task: Task) -> None:
    """On several workers a branch may hear of a cancellation before its caller waits."""
    if isinstance(task.outcome, Aborted):
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

    Returns:
        Their values, in the order of the arguments.

    Raises:
        Exception: the first failure; the other branches are cancelled and finished before.
        AbortedError: a branch was aborted.
        UsageError: an argument cannot be awaited, or is there twice; nothing was started.
    """
    with CancelScope() as scope:
        branches = _Branches(scope, awaitables, "join")
        await branches.run(branches.is_settled, lambda: None)
    if branches.failed is not None:
        failed = JoinHandle[tuple[Any, ...]](branches.failed)
        del branches  # or the frame would keep it with the error, and other errors unreported
        return failed.result()  # raises it
    for task in branches.tasks:
        await _tell_cancelled(task)
    return tuple(JoinHandle[Any](task).result() for task in branches.tasks)


async def select(*awaitables: Awaitable[T], biased: bool = False) -> tuple[int, T]:
    """Run all of them at once and take the first that ends.

    The losers are cancelled, and have finished their cleanup before `select` returns. A loser that
    is a JoinHandle is only waited for no longer; its task goes on. What another loser had got is
    lost: select operations that are cancel-safe.

    Fairness: the branches begin in the order of the arguments. If several have ended before
    `select` itself is polled again (all that are ready at once, for instance), one of them is drawn
    by lot, so that in a loop none starves the others. Cancel safety: cancelled, it cancels all
    branches and waits for them.

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
    with CancelScope() as scope:
        branches = _Branches(scope, awaitables, "select")
        position = await branches.run(branches.has_winner, partial(branches.winner, biased))
    await _tell_cancelled(branches.tasks[position])
    winner = JoinHandle[T](branches.tasks[position])
    del branches  # as in join
    return position, winner.result()
