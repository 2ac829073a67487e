"""The state of `registration.py`, and the questions that its actions and its claims both ask."""

from __future__ import annotations

from typing import NamedTuple

SIZES = {"small": 1, "large": 2}
KINDS = ("read small", "read large", "write little", "write lots", "replace")
STANDING = ("reader", "reader cancelled", "writer", "writer cancelled")
AFTER_CLOSE = {
    **dict.fromkeys(KINDS, "late"),
    **dict.fromkeys(("reader", "writer"), "told"),
    **dict.fromkeys(("reader cancelled", "writer cancelled"), "cancelled"),
}


class State(NamedTuple):
    """The state; see the head of the file."""

    generation: int = 0
    open: bool = False
    inbox: int = 0
    peer: str = "open"
    error: bool = False
    room: bool = True
    edges: tuple[int, ...] = ()
    readable: bool = False
    writable: bool = False
    ended: bool = False
    readers: tuple[str, ...] = ()
    writers: tuple[str, ...] = ()
    queue: tuple[str, ...] = ()
    outcome: str = ""


KERNEL = ("inbox", "peer", "error", "room", "edges", "outcome")
EVERYTHING = State._fields


def standing(state: State, who: str) -> tuple[str, ...]:
    """Who stands and waits in this direction."""
    return state.readers if who == "reader" else state.writers


def sleeps(state: State, who: str) -> bool:
    """Whether somebody stands there who is owed no poll."""
    return bool(standing(state, who)) and not {who, f"{who} cancelled"} & {*state.queue}


def to_read(state: State) -> bool:
    """Whether a read would not block."""
    return state.open and (state.inbox > 0 or state.peer != "open")
