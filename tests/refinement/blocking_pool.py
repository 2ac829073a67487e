"""The blocking pool machine on the real pool, whose threads run only when the test says so.

Every thread stops where the model has a state: whoever hands a call in stops where a thread is to
be started, a worker before it takes anything, in its call, where it wakes whoever waited, and where
it parks. Between two stops the real `BlockingPool` and `Worker` run as they are. What is kept here
is only what nobody else shows: which number a worker has, and how often a call has run.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from spec.blocking_state import (
    ABSENT,
    AWAY,
    GONE,
    LATE,
    NOTHING,
    STARTING,
    State,
    Worker,
)
from tests.helpers.controlled_thread import ENDED, ControlledThread
from zokio.blocking.call import HANDED, NEW, OUTSIDE, QUEUED, REFUSED, RETURNED, RUNNING, Call
from zokio.blocking.pool import BlockingPool
from zokio.blocking.worker import GONE as REAL_GONE
from zokio.blocking.worker import Worker as RealWorker
from zokio.core.waker import Waker
from zokio.errors import BackpressureError, ClosedError, ThreadsExhaustedError


class Place:
    """Where a worker parks: its thread stops there, and the test says when its time is up."""

    def __init__(self) -> None:
        self.thread: ControlledThread | None = None
        self.token = False
        self.late = False

    def park(self, timeout: float) -> bool:
        assert timeout == 1, "the keep-alive of the pool"
        assert self.thread is not None
        self.thread.stop_here("parked")
        late, self.late = self.late, False
        if not late:
            self.token = False
        return not late

    def unpark(self) -> None:
        self.token = True


class Teller:
    """Whoever waits for a call."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self.wake = wake

    def will_wake(self, other: Waker, /) -> bool:
        return other is self


class Started:
    """A thread of the test's own, as the pool sees it. It is waited for by the test."""

    ident = -1

    def join(self) -> None:
        """The close does not wait: threads go on only when the test says so."""


class BlockingPoolAdapter:
    """`calls`, `threads` and `queue_max` are the model's bounds."""

    def __init__(self, *, calls: int, threads: int, queue_max: int) -> None:
        self._count = calls
        self._threads_max = threads
        self._queue_max = queue_max

    def start(self, state: State) -> None:
        self.pool = BlockingPool(
            self._threads_max, self._queue_max, 1, start=self.start_thread, make_parker=Place
        )
        numbers = range(self._count)
        self.calls = [Call(partial(self.block, number), str(number)) for number in numbers]
        self.runs = [0] * self._count
        self.woken = [0] * self._count
        self.watched = [False] * self._count
        self.failures = 0
        self.slots: list[RealWorker | None] = [None] * (self._threads_max + 1)
        self.handing = self.spare = ControlledThread()
        self.waiting: dict[RealWorker, ControlledThread] = {}
        """Who waits for the system to start the worker's thread."""
        self.threads: dict[RealWorker, ControlledThread] = {}
        self.telling: dict[RealWorker, int] = {}

    # What happens on the threads

    def block(self, call: int) -> int:
        """What a call does: it stops."""
        self.runs[call] += 1
        self.current_thread().stop_here("call")
        return call

    def start_thread(self, run: Callable[[], None], name: str) -> Started:
        """Where a thread is to be started: stop, and do what the test has decided meanwhile."""
        (worker,) = (each for each in self.pool.workers if each.name == name)
        self.slots[self.slots.index(None)] = worker
        thread = self.waiting[worker] = self.handing
        thread.stop_here("start")
        if worker not in self.threads:
            raise RuntimeError("can't start new thread")
        place = worker.parker
        assert isinstance(place, Place)
        place.thread = self.threads[worker]
        place.thread.run(partial(self.arrive, place.thread, run))
        return Started()

    def arrive(self, thread: ControlledThread, run: Callable[[], None]) -> None:
        """The worker's thread: it stops before it does anything."""
        thread.stop_here("coming")
        run()

    def wake(self, call: int) -> None:
        """Whoever waits for the call is woken; a worker stops before that."""
        for worker, thread in self.threads.items():
            if thread.is_current():
                self.telling[worker] = call
                thread.stop_here("tell")
                del self.telling[worker]
                break
        self.woken[call] += 1

    def current_thread(self) -> ControlledThread:
        return next(thread for thread in self.threads.values() if thread.is_current())

    # Actions

    def submit(self, call: int) -> None:
        self.hand_in(self.pool.submit, call)

    def ask(self, call: int) -> None:
        self.hand_in(self.pool.ask, call)

    def hand_in(self, hand_in: Callable[[Call[int]], None], call: int) -> None:
        """On a thread of its own, which stops where a worker's is to be started."""
        self.handing = self.spare
        if self.handing.run(partial(self.try_to, hand_in, self.calls[call])) != ENDED:
            self.spare = ControlledThread()

    def try_to(self, hand_in: Callable[[Call[int]], None], call: Call[int]) -> None:
        try:
            hand_in(call)
        except (BackpressureError, ClosedError, ThreadsExhaustedError):
            assert call.state is REFUSED
        else:
            assert call.state is not REFUSED

    def come(self, worker: int) -> None:
        self.threads[self.worker(worker)] = ControlledThread()
        self.let_in(self.worker(worker))

    def do_without(self, worker: int) -> None:
        self.failures += 1
        self.let_in(self.worker(worker))

    def let_in(self, worker: RealWorker) -> None:
        """Whoever waits for the worker's thread goes on."""
        thread = self.waiting.pop(worker)
        while thread.place != ENDED:
            thread.go_on()
        thread.join()
        self.note_the_gone(worker)

    def watch(self, call: int) -> None:
        assert not self.pool.watch(self.calls[call], Teller(partial(self.wake, call)))
        self.watched[call] = True

    def cancel(self, call: int) -> None:
        waits = self.calls[call].state in (OUTSIDE, QUEUED, HANDED)
        assert self.pool.cancel(self.calls[call]) is waits

    def close(self) -> None:
        self.pool.close()

    def run_out(self, worker: int) -> None:
        place = self.worker(worker).parker
        assert isinstance(place, Place)
        place.late = True

    def take(self, worker: int) -> None:
        self.go_on(self.worker(worker), ("coming", "parked"))

    def end(self, worker: int) -> None:
        self.go_on(self.worker(worker), ("call",))

    def tell_of(self, worker: int) -> None:
        self.go_on(self.worker(worker), ("tell",))

    def go_on(self, worker: RealWorker, places: tuple[str, ...]) -> None:
        thread = self.threads[worker]
        assert thread.place in places, f"{worker!r} stands at {thread.place}"
        thread.go_on()
        self.note_the_gone(worker)

    def note_the_gone(self, worker: RealWorker) -> None:
        """A number is free again when its thread has ended, or was never started."""
        thread = self.threads.get(worker)
        if thread is None or thread.place == ENDED:
            self.slots[self.slots.index(worker)] = None
        if thread is not None and thread.place == ENDED:
            self.threads.pop(worker).join()

    def worker(self, number: int) -> RealWorker:
        worker = self.slots[number]
        assert worker is not None
        return worker

    # What the pool's state means

    def abstraction(self) -> State:
        line = self.pool.line
        return State(
            calls=tuple(AWAY if call.state is NEW else call.state.value for call in self.calls),
            queue=tuple(map(self.calls.index, line.queue)),
            outside=tuple(map(self.calls.index, line.outside)),
            workers=tuple(map(self.state_of, self.slots)),
            idle=tuple(map(self.slots.index, self.pool.idle)),
            runs=tuple(map(self.runs_of, range(self._count))),
            watched=tuple(self.watched),
            woken=tuple(self.woken),
            failures=self.failures,
            closed=self.pool.closed,
        )

    def runs_of(self, call: int) -> int:
        """How often it has begun. A worker that has still to tell of its last call is about to."""
        begins = self.calls[call].state is RUNNING
        return self.runs[call] + any(
            begins and worker.call is self.calls[call] for worker in self.telling
        )

    def state_of(self, worker: RealWorker | None) -> Worker:
        if worker is None:
            return Worker(ABSENT)
        place = worker.parker
        assert isinstance(place, Place)
        telling = self.telling.get(worker, NOTHING)
        if worker.state is REAL_GONE:
            return Worker(GONE, telling=telling)
        call = NOTHING if worker.call is None else self.calls.index(worker.call)
        at = STARTING if worker in self.waiting else LATE if place.late else worker.state.value
        return Worker(at, call, place.token, telling)

    def check_invariants(self) -> None:
        self.pool.check_invariants()
        for number, call in enumerate(self.calls):
            if call.state is RETURNED:
                assert self.runs[number] == 1

    def stop(self) -> None:
        """Close the pool, and let every thread go to its end."""
        self.pool.close()
        for worker in list(self.waiting):
            self.let_in(worker)
        for worker, thread in list(self.threads.items()):
            while thread.place != ENDED:
                thread.go_on()
            self.note_the_gone(worker)
        self.spare.join()
        assert not self.pool.workers and not self.pool.idle, "somebody has not left"
