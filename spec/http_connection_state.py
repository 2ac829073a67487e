"""The state of `http_connection.py`, and the questions that its steps and its claims both ask."""

from __future__ import annotations

from typing import NamedTuple

IDLE, HEAD, HANDLING, BODY = "idle", "head", "handling", "body"
WRITING, DRAINING, LINGERING, CLOSED = "writing", "draining", "lingering", "closed"
UPGRADED = "upgraded"
READING = (IDLE, HEAD, BODY, DRAINING, LINGERING)
ON_THE_CLIENT = (*READING, WRITING)
"""Where the connection waits for its client, and a deadline runs."""

GET, POST, LONG, EXPECT, BAD = "get", "post", "long", "expect", "bad"
UPGRADE = "upgrade"
START, REST, PART = "start", "rest", "part"
OWED = {GET: (), POST: (PART,), LONG: (PART, PART), EXPECT: (PART,), BAD: (), START: (REST,)}
OWED[UPGRADE] = ()
"""What a client begins a request with, and what it then owes."""
LENGTH = {GET: 0, UPGRADE: 0, REST: 0, POST: 1, LONG: 2, EXPECT: 1}
"""How many parts the body has that belongs to a complete head."""

OPEN, ENDED, RESET = "open", "ended", "reset"
TIME, STOP, GRACE = "time", "stop", "grace"
CONTINUE, DONE, FAILED, MALFORMED, TOO_SLOW = "100", "200", "500", "400", "408"
SWITCHED = "101"
REFUSALS = (MALFORMED, TOO_SLOW)


class State(NamedTuple):
    """The variables; see the head of `http_connection.py`."""

    at: str = IDLE
    stopping: bool = False
    cause: str = ""
    owed: bool = False
    peer: str = OPEN
    heads: int = 0
    due: tuple[str, ...] = ()
    inbox: tuple[str, ...] = ()
    buffer: tuple[str, ...] = ()
    handled: int = 0
    request: str = ""
    body: int = 0
    asked: bool = False
    room: bool = True
    answers: tuple[tuple[int, str], ...] = ()
    given: tuple[str, ...] = ()
    told: bool = False


EVERYTHING = State._fields


def finals(state: State) -> list[tuple[int, str]]:
    """The answers without the interim ones."""
    return [answer for answer in state.answers if answer[1] != CONTINUE]


def is_refused(state: State) -> bool:
    """Whether the connection has refused its client."""
    return bool(state.answers) and state.answers[-1][1] in REFUSALS


def can_read(state: State) -> bool:
    """Whether a read would not wait."""
    return bool(state.inbox) or state.peer != OPEN
