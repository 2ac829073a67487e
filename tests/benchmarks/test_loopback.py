"""The echo benchmark leaves no process behind, and says what it had to do without."""

from __future__ import annotations

import signal
import sys

import pytest

from benchmarks import echo, loopback, native
from benchmarks.benchmark import Measurement
from benchmarks.child import Failed, Missing
from benchmarks.echo import CEILING, ECHO
from benchmarks.loopback import serving
from benchmarks.processes import is_told

SIZES = ECHO.tiny[0].parameters
ASYNCIO = [sys.executable, "-m", "benchmarks.echo_worker", "asyncio", "streams"]


def test_a_server_ends_with_the_block_that_uses_it() -> None:
    with serving(ASYNCIO, None) as server:
        assert server.process.poll() is None
        assert server.facts["port"] > 0
    assert server.process.poll() == 0


def test_a_server_ends_also_when_the_block_fails() -> None:
    with pytest.raises(ZeroDivisionError), serving(ASYNCIO, None) as server:
        raise ZeroDivisionError
    assert server.process.poll() == 0


STUBBORN = """
import json, os, subprocess, sys, threading
words = [sys.executable, "-c", "import threading; threading.Event().wait()"]
child = subprocess.Popen(words)
print(json.dumps({"port": 1, "pids": [os.getpid(), child.pid]}), flush=True)
threading.Event().wait()
"""


@pytest.mark.skipif(not is_told(), reason="the system does not tell")
def test_a_server_that_does_not_end_is_killed_with_the_processes_that_serve() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loopback, "PATIENCE_SECONDS", 0.01)
        with serving([sys.executable, "-c", STUBBORN], None) as server:
            pids = server.facts["pids"]
            assert loopback._parent(pids[1]) == pids[0]
    assert server.process.returncode == -signal.SIGKILL
    assert loopback._parent(pids[1]) != pids[0]


def test_a_server_that_breaks_fails_with_its_own_last_words() -> None:
    with (
        pytest.raises(Failed, match="no contestant is called 'nobody'"),
        serving([*ASYNCIO[:3], "nobody", "streams"], None),
    ):
        pass


def test_a_server_that_does_not_serve_any_more_fails_with_the_words_of_the_client() -> None:
    dead = "import json, sys; print(json.dumps({'port': 1}), flush=True); sys.stdin.read()"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(echo, "_server_command", lambda name: [sys.executable, "-c", dead])
        with pytest.raises(Failed, match="refused"):
            echo.measure("asyncio streams", SIZES)


def test_without_a_compiler_the_load_comes_from_python_and_the_report_says_so() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(native, "compiled", lambda name: None)
        measurement: Measurement = echo.measure("asyncio streams", SIZES)
        echo.verify(measurement, SIZES)
        assert "no C compiler" in echo.conditions()
        with pytest.raises(Missing, match="no C compiler"):
            echo.measure(CEILING, SIZES)
