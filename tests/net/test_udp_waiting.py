"""UdpSocket: waiting, cancellation, close, and two in one place."""

from __future__ import annotations

import errno
import os
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

import pytest

import zokio
from tests.helpers.cancel_at import cancelled_at
from tests.helpers.standing import until_somebody_reads
from tests.helpers.udp_sockets import HOST, REAL_REACTORS, connected
from zokio.errors import BusyError, ClosedError
from zokio.net import UdpSocket
from zokio.reactor.contract import Address, Socket

Run = Callable[[Awaitable[Any]], Any]  # Any: see conftest.py


def test_two_receivers_are_one_too_many(run: Run) -> None:
    async def main() -> None:
        async with UdpSocket.bind(HOST) as sock:
            receiving = zokio.spawn(sock.recv(1), name="alice")
            await until_somebody_reads(sock)
            with pytest.raises(BusyError, match="alice"):
                await sock.recv_from(1)
            receiving.abort()

    run(main())


def test_close_ends_who_receives_and_everything_after_it(run: Run) -> None:
    async def main() -> None:
        first, second = await connected()
        receiving = zokio.spawn(first.recv(1))
        await zokio.sleep(0.001)
        first.close()
        first.close()
        for operation in (
            receiving,
            first.recv(1),
            first.recv_from(1),
            first.send(b"x"),
            first.send_to(b"x", second.local_address),
        ):
            with pytest.raises(ClosedError, match="open a new one"):
                await operation
        with pytest.raises(ClosedError):
            await first.connect(*second.local_address)
        with pytest.raises(ClosedError):
            assert first.local_address
        with pytest.raises(ClosedError):
            first.set_broadcast()
        second.close()

    run(main())


class NoRoom:
    """A socket whose buffer is full, the first `times` times."""

    def __init__(self, sock: Socket, times: int) -> None:
        self._inner = sock
        self.times = times

    def __getattr__(self, name: str) -> Any:  # Any: whatever the socket has
        return getattr(self._inner, name)

    def send(self, data: bytes | bytearray | memoryview) -> int:
        if self.times:
            self.times -= 1
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        return self._inner.send(data)


@pytest.mark.one_thread  # on workers it may find room while the other one looks
@pytest.mark.parametrize("reactor", ["poll", "select"])
def test_who_finds_no_room_waits_for_it(reactor: str) -> None:
    async def main() -> None:
        first, second = await connected()
        async with first, second:
            full = NoRoom(first._socket, 3)
            first._socket = full
            sending = zokio.spawn(first.send(b"patient"), name="bob")
            await zokio.yield_now()
            if first._registration.writer is not None:
                with pytest.raises(BusyError, match="bob"):
                    await first.send_to(b"x", second.local_address)
            await sending
            assert full.times == 0
            assert await second.recv() == b"patient"

    zokio.run(main(), config=zokio.RuntimeConfig(reactor=reactor))


@pytest.mark.one_thread  # how often it suspends depends on whose turn it is
@pytest.mark.parametrize("reactor", [*REAL_REACTORS, "simulated"])
def test_a_receive_that_is_cancelled_anywhere_loses_no_datagram(reactor: str) -> None:
    async def send_slowly(sock: UdpSocket) -> None:
        for number in range(5):
            await zokio.sleep(0)
            await sock.send(b"%d" % number)

    async def attempt(number: int) -> bool:
        first, second = await connected()
        async with first, second:
            sending = zokio.spawn(send_slowly(first))
            was_ever_cancelled = False
            for wanted in range(5):
                was_cancelled, data = await cancelled_at(number, second.recv(9))
                if was_cancelled:
                    was_ever_cancelled = True
                    data = await second.recv(9)
                assert data == b"%d" % wanted
            await sending
            return was_ever_cancelled

    async def main() -> int:
        for number in count(1):
            if not await attempt(number):
                return number
        raise AssertionError

    config = zokio.RuntimeConfig(reactor=reactor, budget=1, event_interval=1)
    assert zokio.run(main(), config=config) > 1


@pytest.mark.one_thread  # it counts the polls of one thread
def test_a_socket_that_is_always_ready_lets_others_run(run: Run) -> None:
    others_ran = 0

    async def other() -> None:
        nonlocal others_ran
        while True:
            others_ran += 1
            await zokio.yield_now()

    async def main() -> None:
        first, second = await connected()
        async with first, second:
            beside = zokio.spawn(other())
            for _ in range(500):
                await first.send(b"x")
                assert await second.recv(1) == b"x"
            beside.abort()

    run(main())
    assert others_ran >= 7  # a budget of 128


def test_many_tasks_exchange_datagrams_at_once(run: Run) -> None:
    async def serve(server: UdpSocket) -> None:
        while True:
            data, address = await server.recv_from()
            await server.send_to(data, address)

    async def ask(address: Address, number: int) -> None:
        async with UdpSocket.bind(HOST) as client:
            await client.connect(*address)
            for each in range(10):
                await client.send(b"%d %d" % (number, each))
                assert await client.recv() == b"%d %d" % (number, each)

    async def main() -> None:
        async with UdpSocket.bind(HOST) as server:
            serving = zokio.spawn(serve(server))
            async with zokio.TaskGroup() as group:
                for number in range(10):
                    group.spawn(ask(server.local_address, number))
            serving.abort()

    run(main())
