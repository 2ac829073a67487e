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
from pathlib import Path
from time import monotonic
from typing import Any
from warnings import catch_warnings, simplefilter

import pytest
from coverage import Coverage
from hypothesis import HealthCheck, Phase, settings

from assurance.forkserver_child import (
    HYPOTHESIS_IS_LOADED,
    Tell,
    Teller,
    run_child,
    run_cold,
    run_in_place,
    run_items,
)
from assurance.forkserver_rehearser import Rehearser, grouped
from assurance.forkserver_shorter import shorten
from assurance.forkserver_watched import Child
from assurance.memo import Memo

ROOT = Path(__file__).resolve().parents[1]
PROFILE = "forkserver"

TICK_S = 0.2

Answer = Tell


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
                self._run(map(self._rehearsal, grouped(question["rehearse"])), self._rehearsed)
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


def _readable(selector: selectors.BaseSelector) -> Iterator[int]:
    for key, _ in selector.select(TICK_S):
        yield key.fd


def _told(session: pytest.Session, teller: Teller) -> Teller:
    """The teller, listening to the session."""
    session.config.pluginmanager.register(teller)
    return teller


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
    shorten(memo, setup["steps_max"])
    options = ["-q", "-p", "no:cacheprovider", "--capture=no", "--tb=line", *HYPOTHESIS_IS_LOADED]
    return int(pytest.main([*options, *setup["paths"]], plugins=[server]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
