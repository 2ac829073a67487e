"""`zokio check --trace FILE`: hold recorded traces against their machines, and say what came of it.

Of a trace that is rejected it shows the first event that no possible state allows, what that event
looks at in these states, and what could have happened instead.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Hashable, Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from zokio.cli.specifications import Machines
from zokio.errors import UsageError
from zokio.model import (
    Event,
    Machine,
    ModelError,
    Progress,
    ProgressBar,
    RecordedTrace,
    TraceFormatError,
    Validation,
    read_traces,
    validate,
)
from zokio.model.literal import literal

ACCEPTED, REJECTED, INCOMPLETE = 0, 1, 3
STATES_SHOWN = 5
EVENTS_SHOWN = 5
WIDTH_MAX = 160

Validated = tuple[RecordedTrace, Machine[Any], Validation[Any]]  # Any: states of any machine


class EventsBar(ProgressBar):
    """How many events of a trace are consumed."""

    def __init__(self, machine: str, events: int) -> None:
        super().__init__(machine)
        self.events = events
        self.started = perf_counter()

    def __enter__(self) -> EventsBar:
        return self

    def consumed(self, events: int) -> None:
        """So many are."""
        self(Progress(self.events, self.events - events, events, perf_counter() - self.started))

    def _line(self, progress: Progress) -> str:
        return f"{self.title}: {progress.depth:,} of {progress.states:,} events"


def check_traces(file: Path, machines: Machines, *, as_json: bool) -> int:
    """Validate every trace of a file and print the verdicts; the exit code.

    Raises:
        UsageError: the file cannot be read, is no trace, or names a machine that there is not.
    """
    validated = [_validated(file, trace, machines) for trace in _read(file)]
    if as_json:
        print(json.dumps({"traces": [_to_json(*each) for each in validated]}, indent=2))
    else:
        for each in validated:
            print("\n".join(_lines(*each)))
    verdicts = {validation.verdict for _, _, validation in validated}
    if "rejected" in verdicts:
        return REJECTED
    return INCOMPLETE if "incomplete" in verdicts else ACCEPTED


def _read(file: Path) -> list[RecordedTrace]:
    try:
        with file.open(encoding="utf-8") as lines:
            return read_traces(lines)
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror or error}") from error
    except TraceFormatError as error:
        raise UsageError(f"{file}: {error}") from error


def _validated(file: Path, trace: RecordedTrace, machines: Machines) -> Validated:
    try:
        machine = _machine_class(trace.machine, machines)(**trace.constants)
        with EventsBar(trace.machine, len(trace.events)) as bar:
            validation = validate(
                machine, trace.events, complete=trace.complete, progress=bar.consumed
            )
    except (ModelError, TypeError) as error:  # a constant of a type that the machine cannot use
        raise UsageError(f"{file}: the trace of {trace.machine}: {error}") from error
    return trace, machine, validation


def _machine_class(name: str, machines: Machines) -> type[Machine[Any]]:
    """A specification by its name, or a user's machine by `module:Machine`."""
    if name in machines:
        return type(machines[name][0])
    module, _, attribute = name.partition(":")
    try:
        found = getattr(importlib.import_module(module), attribute) if attribute else None
    except (ImportError, AttributeError, ValueError) as error:
        raise UsageError(f"the trace is one of {name}, which cannot be loaded: {error}") from error
    if not (isinstance(found, type) and issubclass(found, Machine)):
        raise UsageError(
            f"the trace is one of {name}, which is no machine; there are: {', '.join(machines)}"
        )
    return found


def _to_json(trace: RecordedTrace, machine: Machine[Any], found: Validation[Any]) -> object:
    entry: dict[str, object] = {
        "machine": trace.machine,
        "configuration": dict(trace.constants),
        "verdict": found.verdict,
        "events": found.events,
        "consumed": found.consumed,
    }
    if found.reason:
        entry["reason"] = found.reason
    if found.index is not None:
        entry |= {"index": found.index, "event": str(trace.events[found.index])}
        entry |= {"enabled": [str(step) for step in found.enabled]}
        entry |= {"states": [_looked_at(machine, trace, found, state) for state in found.states]}
    return entry


def _lines(trace: RecordedTrace, machine: Machine[Any], found: Validation[Any]) -> Iterator[str]:
    of = f" of {trace.program}" if trace.program else ""
    yield f"{machine!r}: {found.verdict}{of}"
    yield f"  {found.events:,} events, {found.consumed:,} consumed"
    if found.verdict != "accepted":
        yield f"  {found.reason}"
    if found.index is None:
        return
    yield f"  the first event that no possible state allows is number {found.index}:"
    yield from _around(trace.events, found.index)
    yield f"  possible states before it, {len(found.states)}; what it looks at:"
    for state in found.states[:STATES_SHOWN]:
        yield f"    {_shortened(', '.join(_looked_at(machine, trace, found, state)))}"
    yield "  what could have happened there:"
    for line in _grouped([str(step) for step in found.enabled]):
        yield f"    {line}"


def _around(events: Sequence[Event], index: int) -> Iterator[str]:
    for number in range(max(0, index - EVENTS_SHOWN), index + 1):
        mark = ">" if number == index else " "
        event = events[number]
        yield f"  {mark} {number:6} {event} by {event.strand} [{event.begin}, {event.end}]"


def _looked_at(
    machine: Machine[Any], trace: RecordedTrace, found: Validation[Any], state: Sequence[Hashable]
) -> list[str]:
    """The variables that the event's action reads, and those in which the states differ."""
    names: tuple[str, ...] = getattr(state, "_fields", ())
    assert found.index is not None
    read = [
        name
        for action in machine.actions
        if action.name == trace.events[found.index].action
        for name in action.reads or ()
    ]
    shown = [
        name
        for place, name in enumerate(names)
        if name in read or not read or len({other[place] for other in found.states}) > 1
    ]
    return [f"{name} = {_compact(getattr(state, name))}" for name in shown]


def _compact(value: object) -> str:
    """A variable with an entry a task as the entries that are not what most are."""
    if isinstance(value, tuple) and not hasattr(value, "_fields") and len(value) > 8:
        usual = max(dict.fromkeys(value), key=value.count)
        others = [f"[{at}] {literal(each)}" for at, each in enumerate(value) if each != usual]
        if len(others) < len(value) / 2:
            return f"{len(value)} of {literal(usual)} but {', '.join(others) or 'nothing'}"
    return literal(value)


def _grouped(steps: Sequence[str]) -> Iterator[str]:
    groups: dict[str, list[str]] = {}
    for step in steps:
        groups.setdefault(step.partition("(")[0], []).append(step)
    for group in groups.values():
        more = f" and {len(group) - 3:,} more of it" if len(group) > 3 else ""
        yield ", ".join(group[:3]) + more
    if not groups:
        yield "nothing, or too much to be listed"


def _shortened(text: str) -> str:
    return text if len(text) <= WIDTH_MAX * 5 else text[: WIDTH_MAX * 5] + " ..."
