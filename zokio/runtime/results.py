"""as_completed and map_bounded: results of many awaitables, one after another, as they come.

    async with zokio.map_bounded(fetch, urls, limit=10) as pages:
        async for page in pages: ...

Guarantees: each value is given once; a wait that is cancelled takes nothing; the first failure
cancels the rest and is raised to whoever asks for the next result; when the block is left, in
whichever way, everything that was started has ended and the source is closed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable
from functools import partial
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from zokio.core.join import JoinHandle
from zokio.core.outcome import Aborted
from zokio.core.poll import Ready
from zokio.core.suspend import yield_now
from zokio.core.task import Task, TaskId
from zokio.errors import UsageError
from zokio.runtime.awaitable import as_coroutines
from zokio.runtime.children import Children
from zokio.runtime.scope import CancelScope

R = TypeVar("R")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Results(Generic[T_co]):
    """An async iterator whose values come from tasks; `async with`, and inside it `async for`.

    Raises, when the next one is asked for:
        Exception: the first failure, again each time; the other tasks were cancelled.
        AbortedError: a task was aborted.
        UsageError: it is iterated outside of its block.
    """

    __slots__ = ("_begin", "_crew")

    def __init__(self, begin: Callable[[Crew], None]) -> None:
        self._begin = begin
        self._crew: Crew | None = None

    def __aiter__(self) -> Self:
        if self._crew is None:
            raise UsageError(
                "results are iterated inside of their block, which ends the tasks when the loop is "
                "left: `async with ... as results: async for result in results:`"
            )
        return self

    async def __anext__(self) -> T_co:
        crew = self._crew
        if crew is None:
            self.__aiter__()  # raises
        assert crew is not None
        while True:
            await crew.until(crew.has_answer)
            task = crew.take()
            if task is not None:
                if isinstance(task.outcome, Aborted):
                    await yield_now()  # cancelled from outside, that is told and not the abort
                value: T_co = crew.value_of(task)
                return value

    async def __aenter__(self) -> Self:
        if self._crew is not None:
            raise UsageError("these results were entered before; make new ones for each block")
        scope = CancelScope()
        scope.__enter__()
        self._crew = Crew(scope)
        try:
            self._begin(self._crew)
        except BaseException as error:
            await self._crew.end_all(error)
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._crew is not None
        try:
            await self._crew.end_all(error)
        finally:
            self._crew.line.clear()


class Crew(Children):
    """The tasks of one `Results`, and which value is the next."""

    __slots__ = ("failed", "feeder", "line", "ordered", "places", "undelivered")

    def __init__(self, scope: CancelScope) -> None:
        super().__init__(scope)
        self.ordered = False
        """Whether the values are given in the order of the source, or as they come."""
        self.line: deque[Task] = deque()
        """What is given next, in order: all that was started, or what has ended."""
        self.undelivered = 0
        """How many were started whose values nobody has taken."""
        self.failed: Task | None = None
        """Whoever failed first."""
        self.feeder: Task | None = None
        self.places: dict[TaskId, int] = {}
        """Of as_completed: by task, its place among the arguments."""

    def add(self, awaitable: Awaitable[object], who: str) -> Task:
        """Start one whose value will be given."""
        with self.guard:
            task = self.start(awaitable, None, who)
            self.undelivered += 1
            if self.ordered:
                self.line.append(task)
            return task

    def feed(self, feeding: Awaitable[None], who: str) -> None:
        """Start the task that adds the others."""
        with self.guard:
            self.feeder = self.start(feeding, f"{who} source", who)

    def ended(self, task: Task) -> None:
        """See `Children.ended`."""
        if not isinstance(task.outcome, Ready):
            self._fail(task)
        elif task is not self.feeder and not self.ordered:
            self.line.append(task)

    def _fail(self, task: Task) -> None:
        """The first failure cancels the rest; only whoever asks for results is told."""
        if self.failed is None:
            self.failed = task
            for other in list(self.scope.members or ()):
                other.abort()

    def has_answer(self) -> bool:
        """Whether whoever asks for the next value need not wait."""
        with self.guard:
            if self.failed is not None or (self.line and self.line[0].outcome is not None):
                return True
            return self.alive == 0 and self.undelivered == 0

    def take(self) -> Task | None:
        """Who failed first, or the next in the line; None: another worker has taken it.

        Raises:
            StopAsyncIteration: all were taken.
        """
        with self.guard:
            if not self.has_answer():
                return None
            if self.failed is not None:
                return self.failed
            if not self.line:
                raise StopAsyncIteration
            task = self.line.popleft()
            self.undelivered -= 1
            self.changed()
            return task

    # Any: `Results` says of which type the values are.
    def value_of(self, task: Task) -> Any:
        """What is given for a task that was taken; or its error is raised."""
        try:
            value = JoinHandle[Any](task).result()
        except StopAsyncIteration as error:  # it would end the loop as if all were well
            raise UsageError(f"{task!r} raised StopAsyncIteration, which ends loops") from error
        return (self.places[task.id], value) if self.places else value


def as_completed(*awaitables: Awaitable[T]) -> Results[tuple[int, T]]:
    """Run all of them at once, and give each value when it comes.

        async with zokio.as_completed(a(), b()) as results:
            async for position, value in results: ...

    Leaving the block early cancels what is left and waits for its cleanup. Fairness: values are
    given in the order in which the awaitables end. Cancel safety: a loop that is cancelled while it
    waits has lost nothing. Memory: a task for each argument, and values until they are taken. A
    block that is dropped cancels its tasks and waits for none.

    Returns:
        An async iterator of the positions among the arguments with the values.

    Raises, when the block is entered:
        UsageError: an argument cannot be awaited, or is there twice; nothing was started.
    """

    def begin(crew: Crew) -> None:
        for position, each in enumerate(as_coroutines(awaitables, "as_completed")):
            crew.places[crew.add(each, "as_completed").id] = position

    return Results(begin)


def map_bounded(
    function: Callable[[T], Awaitable[R]],
    source: Iterable[T] | AsyncIterable[T],
    limit: int,
    *,
    ordered: bool = True,
) -> Results[R]:
    """Await `function(item)` for each item of the source, at most `limit` of them at once.

    The source is asked for an item only when there is room: items that run and values that nobody
    has taken are `limit` at most, together. So it may be endless, or wait. Leaving the block early
    cancels what runs, waits for its cleanup, and closes the source if it is an async generator.

    Fairness: values are given in the order of the source, or of completion. Cancel safety: a loop
    that is cancelled while it waits has lost nothing. Memory: `limit` tasks and values. A block
    that is dropped cancels its tasks and waits for none.

    Args:
        function: makes an awaitable of an item.
        source: an iterable, or an async one; what it raises is a failure.
        limit: 1 or more.
        ordered: values in the order of the source; False: in the order in which they come.

    Raises:
        UsageError: `limit` is no whole number over 0, or `source` is nothing to iterate.
    """
    if type(limit) is not int or limit < 1:
        raise UsageError(f"map_bounded(limit={limit!r}): it must be a whole number, 1 or more")
    if not isinstance(source, Iterable | AsyncIterable):
        raise UsageError(f"map_bounded: {source!r} is neither iterable nor async iterable")
    items = aiter(source) if isinstance(source, AsyncIterable) else _in_turn(source)

    def begin(crew: Crew) -> None:
        crew.ordered = ordered
        crew.feed(_feed(crew, function, items, limit), "map_bounded")

    return Results(begin)


async def _in_turn(source: Iterable[T]) -> AsyncIterator[T]:
    for item in source:
        yield item


async def _feed(
    crew: Crew, function: Callable[[T], Awaitable[object]], items: AsyncIterator[T], limit: int
) -> None:
    """Take an item when there is room, until there is none any more or something has failed."""
    has_room = partial(_has_room, crew, limit)
    try:
        while True:
            await crew.until(has_room)
            try:
                item = await anext(items)
            except StopAsyncIteration:
                return
            if crew.failed is not None:  # the source does not care about its cancellation
                break
            crew.add(function(item), "map_bounded")
    finally:
        close = getattr(items, "aclose", None)
        if close is not None:
            await close()


def _has_room(crew: Crew, limit: int) -> bool:
    return crew.undelivered < limit
