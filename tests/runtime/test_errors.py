"""What a program can do wrong: each has an error class of its own, and a message with a way out."""

from __future__ import annotations

import errno
import re
from collections.abc import Awaitable, Callable

import pytest

import zokio
from tests.helpers.reactors import ABSENT
from tests.helpers.simulation import run_simulated, simulated, simulated_runtime, value
from zokio import errors
from zokio.net import TcpListener, TcpStream
from zokio.reactor.simulated import SimulatedReactor

HOST = "127.0.0.1"


class Misanswering(zokio.Future[int]):
    """Its `poll` returns the value itself."""

    def poll(self, cx: zokio.Context) -> zokio.Poll[int]:
        return 5  # type: ignore[return-value]  # the mistake under test


async def connected() -> tuple[TcpStream, TcpStream]:
    async with TcpListener.bind(HOST, 0) as listener:
        near = await TcpStream.connect(HOST, listener.local_address[1])
        far, _ = await listener.accept()
        return near, far


OUTSIDE: dict[str, Callable[[], object]] = {
    "spawn": lambda: zokio.spawn(value(1)),
    "spawn_blocking": lambda: zokio.spawn_blocking(int),
    "current_task": zokio.current_task,
    "a scope": lambda: zokio.CancelScope().__enter__(),
    "timeout": lambda: zokio.timeout(1).__enter__(),
    "move_on_after": lambda: zokio.move_on_after(1).__enter__(),
    "now": zokio.time.now,
    "interval": lambda: zokio.time.interval(1),
    "bind": lambda: TcpListener.bind(HOST, 0),
}


@pytest.mark.parametrize("name", OUTSIDE)
def test_used_outside_of_a_runtime_it_says_where_to_use_it(name: str) -> None:
    with pytest.raises(errors.NoRuntimeError, match=r"call this from an `async def` that zokio\."):
        OUTSIDE[name]()


AWAITED_OUTSIDE: dict[str, Callable[[], Awaitable[object]]] = {
    "sleep": lambda: zokio.sleep(1),
    "sleep_until": lambda: zokio.time.sleep_until(1),
    "a group": lambda: zokio.TaskGroup().__aenter__(),
    "join": lambda: zokio.join(zokio.poll_fn(lambda cx: zokio.Ready(1))),
    "select": lambda: zokio.select(zokio.poll_fn(lambda cx: zokio.Ready(1))),
    "a future": lambda: zokio.poll_fn(lambda cx: zokio.Ready(1)),
    "connect": lambda: TcpStream.connect(HOST, 1),
}


@pytest.mark.parametrize("name", AWAITED_OUTSIDE)
def test_awaited_outside_of_a_runtime_it_says_where_to_await_it(name: str) -> None:
    awaiting = AWAITED_OUTSIDE[name]().__await__()
    with pytest.raises(errors.NoRuntimeError, match=r"call this from an `async def` that zokio\."):
        next(iter(awaiting))


def test_a_run_inside_a_run() -> None:
    async def main() -> None:
        with pytest.raises(errors.NestedRuntimeError, match=r"await the coroutine or zokio\.spawn"):
            run_simulated(value(1))

    run_simulated(main())


@pytest.mark.parametrize("misused", ["join", "select", "TaskGroup.spawn"])
def test_something_that_cannot_be_awaited(misused: str) -> None:
    async def main() -> None:
        if misused == "TaskGroup.spawn":
            async with zokio.TaskGroup() as group:
                group.spawn(5)  # type: ignore[arg-type]  # the mistake under test
        else:
            await getattr(zokio, misused)(5)

    with pytest.raises((errors.NotAwaitableError, ExceptionGroup)) as caught:
        run_simulated(main())
    error = caught.value
    if isinstance(error, ExceptionGroup):
        (error,) = error.exceptions
    assert type(error) is errors.NotAwaitableError
    assert str(error).startswith(f"{misused} takes a coroutine, not 5; write it as an `async def`")


def test_a_future_whose_poll_answers_neither_ready_nor_pending() -> None:
    with pytest.raises(errors.NotAwaitableError, match=r"poll\(\) returned 5; return Ready"):
        run_simulated(Misanswering())


def test_a_coroutine_that_is_returned_and_not_awaited() -> None:
    async def main() -> Awaitable[int]:
        return value(1)

    with pytest.raises(errors.NeverAwaitedError, match="write `return await"):
        run_simulated(main())


def test_a_port_in_use() -> None:
    async def main() -> None:
        async with TcpListener.bind(HOST, 0) as listener:
            with pytest.raises(errors.AddressInUseError, match="choose another port") as caught:
                TcpListener.bind(HOST, listener.local_address[1])
            assert caught.value.errno == errno.EADDRINUSE

    run_simulated(main())
    zokio.run(main())


def test_a_host_where_nobody_listens() -> None:
    async def main() -> None:
        async with TcpListener.bind(HOST, 0) as listener:
            port = listener.local_address[1]
        with pytest.raises(errors.RefusedError, match="check the address, and that the"):
            await TcpStream.connect(HOST, port)

    run_simulated(main())
    zokio.run(main())


def test_a_full_backlog() -> None:
    async def main() -> None:
        async with TcpListener.bind(HOST, 0, backlog=1) as listener:
            port = listener.local_address[1]
            async with await TcpStream.connect(HOST, port):
                with pytest.raises(errors.ConnectTimeoutError, match="backlog is full"):
                    await TcpStream.connect(HOST, port, timeout=5)

    run_simulated(main())


def test_a_stream_that_was_closed_here() -> None:
    async def main() -> None:
        near, far = await connected()
        near.close()
        for use in (near.read(1), near.read_exact(1), near.write_all(b"x"), near.shutdown_write()):
            with pytest.raises(errors.ClosedError, match="closed on this side; open a new"):
                await use
        far.close()

    run_simulated(main())
    zokio.run(main())


def test_two_readers_of_one_stream() -> None:
    async def main() -> None:
        near, far = await connected()
        first = zokio.spawn(near.read(1), name="first")
        await zokio.yield_now()
        with pytest.raises(errors.BusyError, match=r"first\) already reads fd .* a channel"):
            await near.read(1)
        await far.write_all(b"x")
        assert await first == b"x"  # the one who was there is not harmed
        near.close()
        far.close()

    run_simulated(main())
    zokio.run(main())


def test_two_that_accept_on_one_listener() -> None:
    async def main() -> None:
        async with TcpListener.bind(HOST, 0) as listener:
            first = zokio.spawn(listener.accept(), name="first")
            await zokio.yield_now()
            with pytest.raises(errors.BusyError, match=r"\(first\) already reads fd"):
                await listener.accept()
            first.abort()

    run_simulated(main())


def test_a_deadlock_under_the_simulated_reactor(monkeypatch: pytest.MonkeyPatch) -> None:
    # Threads that earlier tests or pytest left could end the wait, for all the reactor knows.
    monkeypatch.setattr("zokio.reactor.simulated.active_count", lambda: 1)
    with pytest.raises(errors.DeadlockError, match=r"look at Runtime\.dump\(\)"):
        run_simulated(zokio.sleep(float("inf")))


def test_the_same_scope_twice() -> None:
    async def main() -> None:
        scope = zokio.CancelScope()
        with scope:
            pass
        with pytest.raises(errors.UsageError, match="make a new one for each block"), scope:
            pass

    run_simulated(main())


def test_a_group_outside_of_its_block() -> None:
    async def main() -> None:
        group = zokio.TaskGroup()
        with pytest.raises(errors.UsageError, match="use `async with`"):
            group.spawn(value(1))
        async with group:
            pass
        with pytest.raises(errors.ClosedError, match="has ended; spawn inside it"):
            group.spawn(value(1))
        futures: list[Awaitable[int]] = [
            zokio.poll_fn(lambda cx: zokio.Ready(1)),
            zokio.spawn(value(1)),
        ]
        for refused in futures:
            with pytest.raises(errors.ClosedError, match="has ended; spawn inside it"):
                group.spawn(refused)

    run_simulated(main())


def test_select_of_nothing() -> None:
    async def main() -> None:
        with pytest.raises(errors.UsageError, match="give it at least one awaitable"):
            await zokio.select()

    run_simulated(main())


@pytest.mark.parametrize("seconds", [-1, float("nan")])
def test_a_senseless_duration(seconds: float) -> None:
    async def main() -> None:
        for misuse in (zokio.timeout, zokio.move_on_after):
            with pytest.raises(ValueError, match="a number of seconds, 0 or more, and not"):
                misuse(seconds)
        with pytest.raises(ValueError, match="a number of seconds, 0 or more, and not"):
            await zokio.sleep(seconds)

    run_simulated(main())


def test_every_message_says_what_to_do() -> None:
    """What happened, a semicolon, the way out: the form of every message of misuse."""
    messages: list[str] = []

    def collect(misuse: Callable[[], object]) -> None:
        with pytest.raises(errors.ZokioError) as caught:
            misuse()
        messages.append(str(caught.value))

    with simulated_runtime() as runtime:
        handle = runtime.spawn(value(1))
        collect(handle.result)
        collect(lambda: runtime.block_on(5))  # type: ignore[arg-type]  # the mistake under test
    collect(lambda: runtime.block_on(value(1)))
    collect(lambda: runtime.spawn(value(1)))
    collect(lambda: zokio.Runtime(zokio.RuntimeConfig(reactor=ABSENT)))
    for misuse in OUTSIDE.values():
        collect(misuse)
    for message in messages:
        assert re.fullmatch(r"[^;]+; [^;]+", message), message


@pytest.mark.one_thread  # it looks into the run queue of one thread
def test_a_corrupt_queue_is_an_internal_error_with_the_state_in_its_message() -> None:
    runtime = zokio.Runtime(simulated(), reactor=SimulatedReactor())
    runtime.spawn(value(1))
    runtime.queue.ready.append(runtime.queue.ready[0])
    with pytest.raises(errors.InternalError, match=r"<Task 1 value done> stood in the run queue"):
        for _ in range(2):
            runtime.step()
    runtime.shutdown()
