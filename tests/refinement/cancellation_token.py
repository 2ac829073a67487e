"""The machine of CancellationToken on the real one: a tree of tokens, tasks that wait, and threads.

Each caller of the model is a real thread. It stops before it takes a token's lock, before it asks a
token for its children, and when it has made a child; so its steps are those of the model.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any, cast
from weakref import KeyedRef, WeakValueDictionary, ref

from spec.cancellation_token_steps import (
    IDLE,
    LISTING,
    LOOKING,
    NOBODY,
    TELLING,
    Caller,
    State,
)
from spec.waiting import Tasks
from tests.helpers.controlled_thread import ENDED, ControlledThread
from tests.helpers.virtual_time import VirtualReactor
from tests.refinement.signals import and_away
from tests.refinement.waiting import NotedQueue, WaitingAdapter
from zokio.env.threads import RLock
from zokio.runtime.token import CancellationToken


class CancellationTokenAdapter(WaitingAdapter):
    """See the head of this file."""

    def __init__(
        self, make_reactor: Callable[[], VirtualReactor], *, tasks: int, callers: int
    ) -> None:
        super().__init__(make_reactor, tasks)
        self._callers = callers

    def start(self, state: State) -> None:
        self.begin_tasks(NotedQueue())
        self.callers = [CallingThread() for _ in range(self._callers)]
        self.parents: list[int] = []
        self.references: list[ref[CancellationToken]] = []
        self.queues: list[NotedQueue] = []
        self.held: dict[int, CancellationToken] = {}
        self.given: set[int] = set()
        self.wants = [NOBODY] * self.count
        self.note(CancellationToken(), NOBODY)

    def note(self, token: CancellationToken, parent: int) -> int:
        """From now on the token is watched, and held."""
        number = len(self.references)
        self.parents.append(parent)
        self.references.append(ref(token))
        queue = NotedQueue()
        queue.noted = self.queue.noted  # one order of coming for all
        queue.lock = cast(RLock, StoppingLock(lambda: self.stop_at(TELLING, number)))
        self.queues.append(queue)
        token._waiting = queue
        token._children = Children(self, number)
        self.held[number] = token
        return number

    # Actions

    def give(self, caller: int, token: int) -> None:
        self.given.add(token)
        self.callers[caller].tokens = [token]
        self.callers[caller].thread.run(lambda: self.held[token].cancel())

    def make(self, caller: int, token: int) -> None:
        self.callers[caller].tokens = [len(self.references)]
        self.callers[caller].thread.run(lambda: self.held[token].child())

    def go_on(self, caller: int) -> None:
        self.callers[caller].thread.go_on()
        with self.runtime.entered():  # what other threads have sent
            self.runtime.turn(may_wait=False)

    signal = list_children = look = go_on

    def give_at_once(self, token: int) -> None:
        self.given.add(token)
        with self.runtime.entered():
            self.held[token].cancel()

    def drop(self, token: int) -> None:
        del self.held[token]

    def ask(self, task: int, token: int) -> None:
        self.wants[task] = token
        self.tell(task, lambda: and_away(self.held[token].cancelled()))

    # What the runtime's state means

    def stop_at(self, place: str, number: int) -> None:
        """The calling thread stops; at which token it is has to be the next that it knows of."""
        for caller in self.callers:
            if caller.thread.is_current():
                caller.next = caller.tokens.index(number)
                caller.thread.stop_here(place)

    def number_of(self, token: CancellationToken) -> int:
        return [reference() for reference in self.references].index(token)

    def is_living(self, token: int) -> bool:
        return self.references[token]() is not None

    def is_cancelled(self, token: int) -> bool:
        there = self.references[token]()
        return there is not None and there.is_cancelled()

    def abstraction(self) -> State:
        tokens, waiters = range(len(self.references)), self.waiters()
        return State(
            parents=tuple(self.parents),
            held=tuple(token in self.held for token in tokens),
            living=tuple(self.is_living(token) for token in tokens),
            given=tuple(token in self.given and self.is_living(token) for token in tokens),
            cancelled=tuple(self.is_cancelled(token) for token in tokens),
            tasks=self.places(),
            wants=tuple(
                self.wants[task] if task in waiters else NOBODY for task in range(self.count)
            ),
            callers=tuple(caller.abstraction() for caller in self.callers),
        )

    def check_queues(self, tasks: Tasks) -> None:
        for token, queue in enumerate(self.queues):
            meant = tuple(task for task in tasks.queue() if self.wants[task] == token)
            assert self.standing(queue) == meant, f"of token {token}"

    def stop(self) -> None:
        for caller in self.callers:
            caller.thread.release()
            caller.thread.join()
        super().stop()


class CallingThread:
    """A caller: its thread, the tokens that it knows of, and which of them is next."""

    def __init__(self) -> None:
        self.thread = ControlledThread()
        self.tokens: list[int] = []
        self.next = 0

    def abstraction(self) -> Caller:
        if self.thread.place == ENDED:
            return IDLE
        return Caller(self.thread.place, tuple(self.tokens), self.next)


class StoppingLock:
    """A lock before which a caller stops."""

    def __init__(self, stop: Callable[[], None]) -> None:
        self._lock = RLock()
        self._stop = stop

    def __enter__(self) -> None:
        self._stop()
        self._lock.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._lock.release()


# Any: the standard library's class says so of what it was made from.
class Children(WeakValueDictionary[int, Any]):
    """The children of a token, which notes those that come, and whom it was asked for."""

    def __init__(self, adapter: CancellationTokenAdapter, number: int) -> None:
        super().__init__()
        self._adapter = adapter
        self._number = number

    def __setitem__(self, key: int, child: CancellationToken) -> None:
        super().__setitem__(key, child)
        self._adapter.stop_at(LOOKING, self._adapter.note(child, self._number))

    def valuerefs(self) -> list[KeyedRef[int, Any]]:
        adapter = self._adapter
        adapter.stop_at(LISTING, self._number)
        found = super().valuerefs()
        children = [each for each in (reference() for reference in found) if each is not None]
        for caller in adapter.callers:
            if caller.thread.is_current():
                caller.tokens += [adapter.number_of(child) for child in children]
        return found
