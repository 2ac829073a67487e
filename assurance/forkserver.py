"""Judge many changed versions of the runtime by its tests, each in a process that costs a fork.

    with ForkServer(("tests/stateful",)) as server:
        rehearsals = list(server.rehearse(server.tests))
        for verdict in server.judge([Change(name, "zokio/core/task.py", text, tests)]):
            ...

The server is a process of its own which has imported pytest, Hypothesis, the tests and zokio once
(`forkserver_process.py`). For each change it forks a child, which takes over the changed text,
runs the given tests in their order and stops at the first that fails. Where the change lies in
bodies of functions the child replaces their code (`code_patch.py`); otherwise it forgets zokio and
the tests and imports them anew, with the changed file.

Guarantees: no file is touched; nothing of one child is left for another; a child that spins, hangs
or grows is killed, and how is said. A spinning one is told by the processor time it takes and a
hanging one by doing nothing, so a busy machine makes neither. It runs on Linux.

It does not choose the tests, and it does not ask whether a change makes sense.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from assurance.inner_pytest import of_no_outer_pytest

ROOT = Path(__file__).resolve().parents[1]
CHILDREN = 2

Outcome = Literal["survived", "failed", "hung", "spun", "grew", "crashed", "broken"]
"""`broken` is a change that does not even run: a name which nobody defines, an import that fails.
It proves nothing of the tests."""

KILLED: frozenset[Outcome] = frozenset({"failed", "hung", "spun", "grew", "crashed"})


@dataclass(frozen=True, slots=True)
class Change:
    """A changed text of one file of zokio/, and the tests that judge it, in their order.

    Attributes:
        name: What the verdict is called.
        file: The file, from the root of the tree.
        source: Its whole changed text.
        tests: Node ids, as `ForkServer.tests` has them.
        cold: Import everything anew, although the change could be made in place.
    """

    name: str
    file: str
    source: str
    tests: tuple[str, ...]
    cold: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a change.

    Attributes:
        name: The change's.
        outcome: See `Outcome`.
        test: The test that failed or in which the process ended; empty if there is none.
        error: The type of what was raised, and the first line of what it said.
        seconds: From the fork to the end, by the wall clock.
        cpu_seconds: What the process had used at its last report.
        tests: How many tests were begun.
        in_place: Whether code was replaced; otherwise everything was imported anew.
    """

    name: str
    outcome: Outcome
    test: str
    error: str
    seconds: float
    cpu_seconds: float
    tests: int
    in_place: bool


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A test on the runtime as it is.

    Attributes:
        test: The node id.
        failure: Empty, or why the test cannot judge: it fails although nothing is changed.
        cpu_seconds: What it took, measured with the coverage measured.
        lines: By file: the lines that it ran.
    """

    test: str
    failure: str
    cpu_seconds: float
    lines: dict[str, list[int]]


class ForkServerError(Exception):
    """The server process has ended or could not begin."""


class ForkServer:
    """The client's side; a context manager.

    Args:
        paths: The tests to collect: files, folders or node ids, as pytest takes them.
        measured: The folders of zokio/ whose lines a rehearsal reports.
        children: How many children may run at the same time.
        examples: How many examples Hypothesis tries, the same ones in every run.
        steps_max: How many steps a replay of edges takes at about the most, in walks spread evenly
            over the graph; None: all that the test takes.

    Attributes:
        tests: The node ids of what was collected.
        loading: By file: the lines of functions that ran while zokio and the tests were imported.
    """

    def __init__(
        self,
        paths: Sequence[str],
        *,
        measured: Sequence[str] = ("zokio",),
        children: int = CHILDREN,
        examples: int = 10,
        steps_max: int | None = None,
    ) -> None:
        self.tests: list[str] = []
        self.loading: dict[str, list[int]] = {}
        self._settings = {
            "paths": list(paths),
            "measured": list(measured),
            "children": children,
            "examples": examples,
            "steps_max": steps_max,
        }

    def __enter__(self) -> ForkServer:
        self._folder = tempfile.TemporaryDirectory(prefix="zokio-forkserver-")
        self._log = Path(self._folder.name, "log")
        settings = self._settings | {"folder": self._folder.name}
        command = [sys.executable, "-m", "assurance.forkserver_process", json.dumps(settings)]
        environment = of_no_outer_pytest() | {"PYTHONHASHSEED": "0"}
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        try:
            for answer in self._answers():
                self.tests = answer["tests"]
                self.loading = answer["loading"]
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        if error is not None or kind is not None:
            self._process.terminate()  # it takes its children with it
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()
        self._folder.cleanup()

    def rehearse(self, tests: Iterable[str]) -> Iterator[Rehearsal]:
        """Run each test on the runtime as it is; the rehearsals as they come.

        Raises:
            ForkServerError: the server has ended.
        """
        for answer in self._ask({"rehearse": list(tests)}):
            yield Rehearsal(**answer)

    def judge(self, changes: Iterable[Change]) -> Iterator[Verdict]:
        """Judge each change; the verdicts as they come.

        Raises:
            ForkServerError: the server has ended.
        """
        for answer in self._ask({"judge": [asdict(change) for change in changes]}):
            yield Verdict(**answer)

    @property
    def log(self) -> str:
        """The end of what the server and its children have said on standard error."""
        return self._log.read_text(errors="replace")[-8000:]

    def _ask(self, question: dict[str, object]) -> Iterator[dict[str, Any]]:
        # Through a file: a pipe that is full both ways would stop both sides.
        handle, path = tempfile.mkstemp(dir=self._folder.name)
        with os.fdopen(handle, "w") as file:
            json.dump(question, file)
        assert self._process.stdin is not None
        self._process.stdin.write(path + "\n")
        self._process.stdin.flush()
        return self._answers()

    def _answers(self) -> Iterator[dict[str, Any]]:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            answer: dict[str, Any] = json.loads(line)  # Any: a dataclass takes it apart
            if not answer:
                return
            yield answer
        raise ForkServerError(f"the server has ended:\n{self.log}")
