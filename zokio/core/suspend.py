"""The two ways in which a coroutine hands the thread back to the scheduler.

`yield` (nothing) says: pending, somebody holds my waker. `yield AGAIN` says: I woke myself, put me
at the end of the queue. Nothing else may be yielded to zokio; what other runtimes yield is answered
with an error inside the coroutine.
"""

from __future__ import annotations

from collections.abc import Generator
from enum import Enum
from types import coroutine
from typing import Final, Literal


class Again(Enum):
    """The type of `AGAIN`."""

    AGAIN = "again"


AGAIN: Final[Literal[Again.AGAIN]] = Again.AGAIN


@coroutine
def yield_now() -> Generator[Again, None, None]:
    """Let every other ready task run once, then go on.

    It is a suspension point: in a cancelled scope it raises `Cancelled`.
    """
    yield AGAIN


@coroutine
def suspend() -> Generator[None, None, None]:
    """Wait until the task is woken. It may be woken for no reason: check and suspend again."""
    yield
