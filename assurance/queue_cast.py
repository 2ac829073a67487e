"""Who uses the run queues in a recorded history, and as what each call is noted.

Two workers push, wake into the slot, take, and steal from each other, as the scheduler's workers
do; two other threads inject. In the end everything is taken out, so that what was lost shows.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import partial
from random import Random
from typing import Protocol, Self

from assurance.histories import Cast, Recorder, Role, Step

Task = Hashable
WORKERS = 2


class WorkerQueue(Protocol):
    """What is asked of the queue of a worker."""

    def push(self, task: Task, /) -> None:
        """To its end. The owner alone."""

    def push_batch(self, tasks: Iterable[Task], /) -> None:
        """Many to its end. The owner alone."""

    def push_slot(self, task: Task, /) -> None:
        """To the slot, from which somebody may have to go to the end. The owner alone."""

    def take(self) -> Task:
        """The next task or None. The owner alone."""

    def steal(self, victim: Self, /) -> Sequence[Task]:
        """Take some from a victim: the first is returned in hand, and the others stand here too."""


class Injection(Protocol):
    """What is asked of the injection queue."""

    def push(self, task: Task, /) -> None:
        """From any thread."""

    def take(self) -> Task:
        """The next task or None; from any thread."""


class Queues:
    """The queues of all workers, and the injection queue."""

    def __init__(
        self, worker_queue: Callable[[], WorkerQueue], injection: Callable[[], Injection]
    ) -> None:
        self.workers = [worker_queue() for _ in range(WORKERS)]
        self.injection = injection()


def cast_of(
    worker_queue: Callable[[], WorkerQueue], injection: Callable[[], Injection]
) -> Cast[Queues]:
    """A cast for queues of these classes."""
    workers: list[Role[Queues]] = [partial(_work, number) for number in range(WORKERS)]
    return Cast(lambda: Queues(worker_queue, injection), (*workers, _inject, _inject), _drain)


def _work(number: int, queues: Queues, recorder: Recorder, chance: Random) -> None:
    """One operation of a worker. More are taken than come: empty queues are the hard ones."""
    own, other = queues.workers[number], (number + 1) % WORKERS
    kinds = ("push", "batch", "slot", "take", "steal", "injected")
    match chance.choices(kinds, (3, 1, 4, 6, 6, 2))[0]:
        case "push":
            task = recorder.value()
            recorder.call(lambda: own.push(task), lambda _: [("push", (number, task), None)])
        case "batch":
            tasks = tuple(recorder.value() for _ in range(3))
            note = ("push_batch", (number, tasks), None)
            recorder.call(lambda: own.push_batch(tasks), lambda _: [note])
        case "slot":
            _push_slot(number, own, recorder)
        case "take":
            _take(number, own, recorder)
        case "steal":
            _steal(number, other, queues, recorder)
        case "injected":
            _take_injected(number, queues, recorder)


def _push_slot(number: int, own: WorkerQueue, recorder: Recorder) -> None:
    task = recorder.value()
    steps: list[Step] = [(name, (number, None), None) for name in ("displace", "settle")]
    steps.append(("fill", (number, task), None))
    recorder.call(lambda: own.push_slot(task), lambda _: steps)


def _take(number: int, own: WorkerQueue, recorder: Recorder) -> Task:
    return recorder.call(own.take, lambda found: [("take", (number, None), found)])


def _steal(number: int, victim: int, queues: Queues, recorder: Recorder) -> None:
    own, robbed = queues.workers[number], queues.workers[victim]

    def steps(stolen: Sequence[Task]) -> list[Step]:
        if not stolen:
            return [(name, (number, victim), None) for name in ("saw_nothing", "saw_no_slot")]
        noted: list[Step] = [("rob", (number, victim), stolen[0])]
        for task in stolen[1:]:
            noted.append(("rob", (number, victim), task))
            noted.append(("keep", (number, task), None))
            noted.append(("settle", (number, None), None))
        return noted

    recorder.call(lambda: own.steal(robbed), steps)


def _take_injected(number: int, queues: Queues, recorder: Recorder) -> Task:
    take = queues.injection.take
    return recorder.call(take, lambda found: [("take_injected", (number, None), found)])


def _inject(queues: Queues, recorder: Recorder, chance: Random) -> None:
    """One operation of a thread that is no worker; now and then it takes, as a worker would."""
    if chance.random() < 0.7:
        task = recorder.value()
        push = partial(queues.injection.push, task)
        recorder.call(push, lambda _: [("inject", (WORKERS, task), None)])
    else:
        _take_injected(WORKERS, queues, recorder)


def _drain(queues: Queues, recorder: Recorder) -> None:
    for number, own in enumerate(queues.workers):
        while _take(number, own, recorder) is not None:
            pass
    while _take_injected(WORKERS, queues, recorder) is not None:
        pass
