"""Thousands of connections, thousands of sleepers, and streams that are always ready."""

from __future__ import annotations

import pytest

import zokio
from tests.helpers.tcp_streams import connected_streams
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from zokio.net import TcpListener, TcpStream

CONNECTIONS = 2_000
SLEEPERS = 10_000


async def echo(stream: TcpStream) -> None:
    async with stream:
        while data := await stream.read(100):
            await stream.write_all(data)


@pytest.mark.parametrize("reactor", ["epoll", "simulated"])
def test_two_thousand_connections_are_open_at_once_and_each_gets_its_own_echo(
    reactor: str,
) -> None:
    async def serve(listener: TcpListener) -> None:
        async with zokio.TaskGroup() as group:
            async for stream, _ in listener:
                group.spawn(echo(stream))

    async def main() -> None:
        listener = TcpListener.bind("127.0.0.1", 0, backlog=4_096)
        serving = zokio.spawn(serve(listener))
        clients = [await TcpStream.connect(*listener.local_address) for _ in range(CONNECTIONS)]
        for number, client in enumerate(clients):
            await client.write_all(b"%d" % number)
        for number, client in enumerate(clients):
            assert await client.read(100) == b"%d" % number
        for client in clients:
            client.close()
        listener.close()
        await serving

    config = zokio.RuntimeConfig(reactor=reactor)
    with zokio.Runtime(config) as runtime:
        runtime.block_on(main())
        runtime.check_invariants()
        assert runtime.metrics().tasks_alive == 0


@pytest.mark.one_thread  # it counts the visits of one thread
@pytest.mark.parametrize("reactor", ["epoll", "portable", "simulated"])
def test_ten_thousand_sleeping_tasks_are_polled_twice_each_and_cost_one_wait(reactor: str) -> None:
    async def main() -> None:
        instant = zokio.time.now() + 2.0
        async with zokio.TaskGroup() as group:
            for _ in range(SLEEPERS):
                group.spawn(zokio.time.sleep_until(instant))

    with zokio.Runtime(reactor=VIRTUAL_REACTORS[reactor]()) as runtime:
        runtime.block_on(main())
        metrics = runtime.metrics()
    assert metrics.polls == 2 * SLEEPERS + 2
    assert metrics.parks == 1
    assert metrics.timers_fired == SLEEPERS


def test_a_task_that_waits_for_bytes_is_not_polled_while_time_passes() -> None:
    async def main() -> None:
        async with connected_streams() as (client, server):
            reading = zokio.spawn(server.read(1))
            for _ in range(100):
                await zokio.sleep(60)
            await client.write_all(b"x")
            assert await reading == b"x"

    with zokio.Runtime(reactor=VIRTUAL_REACTORS["portable"]()) as runtime:
        runtime.block_on(main())
        metrics = runtime.metrics()
    assert metrics.polls < 120
    if not metrics.workers:  # whoever leaves the reactor has another worker watch it
        assert metrics.parks < 120


@pytest.mark.one_thread  # it counts the polls of one thread
@pytest.mark.parametrize("reactor", ["epoll", "poll", "select", "simulated"])
@pytest.mark.parametrize("operation", ["read", "read_exact", "read_until", "write_all"])
def test_a_stream_that_is_always_ready_lets_others_run(reactor: str, operation: str) -> None:
    others_ran = 0

    async def other() -> None:
        nonlocal others_ran
        while True:
            others_ran += 1
            await zokio.yield_now()

    async def main() -> None:
        async with connected_streams() as (client, server):
            await client.write_all(b"\n" * 1_000)
            beside = zokio.spawn(other())
            for _ in range(1_000):
                match operation:
                    case "read":
                        assert await server.read(1) == b"\n"
                    case "read_exact":
                        assert await server.read_exact(1) == b"\n"
                    case "read_until":
                        assert await server.read_until(b"\n") == b"\n"
                    case _:
                        await server.write_all(b"\n")
            beside.abort()

    zokio.run(main(), config=zokio.RuntimeConfig(reactor=reactor, budget=10))
    assert 100 <= others_ran <= 200


def test_a_listener_that_is_always_ready_lets_others_run() -> None:
    others_ran = 0

    async def other() -> None:
        nonlocal others_ran
        while True:
            others_ran += 1
            await zokio.yield_now()

    async def main() -> None:
        async with TcpListener.bind("127.0.0.1", 0) as listener:
            clients = [await TcpStream.connect(*listener.local_address) for _ in range(100)]
            beside = zokio.spawn(other())
            for _ in range(100):
                stream, _ = await listener.accept()
                stream.close()
            beside.abort()
            for client in clients:
                client.close()

    zokio.run(main(), config=zokio.RuntimeConfig(budget=10))
    assert others_ran >= 9
