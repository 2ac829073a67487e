"""The process of the fork server: imports everything once, then forks a child for each change.

It is a pytest session that never runs a test itself: when pytest would begin, it answers questions
from its standard input instead (`forkserver.py` asks them), a few children at a time. It watches
the children by what the kernel says of them: processor time and threads asleep.
"""

from __future__ import annotations

import gc
import json
import os
import selectors
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import pytest
from coverage import Coverage
from hypothesis import HealthCheck, Phase, settings

from assurance.forkserver_child import (
    HYPOTHESIS_IS_LOADED,
    NOT_A_FINDING,
    Teller,
    run_child,
    run_cold,
    run_in_place,
    run_items,
)
from assurance.memo import Memo

if TYPE_CHECKING:
    from zokio.model import Adapter, Machine, Step, Witness

ROOT = Path(__file__).resolve().parents[1]
PROFILE = "forkserver"

TICK_S = 0.2
IDLE_S = 1.4
"""A child whose threads all sleep for so long, without using any time, waits for ever."""
SPIN_CPU_S = 1.5
"""What a test may take of processor time, besides five times what its rehearsal took."""
WALL_S = 90.0
"""The last resort."""

Answer = Callable[[dict[str, object]], None]
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Child:
    """A process that was forked, and what it has told."""

    pid: int
    pipe: int
    name: str
    is_patient: bool
    """Whether nothing but the wall clock stops it: a test that has never run."""
    began_s: float = field(default_factory=monotonic)
    unread: bytes = b""
    test: str = ""
    tests: int = 0
    failure: dict[str, str] | None = None
    over: dict[str, Any] | None = None  # Any: as JSON has it
    test_cpu_s: float = 0.0
    """The processor time that it had used when the test began."""
    cpu_s: float = 0.0
    active_s: float = field(default_factory=monotonic)
    """When it was last seen to do something."""
    stopped: str = ""

    def read(self, data: bytes) -> None:
        """Take in what it tells."""
        *lines, self.unread = (self.unread + data).split(b"\n")
        for line in lines:
            message = json.loads(line)
            if "begins" in message:
                self.test = message["begins"]
                self.tests += 1
                self.test_cpu_s = self.look()
            elif "ended" in message:
                self.failure = message["failure"]
            else:
                self.over = message

    def look(self) -> float:
        """Its processor time by now; notes whether it is active."""
        try:
            cpu_s, asleep = _usage(self.pid)
        except (FileNotFoundError, ProcessLookupError):
            return self.cpu_s
        if cpu_s != self.cpu_s or not asleep:
            self.active_s = monotonic()
        self.cpu_s = cpu_s
        return cpu_s

    def watch(self, rehearsed_cpu_s: float) -> None:
        """Kill it when it spins, hangs or takes for ever."""
        cpu_s = self.look()
        now_s = monotonic()
        if now_s - self.began_s > WALL_S:
            self.stop("hung")
        elif self.is_patient:
            return
        elif cpu_s - self.test_cpu_s > SPIN_CPU_S + 5 * rehearsed_cpu_s:
            self.stop("spun")
        elif self.test and now_s - self.active_s > IDLE_S:
            self.stop("hung")

    def stop(self, why: str) -> None:
        """Kill it with all that it has started."""
        if not self.stopped:
            self.stopped = why
            try:
                os.killpg(self.pid, signal.SIGKILL)
            except ProcessLookupError:  # it is not yet the leader of its group
                os.kill(self.pid, signal.SIGKILL)

    def outcome(self) -> str:
        """How it ended: see `forkserver.Outcome`."""
        if self.failure is not None:
            return "broken" if self.failure["error"] in NOT_A_FINDING else "failed"
        if self.stopped:
            return self.stopped
        return "survived" if self.over is not None and self.tests else "crashed"


def _usage(pid: int) -> tuple[float, bool]:
    """The processor time of a process, and whether it sleeps with all its threads, childless."""
    text = Path(f"/proc/{pid}/stat").read_text()
    numbers = text.rpartition(")")[2].split()
    cpu_s = sum(map(int, numbers[11:15])) / TICKS_A_SECOND
    asleep = True
    for thread in Path(f"/proc/{pid}/task").iterdir():
        state = (thread / "stat").read_text().rpartition(")")[2].split()[0]
        children = thread / "children"
        has_children = children.exists() and children.read_text().strip()
        asleep = asleep and state == "S" and not has_children
    return cpu_s, asleep


class Server:
    """A pytest plugin that answers questions instead of running tests."""

    def __init__(self, setup: dict[str, Any], answer: Answer, memo: Memo) -> None:
        self.setup = setup
        self.answer = answer
        self.memo = memo
        self.items: dict[str, pytest.Item] = {}
        self.texts: dict[str, str] = {}
        self.rehearsed_cpu_s: dict[str, float] = {}
        self.measured = [str(ROOT / folder) + "/*" for folder in setup["measured"]]
        self.coverage = self._coverage()
        self.coverage.start()  # of what runs while everything is imported

    def _coverage(self) -> Coverage:
        return Coverage(data_file=None, config_file=False, include=self.measured)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """The children put the files' changed texts in the place of these."""
        self.items = {item.nodeid: item for item in items}
        for path in (ROOT / "zokio").rglob("*.py"):
            self.texts[path.relative_to(ROOT).as_posix()] = path.read_text()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Answer until nobody asks any more."""
        if session.testsfailed:
            return True
        self.coverage.stop()
        self.answer({"tests": [*self.items], "loading": self._lines(self.coverage)})
        self.answer({})
        gc.collect()
        gc.freeze()  # a collection in a child would copy every page of the parent's
        for line in sys.stdin:
            path = Path(line.rstrip("\n"))
            question = json.loads(path.read_text())
            path.unlink()
            self.memo.load()
            if "rehearse" in question:
                self._run(map(self._rehearsal, question["rehearse"]), self._rehearsed)
            else:
                self._run(map(self._judgement, question["judge"]), self._judged)
            self.answer({})
        return True

    # Rehearsals

    def _rehearsal(self, test: str) -> Child:
        def work(tell: Callable[[dict[str, object]], None]) -> None:
            coverage = self._coverage()
            teller = Teller(tell)
            coverage.start()
            try:
                run_items([self.items[test]], _told(self.items[test].session, teller))
            finally:
                coverage.stop()
            tell({"lines": self._lines(coverage), "cpu_s": sum(os.times()[:4])})

        return self._fork(test, work, is_patient=True)

    def _lines(self, coverage: Coverage) -> dict[str, list[int]]:
        data = coverage.get_data()
        return {
            Path(path).relative_to(ROOT).as_posix(): sorted(data.lines(path) or ())
            for path in sorted(data.measured_files())
        }

    def _rehearsed(self, child: Child) -> None:
        self.memo.load()
        failure = child.outcome()
        if child.failure is not None:
            failure = f"{child.failure['error']}: {child.failure['message']}"
        over = child.over or {"lines": {}, "cpu_s": 0.0}
        self.rehearsed_cpu_s[child.name] = over["cpu_s"]
        self.answer(
            {
                "test": child.name,
                "failure": "" if failure == "survived" else failure,
                "cpu_seconds": over["cpu_s"],
                "lines": over["lines"],
            }
        )

    # Judgements

    def _judgement(self, change: dict[str, Any]) -> Child:
        file, tests = change["file"], change["tests"]
        module = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        before, after = self.texts[file], change["source"]

        def work(tell: Callable[[dict[str, object]], None]) -> None:
            teller = Teller(tell)
            items = [self.items[test] for test in tests]
            in_place = not change["cold"] and run_in_place(
                items,
                _told(items[0].session, teller) if items else teller,
                module=module,
                before=before,
                after=after,
            )
            if not in_place:
                path = str(ROOT / file)
                run_cold(tests, teller, module=module, path=path, after=after)
            tell({"in_place": in_place})

        return self._fork(change["name"], work, is_patient=False)

    def _judged(self, child: Child) -> None:
        outcome = child.outcome()
        failure = child.failure or {"error": "", "message": ""}
        self.answer(
            {
                "name": child.name,
                "outcome": outcome,
                "test": "" if outcome == "survived" else child.test,
                "error": ": ".join(filter(None, (failure["error"], failure["message"]))),
                "seconds": round(monotonic() - child.began_s, 3),
                "cpu_seconds": child.cpu_s,
                "tests": child.tests,
                "in_place": bool((child.over or {}).get("in_place")),
            }
        )

    # Children

    def _fork(
        self,
        name: str,
        work: Callable[[Callable[[dict[str, object]], None]], None],
        *,
        is_patient: bool,
    ) -> Child:
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            run_child(writing, work)
        os.close(writing)
        return Child(pid, reading, name, is_patient)

    def _run(self, forks: Iterable[Child], ended: Callable[[Child], None]) -> None:
        """Fork what is to be forked, a few at a time, and watch."""
        waiting = iter(forks)
        running: dict[int, Child] = {}
        try:
            with selectors.DefaultSelector() as selector:
                while True:
                    while len(running) < self.setup["children"]:
                        child = next(waiting, None)
                        if child is None:
                            break
                        running[child.pipe] = child
                        selector.register(child.pipe, selectors.EVENT_READ)
                    if not running:
                        return
                    for pipe in _readable(selector):
                        child = running[pipe]
                        data = os.read(pipe, 1 << 16)
                        child.read(data)
                        if not data:
                            selector.unregister(pipe)
                            del running[pipe]
                            os.close(pipe)
                            os.waitpid(child.pid, 0)
                            ended(child)
                    for child in running.values():
                        child.watch(self.rehearsed_cpu_s.get(child.test, 0.0))
        finally:
            for child in running.values():
                child.stop("crashed")


def _readable(selector: selectors.BaseSelector) -> Iterator[int]:
    for key, _ in selector.select(TICK_S):
        yield key.fd


def _told(session: pytest.Session, teller: Teller) -> Teller:
    """The teller, listening to the session."""
    session.config.pluginmanager.register(teller)
    return teller


def _shorten(memo: Memo, steps_max: int | None) -> None:
    """Have the stateful tests compute once what they need, and replay a part of all edges."""
    from tests.stateful import edge_cover
    from zokio.model import stateful

    walks = memo.remember(edge_cover.walks)
    stateful.explore = memo.remember(stateful.explore)  # type: ignore[attr-defined]  # its import
    if steps_max is None:
        edge_cover.walks = walks
        return
    replay = edge_cover.replay_every_edge

    def some_walks(machine: Machine[Any]) -> Iterator[tuple[Any, list[Step]]]:
        return iter(spread([*walks(machine)], steps_max))

    def replay_some(machine: Machine[Any], adapter: Adapter[Any], *, one_in: int = 1) -> Witness:
        return replay(machine, adapter)  # the walks are few already

    def witness_nothing(machine: Machine[Any], witness: Witness) -> None:
        """A part of the walks need not show everything."""

    edge_cover.walks = some_walks
    edge_cover.replay_every_edge = replay_some
    edge_cover.assert_everything_was_witnessed = witness_nothing


def spread(walks: list[tuple[Any, list[Step]]], steps_max: int) -> list[tuple[Any, list[Step]]]:
    """About so many steps, in whole walks that are spread evenly over all of them."""
    steps = sum(len(walk) for _, walk in walks)
    return walks[:: max(1, -(-steps // steps_max))]


def main(arguments: Sequence[str]) -> int:
    """Serve until standard input ends; what pytest says at its end."""
    setup = json.loads(arguments[0])
    # Standard output is for answers alone, whatever tests and pytest print.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(message: dict[str, object]) -> None:
        answers.write(json.dumps(message) + "\n")
        answers.flush()

    def end(*_: object) -> None:
        raise SystemExit(1)

    signal.signal(signal.SIGTERM, end)
    settings.register_profile(
        PROFILE,
        database=None,
        deadline=None,
        derandomize=True,
        max_examples=setup["examples"],
        phases=(Phase.explicit, Phase.generate, Phase.target),
        report_multiple_bugs=False,
        suppress_health_check=tuple(HealthCheck),
    )
    os.environ["HYPOTHESIS_PROFILE"] = PROFILE
    memo = Memo(Path(setup["folder"]) / "memo")
    server = Server(setup, answer, memo)
    _shorten(memo, setup["steps_max"])
    options = ["-q", "-p", "no:cacheprovider", "--capture=no", *HYPOTHESIS_IS_LOADED]
    return int(pytest.main([*options, *setup["paths"]], plugins=[server]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
