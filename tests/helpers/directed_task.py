"""DirectedTask: a coroutine that stops in each of its polls and is told how the poll ends."""

from __future__ import annotations

from typing import Literal

from tests.helpers.controlled_thread import ControlledThread
from zokio.core.suspend import suspend, yield_now

Ending = Literal["pending", "again", "value", "error"]


class DirectedError(Exception):
    """What a directed task raises when it is told to fail."""


class DirectedTask:
    """`run()` is what the task runs.

    In each poll it stops its thread at the place `name`; `ending` says how the poll ends then.

    Attributes:
        polls: How many polls have begun.
    """

    def __init__(self, thread: ControlledThread, name: str) -> None:
        self.name = name
        self.ending: Ending = "pending"
        self.polls = 0
        self._thread = thread

    async def run(self) -> str:
        """Poll after poll; the value is the task's name."""
        while True:
            self.polls += 1
            self._thread.stop_here(self.name)
            match self.ending:
                case "pending":
                    await suspend()
                case "again":
                    await yield_now()
                case "value":
                    return self.name
                case "error":
                    raise DirectedError(self.name)
