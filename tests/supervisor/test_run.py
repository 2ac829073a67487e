"""The supervisor over real processes, as small as a Python program can be."""

from __future__ import annotations

import errno
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence

import pytest

import zokio
from zokio.runtime.run import run
from zokio.supervisor.children import NOT_STARTED, Child
from zokio.supervisor.places import Ending, Policy
from zokio.supervisor.run import run_supervised

pytestmark = pytest.mark.one_thread  # signals are caught on the main thread alone
BEGIN = "import os, signal, sys; line = int(sys.argv[1]); "
SERVE = "os.write(line, b'1'); os.read(line, 1)"
OBEDIENT = BEGIN + SERVE
SILENT = BEGIN + "os.read(line, 1)"
DEAF = BEGIN + "signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SERVE


def bind() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


def python(program: str) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", program]


class Script:
    """What is said, and what is done when something is: by the words that it ends with."""

    def __init__(self, **then: Callable[[], object]) -> None:
        self.said: list[str] = []
        self._then = {words.replace("_", " "): what for words, what in then.items()}

    def say(self, text: str) -> None:
        self.said.append(text)
        for words in [words for words in self._then if text.endswith(words)]:
            self._then.pop(words)()

    def count(self, words: str) -> int:
        return sum(words in text for text in self.said)


def send(number: signal.Signals) -> Callable[[], None]:
    return lambda: os.kill(os.getpid(), number)


def supervised(program: str, policy: Policy, script: Script) -> Ending:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)]
    code = run(run_supervised(python(program), bind, policy, script.say))
    after = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)]
    assert before == after, "handlers of signals are left"
    return code


def test_a_signal_stops_every_process() -> None:
    script = Script(is_up=send(signal.SIGTERM))
    assert supervised(OBEDIENT, Policy(workers=2), script) is Ending.STOPPED
    assert "stopping" in script.said


def test_who_does_not_end_in_time_is_killed() -> None:
    script = Script(is_up=send(signal.SIGINT))
    assert supervised(DEAF, Policy(workers=1, patience=0.01), script) is Ending.STOPPED
    assert script.count("did not end in time: killed") == 1


def test_who_does_not_come_up_in_time_is_killed_and_started_again() -> None:
    script = Script()
    policy = Policy(workers=1, start_timeout=0.01, failures_max=2, pause=0.001)
    assert supervised(SILENT, policy, script) is Ending.GIVEN_UP
    assert script.count("did not come up in time: killed") == 2
    assert script.count("ended by SIGKILL") == 2


def test_a_second_signal_kills() -> None:
    script = Script(is_up=send(signal.SIGTERM), stopping=send(signal.SIGTERM))
    assert supervised(DEAF, Policy(workers=1, patience=1e9), script) is Ending.STOPPED_AT_ONCE
    assert script.said[-1] == "stopping at once"


def test_a_reload_replaces_every_process() -> None:
    script = Script(is_up=send(signal.SIGHUP), replaced=send(signal.SIGTERM))
    assert supervised(OBEDIENT, Policy(workers=2), script) is Ending.STOPPED
    assert script.count("is up") == 4


def test_an_heir_listens_on_the_socket_of_the_old_one_and_who_died_on_none_that_is_used() -> None:
    bound: list[int] = []

    def counted() -> socket.socket:
        bound.append(len(bound))
        return bind()

    script = Script(is_up=send(signal.SIGHUP), replaced=send(signal.SIGTERM))
    assert (
        run(run_supervised(python(OBEDIENT), counted, Policy(workers=2), script.say))
        is Ending.STOPPED
    )
    assert len(bound) == 2
    policy = Policy(workers=1, failures_max=3, pause=0.001)
    run(run_supervised(python("raise SystemExit(3)"), counted, policy, script.say))
    assert len(bound) == 2 + 3


def test_what_dies_again_and_again_is_given_up() -> None:
    script = Script()
    policy = Policy(workers=2, failures_max=2, pause=0.001)
    assert supervised("raise SystemExit(3)", policy, script) is Ending.GIVEN_UP
    assert script.count("its place is given up") == 2


def test_what_says_that_it_cannot_start_is_not_tried_again() -> None:
    script = Script()
    assert supervised("raise SystemExit(4)", Policy(workers=1, refusal=4), script) is Ending.REFUSED
    assert script.count("it cannot start: its place is given up") == 1


def test_what_the_system_does_not_start_has_died() -> None:
    script = Script()
    policy = Policy(workers=1, failures_max=2, pause=0.001)
    ending = run(run_supervised(["/no/such/program"], bind, policy, script.say))
    assert ending is Ending.GIVEN_UP
    assert script.count(f"ended with exit code {NOT_STARTED}; another one starts") == 1


def test_what_the_system_gives_no_socket_has_died() -> None:
    def refused() -> socket.socket:
        raise OSError(errno.EMFILE, "too many")

    script = Script()
    policy = Policy(workers=1, failures_max=1)
    assert run(run_supervised(python(OBEDIENT), refused, policy, script.say)) is Ending.GIVEN_UP


def test_a_stop_while_nothing_could_be_started_ends_at_once() -> None:
    script = Script(**{"another one starts in 1000 s": send(signal.SIGTERM)})
    policy = Policy(workers=1, pause=1_000.0, pause_max=1_000.0)
    assert run(run_supervised(["/no/such/program"], bind, policy, script.say)) is Ending.STOPPED


def test_a_cancelled_supervisor_leaves_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []

    class Recorded(Child):
        def __init__(self, command: Sequence[str], bind: Callable[[], socket.socket]) -> None:
            super().__init__(command, bind)
            started.append(self.number)

    monkeypatch.setattr("zokio.supervisor.run.Child", Recorded)
    scope = zokio.CancelScope()
    script = Script(is_up=scope.cancel)

    async def main() -> None:
        with scope:
            await run_supervised(python(DEAF), bind, Policy(workers=2), script.say)

    run(main())
    assert scope.cancelled_caught
    assert len(started) == 2
    for number in started:
        with pytest.raises(ChildProcessError):
            os.waitid(os.P_PID, number, os.WEXITED | os.WNOHANG)
