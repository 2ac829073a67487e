"""run_supervised: a supervisor over real processes, told of signals, of alarms and of ends.

One task calls the supervisor, with one event after another; each child has a task that watches it.
"""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Sequence
from functools import partial
from typing import NoReturn

from zokio.env.signals import handled
from zokio.runtime.group import TaskGroup
from zokio.runtime.scope import CancelScope
from zokio.supervisor.children import Child
from zokio.supervisor.places import Ending, Policy, Process
from zokio.supervisor.supervisor import Supervisor
from zokio.sync.mpsc import unbounded
from zokio.time.sleep import now

Event = Callable[[], None]


async def run_supervised(
    command: Sequence[str],
    bind: Callable[[], socket.socket],
    policy: Policy,
    say: Callable[[str], object],
) -> Ending:
    """Keep `policy.workers` processes running until SIGTERM or SIGINT; on the main thread.

    So it is for a runtime without workers, whose tasks run there.

    The signal stops them gracefully, a second one kills them; SIGHUP replaces them one by one.
    Cancelled, it kills them and waits for their end.

    Args:
        command: what to run; see `Child`.
        bind: makes a socket that is bound to where a process is to listen.
        say: called with what people want to know.

    Raises:
        ValueError: this is not the main thread.
    """
    async with TaskGroup() as group:
        children = Children(command, bind, group, say)
        supervisor = Supervisor(policy, children)
        children.came_up, children.ended = supervisor.came_up, supervisor.ended
        signals = {signal.SIGTERM: supervisor.stop, signal.SIGINT: supervisor.stop}
        signals[signal.SIGHUP] = supervisor.reload
        with handled({number: partial(children.tell, what) for number, what in signals.items()}):
            try:
                supervisor.begin()
                while not supervisor.is_over:
                    (await children.next_event(supervisor.ring))()
            finally:
                children.kill_all()
    return supervisor.ending


def _not_told(*_: object) -> NoReturn:
    raise AssertionError("a child has ended before the supervisor was there")


class Children:
    """The `World` of the supervisor."""

    def __init__(
        self,
        command: Sequence[str],
        bind: Callable[[], socket.socket],
        group: TaskGroup,
        say: Callable[[str], object],
    ) -> None:
        self.came_up: Callable[[Child], None] = _not_told
        self.ended: Callable[[Child, int], None] = _not_told
        self._say = say
        self._command = command
        self._bind = bind
        self._group = group
        self._alive: set[Child] = set()
        self._alarms: dict[int, float] = {}
        self._sender, self._receiver = unbounded()

    # What the supervisor does

    def start(self, heir_of: Process | None) -> Child:
        """A new child, with the socket of the one whose heir it is."""
        inherited = heir_of.listening if isinstance(heir_of, Child) else None
        child = Child(self._command, self._bind if inherited is None else inherited.dup)
        self._alive.add(child)
        self._group.spawn(self._watch(child), name=f"process {child.number}")
        return child

    def set_alarm(self, place: int, seconds: float) -> None:
        """It goes off in so many seconds."""
        self._alarms[place] = now() + seconds

    def clear_alarm(self, place: int) -> None:
        """It does not go off."""
        self._alarms.pop(place, None)

    def say(self, text: str) -> None:
        """Tell people."""
        self._say(text)

    # What happens

    def tell(self, event: Event) -> None:
        """From anywhere, signal handlers too: let the event happen in its turn."""
        self._sender.try_send(event)

    async def next_event(self, ring: Callable[[int], None]) -> Event:
        """Wait for what happens next; for an alarm that goes off it is a call of `ring`."""
        place = min(self._alarms, key=self._alarms.__getitem__, default=None)
        deadline = float("inf") if place is None else self._alarms[place]
        with CancelScope(deadline=deadline):
            event: Event = await self._receiver.recv()
            return event
        assert place is not None
        del self._alarms[place]
        return partial(ring, place)

    async def _watch(self, child: Child) -> None:
        code = await child.watch(lambda: self.tell(partial(self.came_up, child)))
        self._alive.discard(child)
        self.tell(partial(self.ended, child, code))

    def kill_all(self) -> None:
        """Whatever has come in between: nobody is left."""
        for child in self._alive:
            child.kill()
