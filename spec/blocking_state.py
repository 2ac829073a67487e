"""The variables of the blocking pool machine, where it begins, and the pieces of its steps.

What they mean is said at the head of `blocking_pool.py`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import Machine, drop, put

AWAY, OUTSIDE, QUEUED, HANDED, RUNNING = "away", "outside", "queued", "handed", "running"
RETURNED, CANCELLED, REFUSED = "returned", "cancelled", "refused"
ABSENT, STARTING, COMING, BUSY, IDLE, LATE, GONE = (
    "absent",
    "starting",
    "coming",
    "busy",
    "idle",
    "late",
    "gone",
)
NOTHING = -1

PRESENT = (STARTING, COMING, BUSY, IDLE, LATE)
ENDED = (RETURNED, CANCELLED, REFUSED)


class Worker(NamedTuple):
    """One thread, if there is one: where it is, and what it has in hand."""

    at: str = ABSENT
    call: int = NOTHING
    token: bool = False
    telling: int = NOTHING


class State(NamedTuple):
    """The variables; see the head of `blocking_pool.py`."""

    calls: tuple[str, ...]
    queue: tuple[int, ...]
    outside: tuple[int, ...]
    workers: tuple[Worker, ...]
    idle: tuple[int, ...]
    runs: tuple[int, ...]
    watched: tuple[bool, ...]
    woken: tuple[int, ...]
    failures: int
    closed: bool


class BlockingState(Machine[State]):
    """What the steps stand on. `failures_max`: how often a thread cannot be started."""

    calls: int = 3
    threads: int = 2
    queue_max: int = 1
    failures_max: int = 1

    def initial(self) -> Iterable[State]:
        return [
            State(
                calls=(AWAY,) * self.calls,
                queue=(),
                outside=(),
                workers=(Worker(),) * (self.threads + 1),
                idle=(),
                runs=(0,) * self.calls,
                watched=(False,) * self.calls,
                woken=(0,) * self.calls,
                failures=0,
                closed=False,
            )
        ]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"call": range(self.calls), "worker": range(self.threads + 1)}

    # Who there is

    def present(self, state: State) -> list[int]:
        """The workers that have not left."""
        return [number for number, worker in enumerate(state.workers) if worker.at in PRESENT]

    def may_grow(self, state: State) -> bool:
        """Whether there may be one more."""
        return len(self.present(state)) < self.threads

    def is_next(self, state: State, call: int) -> bool:
        """Whether `call` is the next one to be handed in: they are numbered as they come."""
        return AWAY in state.calls and state.calls.index(AWAY) == call

    # Calls

    def mark(self, state: State, call: int, where: str) -> State:
        """Say where a call stands."""
        return state._replace(calls=put(state.calls, call, where))

    def line_up(self, state: State, call: int) -> State:
        """Stand at the end of the line."""
        state = state._replace(outside=(*state.outside, call))
        return self.admit(self.mark(state, call, OUTSIDE))

    def admit(self, state: State) -> State:
        """Whoever is outside comes in while there is room."""
        while state.outside and len(state.queue) < self.queue_max:
            call = state.outside[0]
            state = state._replace(outside=state.outside[1:], queue=(*state.queue, call))
            state = self.mark(state, call, QUEUED)
        return state

    def hand_first(self, state: State, worker: int) -> State:
        """The first of the queue is the worker's."""
        call = state.queue[0]
        state = self.admit(state._replace(queue=state.queue[1:]))
        return self.equip(self.mark(state, call, HANDED), worker, call=call)

    def forgo(self, state: State, call: int, end: str) -> State:
        """The call leaves its place, and will never run; who waits for it is told."""
        state = state._replace(
            queue=drop(state.queue, call) if call in state.queue else state.queue,
            outside=drop(state.outside, call) if call in state.outside else state.outside,
        )
        for number, worker in enumerate(state.workers):
            if worker.call == call:
                state = self.equip(state, number, call=NOTHING)
        return self.mark(state, call, end)

    def tell(self, state: State, calls: Iterable[int]) -> State:
        """Wake whoever waits for these."""
        for call in calls:
            if state.watched[call]:
                state = state._replace(woken=put(state.woken, call, state.woken[call] + 1))
        return state

    # Workers

    def equip(
        self,
        state: State,
        number: int,
        *,
        at: str | None = None,
        call: int | None = None,
        token: bool | None = None,
        telling: int | None = None,
    ) -> State:
        """Change some of what is true of a worker."""
        old = state.workers[number]
        new = Worker(
            old.at if at is None else at,
            old.call if call is None else call,
            old.token if token is None else token,
            old.telling if telling is None else telling,
        )
        return state._replace(workers=put(state.workers, number, new))

    def begin(self, state: State, worker: int) -> State:
        """It runs what it has in hand."""
        call = state.workers[worker].call
        state = state._replace(runs=put(state.runs, call, state.runs[call] + 1))
        return self.equip(self.mark(state, call, RUNNING), worker, at=BUSY)

    def rest(self, state: State, worker: int) -> State:
        """It has nothing to do, and stands last among those: it is the next to get a call."""
        idle = state.idle if worker in state.idle else (*state.idle, worker)
        return self.equip(state._replace(idle=idle), worker, at=IDLE)

    def leave(self, state: State, worker: int) -> State:
        """It is gone; whatever it has still to tell, it tells."""
        idle = drop(state.idle, worker) if worker in state.idle else state.idle
        telling = state.workers[worker].telling
        gone = Worker(GONE, telling=telling) if telling != NOTHING else Worker()
        return state._replace(idle=idle, workers=put(state.workers, worker, gone))

    def find_work(self, state: State, worker: int, *, leaves: bool) -> State:
        """What a worker does that has nothing in hand."""
        if state.queue:
            return self.begin(self.hand_first(state, worker), worker)
        return self.leave(state, worker) if leaves else self.rest(state, worker)
