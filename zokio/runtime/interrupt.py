"""Ctrl-C: the first SIGINT asks for the end, a second one raises KeyboardInterrupt at once.

What the first one does is up to whoever runs the loop: `block_on` cancels its root task, a shutdown
waits no longer for those that clean up.

Python runs signal handlers between two byte codes of the main thread, so a handler may only do
what another thread may do: it injects. The second one too, when it comes while the runtime's own
code runs: raised there, it could leave a task in no queue. The interpreter's own C handler writes
to the reactor's bell, so a signal that arrives just before the thread goes to sleep is not slept
through. (Beside workers it is a worker that hears the bell: while every one of them computes, such
a signal is seen when one is free, or at the next signal.)

Only the default handler of the main thread is replaced, and it is put back afterwards. Source:
the manual of Python's `signal`, `set_wakeup_fd`.
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType, TracebackType

from zokio.core.run_queue import RunQueue
from zokio.env.threads import current_thread, main_thread
from zokio.errors import AbortedError


class Interrupts:
    """While the block runs, SIGINT calls `first`; afterwards KeyboardInterrupt is raised.

    An error of the block's own is kept as its context; a SystemExit or the like goes on as it is.

    Args:
        queue: of the runtime; between two polls it calls what is injected.
        first: what the first SIGINT does, between two polls.
        bell_fd: what the interpreter writes to at a signal; -1 for nothing.
    """

    __slots__ = ("_bell_fd", "_first", "_installed", "_interrupted", "_old_fd", "_queue")

    def __init__(self, queue: RunQueue, first: Callable[[], None], bell_fd: int) -> None:
        self._queue = queue
        self._first = first
        self._bell_fd = bell_fd
        self._installed = False
        self._interrupted = False
        self._old_fd = -1

    def __enter__(self) -> None:
        global _active
        if current_thread() is not main_thread():
            return
        _active = self
        try:
            # The handler first: from then on a SIGINT no longer raises in the middle of this.
            if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
                self._installed = True
                signal.signal(signal.SIGINT, self._handle)
            if self._bell_fd >= 0:
                self._old_fd = signal.set_wakeup_fd(self._bell_fd, warn_on_full_buffer=False)
        except BaseException:
            self.restore()
            raise

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if not self._interrupted:
            self._interrupted = True
            self._queue.inject(self._first)  # spec: call_outside
        elif self._queue.task is None or _is_own_code(frame):
            self._queue.inject(self._interrupt)  # spec: call_outside
        else:
            raise KeyboardInterrupt

    def _interrupt(self) -> None:
        """The second SIGINT, taken in between two polls; unless the block has ended meanwhile."""
        if _active is self:
            raise KeyboardInterrupt

    def restore(self) -> None:
        """Put back what was there before; again it does nothing."""
        global _active
        if _active is not self:
            return
        if self._bell_fd >= 0:
            signal.set_wakeup_fd(self._old_fd)
        # Unless the program has put a handler of its own there meanwhile.
        if self._installed and signal.getsignal(signal.SIGINT) == self._handle:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        _active = None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.restore()
        if not self._interrupted:
            return
        if error is None or isinstance(error, AbortedError):
            raise KeyboardInterrupt from None
        if isinstance(error, Exception):
            raise KeyboardInterrupt


_active: Interrupts | None = None
"""The one of the main thread, which runs one runtime at a time."""


def restore_signals() -> None:
    """In a forked child: signals are as they were before the parent's runtime ran."""
    if _active is not None:
        _active.restore()


def _is_own_code(frame: FrameType | None) -> bool:
    return frame is not None and frame.f_globals.get("__name__", "").startswith("zokio.")
