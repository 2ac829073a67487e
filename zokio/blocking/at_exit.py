"""The end of the process, and its forks, as far as the threads of blocking calls are concerned.

At the interpreter's exit no call begins any more, and those that run are waited for; Ctrl-C ends
that wait, and then the process ends whatever they do. Idle threads are daemons: nobody waits for
one.

In a forked child only the thread that forked goes on. The calls are the parent's, so in the child
every pool is closed and empty, and its lock is a new one: another thread may have held the old one.
"""

from __future__ import annotations

import atexit
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zokio.blocking.worker import Worker

WORKERS: dict[Worker, None] = {}
"""Every worker of this process that has not left, of whichever pool."""


def finish() -> None:
    """Close every pool, and wait for the calls that run."""
    workers = list(WORKERS.copy())
    for worker in workers:
        worker.pool.close()
    for worker in workers:
        worker.join()


def _abandon_in_child() -> None:
    for worker in list(WORKERS):
        worker.pool.abandon()
    WORKERS.clear()


atexit.register(finish)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_abandon_in_child)
