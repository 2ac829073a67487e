"""`zokio serve --workers` with real processes: what kills them, replaces them and stops them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.asking import Asked, Gate
from tests.helpers.program import ROOT
from zokio.cli import main
from zokio.cli.exit_codes import GAVE_UP, SERVED, USAGE

HANDLER = "tests.cli.served_app:handler"
CONNECTIONS = 6
"""At the same time: the system deals them out to both processes, or to one, as it likes."""


class Supervised:
    """`zokio serve` with two workers, in a process of its own."""

    def __init__(self, target: str = HANDLER) -> None:
        command = [sys.executable, "-m", "zokio.cli.main", "serve", target]
        self._process = subprocess.Popen(
            [*command, "--port", "0", "--workers", "2", "--app-dir", str(ROOT)],
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self.told: list[str] = []
        self.where = self.line("2 processes for http://").rpartition("/")[2]
        self.workers = [self.number_of(self.line("is up")) for _ in range(2)]

    def line(self, words: str) -> str:
        """The next line that it tells with these words in it."""
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.told.append(line.rstrip())
            if words in line:
                return self.told[-1]
        raise AssertionError(f"it has not told {words!r}: {self.told}")

    @staticmethod
    def number_of(line: str) -> int:
        """Of which process it tells."""
        found = re.search(r"process (\d+)", line)
        assert found is not None
        return int(found[1])

    def send(self, number: signal.Signals) -> None:
        """Send the parent a signal."""
        self._process.send_signal(number)

    def ask(self) -> int:
        """A request; which process has answered it."""
        with Asked(self.where, "/hello") as asked:
            assert asked.read() == "GET /hello"
            return asked.process

    def wait(self) -> int:
        """Wait until nobody is left who may write; the parent's exit code."""
        assert self._process.stderr is not None
        self.told += self._process.stderr.read().splitlines()
        return self._process.wait()

    def end(self) -> None:
        """Whatever has come in between."""
        self._process.kill()
        with self._process:
            pass


@pytest.fixture
def server() -> Iterator[Supervised]:
    supervised = Supervised()
    yield supervised
    supervised.end()


def test_workers_are_restarted_replaced_and_stopped_without_losing_what_is_in_flight(
    server: Supervised, tmp_path: Path
) -> None:
    # One is killed: another one is started, and meanwhile requests are answered.
    os.kill(server.workers[0], signal.SIGKILL)
    assert server.line("was ended by SIGKILL").endswith("another one starts in 0.5 s")
    assert server.ask() == server.workers[1]
    server.workers[0] = server.number_of(server.line("is up"))

    # All are replaced, each by one that is up before: those in flight are answered by the old ones.
    gate = Gate(tmp_path)
    waiting = [gate.waiting(server.where) for _ in range(CONNECTIONS)]
    server.send(signal.SIGHUP)
    heirs = [server.number_of(server.line("is up"))]
    assert server.ask() in (*heirs, *server.workers)
    gate.open()
    heirs.append(server.number_of(server.line("is up")))
    server.line("every process was replaced")
    for asked in waiting:
        with asked:
            assert asked.process in server.workers
            assert asked.read() == "begun and done"
    assert server.ask() in heirs

    # They are stopped: those in flight are answered.
    gate.close()
    waiting = [gate.waiting(server.where) for _ in range(CONNECTIONS)]
    server.send(signal.SIGTERM)
    server.line("stopping")
    gate.open()
    for asked in waiting:
        with asked:
            assert asked.read() == "begun and done"
    assert server.wait() == SERVED


def test_workers_end_when_their_parent_is_killed(server: Supervised) -> None:
    server.send(signal.SIGKILL)
    assert server.wait() == -signal.SIGKILL
    with pytest.raises(ConnectionRefusedError):
        server.ask()


def test_what_no_process_can_serve_ends_with_the_code_of_wrong_usage(
    capfd: pytest.CaptureFixture[str],
) -> None:
    command = ["serve", "no_such_module_at_all:handler", "--port", "0", "--workers", "1"]
    assert main.main(command) == USAGE
    told = capfd.readouterr().err
    assert "zokio: there is no module 'no_such_module_at_all'" in told
    assert told.splitlines()[-1] == "zokio: every process was given up"


def test_what_dies_again_and_again_ends_with_a_code_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("zokio.cli.serve._command", lambda *_: ["/no/such/program"])
    monkeypatch.setattr("zokio.cli.serve.PAUSE_SECONDS", 0.001)
    assert main.main(["serve", HANDLER, "--port", "0", "--workers", "1"]) == GAVE_UP
    assert "6 deaths in a row: its place is given up" in capsys.readouterr().err
