"""Which actions of the workers' machine an operation of the real workers stands for.

Found from the object that is touched, what is done to it, and the label at the line. Where the code
alone does not say, several are named: the machine's guards, and the comparison of the queues
afterwards, decide (`workers_follower.py`).
"""

from __future__ import annotations

import inspect
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from spec.workers_state import INJECTED, NOBODY, Place, Workers
from tests.explore.workers_machine import FollowedWorkers
from zokio.core.task_state import DONE, IDLE, QUEUED, RUNNING, RUNNING_WOKEN
from zokio.explore import Happening
from zokio.explore.shared import SharedAttribute

Step = tuple[str, tuple[int, ...]]
Moves = tuple[Step, ...]
"""Actions that one operation of the code stands for, in order."""
NOTHING: Moves = ()


def raw(owner: object, name: str) -> Any:  # Any: as the attribute is
    """A shared attribute, without a step."""
    shared = inspect.getattr_static(type(owner), name)
    assert isinstance(shared, SharedAttribute)
    return shared.inner.__get__(owner) if shared.is_slot else vars(owner)[name]


def standing(tasks: Iterable[object]) -> tuple[object, ...]:
    """What stands in a deque, without a step."""
    return tuple(deque.__iter__(tasks))  # type: ignore[arg-type]  # it is one


class WorkersSteps:
    """Knows the runtime's objects, and the states in which the machine may be."""

    def __init__(self) -> None:
        self.runtime: Any = None  # Any: the runtime with workers, if this tree has one
        self.states: set[Workers] = set()
        self.section: tuple[list[Moves], int] = ([], NOBODY)
        """What the holder of the lock of `Idle` does there, and who that is."""
        self.after: set[Workers] = set()
        """The states in which that has been done."""

    # Where everything is.

    def _begin(self) -> None:
        together = self.runtime.together
        self.together, self.idle = together, together.idle
        count = len(together.workers)
        self.machine = FollowedWorkers(count)
        self.places: dict[int, Place] = {id(together.injection.tasks): INJECTED}
        self.parkers: dict[int, int] = {}
        self.batons: dict[int, int] = {}
        for worker in together.workers:
            queue, number = worker.queue, worker.number
            for what, where in (("queue", "ready"), ("slot", "slot"), ("local", "pinned")):
                self.places[id(getattr(queue, where))] = (what, number)
            self.parkers[id(worker.parker._lock)] = number
            self.batons[id(worker.parker._baton)] = number
        self.bell = self.runtime.reactor._bell
        self.tasks = sorted(self.runtime.tasks.values(), key=lambda task: task.id)
        self.before: dict[int, tuple[Any, Any]] = {}
        self.ended: set[int] = set()
        self.threads: dict[int, int] = {}
        lock = together.reactor_lock
        holders = {f"zokio-worker-{number}": number for number in range(count)}
        names = [strand.name for strand in lock.world.strands]
        holder = holders[names[lock.owner - 1]] if lock.depth else NOBODY
        self.states = {self.machine.at_rest(len(self.tasks), holder)}

    def _actor(self, happening: Happening) -> int:
        if happening.thread.startswith("zokio-worker-"):
            return int(happening.thread.rpartition("-")[2])
        known = self.threads.setdefault(happening.strand, len(self.threads))
        return len(self.together.workers) + known

    # What an operation stands for.

    def _options(self, happening: Happening, actor: int) -> Iterator[Moves]:
        owner, verb = happening.owner, happening.verb
        place = self.places.get(id(owner))
        if place is not None:
            yield from self._of_deque(verb, place, actor)
        elif owner is self.idle:
            yield from self._of_glance(happening, actor)
        elif id(owner) in self.parkers:
            yield from self._of_parker(happening, self.parkers[id(owner)], actor)
        elif self.batons.get(id(owner)) == actor and verb == "acquire":
            yield (("get_up", (actor,)),)
        elif owner is self.together.reactor_lock:
            yield from self._of_reactor(verb, actor)
        elif owner is self.bell:
            yield from self._of_bell(verb, actor)
        elif happening.operation == "choose victim":
            yield from ((("turn", (actor, n)),) for n in range(self.machine.workers))
        elif happening.attribute == "stopping":
            yield from self._of_flag(happening, actor)
        elif happening.file.endswith("shared_task.py") and verb in ("acquire", "release"):
            yield from self._of_task(owner, verb, actor)

    def _of_glance(self, happening: Happening, actor: int) -> Iterator[Moves]:
        """A notify looks without the lock."""
        if happening.label == "skip":
            seen = raw(self.idle, happening.attribute)
            if seen if happening.attribute == "searching" else not seen:
                yield (("skip", (actor,)),)

    def _of_parker(self, happening: Happening, worker: int, actor: int) -> Iterator[Moves]:
        assert happening.label, f"{happening.source!r} has no label of the machine"
        if happening.verb != "release":
            return
        if happening.label != "unpark":
            yield ((happening.label, (actor,)),)
            return
        told = {s.telling[actor].whom for s in self._all() if s.telling[actor].at == "unparking"}
        if worker in told:
            yield (("unpark", (actor,)),)
        else:
            yield (("call_next", (actor,)), ("unpark", (actor,)))

    def _of_reactor(self, verb: str, actor: int) -> Iterator[Moves]:
        if verb == "release":
            yield (("release", (actor,)),)
            yield (("end_visit", (actor,)),)
            return
        yield (("settle", (actor,)),)
        if self.together.reactor_lock.depth == 0:
            yield (("visit", (actor,)),)
        elif not any(state.at[actor] == "settling" for state in self._all()):
            yield NOTHING

    def _of_bell(self, verb: str, actor: int) -> Iterator[Moves]:
        if verb == "set":
            yield (("ring", (actor,)),)
            yield (("early_bell", (actor,)),)
        elif verb == "clear" and self.bell.flag:
            yield (("rise", (actor,)),)
            yield (("silence", (actor,)),)

    def _of_flag(self, happening: Happening, actor: int) -> Iterator[Moves]:
        if happening.verb == "write":
            yield (("stop", (actor,)),)
        elif happening.source.startswith("while"):
            yield (("go_on", (actor,)),)
        else:
            yield (("recheck", (actor,)),)

    def _of_task(self, lock: object, verb: str, actor: int) -> Iterator[Moves]:
        """One transition: what the task's state was, and what it has become."""
        if verb == "acquire":
            task = next((t for t in list(self.runtime.tasks.values()) if t.lock is lock), None)
            if task is not None:
                self.before[id(lock)] = task, raw(task, "state")
            return
        task, before = self.before.pop(id(lock), (None, None))
        if task is None or before is raw(task, "state"):
            return
        number = self._number(task)
        wake: list[Moves] = [(("event", (actor, number)),), (("wake_inside", (actor, number)),)]
        if actor >= self.machine.workers:
            wake = [(("wake_outside", (actor, number)),)]
        match before, raw(task, "state"):
            case (s, t) if (s, t) in ((IDLE, QUEUED), (RUNNING, RUNNING_WOKEN)):
                yield from wake
            case (s, t) if (s, t) == (QUEUED, RUNNING):
                yield (("begin_poll", (actor,)),)
            case (s, t) if (s, t) in ((RUNNING, IDLE), (RUNNING_WOKEN, QUEUED)):
                yield (("end_pending", (actor,)),)
            case (s, t) if (s, t) == (RUNNING, QUEUED):  # it has yielded
                yield (("wake_inside", (actor, number)), ("end_pending", (actor,)))
            case (_, t) if t is DONE and actor < self.machine.workers:
                self.ended.add(actor)
                yield NOTHING
            case (s, t):
                raise AssertionError(f"{task!r} went from {s} to {t}")

    def _of_deque(self, verb: str, place: Place, actor: int) -> Iterator[Moves]:
        what, whose = place
        own = whose == actor
        match verb:
            case "popleft from":
                yield from self._of_pop(what, own, actor)
            case "append to":
                yield from self._of_push(what, whose, actor)
            case "extend":
                if any(state.hand[actor] for state in self._all()):
                    yield (("deliver", (actor,)),)
                else:
                    yield NOTHING
            case "is there any in" | "length of" if actor < self.machine.workers:
                if what == "local" or not own:
                    yield from self._of_look(place, actor)

    def _of_look(self, place: Place, actor: int) -> Iterator[Moves]:
        """A look at the next place counts; any other is for nothing."""
        for state in self._all():
            if state.left[actor][:1] == (place,):
                if state.at[actor] == "rechecking":
                    yield (("recheck", (actor,)),)
                    return
                if state.at[actor] == "searching":
                    yield (("look", (actor,)),)
                    return
        yield NOTHING

    def _of_pop(self, what: str, own: bool, actor: int) -> Iterator[Moves]:
        names = {
            ("slot", True): ("displace", "take_slot"),
            ("queue", True): ("take_own",),
            ("local", True): ("take_local",),
            ("injected", False): ("take_injected", "look"),
            ("queue", False): ("steal",),
            ("slot", False): ("look",),
        }[what, own]
        yield from (((name, (actor,)),) for name in names)
        if own or what == "injected":
            yield NOTHING  # it was empty; `_compare` sees to it

    def _of_push(self, what: str, whose: int, actor: int) -> Iterator[Moves]:
        if what == "local":
            if actor < self.machine.workers:
                yield (("requeue", (actor,)),)
            if any(state.passing[actor] != NOBODY for state in self._all()):
                yield (("post", (actor,)),)
                return
            new = {state.spawned for state in self._all()}
            for number in new:
                self.machine.homes.setdefault(number, whose)
            yield (("spawn_inside", (actor,)), ("post", (actor,)))
        elif what == "slot":
            yield (("place", (actor,)),)
        elif what == "injected":
            yield (("inject", (actor,)),)
        else:
            for name in ("requeue", "stow", "requeue_displaced", "spawn_inside"):
                yield ((name, (actor,)),)

    def _all(self) -> set[Workers]:
        return self.states | self.after

    def _number(self, task: object) -> int:
        if task not in self.tasks:
            self.tasks.append(task)
        return self.tasks.index(task)
