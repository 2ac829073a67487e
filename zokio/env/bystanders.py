"""Threads that only look on, and never wake anybody: that of the watchdog."""

from __future__ import annotations

import os

from zokio.env import threads
from zokio.env.threads import Thread

BYSTANDERS: set[Thread] = set()


def active_count() -> int:
    """How many threads are alive that may do something for others."""
    return threads.active_count() - sum(thread.is_alive() for thread in BYSTANDERS)


def is_known_to_the_system(thread: Thread) -> bool:
    """Whether the system still has the thread, as it may for a moment after a join. On Linux."""
    return os.path.exists(f"/proc/self/task/{thread.native_id}")
