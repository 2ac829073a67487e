"""Vectored writes and files, where the system lacks what it mostly has, or says no."""

from __future__ import annotations

import errno
import os
import tempfile
from io import BytesIO

import pytest

import zokio
from tests.helpers.tcp_streams import connected_streams
from zokio.errors import BrokenError
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


def test_a_file_is_sent_by_the_system_and_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_source.FileSource, "read", None)
    assert send_a_real_file() == DATA[1:]


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOSYS])
def test_a_file_that_the_system_cannot_send_is_read(
    monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_: int) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "sendfile", refuse)
    assert send_a_real_file() == DATA[1:]


def test_a_system_without_sendfile_reads_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sendfile")
    assert send_a_real_file() == DATA[1:]


def test_a_system_without_pread_reads_the_file_from_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(os, "sendfile")
    monkeypatch.delattr(os, "pread")
    assert send_a_real_file() == DATA[1:]


def test_a_disk_that_fails_in_the_middle_is_an_error_and_the_place_is_free(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = iter([3])

    def fail(*_: int) -> int:
        try:
            return next(answers)
        except StopIteration:
            raise OSError(errno.EIO, os.strerror(errno.EIO)) from None

    async def main() -> None:
        monkeypatch.setattr(os, "sendfile", fail)
        async with connected_streams() as (client, server):
            with tempfile.TemporaryFile() as file, pytest.raises(BrokenError, match="send_file"):
                await client.send_file(file)
            await client.write_all(b"unharmed")
            assert await server.read(100) == b"unharmed"

    zokio.run(main(), config=REAL)


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
