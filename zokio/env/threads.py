"""Threads and what they share: the one place that imports `threading`.

The names are the standard library's. Later work replaces them with modelled threads in order to
run the real code under every interleaving. `deque` is among them for the queues that threads share:
its ends are atomic, with the GIL and without it.
"""

from __future__ import annotations

from collections import deque as deque
from threading import Event as Event
from threading import Lock as Lock
from threading import RLock as RLock
from threading import Thread as Thread
from threading import active_count as active_count
from threading import current_thread as current_thread
from threading import get_ident as get_ident
from threading import local as ThreadLocal
from threading import main_thread as main_thread

__all__ = [
    "Event",
    "Lock",
    "RLock",
    "Thread",
    "ThreadLocal",
    "active_count",
    "current_thread",
    "deque",
    "get_ident",
    "main_thread",
]
