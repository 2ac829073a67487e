"""The runtime on several workers as programs to explore: the real code, from `block_on` down.

Everything is real but the reactor: a bell that can be rung and waited for, with the modelled time.
Each program makes a runtime, has a few tasks and other threads do something, and shuts it down.
Capacities are small: two workers unless a program says otherwise, the reactor visited after every
second poll. A lost wake or unpark leaves everybody asleep, which the exploration reports.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from socket import SOCK_STREAM
from types import ModuleType
from typing import Any, Protocol

from zokio.core.future import Future
from zokio.core.join import JoinHandle
from zokio.core.poll import PENDING, Poll, Ready
from zokio.core.suspend import yield_now
from zokio.core.task import Task
from zokio.core.waker import Context, Waker
from zokio.errors import AbortedError
from zokio.explore import (
    Cell,
    Event,
    Happening,
    Thread,
    get_ident,
    monotonic_ns,
    replaced,
    sleep,
    uninterrupted,
)
from zokio.explore.modelled import SECOND_NS
from zokio.reactor.contract import Socket
from zokio.reactor.registration import Registration
from zokio.runtime.config import RuntimeConfig
from zokio.runtime.runtime import Runtime
from zokio.time import sleep as zokio_sleep

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("core", "runtime", "scheduler", "time", "timers")

SHARED = {
    "zokio.core.run_queue.RunQueue": ("closed",),
    "zokio.core.task.Task": ("state", "outcome", "cancel_requested", "joiners"),
    "zokio.runtime.runtime.Runtime": ("closing",),
    "zokio.scheduler.idle.Idle": ("searching", "sleepers"),
    "zokio.scheduler.multi_thread.MultiThread": ("stopping", "is_watched"),
    "zokio.scheduler.parker.Parker": ("_place", "_token"),
}
"""What threads share without being a lock or a queue."""


def attributes() -> dict[type, tuple[str, ...]]:
    """`SHARED`, by the classes themselves."""
    found = {}
    for path, names in SHARED.items():
        module, _, kind = path.rpartition(".")
        found[getattr(import_module(module), kind)] = names
    return found


def modules() -> list[ModuleType]:
    """The modules of the runtime."""
    return [
        import_module(f"zokio.{package}.{file.stem}")
        for package in PACKAGES
        for file in sorted((ROOT / "zokio" / package).glob("*.py"))
        if file.stem != "__init__"
    ]


@contextmanager
def modelled() -> Iterator[None]:
    """The runtime's modules in the modelled world."""
    with replaced(modules(), attributes()):
        yield


class BellReactor:
    """A reactor without descriptors. One thread waits at a time."""

    bell_fd = -1
    signals = 0

    def __init__(self) -> None:
        self.now_ns = monotonic_ns
        self._bell = Event()

    def socket(self, family: int, kind: int = SOCK_STREAM) -> Socket:
        raise AssertionError("no program here opens one")

    def register(self, fd: int) -> Registration:
        raise AssertionError("no program here opens one")

    def deregister(self, registration: Registration) -> list[Task]:
        raise AssertionError("no program here opens one")

    def wait(self, timeout_ns: int | None) -> list[Task]:
        """Until the bell rings; a ring is heard once."""
        if timeout_ns == 0:
            if self._bell.is_set():
                self._bell.clear()
            return []
        self._bell.wait(None if timeout_ns is None else timeout_ns / SECOND_NS)
        self._bell.clear()
        return []

    def unpark(self) -> None:
        self._bell.set()

    def close(self) -> None:
        pass

    def check_invariants(self) -> None:
        pass


class Signal(Future[None]):
    """Ready once it was given; the last to poll is woken."""

    def __init__(self, name: str = "signal") -> None:
        self.given = Cell(False, name)
        self.waker: Cell[Waker | None] = Cell(None, f"{name}'s waker")

    def poll(self, cx: Context) -> Poll[None]:
        if self.given.get():
            return Ready(None)
        self.waker.set(cx.waker)
        return Ready(None) if self.given.get() else PENDING

    def give(self) -> None:
        """From any thread."""
        self.given.set(True)
        waker = self.waker.get()
        if waker is not None:
            waker.wake()


class Polls:
    """Counts the polls of a task, and notices when two threads poll it at the same time."""

    def __init__(self, name: str) -> None:
        self.inside = Cell(False, f"polling {name}")

    def visit(self) -> None:
        """Inside of a poll."""
        assert not self.inside.get(), "polled by two threads at the same time"
        self.inside.set(True)
        self.inside.set(False)


def make(workers: int = 2) -> Runtime:
    """A runtime on the bell."""
    config = RuntimeConfig(workers=workers, event_interval=2, budget=4)
    return Runtime(config, reactor=BellReactor())


@contextmanager
def at_rest(*tasks: Coroutine[Any, Any, object], workers: int = 2) -> Iterator[Scene]:
    """A runtime whose tasks wait and whose workers sleep; afterwards it is shut down.

    Neither the beginning nor the end is explored: what the block does is.
    """
    with uninterrupted():
        runtime = make(workers)
        handles = [runtime.spawn(task, f"task {number}") for number, task in enumerate(tasks, 1)]
        sleep(1e-3)  # until nobody else can run
    scene = Scene(runtime, handles)
    yield scene
    with uninterrupted():
        scene.end()


class Watch(Protocol):
    """A listener that wants to know the runtime."""

    runtime: Runtime | None


class OnePlace:
    """A listener: after every step, each task stands in one queue, slot or batch at the most."""

    looks = 0
    """How many tasks were found standing somewhere, in all executions."""

    def __init__(self) -> None:
        self.runtime: Runtime | None = None
        Scene.watch = self

    def __call__(self, happening: Happening) -> None:
        """Look at the queues, by the base class: what is modelled would take steps."""
        if self.runtime is None:
            return
        together = getattr(self.runtime, "together")  # noqa: B009  # not every tree has it
        queues = [together.injection.tasks]
        for each in together.workers:
            queues += [each.queue.ready, each.queue.slot, each.queue.pinned]
        standing = [task for queue in queues for task in deque.__iter__(queue)]
        OnePlace.looks += len(standing)
        if len(set(standing)) < len(standing):
            raise AssertionError("a task stands in two places")


class Scene:
    """A runtime at work, its tasks, and other threads."""

    watch: Watch | None = None
    """Is told of the runtime, if it listens."""

    def __init__(self, runtime: Runtime, handles: list[JoinHandle[object]]) -> None:
        self.runtime = runtime
        if self.watch is not None:
            self.watch.runtime = runtime
        self.handles = handles
        self._threads: list[Thread] = []

    def others(self, *bodies: Callable[[], object]) -> None:
        """Each in a thread that is no worker."""
        for body in bodies:
            thread = Thread(target=body, name=f"other {len(self._threads) + 1}")
            self._threads.append(thread)
            thread.start()

    def end(self) -> None:
        """Wait for the other threads, and shut the runtime down. Nobody listens any more."""
        if self.watch is not None:
            self.watch.runtime = None
        for thread in self._threads:
            thread.join()
        self.runtime.shutdown(timeout=1.0)

    def results(self, seconds: float = 1e-3) -> tuple[object, ...]:
        """What the tasks have come to when nobody can run any more; "aborted" for one that was.

        The calling thread sleeps until then, and so wakes nobody who was forgotten.
        """
        sleep(seconds)
        with uninterrupted():
            return tuple([self._result(handle) for handle in self.handles])

    def _result(self, handle: JoinHandle[object]) -> object:
        assert handle.is_finished(), f"everybody is at rest, and {handle.name} has not ended"
        try:
            return handle.result()
        except AbortedError:
            return "aborted"


def one_wake() -> object:
    """A thread that is no worker wakes a task, when every worker sleeps or is about to."""
    signal = Signal()

    async def wait() -> str:
        await signal
        return "woken"

    with at_rest(wait()) as scene:
        scene.others(signal.give)
        return scene.results()


def two_wakes() -> object:
    """Two threads wake a task each: two workers get up, or one polls both."""
    signals = Signal("first"), Signal("second")

    async def wait(signal: Signal) -> str:
        await signal
        return "woken"

    with at_rest(wait(signals[0]), wait(signals[1])) as scene:
        scene.others(signals[0].give, signals[1].give)
        return scene.results()


def wake_while_parking() -> object:
    """A task is woken by the second signal while the worker that polled it for the first parks."""
    first, second = Signal("first"), Signal("second")
    polls = Polls("it")

    async def wait() -> str:
        await first
        polls.visit()
        await second
        polls.visit()
        return "woken"

    def give_both() -> None:
        first.give()
        second.give()

    with at_rest(wait()) as scene:
        scene.others(give_both)
        return scene.results()


def stolen_children() -> object:
    """A task spawns others, which two workers share; each is polled to its end, once at a time."""
    start = Signal("start")
    watches = [Polls(f"child {number}") for number in range(3)]
    ends = [Cell(0, f"ends of child {number}") for number in range(3)]

    async def child(number: int) -> None:
        watches[number].visit()
        await yield_now()
        watches[number].visit()
        ends[number].set(ends[number].get() + 1)

    async def parent() -> str:
        await start
        runtime = scene.runtime
        children = [runtime.spawn(child(number)) for number in range(3)]
        for each in children:
            await each
        return "all"

    with at_rest(parent()) as scene:
        scene.others(start.give)
        results = scene.results()
    assert [end.get() for end in ends] == [1, 1, 1]
    return results


def ping_pong() -> object:
    """Two tasks wake each other, on one worker or on two."""
    ping, pong, start = Signal("ping"), Signal("pong"), Signal("start")

    async def first() -> str:
        await start
        ping.give()
        await pong
        return "first"

    async def second() -> str:
        await ping
        pong.give()
        return "second"

    with at_rest(first(), second()) as scene:
        scene.others(start.give)
        return scene.results()


def abort_during_poll() -> object:
    """A task is aborted from outside while it is polled, queued or waits; it cleans up once."""
    start, cleaned = Signal("start"), Cell(0, "cleaned")
    polls = Polls("it")

    async def work() -> str:
        try:
            await start
            polls.visit()
            await yield_now()
            polls.visit()
            return "ended"
        finally:
            cleaned.set(cleaned.get() + 1)

    with at_rest(work()) as scene:
        task = scene.handles[0]
        scene.others(start.give, task.abort)
        results = scene.results()
    assert cleaned.get() == 1
    return results


def abort_while_it_waits() -> object:
    """A task that waits for ever is aborted from outside, while it is polled for another reason."""
    start, never = Signal("start"), Signal("never")

    async def work() -> None:
        await start
        await never

    with at_rest(work()) as scene:
        scene.others(start.give, scene.handles[0].abort)
        return scene.results()


def shutdown_of_parked_workers() -> object:
    """The workers sleep, or one has just been woken, when the runtime is shut down."""
    signal, cleaned = Signal(), Cell(0, "cleaned")

    async def wait() -> None:
        try:
            await signal
        finally:
            cleaned.set(cleaned.get() + 1)

    with at_rest(wait()) as scene:
        scene.others(signal.give)
        report = scene.runtime.shutdown(timeout=1.0)
    assert cleaned.get() == 1
    assert scene.handles[0].is_finished()
    return report.cancelled, report.dropped


def join_on_another_worker() -> object:
    """A task awaits another one, which ends meanwhile on another worker."""
    start = Signal("start")

    async def short() -> str:
        await start
        return "short"

    async def long() -> str:
        await start_of_long
        return f"{await scene.handles[0]} and long"

    start_of_long = Signal("start of long")
    with at_rest(short(), long()) as scene:
        scene.others(start.give, start_of_long.give)
        return scene.results()


def earlier_timer() -> object:
    """A task sleeps shortly while a worker waits in the reactor for a later timer."""
    start = Signal("start")

    async def long() -> float:
        await zokio_sleep(10.0)
        return monotonic_ns() / SECOND_NS

    async def short() -> float:
        await start
        await zokio_sleep(1.0)
        return monotonic_ns() / SECOND_NS

    with at_rest(long(), short()) as scene:
        scene.others(start.give)
        long_end, short_end = scene.results(20.0)
    assert isinstance(long_end, float) and isinstance(short_end, float)
    assert short_end < 2.0 < 10.0 <= long_end, f"{short_end} and {long_end}"
    return "in time"


def pinned() -> object:
    """A task that stays on its worker is woken from outside, while that worker parks."""
    signal, start = Signal(), Signal("start")
    homes: list[int] = []

    async def local() -> None:
        homes.append(get_ident())
        await signal
        homes.append(get_ident())

    async def parent() -> str:
        await start
        await getattr(scene.runtime, "spawn_local")(local())  # noqa: B009  # not every tree has it
        return "local"

    with at_rest(parent()) as scene:
        scene.others(start.give, signal.give)
        results = scene.results()
    assert homes[0] == homes[1], "it has moved"
    return results


def blocked_worker() -> object:
    """A task blocks its thread until another one was polled: somebody else has to come for it."""
    signals, polled = (Signal("first"), Signal("second")), Event()

    async def block() -> str:
        await signals[0]
        polled.wait()
        return "blocked"

    async def unblock() -> str:
        await signals[1]
        polled.set()
        return "unblocked"

    def give_both() -> None:
        signals[0].give()
        signals[1].give()

    with at_rest(block(), unblock()) as scene:
        scene.others(give_both)
        return scene.results()


def blocked_waker() -> object:
    """A task wakes another one and blocks its thread until that was polled, too."""
    start, next_one, polled = Signal("start"), Signal("next"), Event()

    async def first() -> str:
        await start
        next_one.give()
        polled.wait()
        return "first"

    async def second() -> str:
        await next_one
        polled.set()
        return "second"

    with at_rest(first(), second()) as scene:
        scene.others(start.give)
        return scene.results()


def two_wakes_in_a_poll() -> object:
    """A task wakes two others in one poll: the second one takes the slot of the first."""
    start, signals = Signal("start"), (Signal("first"), Signal("second"))

    async def wake_both() -> str:
        await start
        for signal in signals:
            signal.give()
        return "both"

    async def wait(signal: Signal) -> str:
        await signal
        return "woken"

    with at_rest(wake_both(), *map(wait, signals)) as scene:
        scene.others(start.give)
        return scene.results()


def two_wakers_of_one() -> object:
    """Two threads wake one task, which goes to sleep in between or does not."""
    signals = Signal("first"), Signal("second")
    polls = Polls("it")

    async def wait() -> str:
        for signal in signals:
            await signal
            polls.visit()
        return "woken"

    with at_rest(wait()) as scene:
        scene.others(signals[0].give, signals[1].give)
        return scene.results()


def three_workers() -> object:
    """Three workers, two tasks that wake one another's successors."""
    signals = Signal("first"), Signal("second")

    async def wait(mine: Signal, other: Signal) -> str:
        await mine
        other.give()
        return "woken"

    with at_rest(wait(*signals), wait(*reversed(signals)), workers=3) as scene:
        scene.others(signals[0].give)
        return scene.results()


PROGRAMS = (
    one_wake,
    two_wakes,
    wake_while_parking,
    stolen_children,
    ping_pong,
    abort_during_poll,
    abort_while_it_waits,
    shutdown_of_parked_workers,
    join_on_another_worker,
    earlier_timer,
    pinned,
    blocked_worker,
    blocked_waker,
    two_wakes_in_a_poll,
    two_wakers_of_one,
    three_workers,
)
