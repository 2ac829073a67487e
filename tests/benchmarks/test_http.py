"""The HTTP benchmark counts right answers only, whoever loads the server."""

from __future__ import annotations

import dataclasses
import json
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from benchmarks import http
from benchmarks.benchmark import Measurement, WorkNotDone
from benchmarks.child import EXIT_MISSING, ROOT
from benchmarks.http import HTTP
from benchmarks.http_answers import check, request, taken
from benchmarks.loopback import serving

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 13\r\n\r\n"
GOOD = HEAD + b"Hello, World!"
SERVER = [sys.executable, "-m", "benchmarks.http_worker"]


def test_answers_are_taken_whole_and_one_by_one() -> None:
    received = bytearray(GOOD + GOOD[:-1])
    assert taken(received, "/") == len(GOOD)
    assert taken(received, "/") == 0
    received += GOOD[-1:]
    assert taken(received, "/") == len(GOOD)
    assert not received


@pytest.mark.parametrize(
    "wrong",
    [
        GOOD.replace(b"200 OK", b"404 Not Found"),
        GOOD.replace(b"World", b"Weird"),
        GOOD.replace(b"text/plain", b"text/html"),
        GOOD.replace(b"content-length: 13", b"connection: close"),
        GOOD.replace(b"13", b"12"),
    ],
)
def test_a_wrong_answer_is_refused(wrong: bytes) -> None:
    with pytest.raises(WorkNotDone, match="answer to /"):
        taken(bytearray(wrong), "/")


@contextmanager
def answering(answers: list[bytes]) -> Iterator[int]:
    """A server for one connection, which says these words whatever it is asked."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                for each in answers:
                    connection.sendall(each)

        thread = threading.Thread(target=answer)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


def test_every_answer_of_a_pipeline_is_compared() -> None:
    with answering([GOOD * 3]) as port:
        assert check(port, "/", 3) == (3, len(GOOD))


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([GOOD], "ended before the answer"),
        ([GOOD, GOOD.replace(b"\r\n\r\n", b"\r\nx: y\r\n\r\n")], "different lengths"),
    ],
)
def test_a_pipeline_that_is_not_answered_alike_is_refused(
    answers: list[bytes], reason: str
) -> None:
    with answering(answers) as port, pytest.raises(WorkNotDone, match=reason):
        check(port, "/", 2)


@pytest.mark.parametrize("name", HTTP.contestants)
@pytest.mark.parametrize("path", ["/", "/json"])
def test_every_server_gives_the_same_answers(name: str, path: str) -> None:
    pytest.importorskip(name.split()[0])
    with serving([*SERVER, name], None) as server:
        assert check(server.facts["port"], path, 2)[0] == 2
    assert server.errors == []


def test_without_wrk_the_load_comes_from_python_and_the_report_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert "no wrk" in http.conditions()
    sizes = {**HTTP.tiny[0].parameters, "seconds": 0.2}
    measurement = http.measure("zokio", sizes)
    http.verify(measurement, sizes)
    assert measurement.operations >= 8


def test_bytes_that_belong_to_other_answers_are_no_figure() -> None:
    sizes = {"connections": 2, "depth": 1}
    extra = {"errors": 0, "compared": 2, "answer_bytes": 100, "bytes": 1_050}
    good = Measurement("", "", 10, 2, 1.0, extra)
    http.verify(good, sizes)
    for size in (999, 1_201):
        with pytest.raises(WorkNotDone, match="bytes more"):
            http.verify(dataclasses.replace(good, extra={**extra, "bytes": size}), sizes)


def test_a_request_names_its_host() -> None:
    assert request("/json") == b"GET /json HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def test_who_is_missing_says_so_also_when_nobody_listens_any_more() -> None:
    gone = "def gone(say): raise ImportError('not here')\n"
    program = f"import sys\nfrom benchmarks import http_worker as worker\n{gone}"
    program += "worker.SERVERS['zokio'] = gone\nsys.exit(worker.main('zokio'))"
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == EXIT_MISSING
    assert json.loads(ended.stdout) == {"missing": "not here"}
