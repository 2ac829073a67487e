"""The blocking pool alone, with real threads: what its machine leaves out."""

from __future__ import annotations

import gc
import logging
import math
import weakref
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from zokio.blocking.at_exit import WORKERS, finish
from zokio.blocking.call import CANCELLED, REFUSED, RETURNED, RUNNING, Call
from zokio.blocking.pool import BlockingPool
from zokio.blocking.survey import survey
from zokio.blocking.worker import Started, start_thread
from zokio.core.waker import Waker
from zokio.env.parker import Parker
from zokio.env.threads import Event, Thread, get_ident
from zokio.errors import BackpressureError, BusyError, ClosedError, ThreadsExhaustedError

STUCK_S = 30.0  # a safety net for a call which nobody releases


class Gate:
    """A call that waits until it is opened."""

    def __init__(self) -> None:
        self.entered = Event()
        self.opened = Event()

    def call(self) -> str:
        self.entered.set()
        assert self.opened.wait(STUCK_S)
        return "through"


class Bell:
    """A waker that another thread can be waited for with."""

    def __init__(self, ring: Callable[[], None] = lambda: None) -> None:
        self.rung = Event()
        self._ring = ring

    def wake(self) -> None:
        self.rung.set()
        self._ring()

    def will_wake(self, other: Waker, /) -> bool:
        return other is self


@pytest.fixture
def gate() -> Iterator[Gate]:
    """A gate that is open at the end of the test at the latest."""
    gate = Gate()
    yield gate
    gate.opened.set()


def make_pool(threads: int = 2, queue: int = 1, keep_alive: float = 60) -> BlockingPool:
    return BlockingPool(threads, queue, keep_alive)


def ended(pool: BlockingPool, call: Call[Any]) -> None:  # Any: calls of every type
    """Wait for the end of a call."""
    bell = Bell()
    if not pool.watch(call, bell):
        assert bell.rung.wait(STUCK_S)


def thread_of_a_call(pool: BlockingPool) -> int:
    """The number of the thread that runs the next call; the call has ended."""
    call = Call(get_ident, "thread")
    pool.submit(call)
    bell = Bell()
    if not pool.watch(call, bell):
        assert bell.rung.wait(STUCK_S)
    return call.result()


def test_calls_one_after_another_need_one_thread() -> None:
    pool = make_pool(threads=5)
    assert len({thread_of_a_call(pool) for _ in range(20)}) == 1
    assert len(pool.workers) == 1
    pool.close()


def test_a_close_waits_for_the_threads_that_run_nothing(gate: Gate) -> None:
    pool = make_pool()
    call = Call(gate.call, "gate")
    pool.submit(call)
    assert gate.entered.wait(STUCK_S)
    thread_of_a_call(pool)
    threads = [worker.thread for worker in pool.workers]
    pool.close()
    assert [isinstance(each, Thread) and each.is_alive() for each in threads] == [True, False]
    gate.opened.set()
    ended(pool, call)
    for each in threads:
        assert each is not None
        each.join()
    assert call.result() == "through"
    assert not pool.workers and not set(WORKERS) & set(pool.workers)


def test_a_call_may_close_the_pool_that_it_runs_in() -> None:
    pool = make_pool()
    call = Call(pool.close, "close")
    bell = Bell()
    assert not pool.watch(call, bell)
    pool.submit(call)
    assert bell.rung.wait(STUCK_S)
    assert call.state is RETURNED and not pool.workers


def test_a_waker_may_close_the_pool_on_the_thread_that_it_is_woken_by() -> None:
    pool = make_pool()
    entered, opened = Event(), Event()

    def wait() -> None:
        entered.set()
        assert opened.wait(STUCK_S)

    call = Call(wait, "wait")
    pool.submit(call)
    assert entered.wait(STUCK_S)
    bell = Bell(pool.close)
    assert not pool.watch(call, bell)
    (worker,) = pool.workers
    opened.set()
    assert bell.rung.wait(STUCK_S) and worker.thread is not None
    worker.thread.join()
    assert not pool.workers


def test_a_thread_that_idles_too_long_leaves() -> None:
    pool = make_pool(keep_alive=0)
    pool.submit(Call(lambda: None, "nothing"))
    for worker in pool.workers.copy():
        assert worker.thread is not None
        worker.thread.join()
    assert not pool.workers and not pool.idle
    pool.close()


def test_a_keep_alive_without_an_end_is_none() -> None:
    pool = make_pool(keep_alive=math.inf)
    thread_of_a_call(pool)
    assert len(pool.workers) == 1
    pool.close()
    assert not pool.workers


def test_what_cannot_wait_is_refused_when_the_queue_is_full(gate: Gate) -> None:
    pool = make_pool(threads=1, queue=1)
    pool.submit(Call(gate.call, "gate"))
    pool.submit(Call(int, "queued"))
    refused = Call(int, "refused")
    with pytest.raises(BackpressureError, match="refused: 1 blocking calls run and 1 wait") as it:
        pool.submit(refused)
    assert refused.state is REFUSED and isinstance(it.value, BusyError)
    pool.ask(Call(int, "outside"))
    assert survey(pool).waiting == ("queued", "outside") and survey(pool).outside == 1
    pool.close()


def test_a_pool_that_was_closed_takes_no_call_and_forgoes_those_that_wait(gate: Gate) -> None:
    pool = make_pool(threads=1)
    running, waiting = Call(gate.call, "running"), Call(int, "waiting")
    pool.submit(running)
    pool.submit(waiting)
    assert gate.entered.wait(STUCK_S)
    bell = Bell()
    assert not pool.watch(waiting, bell)
    pool.close()
    assert bell.rung.is_set() and waiting.state is CANCELLED
    with pytest.raises(ClosedError, match="waiting: "):
        waiting.result()
    for hand_in in (pool.submit, pool.ask):
        with pytest.raises(ClosedError, match="make a new one"):
            hand_in(Call(int, "late"))
    assert running.state is RUNNING
    assert not pool.cancel(running)


def test_a_waker_that_fails_is_logged_and_the_thread_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail() -> None:
        raise LookupError("a waker of the user's own")

    pool = make_pool(threads=1, queue=9)
    gate = Gate()
    call = Call(gate.call, "gate")
    pool.submit(call)
    pool.watch(call, Bell(fail))
    with caplog.at_level(logging.ERROR, "zokio"):
        gate.opened.set()
        assert thread_of_a_call(pool) != get_ident()
        pool.close()
    assert "<Call gate returned>" in caplog.text and "a waker of the user's own" in caplog.text


def no_thread(run: Callable[[], None], name: str) -> Started:
    raise RuntimeError("can't start new thread")


def test_whoever_hands_in_a_call_hears_that_there_is_no_thread() -> None:
    pool = BlockingPool(2, 1, 60, start=no_thread)
    for hand_in in (pool.submit, pool.ask):
        call = Call(int, "lookup")
        with pytest.raises(ThreadsExhaustedError, match="lookup: no thread can be started") as it:
            hand_in(call)
        assert it.value.errno and "can't start new thread" in str(it.value)
        assert call.state is REFUSED and not pool.workers
    pool.check_invariants()


def test_a_call_without_a_thread_waits_for_those_there_are(gate: Gate) -> None:
    starts = [start_thread, no_thread]
    pool = BlockingPool(2, 1, 60, start=lambda run, name: starts.pop(0)(run, name))
    pool.submit(Call(gate.call, "gate"))
    call = Call(lambda: "later", "later")
    pool.submit(call)
    assert survey(pool).waiting == ("later",) or survey(pool).running
    gate.opened.set()
    ended(pool, call)
    assert call.result() == "later"
    pool.close()


def test_an_interrupt_while_a_thread_is_started_leaves_no_call_behind() -> None:
    def interrupted(run: Callable[[], None], name: str) -> Started:
        raise KeyboardInterrupt

    pool = BlockingPool(2, 1, 60, start=interrupted)
    with pytest.raises(KeyboardInterrupt):
        pool.submit(Call(int, "call"))
    assert not pool.workers and not len(pool.line)


def test_an_interrupt_after_the_thread_was_started_harms_nobody(gate: Gate) -> None:
    threads: list[Started] = []

    def interrupted(run: Callable[[], None], name: str) -> Started:
        threads.append(start_thread(run, name))
        assert gate.entered.wait(STUCK_S)
        raise KeyboardInterrupt

    pool = BlockingPool(1, 1, 60, start=interrupted)
    call = Call(gate.call, "gate")
    with pytest.raises(KeyboardInterrupt):
        pool.submit(call)
    assert call.state is RUNNING
    pool.close()
    gate.opened.set()
    threads[0].join()
    assert call.result() == "through" and not pool.workers


def test_a_thread_that_was_given_up_before_it_came_does_nothing() -> None:
    late: list[Callable[[], None]] = []

    def interrupted(run: Callable[[], None], name: str) -> Started:
        late.append(run)
        raise KeyboardInterrupt

    pool = BlockingPool(1, 1, 60, start=interrupted)
    with pytest.raises(KeyboardInterrupt):
        pool.submit(Call(int, "call"))
    late[0]()  # the thread comes after all
    assert not pool.workers and not pool.idle


def test_an_idle_thread_holds_nothing_of_its_last_call() -> None:
    class Thing:
        """Something that a weak reference can be had of."""

    def pass_on(thing: Thing) -> Thing:
        return thing

    pool = make_pool()
    thing = Thing()
    watched = weakref.ref(thing)
    call = Call(partial(pass_on, thing), "thing")
    pool.submit(call)
    ended(pool, call)
    call.result()
    del call, thing
    thread_of_a_call(pool)
    gc.collect()
    assert watched() is None
    pool.close()


def test_the_survey_says_where_a_call_stands(gate: Gate) -> None:
    pool = make_pool(threads=1)
    pool.submit(Call(gate.call, "gate"))
    assert gate.entered.wait(STUCK_S)
    pool.submit(Call(int, "next"))
    seen = survey(pool)
    assert [(call.name, call.thread) for call in seen.running] == [("gate", "zokio-blocking-1")]
    assert seen.running[0].place.partition("(")[2].endswith(")") and ".py:" in seen.running[0].place
    assert (seen.waiting, seen.outside, seen.threads, seen.idle) == (("next",), 0, 1, 0)
    gate.opened.set()
    pool.close()


def test_a_call_that_was_handed_over_and_has_not_begun_is_among_those_that_wait() -> None:
    runs: list[Callable[[], None]] = []

    class Never:
        ident = None

        def join(self) -> None:
            """It was never started."""

    def start(run: Callable[[], None], name: str) -> Started:
        runs.append(run)
        return Never()

    pool = BlockingPool(1, 1, 60, start=start)
    pool.submit(Call(int, "first"))
    assert survey(pool).waiting == ("first",) and survey(pool).running == ()
    (worker,) = pool.workers
    assert repr(worker) == "<Worker zokio-blocking-1 coming <Call first handed>>"
    pool.close()
    runs[0]()
    assert not pool.workers


def test_the_end_of_the_process_closes_every_pool_and_waits_for_what_runs(gate: Gate) -> None:
    pools = [make_pool(threads=1), make_pool(threads=1)]
    call, waiting = Call(gate.call, "gate"), Call(int, "waiting")
    pools[0].submit(call)
    pools[0].submit(waiting)
    thread_of_a_call(pools[1])
    assert gate.entered.wait(STUCK_S)
    (idle,) = pools[1].workers
    finishing = Thread(target=finish)
    finishing.start()
    assert idle.thread is not None
    idle.thread.join()
    assert (finishing.is_alive(), call.state) == (True, RUNNING)
    gate.opened.set()
    finishing.join(STUCK_S)
    assert not finishing.is_alive()
    assert (call.state, waiting.state) == (RETURNED, CANCELLED)
    assert not pools[0].workers and not pools[1].workers


def test_a_pool_that_a_forked_child_has_abandoned_ends_with_its_call(gate: Gate) -> None:
    pool = make_pool(threads=1)
    call = Call(gate.call, "gate")
    pool.submit(call)
    pool.submit(Call(int, "waiting"))
    assert gate.entered.wait(STUCK_S)
    (worker,) = pool.workers
    pool.abandon()
    pool.check_invariants()
    assert survey(pool).running == () and survey(pool).waiting == ()
    gate.opened.set()  # as in the thread that has forked, the only one that goes on
    worker.join()
    assert call.result() == "through"
    WORKERS.pop(worker)


def test_a_parker_keeps_one_token_and_no_more() -> None:
    parker = Parker()
    assert not parker.park(0)
    parker.unpark()
    parker.unpark()
    assert parker.park(-1)
    assert not parker.park(0)
