"""ControlledThread: a real thread that runs only when it is told, and stops where it is told.

Tests put stops (`stop_here`) into small probes around the real code; between two stops the code
runs as it is. Of all controlled threads and the thread that controls them only one runs at a time,
so every interleaving is the choice of the test. The exception is a thread that is about to block
in a system call: it says so (`block_here`), goes on by itself when the call has ended, and stops
again behind it.
"""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty, SimpleQueue

from zokio.env.threads import Thread, get_ident

# A safety net: nothing depends on it, except how long a test that fails takes to say so.
STUCK_S = 5.0

ENDED = "ended"


class StuckError(AssertionError):
    """The thread neither stopped nor ended: it blocks where it should not."""


class ControlledThread:
    """One thread for any number of calls, one after another.

    Attributes:
        place: The stop at which the thread stands, or `ENDED` when it has no call to run.
        blocked: Whether it went on from there into a call that blocks.
    """

    def __init__(self) -> None:
        self.place = ENDED
        self.blocked = False
        self._told: SimpleQueue[Callable[[], object] | None] = SimpleQueue()
        self._arrived: SimpleQueue[tuple[str, bool, BaseException | None]] = SimpleQueue()
        self._released = False
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def run(self, call: Callable[[], object]) -> str:
        """Let the thread run `call`, to its end or to its next stop; the place of that.

        At a stop the call is run right there, inside of whatever the thread is doing.

        Raises:
            StuckError: it came to no stop.
            BaseException: whatever the thread's outermost call raised.
        """
        self._told.put(call)
        return self.wait_for_stop()

    def go_on(self) -> str:
        """Let the thread go on to its next stop; the place of that stop. Raises as `run`."""
        self._told.put(None)
        return self.wait_for_stop()

    def wait_for_stop(self) -> str:
        """Wait until a thread that blocked has come to its next stop. Raises as `run`."""
        try:
            self.place, self.blocked, error = self._arrived.get(timeout=STUCK_S)
        except Empty:
            raise StuckError(f"the thread left {self.place!r} and came to no other stop") from None
        if error is not None:
            raise error
        return self.place

    def has_moved(self) -> bool:
        """Whether a thread that blocked has come to its next stop by itself."""
        return not self._arrived.empty()

    def stop_here(self, place: str) -> None:
        """Stop until told to go on. Called by probes; on other threads it does nothing."""
        if self.is_current() and not self._released:
            self._arrived.put((place, False, None))
            while (call := self._told.get()) is not None:
                call()
                self._arrived.put((place, False, None))

    def block_here(self, place: str) -> None:
        """Say that a call which blocks follows, and go on into it."""
        if self.is_current() and not self._released:
            self._arrived.put((place, True, None))

    def is_current(self) -> bool:
        """Whether the calling thread is this one."""
        return get_ident() == self._thread.ident

    def release(self) -> None:
        """Let the thread run its call to the end; stops mean nothing from now on. Raises as `run`.

        Whoever releases a thread that is blocked has ended the blocking call before.
        """
        self._released = True
        while self.place != ENDED:
            if not self.blocked:
                self._told.put(None)
            self.wait_for_stop()

    def join(self) -> None:
        """End the thread, which has no call to run.

        Raises:
            StuckError: it does not end.
        """
        self._told.put(None)
        self._thread.join(STUCK_S)
        if self._thread.is_alive():
            raise StuckError(f"the thread stands at {self.place!r} and does not end")

    def _run(self) -> None:
        while (call := self._told.get()) is not None:
            error: BaseException | None = None
            try:
                call()
            except BaseException as raised:
                error = raised
            self._arrived.put((ENDED, False, error))
            del call, error
