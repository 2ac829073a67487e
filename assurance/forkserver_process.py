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
from warnings import catch_warnings, simplefilter

import pytest
from coverage import Coverage
from hypothesis import HealthCheck, Phase, settings

from assurance.forkserver_child import (
    HYPOTHESIS_IS_LOADED,
    NOT_A_FINDING,
    Tell,
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
MEMORY_MAX_BYTES = 1 << 30
WALL_S = 90.0
"""The last resort."""

Answer = Tell
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


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
            cpu_s, asleep, memory_bytes = _usage(self.pid)
        except (FileNotFoundError, ProcessLookupError):
            return self.cpu_s
        if cpu_s != self.cpu_s or not asleep:
            self.active_s = monotonic()
        self.cpu_s = cpu_s
        if memory_bytes > MEMORY_MAX_BYTES:
            self.stop("grew")
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
        if self.over is None:
            return "crashed"
        return "survived" if self.tests else "broken"  # pytest began nothing


def _usage(pid: int) -> tuple[float, bool, int]:
    """The processor time of a process, whether all its threads sleep, childless, and its memory."""
    text = Path(f"/proc/{pid}/stat").read_text()
    numbers = text.rpartition(")")[2].split()
    cpu_s = sum(map(int, numbers[11:15])) / TICKS_A_SECOND
    asleep = True
    for thread in Path(f"/proc/{pid}/task").iterdir():
        state = (thread / "stat").read_text().rpartition(")")[2].split()[0]
        children = thread / "children"
        has_children = children.exists() and children.read_text().strip()
        asleep = asleep and state == "S" and not has_children
    return cpu_s, asleep, int(numbers[21]) * PAGE_BYTES


class Server:
    """A pytest plugin that answers questions instead of running tests."""

    def __init__(self, setup: dict[str, Any], answer: Answer, memo: Memo) -> None:
        self.setup = setup
        self.answer = answer
        self.memo = memo
        self.items: dict[str, pytest.Item] = {}
        self.texts: dict[str, str] = {}
        self.rehearsed_cpu_s: dict[str, float] = {}
        self.asker = os.getppid()
        """The process that asks; without it nobody needs the answers."""
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
                self._run(map(self._rehearsal, _grouped(question["rehearse"])), self._rehearsed)
            else:
                self._run(map(self._judgement, question["judge"]), self._judged)
            self.answer({})
        return True

    # Rehearsals

    def _rehearsal(self, tests: list[str]) -> Child:
        def work(tell: Tell) -> None:
            items = [self.items[test] for test in tests]
            coverage = self._coverage()
            rehearser = Rehearser(coverage, items[0].session, tell)
            coverage.start()
            try:
                run_items(items, rehearser, to_the_end=True)
            finally:
                coverage.stop()
            tell({"rehearsed": rehearser.results(), "lines": self._lines_by_test(coverage)})

        return self._fork(tests[0], work, is_patient=True)

    def _lines(self, coverage: Coverage) -> dict[str, list[int]]:
        data = coverage.get_data()
        return {
            Path(path).relative_to(ROOT).as_posix(): sorted(data.lines(path) or ())
            for path in sorted(data.measured_files())
        }

    def _lines_by_test(self, coverage: Coverage) -> dict[str, dict[str, list[int]]]:
        with catch_warnings():
            simplefilter("ignore")  # tests which run nothing of what is measured
            data = coverage.get_data()
        lines: dict[str, dict[str, list[int]]] = {}
        for path in sorted(data.measured_files()):
            file = Path(path).relative_to(ROOT).as_posix()
            for line, tests in data.contexts_by_lineno(path).items():
                for test in tests:
                    lines.setdefault(test, {}).setdefault(file, []).append(line)
        return lines

    def _rehearsed(self, child: Child) -> None:
        self.memo.load()
        if child.over is None:
            failure = f"{child.outcome()} in {child.test}"
            self.answer(
                {"test": child.name, "failure": failure, "cpu_seconds": child.cpu_s, "lines": {}}
            )
            return
        for test, result in child.over["rehearsed"].items():
            self.rehearsed_cpu_s[test] = result["cpu_seconds"]
            self.answer({"test": test, "lines": child.over["lines"].get(test, {}), **result})

    # Judgements

    def _judgement(self, change: dict[str, Any]) -> Child:
        file, tests = change["file"], change["tests"]
        module = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        before, after = self.texts[file], change["source"]

        def work(tell: Tell) -> None:
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
        work: Callable[[Tell], None],
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
                    if not running or os.getppid() != self.asker:
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


class Rehearser(Teller):
    """Notes of each test how it ended, how long it took, and tells the coverage whose it is."""

    def __init__(self, coverage: Coverage, session: pytest.Session, tell: Tell) -> None:
        super().__init__(tell)
        self.coverage = coverage
        self.seconds: dict[str, float] = {}
        self.failures: dict[str, str] = {}
        session.config.pluginmanager.register(self)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        super().pytest_runtest_logstart(nodeid)
        self.coverage.switch_context(nodeid)
        self.seconds[nodeid] = -sum(os.times()[:4])

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self.seconds[nodeid] += sum(os.times()[:4])
        failure = self.failure
        self.failures[nodeid] = f"{failure['error']}: {failure['message']}" if failure else ""

    def results(self) -> dict[str, dict[str, object]]:
        """By test: the failure, if there is one, and the processor time."""
        return {
            test: {"failure": failure, "cpu_seconds": round(self.seconds[test], 3)}
            for test, failure in self.failures.items()
        }


def _grouped(tests: list[str]) -> Iterator[list[str]]:
    """A child for each stateful test, and one for some tests of a file otherwise."""
    group: list[str] = []
    for test in tests:
        file = test.partition("::")[0]
        if group and (
            len(group) == 25 or group[0].partition("::")[0] != file or "stateful" in file
        ):
            yield group
            group = []
        group.append(test)
    if group:
        yield group


def _readable(selector: selectors.BaseSelector) -> Iterator[int]:
    for key, _ in selector.select(TICK_S):
        yield key.fd


def _told(session: pytest.Session, teller: Teller) -> Teller:
    """The teller, listening to the session."""
    session.config.pluginmanager.register(teller)
    return teller


def _shorten(memo: Memo, steps_max: int | None) -> None:
    """Have the stateful tests compute once what they need, and replay a part of all edges."""
    from tests.stateful import edge_replay
    from zokio.model import Lockstep, Witness, stateful

    stateful.explore = memo.remember(stateful.explore)  # type: ignore[attr-defined]  # its import
    walks = memo.remember(walks_of)

    def replay_some(machine: Machine[Any], adapter: Adapter[Any]) -> Witness:
        witness = Witness()
        lockstep = Lockstep(machine, adapter, witness)
        for first, steps in spread(walks(machine), steps_max):
            try:
                lockstep.start(first)
                for step in steps:
                    lockstep.take(step)
            finally:
                lockstep.stop()
        return witness

    def replay_some_of(many: int, machine: Machine[Any], adapter: Adapter[Any]) -> Witness:
        return replay_some(machine, adapter)

    def witness_nothing(machine: Machine[Any], witness: Witness) -> None:
        """A part of the walks need not show everything."""

    if steps_max is not None:
        edge_replay.replay_every_edge = replay_some
        edge_replay.replay_one_walk_in = replay_some_of
        edge_replay.assert_everything_was_witnessed = witness_nothing


def walks_of(machine: Machine[Any]) -> list[tuple[Any, list[Step]]]:
    """The walks of the machine's edge cover: where each begins, and its steps."""
    from zokio.model import EdgeReplay

    cover = EdgeReplay(machine)
    graph = cover.graph
    assert graph.edges is not None
    labels = graph.edges.labels
    return [
        (graph.states[walk.start], [graph.steps[labels[edge]] for edge in walk.edges])
        for walk in cover.walks
    ]


def spread(
    walks: list[tuple[Any, list[Step]]], steps_max: int | None
) -> list[tuple[Any, list[Step]]]:
    """About so many steps, in whole walks that are spread evenly over all of them."""
    if steps_max is None:
        return walks
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
    options = ["-q", "-p", "no:cacheprovider", "--capture=no", "--tb=line", *HYPOTHESIS_IS_LOADED]
    return int(pytest.main([*options, *setup["paths"]], plugins=[server]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
