"""The runtime's invariants hold after every step of a stream that is read and written at once."""

from __future__ import annotations

import pytest

import zokio
from tests.helpers.tcp_streams import connected_streams
from zokio.env.threads import Thread
from zokio.errors import BrokenError, NoRuntimeError
from zokio.net import TcpListener, TcpStream
from zokio.runtime.current import current_runtime


@pytest.mark.one_thread  # it takes single steps
@pytest.mark.parametrize("reactor", ["epoll", "poll", "select", "simulated"])
def test_who_yields_for_fairness_leaves_nothing_behind_in_the_reactor(reactor: str) -> None:
    async def main() -> None:
        async with connected_streams() as (client, server):
            writing = zokio.spawn(server.write_all(bytes(1 << 23)))
            await client.write_all(b"x" * 100)
            for _ in range(100):
                assert await server.read(1) == b"x"
            await client.write_all(b"more")
            drained = 0
            while drained < 1 << 23:
                drained += len(await client.read(1 << 16))
            await writing

    config = zokio.RuntimeConfig(reactor=reactor, budget=1)
    with zokio.Runtime(config) as runtime:
        handle = runtime.spawn(main())
        while not handle.is_finished():
            runtime.step()
            runtime.check_invariants()
        handle.result()


@pytest.mark.parametrize("reactor", ["epoll", "poll", "simulated"])
def test_a_stream_of_another_runtime_is_refused_instead_of_waiting_for_ever(reactor: str) -> None:
    async def connect() -> tuple[TcpStream, TcpStream]:
        async with TcpListener.bind("127.0.0.1", 0) as listener:
            client = await TcpStream.connect(*listener.local_address)
            server, _ = await listener.accept()
            return client, server

    async def use(stream: TcpStream) -> None:
        with pytest.raises(NoRuntimeError, match="belongs to a runtime that is not running this"):
            await stream.read(1)
        with pytest.raises(NoRuntimeError, match="belongs to a runtime"):
            await stream.write_all(bytes(1 << 24))
        runtime.budget.left = 0
        with pytest.raises(NoRuntimeError, match="belongs to a runtime"):
            await stream.read(1)

    with zokio.Runtime(zokio.RuntimeConfig(reactor=reactor)) as runtime:
        client, server = runtime.block_on(connect())
        zokio.run(use(client))
        client.close()
        server.close()


def test_another_runtime_does_not_put_a_task_of_the_streams_own_in_its_place() -> None:
    """Two threads: the runtime of the stream is in the middle of a poll."""
    seen: list[object] = []

    def other_thread(stream: TcpStream) -> None:
        async def use() -> None:
            with pytest.raises(NoRuntimeError, match="belongs to a runtime"):
                await stream.read(1)

        zokio.run(use())
        seen.append(stream._registration.reader)

    async def main() -> None:
        async with (
            TcpListener.bind("127.0.0.1", 0) as listener,
            await TcpStream.connect(*listener.local_address) as client,
        ):
            thread = Thread(target=other_thread, args=(client,))
            thread.start()
            thread.join()  # on purpose in the poll: the runtime must be busy

    zokio.run(main())
    assert seen == [None]


@pytest.mark.parametrize("reactor", ["epoll", "poll", "simulated"])
def test_a_task_that_is_woken_for_no_reason_goes_on_waiting(reactor: str) -> None:
    async def main() -> None:
        async with connected_streams() as (client, server):
            reading = zokio.spawn(server.read(9))
            writing = zokio.spawn(server.write_all(bytes(1 << 23)))
            await zokio.sleep(0.001)
            for _ in range(3):
                for task in current_runtime().tasks.values():
                    task.wake()
                await zokio.sleep(0.001)
            assert not reading.is_finished() and not writing.is_finished()
            await client.write_all(b"now")
            assert await reading == b"now"
            await client.read_exact(1 << 23)
            await writing

    zokio.run(main(), config=zokio.RuntimeConfig(reactor=reactor))


@pytest.mark.parametrize("reactor", ["epoll", "poll"])
def test_a_kind_of_socket_that_the_system_lacks_is_an_error_of_the_system(reactor: str) -> None:
    with (
        zokio.Runtime(zokio.RuntimeConfig(reactor=reactor)) as runtime,
        pytest.raises(BrokenError, match="no socket can be made"),
    ):
        runtime.reactor.socket(9_999)
