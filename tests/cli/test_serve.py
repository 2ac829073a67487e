"""`zokio serve` in one process, which is that of the test: a thread is its client."""

from __future__ import annotations

import logging
import os
import queue
import re
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.cli.asking import PATIENCE_S, Asked, Gate
from tests.helpers.program import ROOT
from tests.helpers.tls_streams import OURS, authority, client_context
from zokio.cli import main, serve, server_process, told
from zokio.cli.exit_codes import INTERRUPTED, SERVED, USAGE
from zokio.http import Limits
from zokio.http import serve as serve_handler
from zokio.http.service import Handler

HANDLER = "tests.cli.served_app:handler"
APPLICATION = "tests.cli.served_app:application"


class Server:
    """A server in this process, and what it tells."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.told: queue.Queue[str] = queue.Queue()
        monkeypatch.setattr(server_process, "tell", self.told.put)

    def where(self) -> str:
        """The address that it tells."""
        return self.told.get(timeout=PATIENCE_S).removeprefix("listening on ")

    def address(self) -> str:
        """The same without the scheme."""
        return self.where().partition("://")[2]

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(os.getpid(), number)

    def run(self, *arguments: str, client: Callable[[], None], target: str = HANDLER) -> int:
        """Serve until the client, which is a thread, stops it by a signal; the exit code."""
        errors: list[BaseException] = []

        def run_client() -> None:
            try:
                client()
            except BaseException as error:
                errors.append(error)
                self.send(signal.SIGTERM)
                self.send(signal.SIGINT)

        thread = threading.Thread(target=run_client)
        thread.start()
        code = main.main(["serve", target, *arguments])
        thread.join(PATIENCE_S)
        if errors:
            raise errors[0]
        return code


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server that has not started; a signal that comes too late harms nobody."""
    before = {}
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        before[number] = signal.signal(number, lambda *_: None)
    yield Server(monkeypatch)
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", (signal.SIGTERM, signal.SIGINT))
def test_a_handler_is_served_until_a_signal(server: Server, number: signal.Signals) -> None:
    found = []

    def client() -> None:
        where = server.where()
        assert where.startswith("http://127.0.0.1:")
        with Asked(where.removeprefix("http://"), "/hello") as asked:
            found.append(asked.read())
        server.send(number)

    assert server.run("--port", "0", client=client) == SERVED
    assert found == ["GET /hello"]


def test_what_is_in_flight_is_finished(server: Server, tmp_path: Path) -> None:
    gate, found = Gate(tmp_path), []

    def client() -> None:
        with gate.waiting(server.address()) as asked:
            server.send(signal.SIGTERM)
            assert "what is in flight has 9 s" in server.told.get(timeout=PATIENCE_S)
            gate.open()
            found.append(asked.read())

    assert server.run("--port", "0", "--grace", "9", client=client) == SERVED
    assert found == ["begun and done"]


def test_a_second_signal_stops_at_once(server: Server, tmp_path: Path) -> None:
    gate = Gate(tmp_path)

    def client() -> None:
        with gate.waiting(server.address()):
            server.send(signal.SIGTERM)
            server.told.get(timeout=PATIENCE_S)
            server.send(signal.SIGINT)

    assert server.run("--port", "0", client=client) == INTERRUPTED


def test_an_asgi_application_is_served_until_a_signal(server: Server) -> None:
    found = []

    def client() -> None:
        with Asked(server.address(), "/hello") as asked:
            found.append(asked.read())
        server.send(signal.SIGTERM)

    mounted = ("--port", "0", "--root-path", "/api")
    assert server.run(*mounted, client=client, target=APPLICATION) == SERVED
    assert found == ["GET /api/hello in '/api'"]


def descriptors(line: socket.socket) -> tuple[str, str]:
    """What a parent gives a process of its own: the line, and a socket to listen on."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    return str(line.detach()), str(listening.detach())


def test_a_worker_says_that_it_is_up_and_ends_with_its_parent(server: Server) -> None:
    ours, theirs = socket.socketpair()
    found = []

    def client() -> None:
        with ours:
            ours.settimeout(PATIENCE_S)
            found.append(ours.recv(10))
            server.send(signal.SIGINT)  # for the parent
            server.send(signal.SIGHUP)

    arguments = ("--port", "0", "--workers", "2", "--parent", *descriptors(theirs))
    assert server.run(*arguments, client=client) == SERVED
    assert found == [b"1"]
    assert server.told.empty()


def test_a_worker_ends_by_sigterm(server: Server) -> None:
    ours, theirs = socket.socketpair()

    def client() -> None:
        ours.settimeout(PATIENCE_S)
        assert ours.recv(10) == b"1"
        server.send(signal.SIGTERM)
        assert ours.recv(10) == b""

    with ours:
        arguments = ("--port", "0", "--parent", *descriptors(theirs))
        assert server.run(*arguments, client=client) == SERVED


def test_it_serves_with_tls(server: Server, tmp_path: Path) -> None:
    certificate = authority(OURS).issue_cert("localhost")
    key, chain = tmp_path / "key.pem", tmp_path / "chain.pem"
    certificate.private_key_pem.write_to_path(key)
    certificate.cert_chain_pems[0].write_to_path(chain)
    found = []

    def client() -> None:
        port = server.where().removeprefix("https://127.0.0.1:")
        with Asked(f"localhost:{port}", "/", client_context()) as asked:
            found.append(asked.read())
        server.send(signal.SIGTERM)

    files = ("--certificate", str(chain), "--key", str(key))
    assert server.run("--port", "0", *files, client=client) == SERVED
    assert found == ["GET /"]


def test_it_serves_on_a_unix_socket(server: Server, tmp_path: Path) -> None:
    path, found = str(tmp_path / "socket"), []

    def client() -> None:
        assert server.where() == f"unix:{path}"
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(path)
            sock.sendall(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            found.append(sock.recv(100))
        server.send(signal.SIGTERM)

    assert server.run("--unix", path, client=client) == SERVED
    assert found[0].startswith(b"HTTP/1.1 200")
    assert not os.path.exists(path)


@pytest.mark.parametrize("has_logging", (False, True))
def test_the_access_log_is_shown(
    server: Server, capsys: pytest.CaptureFixture[str], has_logging: bool
) -> None:
    logger = logging.getLogger("zokio.http.access")
    before, propagates = logger.handlers, logger.propagate
    logger.handlers = [logging.NullHandler()] if has_logging else []
    logger.propagate = False  # pytest's own handlers stand at the root

    def client() -> None:
        with Asked(server.address(), "/hello") as asked:
            asked.read()
        server.send(signal.SIGTERM)

    try:
        assert server.run("--port", "0", "--access-log", client=client) == SERVED
    finally:
        logger.handlers, logger.propagate = before, propagates
        logger.setLevel(logging.NOTSET)
    assert ('"GET /hello HTTP/1.1" 200' in capsys.readouterr().err) is not has_logging


def test_a_limit_is_that_of_the_server(server: Server) -> None:
    found = []

    def client() -> None:
        host, _, port = server.address().rpartition(":")
        with socket.create_connection((host, int(port)), PATIENCE_S) as sock:
            sock.sendall(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 11\r\n\r\n")
            found.append(sock.recv(100))
        server.send(signal.SIGTERM)

    assert server.run("--port", "0", "--max-body", "10", client=client) == SERVED
    assert found[0].startswith(b"HTTP/1.1 413")


def test_every_option_for_a_limit_is_one() -> None:
    options = {name.replace("-", "_") for name, _, _ in serve.LIMITS}
    assert options <= {field.name for field in fields(Limits)}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--host", "example.org"], "give an address of this machine in figures"),
        (["--key", "key.pem"], "give --certificate, too"),
        (["--certificate", "/no/such/file.pem"], "the certificate /no/such/file.pem: "),
        (["--max-head", "1"], "max_head has to be 64 or more"),
        (["--root-path", "/api"], "--root-path is for ASGI applications"),
        (["--unix", "/no/such/folder/socket"], "bind '/no/such/folder/socket'"),
        (["--unix", "a", "--workers", "2"], "--workers share a port"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["serve", HANDLER, "--port", "0", *arguments]) == USAGE
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("zokio: ")
    assert words in line


@pytest.mark.parametrize("workers", ([], ["--workers", "2"]), ids=("alone", "workers"))
def test_a_port_in_use_is_told_in_one_line(
    workers: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main.main(["serve", HANDLER, "--port", port, *workers]) == USAGE
    (line,) = capsys.readouterr().err.splitlines()
    assert f"port {port}" in line and "in use" in line


@pytest.mark.parametrize("workers", ("0", "1025", "many"))
def test_so_many_workers_there_cannot_be(workers: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main(["serve", HANDLER, "--workers", workers])
    assert ended.value.code == USAGE


def test_without_the_extra_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "zokio.cli.server_process", None)
    assert main.main(["serve", HANDLER]) == USAGE
    assert capsys.readouterr().err.startswith("zokio: ")


def test_without_a_server_for_asgi_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "zokio.http.asgi", None)
    assert main.main(["serve", HANDLER, "--interface", "asgi"]) == USAGE
    assert "ASGI applications cannot be served here" in capsys.readouterr().err


def test_an_application_is_handed_to_the_server_for_asgi(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, object] = {}

    async def serve_asgi(app: Handler, *, root_path: str, **keywords: Any) -> None:
        given.update(keywords, root_path=root_path)
        await serve_handler(app, **keywords)  # it stands for ASGI here, and is handed a handler

    monkeypatch.setitem(sys.modules, "zokio.http.asgi", SimpleNamespace(serve=serve_asgi))

    def client() -> None:
        with Asked(server.address(), "/hello") as asked:
            asked.read()
        server.send(signal.SIGTERM)

    arguments = ("--interface", "asgi", "--root-path", "/api", "--grace", "3", "--port", "0")
    assert server.run(*arguments, client=client) == SERVED
    assert (given["root_path"], given["grace"], given["access_log"]) == ("/api", 3.0, None)


def test_addresses_are_told_as_urls() -> None:
    assert told.url_of(("::1", 80), tls=True) == "https://[::1]:80"
    assert told.url_of(b"\0name", tls=False).startswith("unix:")


def test_a_terminal_that_is_gone_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone:
        def write(self, text: str) -> int:
            raise OSError("it is gone")

    monkeypatch.setattr("sys.stderr", Gone())
    told.tell("hello")


@pytest.mark.interpreted  # the docs are not among the installed files
def test_the_options_that_the_docs_name_are_there() -> None:
    text = (ROOT / "docs" / "deployment.md").read_text()
    named = set(re.findall(r"--[a-z][a-z-]+", text)) - {"--init"}  # which is Docker's
    assert {"--workers", "--grace"} <= named
    known = main._parser().parse_args(["serve", HANDLER])
    assert [option for option in named if not hasattr(known, option[2:].replace("-", "_"))] == [
        "--help"
    ]
