"""Ctrl-C and other signals: the root is cancelled, cleanup runs, and handlers of others stay."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Iterator
from types import FrameType

import pytest

import zokio
from tests.helpers.simulation import forever, run_simulated, simulated_runtime, value
from zokio.core.task import Task
from zokio.env.threads import Thread, current_thread, main_thread
from zokio.reactor.simulated import SimulatedReactor

pytestmark = pytest.mark.skipif(  # only a POSIX main thread receives the signals sent here
    sys.platform == "win32" or current_thread() is not main_thread(),
    reason="signals are handled on the main thread of a POSIX process",
)

SIGINT = signal.SIGINT


@pytest.fixture(autouse=True)
def default_handler() -> Iterator[None]:
    """Every test begins and ends with Python's own handler of SIGINT, and no wakeup descriptor."""
    before = signal.signal(SIGINT, signal.default_int_handler)
    yield
    after = signal.signal(SIGINT, before)
    assert after is signal.default_int_handler
    assert signal.set_wakeup_fd(-1) == -1


@pytest.mark.one_thread  # no signal wakes the main thread of a simulated runtime
def test_the_first_sigint_cancels_the_root_and_its_cleanup_runs() -> None:
    log: list[str] = []

    async def main() -> None:
        try:
            signal.raise_signal(SIGINT)
            log.append("the poll goes on")
            await forever()
        finally:
            with zokio.CancelScope(shield=True):
                await zokio.sleep(60)
            log.append("cleaned up")

    with pytest.raises(KeyboardInterrupt) as caught:
        run_simulated(main())
    assert log == ["the poll goes on", "cleaned up"]
    assert caught.value.__suppress_context__  # the AbortedError of the root tells nobody anything


def test_a_root_that_ends_in_spite_of_a_sigint_is_interrupted_all_the_same() -> None:
    async def main() -> str:
        signal.raise_signal(SIGINT)
        return "ended"

    with pytest.raises(KeyboardInterrupt):
        run_simulated(main())


@pytest.mark.one_thread  # no signal wakes the main thread of a simulated runtime
def test_an_error_of_the_cleanup_is_kept_as_the_context_of_the_interrupt() -> None:
    error = ValueError("in the cleanup")

    async def main() -> None:
        try:
            signal.raise_signal(SIGINT)
            await forever()
        finally:
            raise error

    with pytest.raises(KeyboardInterrupt) as caught:
        run_simulated(main())
    assert caught.value.__context__ is error
    assert not caught.value.__suppress_context__


def test_a_root_that_answers_a_sigint_by_sys_exit_exits() -> None:
    async def main() -> None:
        try:
            signal.raise_signal(SIGINT)
            await forever()
        finally:
            sys.exit(5)

    with pytest.raises(SystemExit) as caught:
        run_simulated(main())
    assert caught.value.code == 5


@pytest.mark.one_thread  # no signal wakes the main thread of a simulated runtime
def test_other_tasks_are_cancelled_when_the_root_has_cleaned_up() -> None:
    log: list[str] = []

    async def worker() -> None:
        try:
            await forever()
        finally:
            log.append("worker")

    async def main() -> None:
        zokio.spawn(worker())
        await zokio.yield_now()
        try:
            signal.raise_signal(SIGINT)
            await forever()
        finally:
            with zokio.CancelScope(shield=True):
                await zokio.sleep(1)
            log.append("root")

    with pytest.raises(KeyboardInterrupt):
        run_simulated(main())
    assert log == ["root", "worker"]


@pytest.mark.one_thread  # workers compute elsewhere than on the main thread
def test_a_second_sigint_interrupts_the_task_that_computes() -> None:
    log: list[str] = []

    async def main() -> None:
        try:
            signal.raise_signal(SIGINT)
            signal.raise_signal(SIGINT)
            log.append("the poll goes on")
        except KeyboardInterrupt:
            log.append("interrupted")
            raise

    with pytest.raises(KeyboardInterrupt):
        run_simulated(main())
    assert log == ["interrupted"]


class SignalledReactor(SimulatedReactor):
    """A SIGINT comes at each of the first `signals` waits, while the runtime's own code runs."""

    def __init__(self, signals: int) -> None:
        super().__init__()
        self.signals = signals

    def wait(self, timeout_ns: int | None) -> list[Task]:
        if self.signals:
            self.signals -= 1
            frame = sys._getframe(1)
            handler = signal.getsignal(SIGINT)
            assert callable(handler)
            handler(SIGINT, frame)
        return super().wait(timeout_ns)


def test_a_sigint_that_comes_while_the_runtime_is_parked_ends_the_wait() -> None:
    runtime = zokio.Runtime(reactor=SignalledReactor(1))
    with runtime, pytest.raises(KeyboardInterrupt):
        runtime.block_on(forever())
    assert not runtime.tasks


@pytest.mark.interpreted  # the profiler does not see into compiled code
def test_a_second_sigint_between_queue_and_poll_loses_no_task() -> None:
    async def stubborn() -> None:
        signal.raise_signal(SIGINT)  # the first
        with zokio.CancelScope(shield=True):
            await zokio.yield_now()
            await zokio.sleep(10**6)

    polls = 0

    def interrupt_after_the_second_popleft(frame: FrameType, event: str, called: object) -> None:
        nonlocal polls
        if event == "c_return" and getattr(called, "__name__", "") == "popleft":
            polls += frame.f_code.co_name == "poll_ready"
            if polls == 2:
                sys.setprofile(None)
                handler = signal.getsignal(SIGINT)
                assert callable(handler)
                handler(SIGINT, frame)

    with simulated_runtime() as runtime:
        sys.setprofile(interrupt_after_the_second_popleft)
        try:
            with pytest.raises(KeyboardInterrupt):
                runtime.block_on(stubborn())
        finally:
            sys.setprofile(None)
        assert polls == 2
        runtime.check_invariants()  # the task is in the queue, or waits: it was not lost
        assert runtime.reactor.now_ns() == 0
        assert runtime.block_on(value("usable")) == "usable"
        assert len(runtime.shutdown(timeout=1).dropped) == 1


def test_a_runtime_in_another_thread_leaves_signals_alone() -> None:
    seen: list[object] = []

    async def main() -> None:
        seen.append(signal.getsignal(SIGINT))

    thread = Thread(target=lambda: zokio.run(main()))
    thread.start()
    thread.join()
    assert seen == [signal.default_int_handler]


def test_a_handler_of_the_programs_own_stays_and_the_root_is_not_cancelled() -> None:
    caught: list[int] = []

    def handler(number: int, frame: FrameType | None) -> None:
        caught.append(number)

    async def main() -> str:
        assert signal.getsignal(SIGINT) is handler
        signal.raise_signal(SIGINT)
        await zokio.sleep(0.000_001)
        return "went on"

    signal.signal(SIGINT, handler)
    try:
        assert zokio.run(main()) == "went on"
        assert signal.getsignal(SIGINT) is handler
    finally:
        signal.signal(SIGINT, signal.default_int_handler)
    assert caught == [SIGINT]


@pytest.mark.one_thread  # a task sets the handler, which only the main thread may
def test_a_handler_which_the_program_sets_inside_stays_afterwards() -> None:
    def handler(number: int, frame: FrameType | None) -> None:
        raise AssertionError

    async def main() -> None:
        signal.signal(SIGINT, handler)

    run_simulated(main())
    assert signal.signal(SIGINT, signal.default_int_handler) is handler


def test_the_wakeup_descriptor_of_the_program_is_put_back() -> None:
    ours, other = socket.socketpair()
    with ours, other:
        ours.setblocking(False)
        signal.set_wakeup_fd(ours.fileno())
        zokio.run(value(1))
        assert signal.set_wakeup_fd(-1) == ours.fileno()


def test_block_on_again_after_an_interrupt_is_fine() -> None:
    async def interrupted() -> None:
        signal.raise_signal(SIGINT)
        await forever()

    with simulated_runtime() as runtime:
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                runtime.block_on(interrupted())
            assert runtime.block_on(value(1)) == 1


@pytest.mark.one_thread  # about the queue of one thread
def test_a_second_sigint_that_is_taken_in_too_late_raises_nothing_later() -> None:
    """The root ends in the same round: the next program on the runtime is not interrupted."""

    async def main(runtime: zokio.Runtime) -> str:
        handler = signal.getsignal(SIGINT)
        runtime.queue.inject(handler.__self__._interrupt)  # type: ignore[union-attr]  # our bound method
        return "ended"

    async def another() -> str:
        await zokio.sleep(0.001)
        return "not interrupted"

    with zokio.Runtime() as runtime:
        assert runtime.block_on(main(runtime)) == "ended"
        assert runtime.block_on(another()) == "not interrupted"
