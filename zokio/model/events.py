"""Recorded events: what a traced program says that it did, and the file that says so.

A trace is a header (which machine, with which constants) and events. An event is an action of the
machine with its arguments, done by one of several strands (threads, mostly), at some instant
between its `begin` and its `end`. These are drawn from one counter, before and after the step: an
event that ended before another one began came first for certain; two that overlap may have come
in either order. The events of one strand do not overlap.

The file is JSON, one object a line. A trace begins with its header and ends with the number of its
events, so that a cut one is known for what it is; a file may hold several:

    {"trace": 1, "machine": "task", "constants": {"tasks": 1}, "program": "zokio 0.1"}
    {"action": "spawn", "arguments": [0], "strand": 0, "begin": 0, "end": 1}
    {"events": 1}

Reading decides nothing about a run: `validation.py` does.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TextIO

from zokio.model.literal import literal

FORMAT = 1


class TraceFormatError(Exception):
    """The file is no trace; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a recorded run.

    Attributes:
        action: The name of an action of the machine.
        arguments: The action's arguments, in the parameters' order.
        strand: Who did it; the events of one strand follow one another.
        begin: Drawn before the step.
        end: Drawn after it, greater than `begin`.
    """

    action: str
    arguments: tuple[Hashable, ...] = ()
    strand: int = 0
    begin: int = 0
    end: int = 1

    def __str__(self) -> str:
        return f"{self.action}({', '.join(map(literal, self.arguments))})"


@dataclass(frozen=True, slots=True)
class RecordedTrace:
    """A trace as it stands in a file.

    Attributes:
        machine: The name of a specification, or `module:Machine`.
        constants: What the machine is made with.
        events: In the order of the file, which is that of `begin`.
        program: What recorded it, for people.
        complete: Whether it has its last line; otherwise the recording was cut.
    """

    machine: str
    constants: Mapping[str, object]
    events: tuple[Event, ...]
    program: str = ""
    complete: bool = True


def in_sequence(steps: Iterable[tuple[str, tuple[Hashable, ...]]]) -> tuple[Event, ...]:
    """Return the events of a program with one strand: each step after the one before."""
    return tuple(
        Event(action, arguments, 0, 2 * number, 2 * number + 1)
        for number, (action, arguments) in enumerate(steps)
    )


def write_traces(file: TextIO, traces: Iterable[RecordedTrace]) -> None:
    """Write traces, one after another."""
    for trace in traces:
        header = {
            "trace": FORMAT,
            "machine": trace.machine,
            "constants": dict(trace.constants),
            "program": trace.program,
        }
        file.write(_line(header))
        for event in trace.events:
            file.write(_line({name: getattr(event, name) for name in Event.__slots__}))
        if trace.complete:
            file.write(_line({"events": len(trace.events)}))


def read_traces(file: TextIO) -> list[RecordedTrace]:
    """Read every trace of a file.

    A last line that is cut off in the middle is left out: its trace is not complete.

    Raises:
        TraceFormatError: The file is no trace, or one of another format.
    """
    traces: list[RecordedTrace] = []
    header: dict[str, object] | None = None
    events: list[Event] = []
    for number, entry in _entries(file):
        if "trace" in entry:
            if header is not None:
                traces.append(_recorded(header, events, complete=False))
            header, events = _checked_header(number, entry), []
        elif header is None:
            raise TraceFormatError(f"line {number}: no header before it; this is no trace")
        elif "events" in entry:
            if entry["events"] != len(events):
                raise TraceFormatError(
                    f"line {number}: says {entry['events']!r} events, and {len(events)} stand here"
                )
            traces.append(_recorded(header, events, complete=True))
            header = None
        else:
            events.append(_event(number, entry))
    if header is not None:
        traces.append(_recorded(header, events, complete=False))
    if not traces:
        raise TraceFormatError("the file is empty")
    return traces


def _line(entry: Mapping[str, object]) -> str:
    return json.dumps(entry, separators=(",", ":")) + "\n"


def _entries(file: TextIO) -> Iterator[tuple[int, dict[str, object]]]:
    try:
        for number, line in enumerate(file, 1):
            try:
                entry = json.loads(line)
            except (ValueError, RecursionError):
                if not line.endswith("\n"):
                    return  # cut off: what stands before it is a trace that is not complete
                raise TraceFormatError(f"line {number}: not JSON; this is no trace") from None
            if not isinstance(entry, dict):
                raise TraceFormatError(f"line {number}: not a JSON object; this is no trace")
            yield number, entry
    except UnicodeDecodeError:
        raise TraceFormatError("not text; this is no trace") from None


def _checked_header(number: int, entry: dict[str, object]) -> dict[str, object]:
    if entry["trace"] != FORMAT:
        raise TraceFormatError(
            f"line {number}: a trace of format {entry['trace']!r}; this version reads {FORMAT}"
        )
    if not isinstance(entry.get("machine"), str) or not isinstance(entry.get("constants"), dict):
        raise TraceFormatError(f"line {number}: the header lacks the machine or its constants")
    return entry


def _recorded(header: dict[str, object], events: list[Event], *, complete: bool) -> RecordedTrace:
    constants = header["constants"]
    assert isinstance(constants, dict)
    frozen = {str(name): _frozen(value) for name, value in constants.items()}
    program = str(header.get("program", ""))
    return RecordedTrace(str(header["machine"]), frozen, tuple(events), program, complete)


def _event(number: int, entry: dict[str, object]) -> Event:
    action, arguments = entry.get("action"), entry.get("arguments", [])
    numbers = [entry.get(name) for name in ("strand", "begin", "end")]
    strand, begin, end = numbers
    if not isinstance(action, str) or not isinstance(arguments, list):
        raise TraceFormatError(f"line {number}: an event needs an action and a list of arguments")
    if not (type(strand) is int and type(begin) is int and type(end) is int):
        raise TraceFormatError(f"line {number}: strand, begin and end of an event are integers")
    if begin >= end:
        raise TraceFormatError(f"line {number}: the event ends ({end}) before it begins ({begin})")
    return Event(action, tuple(map(_frozen, arguments)), strand, begin, end)


def _frozen(value: object) -> Hashable:
    """A JSON value as a part of a state: lists are tuples there."""
    if isinstance(value, list):
        return tuple(map(_frozen, value))
    if isinstance(value, dict):
        return tuple((name, _frozen(each)) for name, each in sorted(value.items()))
    assert value is None or isinstance(value, bool | int | float | str)
    return value
