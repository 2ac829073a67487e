"""What the stateful tests of a run saw: how often each action ran on the real system.

It is gathered from the test cases that `stateful_test` made and pytest collected, in each worker of
pytest-xdist, added up, said at the end of the run, and written where `--zokio-witness` says. The
file is JSON: `{"machines": {"LockMachine": {"actions": {"take": 12}, "sometimes": [...]}}}`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from zokio.model.stateful import StatefulTestCase

Seen = dict[str, dict[str, Any]]  # Any: what JSON can hold; see the head of the file

SEEN = pytest.StashKey[list[Seen]]()


def finish(session: pytest.Session) -> None:
    """At the end of a run: hand what was seen to the controller, or write it."""
    config = session.config
    found = seen_by(getattr(session, "items", ()))
    if hasattr(config, "workeroutput"):
        config.workeroutput["zokio_witness"] = found
        return
    add(config, found)
    file = config.getoption("zokio_witness")
    if file:
        parts: list[Seen] = config.stash[SEEN]
        text = json.dumps({"machines": merged(parts)}, indent=2, sort_keys=True)
        Path(file).write_text(text + "\n", encoding="utf-8")


def add(config: pytest.Config, seen: Seen) -> None:
    """Remember what was seen in this process or in a worker."""
    parts: list[Seen] = config.stash.setdefault(SEEN, [])
    parts.append(seen)


def seen_by(items: Iterable[pytest.Item]) -> Seen:
    """Return what the stateful test cases among these tests saw."""
    cases = {
        case: None
        for item in items
        if isinstance(case := getattr(item, "cls", None), type)
        and issubclass(case, StatefulTestCase)
    }
    return merged([_seen_by_case(case) for case in cases])


def _seen_by_case(case: type[StatefulTestCase]) -> Seen:
    names = [action.name for action in case.machine.actions]
    actions = {name: case.witnessed[name] for name in names}
    sometimes = sorted(case.witnessed_sometimes)
    return {case.machine.title: {"actions": actions, "sometimes": sometimes}}


def merged(parts: Iterable[Seen]) -> Seen:
    """Return the sum of what was seen."""
    whole: Seen = {}
    for part in parts:
        for machine, seen in part.items():
            into = whole.setdefault(machine, {"actions": {}, "sometimes": []})
            for name, count in seen["actions"].items():
                into["actions"][name] = into["actions"].get(name, 0) + count
            into["sometimes"] = sorted({*into["sometimes"], *seen["sometimes"]})
    return whole


def summary(reporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say for each machine how often its actions ran, those that never did first."""
    parts: list[Seen] = config.stash.get(SEEN, [])
    whole = merged(parts)
    if not whole or config.getoption("collectonly"):
        return
    reporter.section("what the stateful tests saw")
    for machine, seen in whole.items():
        counts = sorted(seen["actions"].items(), key=lambda item: (item[1] > 0, item[0]))
        told = ", ".join(
            f"{name} {count:,}" if count else f"{name} NEVER" for name, count in counts
        )
        reporter.line(f"{machine}: {told}")
