"""Exchange: moves ciphertext between an engine and a socket, for a reading and a writing task.

    attempt, flush: under the lock: a step of the engine; send what there is room for; receive
    wait:           outside of it: until the socket is ready in a direction that is needed

Guarantees:
- Ciphertext is moved only under the lock and without waiting, so each direction has one order, and
  no task holds anything while it is suspended. Cancelled there, an operation loses nothing: what
  was not sent yet stays here, and goes out with whoever comes next.
- The task that reads never waits for room alone: also a peer that does not read is read from.
- Who waits for a direction stands in its place in the registration, or the other one does, and
  tells it: when it has moved something, and when it leaves.

`spec/tls_stream.py` is its machine. It does not know what the steps are for.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from types import coroutine
from typing import TypeVar

from zokio.core.current import Polling
from zokio.core.task import Task
from zokio.env.threads import RLock
from zokio.net.readiness import not_here
from zokio.net.tls.engine import MORE, Engine, Needs
from zokio.net.tls.sides import Side
from zokio.reactor.contract import Socket
from zokio.reactor.registration import Registration

T = TypeVar("T")

CHUNK_BYTES = 65_536
"""How much ciphertext is received, or handed to the socket, at a time."""


class Exchange:
    """See the head of this file."""

    __slots__ = (
        *("_has_ended", "_polling", "_registration", "_socket", "_unsent"),
        *("engine", "lock", "reading", "send_error", "writing"),
    )

    def __init__(
        self, engine: Engine, sock: Socket, registration: Registration, polling: Polling
    ) -> None:
        self.engine = engine
        self.lock = RLock()  # re-entrant: a finalizer may close the stream
        self.reading = Side("reads", self.lock)
        self.writing = Side("writes to", self.lock)
        self.send_error: OSError | None = None
        """Why nothing can be sent any more. It ends the writing; what came before can be read."""
        self._socket = sock
        self._registration = registration
        self._polling = polling
        self._unsent = b""  # was taken from the engine
        self._has_ended = False

    def attempt(self, side: Side, step: Callable[[], Needs | T]) -> Needs | T:
        """Take a step of the engine; MORE: the task stands where it must, and has to `wait`.

        Raises:
            ssl.SSLError: of the step; what tells the peer is sent, if there is room.
            OSError: of the socket.
        """
        told: Task | None = None
        try:
            with self.lock:
                has_received = False
                try:
                    result = step()
                    if result is MORE and self._receive():
                        has_received = True
                        result = step()
                finally:
                    told = self._other(side).tell(has_input=has_received, has_room=self._send())
                if result is MORE:
                    self._stand(side, needs_input=True)
                return result
        finally:
            if told is not None:
                told.wake()

    def flush(self, side: Side) -> Needs | None:
        """Send what there is room for; MORE: as `attempt`."""
        with self.lock:
            told = self._other(side).tell(has_input=False, has_room=self._send())
            owes = self._owes()
            if owes:
                self._stand(side, needs_input=False)
        if told is not None:
            told.wake()
        return MORE if owes else None

    @coroutine
    def wait(self, side: Side) -> Generator[object, None, None]:
        """Suspend until the next attempt may get further. Cancelled or not, the place is free."""
        registration, goes_on = self._registration, False
        try:
            if registration.on_wait is not None:
                registration.on_wait(registration)
            while not side.is_due(registration):
                yield side.task
            goes_on = True
        finally:
            with self.lock:
                hands_on = registration.closed or (not goes_on and self._owes())
                told = side.leave(registration, self._other(side), hands_on=hands_on)
            if registration.on_wait is not None:
                registration.on_wait(registration)
            if told is not None:
                told.wake()

    def _other(self, side: Side) -> Side:
        return self.writing if side is self.reading else self.reading

    def _stand(self, side: Side, *, needs_input: bool) -> None:
        task = self._polling.task
        if task is None:
            raise not_here(self._registration)
        side.stand(task, self._registration, needs_input=needs_input, needs_room=self._owes())

    def _owes(self) -> bool:
        """Whether there is something to be sent that can be."""
        return self.send_error is None and bool(self._unsent or self.engine.has_output())

    def part(self) -> None:
        """Send what there is room for, and drop what has come; under the lock, before a close.

        A socket that is closed with something unread resets the connection, and what the peer has
        not read yet may be lost. A server's session tickets are nearly always there unread.
        """
        self._send()
        try:
            self._receive()
        except OSError:
            pass  # it is reset already

    def _send(self) -> bool:
        """Send until nothing is left, or there is no room; whether that went any further."""
        registration, has_sent = self._registration, False
        while self._owes() and registration.writable:
            self._unsent = self._unsent or self.engine.output(CHUNK_BYTES)
            registration.clear_writable()  # before: an event that comes meanwhile counts
            try:
                sent = self._socket.send(self._unsent)
            except BlockingIOError:
                break
            except OSError as error:
                registration.writable = True
                self.send_error = error
                return True
            has_sent = True
            if sent == len(self._unsent):
                registration.writable = True
            self._unsent = self._unsent[sent:]
        return has_sent

    def _receive(self) -> bool:
        """Feed the engine what is there; whether there was anything, or the end."""
        registration = self._registration
        if not registration.readable or self._has_ended:
            return False
        registration.readable = False  # before: an event that comes meanwhile counts
        try:
            data = self._socket.recv(CHUNK_BYTES)
        except BlockingIOError:
            return False
        except OSError:
            registration.readable = True
            raise
        if len(data) == CHUNK_BYTES or registration.ended:  # not everything was taken
            registration.readable = True
        if data:
            self.engine.feed(data)
        else:
            self._has_ended = True
            self.engine.feed_end()
        return True

    def check_invariants(self) -> None:
        """Assert that what a task waits for is watched, by it or by the other one."""
        registration = self._registration
        sides = [side for side in (self.reading, self.writing) if side.task is not None]
        tasks = [side.task for side in sides]
        assert registration.reader is None or registration.reader in tasks, "a stranger reads"
        assert registration.writer is None or registration.writer in tasks, "a stranger writes"
        for side in sides:
            if not side.is_due(registration):
                assert not side.needs_input or registration.reader, "nobody watches the input"
                assert not side.needs_room or registration.writer, "nobody watches the room"
