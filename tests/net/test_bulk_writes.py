"""Vectored writes and files, where the system lacks what it mostly has, or says no."""

from __future__ import annotations

import errno
import os
import socket
import tempfile
from collections.abc import Callable
from io import BytesIO

import pytest

import zokio
from tests.helpers.tcp_streams import connected_streams
from zokio.errors import BrokenError, ResetError
from zokio.net import bulk_writes, file_source

DATA = bytes(range(256)) * 20_000  # 5 MB: several chunks
REAL = zokio.RuntimeConfig(reactor="epoll")


def send_a_real_file() -> bytes:
    """What arrives of a file that holds DATA, without its first byte."""

    async def main() -> bytes:
        async with connected_streams() as (client, server):
            with tempfile.TemporaryFile() as file:
                file.write(DATA)
                file.flush()
                sent, received = await zokio.join(
                    client.send_file(file, 1), server.read_exact(len(DATA) - 1)
                )
                assert sent == len(received)
                return received

    return zokio.run(main(), config=REAL)


@pytest.fixture
def nothing_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system does not tell what it has there."""
    monkeypatch.setattr(file_source, "WITHOUT_WAITING", None)


@pytest.mark.usefixtures("nothing_in_memory")
def test_a_file_is_sent_by_the_system_and_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_source.FileSource, "read", None)
    assert send_a_real_file() == DATA[1:]


@pytest.mark.usefixtures("nothing_in_memory")
@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOSYS])
def test_a_file_that_the_system_cannot_send_is_read(
    monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(os, "sendfile", fail(number))
    assert send_a_real_file() == DATA[1:]


@pytest.mark.usefixtures("nothing_in_memory")
def test_a_system_without_sendfile_reads_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sendfile")
    assert send_a_real_file() == DATA[1:]


@pytest.mark.usefixtures("nothing_in_memory")
def test_a_system_without_pread_reads_the_file_from_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(os, "sendfile")
    monkeypatch.delattr(os, "pread")
    assert send_a_real_file() == DATA[1:]


def fail(number: int) -> Callable[..., int]:
    """A system call that does."""

    def call(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    return call


@pytest.mark.usefixtures("nothing_in_memory")
def test_a_disk_that_fails_in_the_middle_is_an_error_of_the_file_and_the_place_is_free(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def main() -> None:
        async with connected_streams() as (client, server):
            with tempfile.TemporaryFile() as file:
                sends = script(3, BlockingIOError(), OSError(errno.EIO, "disk"))
                monkeypatch.setattr(os, "sendfile", sends)
                monkeypatch.setattr(os, "pread", fail(errno.EIO))
                with pytest.raises(OSError) as raised:
                    await client.send_file(file)
                assert raised.value.errno == errno.EIO
                assert not isinstance(raised.value, BrokenError)
            await client.write_all(b"unharmed")
            assert await server.read(100) == b"unharmed"

    zokio.run(main(), config=REAL)


@pytest.mark.usefixtures("nothing_in_memory")
def test_a_connection_that_fails_is_an_error_of_the_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def main() -> None:
        async with connected_streams() as (client, _):
            with tempfile.TemporaryFile() as file:
                monkeypatch.setattr(os, "sendfile", fail(errno.ECONNRESET))
                with pytest.raises(ResetError, match="send_file"):
                    await client.send_file(file)

    zokio.run(main(), config=REAL)


def test_what_is_in_memory_is_sent_without_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    def preadv(fd: int, buffers: list[memoryview], offset: int, _: int) -> int:
        data = os.pread(fd, min(1_000, len(buffers[0])), offset)
        buffers[0][: len(data)] = data
        return len(data)

    monkeypatch.setattr(os, "preadv", preadv, raising=False)
    monkeypatch.setattr(file_source, "WITHOUT_WAITING", 8)
    monkeypatch.setattr(bulk_writes, "call_in_thread", None)

    async def main() -> None:
        async with connected_streams() as (client, server):
            with tempfile.TemporaryFile() as file:
                file.write(DATA[:2_500])
                file.flush()
                assert await client.send_file(file, 100) == 2_400
                assert await client.send_file(file, 0, 10) == 10
            assert await server.read_exact(2_410) == DATA[100:2_500] + DATA[:10]

    zokio.run(main(), config=REAL)


def script(*answers: int | OSError) -> Callable[..., int]:
    """A sendfile which gives these numbers of bytes, and raises these errors, the last for ever."""
    left = list(answers)

    def call(*_: object) -> int:
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, OSError):
            raise answer
        return answer

    return call


def send_ten_bytes(monkeypatch: pytest.MonkeyPatch, sendfile: Callable[..., int]) -> int | OSError:
    """What a thread tells that was to send ten bytes by this sendfile."""
    monkeypatch.setattr(os, "sendfile", sendfile)
    ours, theirs = socket.socketpair()
    with ours, theirs, tempfile.TemporaryFile() as file:
        return bulk_writes.send_by_system(ours.fileno(), file.fileno(), 0, 10)


def test_a_thread_sends_on_while_there_is_room_or_soon_will_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sends = script(3, BlockingIOError(), 4, 3, OSError("one too many"))
    assert send_ten_bytes(monkeypatch, sends) == 10
    assert send_ten_bytes(monkeypatch, script(3, 0)) == 3  # the file ends there


def test_a_thread_without_room_comes_back_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sends = script(BlockingIOError(), 10)
    assert send_ten_bytes(monkeypatch, sends) == bulk_writes.NO_ROOM


def test_a_thread_tells_what_it_has_sent_before_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    assert send_ten_bytes(monkeypatch, script(3, BrokenPipeError())) == 3
    failed = send_ten_bytes(monkeypatch, fail(errno.EPIPE))
    assert isinstance(failed, BrokenPipeError)


def test_a_thread_comes_back_after_some_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    assert send_ten_bytes(monkeypatch, script(3, BlockingIOError())) == 3


def test_a_system_that_sends_one_buffer_at_a_time_sends_all_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bulk_writes, "SENDS_SEVERAL", False)

    async def main() -> None:
        async with connected_streams() as (client, server):
            writing = zokio.spawn(client.write_vectored([b"a", b"", DATA, b"z"]))
            assert await server.read_exact(len(DATA) + 2) == b"a" + DATA + b"z"
            await writing

    zokio.run(main(), config=REAL)


def test_what_has_no_descriptor_is_no_file_of_the_system() -> None:
    assert file_source.descriptor_of(BytesIO()) is None


@pytest.mark.usefixtures("nothing_in_memory")
def test_a_send_that_is_cancelled_before_its_thread_has_begun_loses_no_readiness() -> None:
    async def main() -> None:
        async with connected_streams() as (client, server):
            with tempfile.TemporaryFile() as file:
                file.write(b"never sent")
                file.flush()
                with zokio.CancelScope() as scope:
                    scope.cancel()
                    await client.send_file(file)
            assert client._registration.writable
            await client.write_all(b"unharmed")
            assert (await server.read(100)).endswith(b"unharmed")

    zokio.run(main(), config=REAL)
