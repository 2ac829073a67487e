"""ScopedTask: a coroutine that stops in each of its polls and is told what to enter and leave.

Whatever needs no `with` or `await` of its own (cancelling, spawning, shielding) is called at the
stop, inside of the poll.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import zokio
from tests.helpers.controlled_thread import ControlledThread
from zokio.core.suspend import suspend

Order = Literal["plain", "shielded", "group", "suspend", "leave", "catch"]

FAR_S = 1e6
"""A deadline that does not come by itself."""


@dataclass
class OpenScope:
    """A scope that a task is in, and the group whose scope it is."""

    scope: zokio.CancelScope
    group: zokio.TaskGroup | None


class ScopedTask:
    """`run()` is what the task runs; it obeys `order` whenever its thread goes on from a stop.

    Attributes:
        order: "plain", "shielded" and "group" enter a scope of that kind, "leave" ends the block
            (or the task), "suspend" waits; at a Cancelled, "catch" catches it, others do not.
        flying: Cancelled is on its way out of the task.
        is_over: obey no more; leave everything.
    """

    def __init__(self, thread: ControlledThread, name: str, scopes: dict[int, OpenScope]) -> None:
        self.name = name
        self.order: Order = "leave"
        self.flying = False
        self.is_over = False
        self._thread = thread
        self._scopes = scopes

    async def run(self) -> None:
        """Obey until told to leave the outermost block."""
        while (order := self._ask()) != "leave":
            try:
                await (suspend() if order == "suspend" else self._enter(order))
            except zokio.Cancelled:
                self.flying = True
                if self._ask() != "catch":
                    raise
            self.flying = False

    def _ask(self) -> Order:
        self._thread.stop_here(self.name)
        return "leave" if self.is_over else self.order

    async def _enter(self, kind: Order) -> None:
        number = next(each for each in range(len(self._scopes) + 1) if each not in self._scopes)
        try:
            if kind == "group":
                group = zokio.TaskGroup()
                group.cancel_scope.deadline = FAR_S
                async with group:
                    self._scopes[number] = OpenScope(group.cancel_scope, group)
                    await self.run()
            else:
                with zokio.CancelScope(deadline=FAR_S, shield=kind == "shielded") as scope:
                    self._scopes[number] = OpenScope(scope, None)
                    await self.run()
        finally:
            del self._scopes[number]
