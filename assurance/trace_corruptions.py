"""Corruptions of a recorded trace: one event is dropped, doubled, swapped, renamed or misdirected.

Each is one small lie about what happened. By chance a lie may itself be a run of the machine (a
wake more of a task that is queued, say): the trace must then be accepted, and
`tests/model/naive_validation.py` says which these are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from zokio.model import Event, Machine

AnyMachine = Machine[Any]  # Any: a corruption does not look at states
Events = tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Corruption:
    """A corrupted trace.

    Attributes:
        kind: What was done.
        at: The number of the event that it was done to.
        events: The trace with it.
    """

    kind: str
    at: int
    events: Events


def corruptions(machine: AnyMachine, events: Events, seed: int, at: int) -> Iterator[Corruption]:
    """Every kind of corruption of one event; what is chosen is drawn from `seed`."""
    random = Random(f"corruptions {seed} {at}")
    for kind, corrupt in KINDS.items():
        corrupted = corrupt(machine, events, at, random)
        if corrupted is not None and corrupted != events:
            yield Corruption(kind, at, corrupted)


def _drop(machine: AnyMachine, events: Events, at: int, random: Random) -> Events | None:
    return events[:at] + events[at + 1 :]


def _duplicate(machine: AnyMachine, events: Events, at: int, random: Random) -> Events | None:
    """Once more, just after it; with room made between the tickets."""
    spread = tuple(replace(each, begin=4 * each.begin, end=4 * each.end) for each in events)
    end = spread[at].end
    again = replace(spread[at], begin=end + 1, end=end + 2)
    return tuple(sorted((*spread, again), key=lambda event: event.begin))


def _swap(machine: AnyMachine, events: Events, at: int, random: Random) -> Events | None:
    """With the next one of its strand: each is said to have been when the other was."""
    later = [n for n in range(at + 1, len(events)) if events[n].strand == events[at].strand]
    if not later:
        return None
    one, other = events[at], events[later[0]]
    changed = list(events)
    changed[at] = replace(one, action=other.action, arguments=other.arguments)
    changed[later[0]] = replace(other, action=one.action, arguments=one.arguments)
    return tuple(changed)


def _rename(machine: AnyMachine, events: Events, at: int, random: Random) -> Events | None:
    """Another action with the same parameters."""
    parameters = {action.name: action.parameters for action in machine.actions}
    own = events[at].action
    alike = [name for name in parameters if parameters[name] == parameters[own] and name != own]
    if not alike:
        return None
    return _with(events, at, replace(events[at], action=random.choice(alike)))


def _misdirect(machine: AnyMachine, events: Events, at: int, random: Random) -> Events | None:
    """Another argument: the step was done to another task, or by another thread."""
    event = events[at]
    action = next(each for each in machine.actions if each.name == event.action)
    domains = machine.domains()
    choices = [
        (place, value)
        for place, parameter in enumerate(action.parameters)
        for value in domains[parameter]
        if value != event.arguments[place]
    ]
    if not choices:
        return None
    place, value = random.choice(choices)
    arguments = (*event.arguments[:place], value, *event.arguments[place + 1 :])
    return _with(events, at, replace(event, arguments=arguments))


def _with(events: Sequence[Event], at: int, event: Event) -> Events:
    return (*events[:at], event, *events[at + 1 :])


KINDS: dict[str, Callable[[AnyMachine, Events, int, Random], Events | None]] = {
    "drop": _drop,
    "duplicate": _duplicate,
    "swap": _swap,
    "rename": _rename,
    "misdirect": _misdirect,
}
