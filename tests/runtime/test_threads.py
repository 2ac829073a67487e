"""Threads: a runtime runs where it is called; other threads spawn onto it and wake its tasks."""

from __future__ import annotations

from contextvars import ContextVar

import pytest

import zokio
from tests.helpers.other_threads import STUCK_S, Counter, bump, in_thread, join
from tests.helpers.simulation import forever, simulated_runtime, value
from zokio.env.threads import Event, get_ident
from zokio.errors import ClosedError, NoRuntimeError

VARIABLE: ContextVar[str] = ContextVar("VARIABLE", default="outside")
REACTORS = ("auto", "portable", "simulated")


def runtime_on(reactor: str) -> zokio.Runtime:
    return zokio.Runtime(zokio.RuntimeConfig(reactor=reactor))


def test_a_runtime_runs_on_another_thread_than_the_one_that_made_it() -> None:
    seen: list[int] = []

    async def main() -> None:
        await zokio.sleep(1)
        seen.append(get_ident())

    with simulated_runtime() as runtime:
        thread = in_thread(lambda: runtime.block_on(main()))
        join(thread)
        assert seen == [thread.ident]
        runtime.block_on(main())
        assert seen == [thread.ident, get_ident()]


def test_a_thread_of_its_own_knows_no_runtime() -> None:
    async def main() -> None:
        def look() -> None:
            with pytest.raises(NoRuntimeError):
                zokio.current_task()
            with pytest.raises(NoRuntimeError):
                zokio.spawn(value(1))

        join(in_thread(look))

    with simulated_runtime() as runtime:
        runtime.block_on(main())


@pytest.mark.parametrize("reactor", REACTORS)
def test_another_thread_spawns_onto_a_runtime_that_is_parked(reactor: str) -> None:
    handles: list[zokio.JoinHandle[str]] = []
    release = Counter(1)

    async def child() -> str:
        release.bump()
        return VARIABLE.get()

    with runtime_on(reactor) as runtime:

        def spawn() -> None:
            release.polled.wait(STUCK_S)
            VARIABLE.set("the thread's")
            handles.append(runtime.spawn(child(), name="from outside"))

        thread = in_thread(spawn)
        runtime.block_on(release)
        join(thread)
        (handle,) = handles
        assert handle.name == "from outside"
        assert runtime.block_on(handle) == "the thread's"
        runtime.check_invariants()


def test_another_thread_spawns_onto_a_runtime_that_nobody_runs() -> None:
    handles: list[zokio.JoinHandle[int]] = []
    with simulated_runtime() as runtime:
        join(in_thread(lambda: handles.append(runtime.spawn(value(3)))))
        assert runtime.metrics().injected_length == 1
        assert runtime.block_on(handles[0]) == 3


def test_a_task_spawned_from_another_thread_is_cancelled_by_the_shutdown() -> None:
    handles: list[zokio.JoinHandle[None]] = []
    log: list[str] = []
    runtime = simulated_runtime()

    async def work() -> None:
        log.append("begun")  # an aborted task runs to its first suspension point, also here
        await forever()

    join(in_thread(lambda: handles.append(runtime.spawn(work()))))
    assert runtime.shutdown() == zokio.ShutdownReport(1, (), 0)
    assert log == ["begun"]
    with simulated_runtime() as another, pytest.raises(zokio.AbortedError):
        another.block_on(handles[0])


def test_a_task_that_another_thread_spawns_at_the_very_end_of_the_shutdown_is_aborted() -> None:
    handles: list[zokio.JoinHandle[int]] = []
    runtime = simulated_runtime()

    async def stubborn() -> None:
        try:
            with zokio.CancelScope(shield=True):
                await forever()
        finally:  # it was not in time: this runs while the task is dropped
            join(in_thread(lambda: handles.append(runtime.spawn(value(3)))))

    runtime.spawn(stubborn())
    runtime.step()
    assert len(runtime.shutdown(timeout=0).dropped) == 1
    assert handles[0].is_finished()
    with simulated_runtime() as another, pytest.raises(zokio.AbortedError):
        another.block_on(handles[0])


def test_a_task_whose_runtime_closes_while_another_thread_makes_it_is_aborted() -> None:
    handles: list[zokio.JoinHandle[int]] = []
    runtime = simulated_runtime()
    making, closed = Event(), Event()
    next_id = runtime._next_id

    def wait_for_the_close() -> int:
        making.set()
        closed.wait(STUCK_S)
        return next_id()

    runtime._next_id = wait_for_the_close
    thread = in_thread(lambda: handles.append(runtime.spawn(value(3))))
    making.wait(STUCK_S)
    runtime.shutdown()
    closed.set()
    join(thread)
    assert handles[0].is_finished()
    assert not runtime.tasks


def test_spawning_from_another_thread_onto_a_closed_runtime_is_refused() -> None:
    runtime = simulated_runtime()
    runtime.shutdown()

    def spawn() -> None:
        with pytest.raises(ClosedError, match="shut down"):
            runtime.spawn(value(3))

    join(in_thread(spawn))


def test_a_wake_from_another_thread_of_a_task_that_is_done_does_nothing() -> None:
    counter = Counter(1)
    with simulated_runtime() as runtime:
        thread = in_thread(lambda: bump(counter, 1))
        runtime.block_on(counter)
        join(thread)
        assert counter.waker is not None
        polls = runtime.metrics().polls
        join(in_thread(counter.waker.wake))
        assert not runtime.step()
        assert runtime.metrics().polls == polls
    counter.waker.wake()  # after the shutdown as well


@pytest.mark.parametrize("reactor", REACTORS)
def test_two_runtimes_on_two_threads_wake_each_others_tasks(reactor: str) -> None:
    rounds = 500
    here, there = Ball(), Ball()
    log: list[str] = []

    async def play(mine: Ball, theirs: Ball, name: str) -> None:
        for _ in range(rounds):
            await mine.catch()
            log.append(name)
            theirs.throw()

    def run_there() -> None:
        with runtime_on(reactor) as runtime:
            runtime.block_on(play(there, here, "there"))

    thread = in_thread(run_there)
    here.throw()
    with runtime_on(reactor) as runtime:
        runtime.block_on(play(here, there, "here"))
    join(thread)
    assert log == ["here", "there"] * rounds


class Ball:
    """Thrown by one thread and caught by a task of another."""

    def __init__(self) -> None:
        self.thrown: list[None] = []
        self.waker: zokio.Waker | None = None

    def throw(self) -> None:
        self.thrown.append(None)
        if self.waker is not None:
            self.waker.wake()

    def catch(self) -> zokio.Future[None]:
        return zokio.poll_fn(self.poll)

    def poll(self, cx: zokio.Context) -> zokio.Poll[None]:
        self.waker = cx.waker  # before the look: a throw in between then wakes
        return zokio.Ready(self.thrown.pop()) if self.thrown else zokio.PENDING


def test_a_handle_of_one_runtime_is_awaited_in_another() -> None:
    begun = Counter(1)
    finish = zokio.CancellationToken()
    handles: list[zokio.JoinHandle[str]] = []

    async def work() -> str:
        await finish.cancelled()
        return "from there"

    async def main_there() -> None:
        handles.append(zokio.spawn(work()))
        begun.bump()
        await handles[0]

    def run_there() -> None:
        begun.polled.wait(STUCK_S)
        with simulated_runtime() as runtime:
            runtime.block_on(main_there())

    async def main() -> str:
        await begun
        waiting = zokio.spawn(handles[0])
        await zokio.yield_now()  # it waits for the other runtime's task now
        finish.cancel()
        return await waiting

    with simulated_runtime() as runtime:
        thread = in_thread(run_there)
        assert runtime.block_on(main()) == "from there"
        join(thread)


def test_a_handle_is_aborted_from_another_thread() -> None:
    begun = Counter(1)
    with simulated_runtime() as runtime:
        handle = runtime.spawn(forever())

        def abort() -> None:
            begun.polled.wait(STUCK_S)
            handle.abort()

        async def main() -> str:
            zokio.spawn(begun)
            with pytest.raises(zokio.AbortedError):
                await handle
            begun.bump()
            return "aborted"

        thread = in_thread(abort)
        assert runtime.block_on(main()) == "aborted"
        join(thread)
