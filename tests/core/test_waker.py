"""Wakers: the protocol, and tasks as wakers of themselves."""

from __future__ import annotations

from tests.helpers.manual_waker import ManualWaker
from tests.helpers.simulation import simulated_runtime, value
from zokio.core.suspend import suspend
from zokio.core.waker import Context, Waker
from zokio.env.threads import Thread


def test_whoever_has_wake_and_will_wake_is_a_waker() -> None:
    assert isinstance(ManualWaker(), Waker)
    assert not isinstance(object(), Waker)


def test_context_carries_the_waker() -> None:
    waker = ManualWaker()
    assert Context(waker).waker is waker


def test_a_task_wakes_itself_and_nobody_else() -> None:
    with simulated_runtime() as runtime:
        runtime.spawn(value(1))
        runtime.spawn(value(2))
        one, other = runtime.tasks.values()
        assert one.will_wake(one)
        assert not one.will_wake(other)
        assert one.poll_context().waker is one
        assert one.poll_context() is one.poll_context()


def test_waking_twice_polls_once() -> None:
    polls = []

    async def count() -> None:
        for number in range(3):
            polls.append(number)
            await suspend()

    with simulated_runtime() as runtime:
        runtime.spawn(count())
        (task,) = runtime.tasks.values()
        assert runtime.step()
        assert task.state.value == "idle"
        task.wake()
        task.wake()
        assert task.state.value == "queued"
        assert [runtime.step(), runtime.step()] == [True, False]
        assert polls == [0, 1]


def test_wake_during_poll_causes_one_more_poll() -> None:
    polls = []

    async def wake_myself() -> None:
        polls.append("first")
        task.wake()
        task.wake()
        await suspend()
        polls.append("second")

    with simulated_runtime() as runtime:
        runtime.spawn(wake_myself())
        (task,) = runtime.tasks.values()
        assert [runtime.step(), runtime.step(), runtime.step()] == [True, True, False]
    assert polls == ["first", "second"]


def test_a_waker_outlives_its_task_and_its_runtime() -> None:
    with simulated_runtime() as runtime:
        runtime.spawn(value(1))
        (task,) = runtime.tasks.values()
        runtime.step()
        task.wake()
        assert task.state.value == "done"
        assert not runtime.step()
    task.wake()
    other = Thread(target=task.wake)
    other.start()
    other.join()
    assert task.state.value == "done"
    assert not runtime.queue.ready and not list(runtime.queue.injected)


def test_wakes_from_another_thread_coalesce_to_one_entry_and_one_poll() -> None:
    with simulated_runtime() as runtime:
        runtime.spawn(suspend())
        (task,) = runtime.tasks.values()
        runtime.step()
        for _ in range(3):
            other = Thread(target=task.wake)
            other.start()
            other.join()
        assert task.state.value == "idle"
        assert len(runtime.queue.injected) == 1
        assert [runtime.step(), runtime.step()] == [True, False]
        assert task.state.value == "done"
