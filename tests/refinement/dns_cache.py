"""The machine of the cache of names on the real one; the server is told what to answer."""

from __future__ import annotations

from collections.abc import Callable

from spec.dns_cache_steps import (
    ABORTED,
    ANSWER,
    ASKED,
    DONE,
    FAILURE,
    NEW,
    NONE,
    NOTHING,
    WAIT,
    Query,
    State,
)
from tests.helpers.stage import Stage, is_cancelling, is_done, is_new
from tests.helpers.virtual_time import VirtualReactor
from zokio.core.join import JoinHandle
from zokio.core.suspend import suspend
from zokio.core.task import Task
from zokio.dns.coalescing import Coalescing
from zokio.env.clock import SECOND_NS
from zokio.runtime.scope import CancelScope

NAME = "name.example"


class ServerError(Exception):
    """What a query raises that fails."""


class Server:
    """What a query does in its polls; `answer` and `lifetime_ns` are for the one polled next."""

    def __init__(self) -> None:
        self.answer = WAIT
        self.lifetime_ns = 0
        self.asked = 0
        self.answered: list[int] = []
        """The numbers of the queries which were answered."""

    async def fetch(self, name: str) -> tuple[int, int]:
        assert name == NAME
        number = self.asked
        self.asked += 1
        while self.answer == WAIT:
            await suspend()
        if self.answer == FAILURE:
            raise ServerError(str(number))
        self.answered.append(number)
        return number, self.lifetime_ns


class Asker:
    """A task that asks when it is told to."""

    def __init__(self, adapter: DnsCacheAdapter) -> None:
        self._adapter = adapter
        self.stage = adapter.stage
        self.is_told = False
        self.scope: CancelScope | None = None
        self.told = NOTHING
        self.value: int | None = None
        self.task = self.stage.task_of(self.stage.runtime.spawn(self.live()))
        self.poll()

    async def live(self) -> None:
        while True:
            while not self.is_told:
                await suspend()
            self.is_told = False
            self.told, self.value = NOTHING, None
            with CancelScope() as self.scope:
                try:
                    self.value = await self._adapter.names.get(self.stage.runtime, NAME)
                    self.told = ANSWER
                except ServerError:
                    self.told = FAILURE
            self.scope = None

    def poll(self) -> None:
        self.stage.poll(self.task)
        if self.scope is None and self.stage.is_owed(self.task):
            self.poll()  # the scheduler owes it one more when it has raised Cancelled in it


class DnsCacheAdapter:
    """See the head of this file."""

    def __init__(self, make_reactor: Callable[[], VirtualReactor], askers: int) -> None:
        self._make_reactor = make_reactor
        self._askers = askers

    def start(self, state: State) -> None:
        self.stage = Stage(self._make_reactor)
        self.server = Server()
        self.names: Coalescing[str, int] = Coalescing(self.server.fetch, 8)
        self.askers = [Asker(self) for _ in range(self._askers)]
        self.queries: list[Task] = []
        self.waits_for: dict[int, Task] = {}
        """By asker: the task of its query."""
        self.ended: dict[Task, str] = {}
        self.latest: int | None = None
        """What the last query got that one could join; an aborted one may be answered after it."""

    # Actions

    def ask(self, asker: int) -> None:
        living = set(self.stage.runtime.tasks)
        self.askers[asker].is_told = True
        self.stage.wake(self.askers[asker].task)
        self.askers[asker].poll()
        new = [self.stage.runtime.tasks[n] for n in self.stage.runtime.tasks.keys() - living]
        self.queries += new
        if self.askers[asker].scope is not None:
            self.waits_for[asker] = self.joinable() or new[0]
        else:
            assert self.askers[asker].value == self.latest, "an old answer was kept"

    def joinable(self) -> Task | None:
        """The task of the query which one may join."""
        query = self.names.queries.get(NAME)
        return None if query is None else task_of(query.handle)

    def cancel(self, asker: int) -> None:
        scope = self.askers[asker].scope
        assert scope is not None
        self.stage.call(scope.cancel)

    def poll_asker(self, asker: int) -> None:
        self.askers[asker].poll()
        del self.waits_for[asker]
        self.drop_the_ended()

    def poll_query(self, query: int, answer: str, lifetime: int) -> None:
        task = self.queries[query]
        self.server.answer = answer if answer != ABORTED else WAIT
        self.server.lifetime_ns = lifetime * SECOND_NS
        counts = task is self.joinable()
        self.stage.poll(task)
        if is_done(task):
            self.ended[task] = answer
            if counts and answer == ANSWER:
                self.latest = self.server.answered[-1]
        self.drop_the_ended()

    def drop_the_ended(self) -> None:
        """As the machine does: those that have ended, and of which everybody has heard."""
        heard = set(self.ended) - set(self.waits_for.values())
        self.queries = [task for task in self.queries if task not in heard]

    def wake_query(self, query: int) -> None:
        self.server.answer = WAIT
        self.stage.wake(self.queries[query])

    def pass_time(self) -> None:
        self.stage.reactor.clock.advance(SECOND_NS)

    def forget(self) -> None:
        self.names.forget(self.stage.runtime)

    # What the runtime's state means

    def abstraction(self) -> State:
        joinable = self.joinable()
        return State(
            queries=tuple(map(self.state_of, self.queries)),
            current=NONE if joinable is None else self.queries.index(joinable),
            kept=self.kept(),
            asking=tuple(asker.scope is not None for asker in self.askers),
            cancelling=tuple(
                asker.scope is not None and asker.scope.cancel_called for asker in self.askers
            ),
            told=tuple(asker.told for asker in self.askers),
        )

    def state_of(self, task: Task) -> Query:
        return Query(
            at=DONE if is_done(task) else NEW if is_new(task) else ASKED,
            owed=self.stage.is_owed(task),
            aborted=is_cancelling(task) and not is_done(task),
            ended=self.ended.get(task, NOTHING),
            askers=tuple(sorted(n for n, each in self.waits_for.items() if each is task)),
        )

    def kept(self) -> int:
        entry = self.names.cache._entries.get(NAME)
        left_ns = 0 if entry is None else entry[0] - self.stage.reactor.now_ns()
        assert left_ns % SECOND_NS == 0
        return max(0, left_ns // SECOND_NS)

    def check_invariants(self) -> None:
        self.stage.runtime.check_invariants()
        self.names.cache.check_invariants()
        assert set(self.names.queries) <= {NAME}
        for n, asker in enumerate(self.askers):
            is_answered = n in self.waits_for and is_done(self.waits_for[n])
            is_cancelled = asker.scope is not None and asker.scope.cancel_called
            assert self.stage.is_owed(asker.task) == (is_answered or is_cancelled)

    def stop(self) -> None:
        self.stage.stop()
        assert not self.names.queries, "a query was dropped, and one may still join it"


def task_of(handle: JoinHandle[int]) -> Task:
    """The task behind a handle, which may have ended."""
    return handle._task
