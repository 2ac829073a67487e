"""Ctrl-C: the first SIGINT cancels the root task, a second one raises KeyboardInterrupt at once.

Python runs signal handlers between two byte codes of the main thread, so a handler may only do
what another thread may do: it injects. The interpreter's own C handler writes to the reactor's
bell, so a signal that arrives just before the thread goes to sleep is not slept through.

Only the default handler of the main thread is replaced, and it is put back afterwards. Source:
the manual of Python's `signal`, `set_wakeup_fd`.
"""

from __future__ import annotations

import signal
from types import FrameType, TracebackType

from zokio.core.task import Task
from zokio.env.threads import current_thread, main_thread


class Interrupts:
    """While the block runs, SIGINT cancels `root`; afterwards KeyboardInterrupt is raised."""

    __slots__ = ("_bell_fd", "_installed", "_interrupted", "_old_fd", "_root")

    def __init__(self, root: Task, bell_fd: int) -> None:
        self._root = root
        self._bell_fd = bell_fd
        self._installed = False
        self._interrupted = False
        self._old_fd = -1

    def __enter__(self) -> None:
        if current_thread() is not main_thread():
            return
        if self._bell_fd >= 0:
            self._old_fd = signal.set_wakeup_fd(self._bell_fd, warn_on_full_buffer=False)
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._handle)
            self._installed = True

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self._interrupted:
            raise KeyboardInterrupt
        self._interrupted = True
        self._root.queue.inject(self._root.abort)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if current_thread() is not main_thread():
            return
        if self._bell_fd >= 0:
            signal.set_wakeup_fd(self._old_fd)
        if self._installed:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        if self._interrupted and not isinstance(error, KeyboardInterrupt):
            raise KeyboardInterrupt from None
