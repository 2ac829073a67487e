"""What explored workers are seen to do: each operation on what they share, and what stands where.

The concrete half of following (`workers_follower.py`). An operation becomes a `Sign`, in which no
object of the execution is left: the same sign in another execution is the same thing done. So what
the machine says to a sign is found out once and kept (`workers_beliefs.py`).
"""

from __future__ import annotations

import inspect
from collections import deque
from collections.abc import Callable
from functools import cache, partial
from typing import Any, NamedTuple

from spec.workers_state import INJECTED, NOBODY
from zokio.core.task_state import DONE
from zokio.explore import Happening
from zokio.explore.shared import SharedAttribute

TASK_FILE = "shared_task.py"
LOOKS = frozenset(("read", "is there any in", "length of", "wait"))
"""What changes nothing that can be seen."""


class Sign(NamedTuple):
    """One operation: by which actor, on what, of which worker or task, and what it finds there."""

    actor: int
    owner: str
    number: int
    verb: str
    label: str = ""
    found: object = None

    def __str__(self) -> str:
        return f"actor {self.actor}: {self.verb} {self.owner} {self.number} {self.label}".strip()


class Seen(NamedTuple):
    """What stands where, as the machine says it; None for what cannot be told just now."""

    queue: tuple[tuple[int, ...], ...]
    slot: tuple[int, ...]
    local: tuple[tuple[int, ...], ...]
    injected: tuple[int, ...]
    searching: int | None
    sleepers: tuple[int, ...] | None
    token: tuple[bool, ...] | None
    is_held: bool
    """The reactor is."""


Reading = Callable[[Happening, int], Sign | None]


class KnownTask:
    """A task by its lock, which it keeps: so no lock's identity comes twice."""

    def __init__(self, task: Any) -> None:  # Any: a task of workers
        self.task = task
        self.state = reader(task, "state")
        self.before = self.state()
        """When its lock was taken."""


class WorkersSigns:
    """Knows the objects of one execution. `touched`: something was done since the last look."""

    _seen: Seen

    def __init__(self, runtime: Any) -> None:  # Any: the runtime with workers, if there is one
        together = runtime.together
        self.runtime, self.together, self.idle = runtime, together, together.idle
        self.workers = len(together.workers)
        self.touched = self._changed = True
        self._numbers: dict[object, int] = {}
        for task in sorted(runtime.tasks.values(), key=lambda task: int(task.id)):
            self._number(task)
        self._locks: dict[int, KnownTask] = {}
        self._readings: dict[int, Reading] = {}
        self._know_objects()
        self._searching = reader(self.idle, "searching")
        self._sleepers = reader(self.idle, "sleepers")
        self._tokens = [reader(worker.parker, "_token") for worker in together.workers]

    def _know_objects(self) -> None:
        together, readings = self.together, self._readings
        readings[id(together.injection.tasks)] = partial(self._of_deque, *INJECTED)
        for worker in together.workers:
            number, queue, parker = worker.number, worker.queue, worker.parker
            for what, where in (("queue", "ready"), ("slot", "slot"), ("local", "pinned")):
                readings[id(getattr(queue, where))] = partial(self._of_deque, what, number)
            readings[id(parker._lock)] = partial(self._of_parker, number)
            readings[id(parker._baton)] = partial(self._of_baton, number)
        readings[id(self.idle)] = self._of_glance
        readings[id(self.idle._lock)] = self._of_idle
        readings[id(together.reactor_lock)] = self._of_reactor
        readings[id(together)] = self._of_flag
        readings[id(self.runtime.reactor._bell)] = self._of_bell

    @property
    def tasks(self) -> int:
        """How many tasks have been seen."""
        return len(self._numbers)

    def holder(self) -> int:
        """Which worker holds the reactor, before anything is followed."""
        lock = self.together.reactor_lock
        if not lock.depth:
            return NOBODY
        return int(lock.world.strands[lock.owner - 1].name.rpartition("-")[2])

    # What is done.

    def sign_of(self, happening: Happening) -> Sign | None:
        """What the operation is; None if it is nothing of the machine's."""
        owner = happening.owner
        reading = self._readings.get(id(owner))
        if reading is not None:
            self.touched = True
            if happening.verb not in LOOKS:
                self._changed = True
            return reading(happening, actor_of(happening.thread, self.workers))
        if owner is None:
            is_choice = happening.verb == "choose victim"
            return (
                Sign(actor_of(happening.thread, self.workers), "victim", NOBODY, "choose")
                if is_choice
                else None
            )
        if happening.file.endswith(TASK_FILE) and happening.verb in ("acquire", "release"):
            return self._of_task(owner, happening)
        return None

    def _of_choice(self, happening: Happening) -> Sign | None:
        if happening.verb != "choose victim":
            return None
        return Sign(actor_of(happening.thread, self.workers), "victim", NOBODY, "choose")

    def _of_deque(self, what: str, whose: int, happening: Happening, actor: int) -> Sign:
        return Sign(actor, what, whose, happening.verb)

    def _of_parker(self, whose: int, happening: Happening, actor: int) -> Sign | None:
        label = labelled(happening)
        release = happening.verb == "release"
        return Sign(actor, "parker", whose, "release", label) if release else None

    def _of_baton(self, whose: int, happening: Happening, actor: int) -> Sign | None:
        gets_up = whose == actor and happening.verb == "acquire"
        return Sign(actor, "baton", whose, "acquire") if gets_up else None

    def _of_glance(self, happening: Happening, actor: int) -> Sign | None:
        """A notify looks without the lock: does it see that it has nothing to do?"""
        if happening.label != "skip":
            return None
        attribute = happening.attribute
        enough = self._searching() > 0 if attribute == "searching" else self._sleepers() == 0
        return Sign(actor, "glance", NOBODY, "read") if enough else None

    def _of_idle(self, happening: Happening, actor: int) -> Sign:
        acquire = happening.verb == "acquire"
        return Sign(actor, "idle", NOBODY, happening.verb, labelled(happening) if acquire else "")

    def _of_reactor(self, happening: Happening, actor: int) -> Sign:
        is_free = self.together.reactor_lock.depth == 0
        return Sign(actor, "reactor", NOBODY, happening.verb, found=is_free)

    def _of_bell(self, happening: Happening, actor: int) -> Sign | None:
        if happening.verb not in ("set", "clear"):
            return None
        return Sign(actor, "bell", NOBODY, happening.verb, found=self.runtime.reactor._bell.flag)

    def _of_flag(self, happening: Happening, actor: int) -> Sign | None:
        if happening.attribute != "stopping":
            return None
        again = "go on" if happening.source.startswith("while") else "recheck"
        return Sign(actor, "flag", NOBODY, "write" if happening.verb == "write" else again)

    def _of_task(self, lock: object, happening: Happening) -> Sign | None:
        """A task's transition counts at the release: what its state was, and what it has become."""
        known = self._locks.get(id(lock)) or self._find_task(lock)
        if known is None:
            return None
        task, state = known.task, known.state()
        if happening.verb == "acquire":
            known.before = state
            return None
        if known.before is state:
            return None
        actor = actor_of(happening.thread, self.workers)
        assert state is not DONE or actor < self.workers, f"{task!r} was ended by no worker"
        found = known.before, state
        return Sign(actor, "task", self._number(task), "release", found=found)

    def _find_task(self, lock: object) -> KnownTask | None:
        for task in list(self.runtime.tasks.values()):
            if task.lock is lock:
                known = self._locks[id(lock)] = KnownTask(task)
                return known
        return None

    # What can be seen.

    def look(self) -> Seen:
        """What stands where."""
        self.touched = False
        if self._changed:
            self._changed = False
            self._seen = self._look_anew()
        return self._seen

    def _look_anew(self) -> Seen:
        workers, idle = self.together.workers, self.idle
        queues = [worker.queue for worker in workers]
        is_still = idle._lock.depth == 0
        are_still = all(worker.parker._lock.depth == 0 for worker in workers)
        bits = self._sleepers() if is_still else 0
        return Seen(
            tuple([self._standing(queue.ready) for queue in queues]),
            tuple([(*self._standing(queue.slot), NOBODY)[0] for queue in queues]),
            tuple([self._standing(queue.pinned) for queue in queues]),
            self._standing(self.together.injection.tasks),
            self._searching() if is_still else None,
            tuple([w.number for w in workers if bits & w.bit]) if is_still else None,
            tuple([token() for token in self._tokens]) if are_still else None,
            self.together.reactor_lock.depth > 0,
        )

    def _standing(self, tasks: deque[object]) -> tuple[int, ...]:
        """What stands in a deque, without a step."""
        return tuple([self._number(task) for task in deque.__iter__(tasks)])

    def _number(self, task: object) -> int:
        return self._numbers.setdefault(task, len(self._numbers))


@cache
def actor_of(thread: str, workers: int) -> int:
    """By a thread's name: workers first, then the main thread, then the others of `Scene`."""
    kind, _, number = thread.replace("-", " ").rpartition(" ")
    if kind == "zokio worker":
        return int(number)
    return workers + (int(number) if kind == "other" else 0)


def reader(owner: object, name: str) -> Callable[[], Any]:  # Any: as the attribute is
    """How to read a shared attribute without a step."""
    shared = inspect.getattr_static(type(owner), name)
    assert isinstance(shared, SharedAttribute)
    if shared.is_slot:
        return partial(shared.inner.__get__, owner)
    return partial(vars(owner).__getitem__, name)


def labelled(happening: Happening) -> str:
    """The label at the line, which has to have one."""
    assert happening.label, f"{happening.source!r} has no label of the machine"
    return happening.label
