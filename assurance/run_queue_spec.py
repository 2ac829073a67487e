"""The run queues of all workers as one sequential object, in steps as small as the code's.

A worker has a queue (`ready`), a slot in front of it, and a hand: what it has taken out of one
place and not yet put into the next. All workers share the injection queue. What the code does in
several atomic steps is several operations here, tied together (`Operation.after`), since others may
look in between; to call them one step would find code guilty that is right:

    push_slot   displace, settle, fill: the slot is emptied into the hand, that goes to the end of
                the queue, and the new task to the slot
    steal       rob, once for each task; the thief runs the first at once, the others go over its
                hand to the end of its queue (keep, settle). Or saw_nothing, saw_no_slot: the queue
                was found empty, and later the slot

A task is in one place, queues are first in first out, and where somebody finds nothing, there is
nothing. How often the slot goes first, and how many tasks a thief takes, is not said here.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace

from assurance.linearizability import Impossible, Operation, Specification

Task = Hashable


@dataclass(frozen=True, slots=True)
class Worker:
    """The places of one worker; None where nobody stands."""

    ready: tuple[Task, ...] = ()
    slot: Task = None
    hand: Task = None


@dataclass(frozen=True, slots=True)
class Places:
    """All places in which a task can stand."""

    workers: tuple[Worker, ...]
    injected: tuple[Task, ...] = ()

    def put(self, number: int, worker: Worker) -> Places:
        """With this worker instead."""
        workers = (*self.workers[:number], worker, *self.workers[number + 1 :])
        return replace(self, workers=workers)


Argument = tuple[int, Task]
"""The number of the worker that does it, and what else there is to say."""


def push(places: Places, number: int, task: Task, _: Task) -> Places:
    """To the end of the own queue."""
    worker = places.workers[number]
    return places.put(number, replace(worker, ready=(*worker.ready, task)))


def push_batch(places: Places, number: int, tasks: Task, _: Task) -> Places:
    """Many tasks in one step."""
    assert isinstance(tasks, tuple)
    worker = places.workers[number]
    return places.put(number, replace(worker, ready=(*worker.ready, *tasks)))


def displace(places: Places, number: int, _: Task, __: Task) -> Places:
    """Take whoever stands in the own slot into the hand."""
    worker = places.workers[number]
    _require(worker.hand is None)
    return places.put(number, replace(worker, slot=None, hand=worker.slot))


def settle(places: Places, number: int, _: Task, __: Task) -> Places:
    """From the hand, if there is somebody, to the end of the own queue."""
    worker = places.workers[number]
    landed = () if worker.hand is None else (worker.hand,)
    return places.put(number, replace(worker, ready=worker.ready + landed, hand=None))


def fill(places: Places, number: int, task: Task, _: Task) -> Places:
    """Into the own slot, which is empty."""
    worker = places.workers[number]
    _require(worker.slot is None)
    return places.put(number, replace(worker, slot=task))


def take(places: Places, number: int, _: Task, result: Task) -> Places:
    """The owner's next task, from the slot or the front of the queue; None: both are empty."""
    worker = places.workers[number]
    if result is None:
        _require(worker.slot is None and not worker.ready)
        return places
    if result == worker.slot:
        return places.put(number, replace(worker, slot=None))
    _require(bool(worker.ready) and result == worker.ready[0])
    return places.put(number, replace(worker, ready=worker.ready[1:]))


def rob(places: Places, _: int, victim: Task, result: Task) -> Places:
    """From the front of the victim's queue, or from its slot."""
    assert isinstance(victim, int)
    robbed = places.workers[victim]
    if robbed.ready and robbed.ready[0] == result:
        return places.put(victim, replace(robbed, ready=robbed.ready[1:]))
    _require(result is not None and robbed.slot == result)
    return places.put(victim, replace(robbed, slot=None))


def keep(places: Places, number: int, task: Task, _: Task) -> Places:
    """What was robbed is in the own hand."""
    worker = places.workers[number]
    _require(worker.hand is None)
    return places.put(number, replace(worker, hand=task))


def saw_nothing(places: Places, _: int, victim: Task, __: Task) -> Places:
    """The victim's queue is empty."""
    assert isinstance(victim, int)
    _require(not places.workers[victim].ready)
    return places


def saw_no_slot(places: Places, _: int, victim: Task, __: Task) -> Places:
    """The victim's slot is empty."""
    assert isinstance(victim, int)
    _require(places.workers[victim].slot is None)
    return places


def inject(places: Places, _: int, task: Task, __: Task) -> Places:
    """To the end of the injection queue."""
    return replace(places, injected=(*places.injected, task))


def take_injected(places: Places, _: int, __: Task, result: Task) -> Places:
    """From the front of the injection queue; None: it is empty."""
    _require(result == (places.injected[0] if places.injected else None))
    return replace(places, injected=places.injected[1:])


STEPS: dict[str, Callable[[Places, int, Task, Task], Places]] = {
    step.__name__: step
    for step in (
        *(push, push_batch, displace, settle, fill, take),
        *(rob, keep, saw_nothing, saw_no_slot, inject, take_injected),
    )
}


def _require(allowed: bool) -> None:
    if not allowed:
        raise Impossible


def _step(state: Hashable, operation: Operation) -> Hashable:
    assert isinstance(state, Places)
    assert isinstance(operation.argument, tuple)
    number, argument = operation.argument
    return STEPS[operation.name](state, number, argument, operation.result)


def run_queues(workers: int) -> Specification:
    """The specification of so many workers' queues."""
    return Specification(Places((Worker(),) * workers), _step)
