"""The rehearsal of the tests on the runtime as it is: which lines each runs, in what time."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from coverage import Coverage

from assurance.forkserver_child import Tell, Teller

GROUP_MAX = 25
"""So many tests of a file are rehearsed in one child; of the stateful ones, one."""


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


def grouped(tests: list[str]) -> Iterator[list[str]]:
    """A child for each stateful test, and one for some tests of a file otherwise."""
    group: list[str] = []
    for test in tests:
        file = test.partition("::")[0]
        if group and (
            len(group) == GROUP_MAX or group[0].partition("::")[0] != file or "stateful" in file
        ):
            yield group
            group = []
        group.append(test)
    if group:
        yield group
