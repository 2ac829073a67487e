"""UnixListener and UnixStream.connect: paths, abstract names, and the files that stay or go."""

from __future__ import annotations

import os
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

import zokio
from zokio.errors import (
    AddressInUseError,
    BrokenError,
    ClosedError,
    ConnectTimeoutError,
    NoRuntimeError,
    RefusedError,
    UsageError,
)
from zokio.net import UnixListener, UnixStream
from zokio.net.unix_address import UnixPath

Run = Callable[[Awaitable[Any]], Any]  # Any: see conftest.py
ABSTRACT = f"\0zokio test {os.getpid()}"


async def greet(listener: UnixListener) -> None:
    stream, _ = await listener.accept()
    async with stream:
        await stream.write_all(b"hello")


async def ask(path: UnixPath) -> bytes:
    async with await UnixStream.connect(path) as stream:
        return await stream.read_exact(5)


@pytest.mark.parametrize("kind", [str, os.fsencode, Path])
def test_a_listener_is_found_by_its_path(
    run: Run, tmp_path: Path, kind: Callable[[str], UnixPath]
) -> None:
    path = str(tmp_path / "socket")

    async def main() -> None:
        async with UnixListener.bind(kind(path)) as listener:
            assert listener.local_address == path
            greeting = zokio.spawn(greet(listener))
            assert await ask(kind(path)) == b"hello"
            await greeting

    run(main())


@pytest.mark.parametrize("name", [ABSTRACT, ABSTRACT.encode()], ids=["str", "bytes"])
def test_a_listener_is_found_by_its_abstract_name(run: Run, name: UnixPath) -> None:
    async def main() -> None:
        async with await UnixListener.bind(name) as listener:
            assert listener.local_address == ABSTRACT.encode()
            greeting = zokio.spawn(greet(listener))
            assert await ask(name) == b"hello"
            await greeting
            with pytest.raises(AddressInUseError, match="another socket has this abstract name"):
                UnixListener.bind(name)
        with pytest.raises(RefusedError):
            await UnixStream.connect(name)

    run(main())


def test_addresses_tell_who_listens_and_that_clients_have_no_name(run: Run, tmp_path: Path) -> None:
    path = str(tmp_path / "socket")

    async def main() -> None:
        async with UnixListener.bind(path) as listener:
            client = await UnixStream.connect(path)
            server, address = await listener.accept()
            async with client, server:
                assert address == client.local_address == server.peer_address == ""
                assert client.peer_address == server.local_address == path

    run(main())


def test_iteration_accepts_until_the_listener_is_closed(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        listener = UnixListener.bind(tmp_path / "socket")
        client = await UnixStream.connect(tmp_path / "socket")
        async for stream, _ in listener:
            stream.close()
            listener.close()
        with pytest.raises(ClosedError):
            await listener.accept()
        client.close()

    run(main())


# The file


def on_epoll(main: Awaitable[None]) -> None:
    zokio.run(main, config=zokio.RuntimeConfig(reactor="epoll"))


def test_close_removes_the_file(tmp_path: Path) -> None:
    path = tmp_path / "socket"

    async def main() -> None:
        listener = UnixListener.bind(path)
        assert path.is_socket()
        listener.close()
        assert not path.exists()
        UnixListener.bind(path).close()
        path.write_text("a new one")
        listener.close()  # twice does nothing
        assert path.exists()

    on_epoll(main())


def test_close_removes_the_file_also_from_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        monkeypatch.chdir(tmp_path)
        listener = UnixListener.bind("socket")
        assert listener.local_address == "socket"
        monkeypatch.chdir("/")
        listener.close()
        assert not (tmp_path / "socket").exists()

    on_epoll(main())


def test_close_removes_no_file_that_has_taken_its_place(tmp_path: Path) -> None:
    path = tmp_path / "socket"

    async def main() -> None:
        first = UnixListener.bind(path)
        path.rename(tmp_path / "moved")
        second = UnixListener.bind(path)
        first.close()
        assert path.is_socket()
        path.unlink()
        second.close()  # the file is gone already

    on_epoll(main())


def test_a_folder_that_became_read_only_harms_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: str) -> None:
        raise PermissionError

    async def main() -> None:
        listener = UnixListener.bind(tmp_path / "socket")
        monkeypatch.setattr(os, "unlink", refuse)
        listener.close()

    on_epoll(main())


def test_a_file_that_a_server_has_left_behind_is_in_the_way_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(path))

    async def main() -> None:
        with pytest.raises(AddressInUseError, match="if its server is gone, remove the file"):
            UnixListener.bind(path)
        assert path.is_socket()
        with pytest.raises(RefusedError):
            await UnixStream.connect(path)
        path.unlink()
        path.write_text("mine")
        with pytest.raises(AddressInUseError, match="a file which is no socket"):
            UnixListener.bind(path)
        assert path.read_text() == "mine"

    on_epoll(main())


def test_a_listener_that_cannot_be_made_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "socket"

    async def main() -> None:
        monkeypatch = pytest.MonkeyPatch()
        with monkeypatch.context() as patch, pytest.raises(NoRuntimeError):
            patch.setattr(UnixListener, "__init__", refuse)
            UnixListener.bind(path)
        assert not path.exists()

    def refuse(self: UnixListener, sock: object) -> None:
        raise NoRuntimeError("planted")

    on_epoll(main())


# Refusals


def test_nobody_listens_is_refused(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        with pytest.raises(RefusedError, match="check the .*, and that the server runs"):
            await UnixStream.connect(tmp_path / "none")

    run(main())


def test_a_folder_that_does_not_exist_is_an_error_of_the_system(tmp_path: Path) -> None:
    async def main() -> None:
        with pytest.raises(BrokenError, match="bind '.*nowhere/socket': No such file"):
            UnixListener.bind(tmp_path / "nowhere/socket")

    on_epoll(main())


@pytest.mark.parametrize("path", ["", b"", "a\0b", None, 7, 1.5])
def test_what_is_no_path_is_refused(run: Run, path: Any) -> None:  # Any: wrong on purpose
    async def main() -> None:
        with pytest.raises(UsageError, match="is no path"):
            UnixListener.bind(path)
        with pytest.raises(UsageError, match="is no path"):
            await UnixStream.connect(path)

    run(main())


def test_a_name_may_be_as_long_as_the_system_takes_it() -> None:
    async def main() -> None:
        for name in ("\0" + "x" * 107, "/tmp/" + "x" * 102):
            with pytest.raises(RefusedError):
                await UnixStream.connect(name)
            with pytest.raises(UsageError, match="the system takes 10[78]"):
                await UnixStream.connect(name + "x")

    on_epoll(main())


def test_a_platform_without_them_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        with monkeypatch.context() as patch, pytest.raises(UsageError, match="no Unix sockets"):
            patch.delattr(socket, "AF_UNIX")
            UnixListener.bind("socket")
        with monkeypatch.context() as patch, pytest.raises(UsageError, match="only Linux"):
            patch.setattr("zokio.net.unix_address.HAS_ABSTRACT_NAMES", False)
            UnixListener.bind(ABSTRACT)

    on_epoll(main())


def test_a_backlog_out_of_range_is_refused(tmp_path: Path) -> None:
    async def main() -> None:
        with pytest.raises(UsageError, match="backlog"):
            UnixListener.bind(tmp_path / "socket", backlog=0)

    on_epoll(main())


# A full backlog: the system says so at once, and reports no event when there is room


def test_a_full_backlog_is_waited_for(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with UnixListener.bind(tmp_path / "socket", backlog=1) as listener:
            connecting = [zokio.spawn(UnixStream.connect(tmp_path / "socket")) for _ in range(5)]
            await zokio.sleep(0.01)
            assert not all(each.is_finished() for each in connecting)
            for _ in connecting:
                (await listener.accept())[0].close()
            for each in connecting:
                (await each).close()

    run(main())


def test_a_full_backlog_ends_in_a_timeout(run: Run, tmp_path: Path) -> None:
    async def main() -> None:
        async with UnixListener.bind(tmp_path / "socket", backlog=1):
            streams = []
            with pytest.raises(ConnectTimeoutError, match=r"within 0.05 s.*backlog is full"):
                for _ in range(10):
                    streams.append(await UnixStream.connect(tmp_path / "socket", timeout=0.05))
            assert 1 <= len(streams) <= 3
            for stream in streams:
                stream.close()

    run(main())
