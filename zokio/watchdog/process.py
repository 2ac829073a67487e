"""The one watcher of this process, and what becomes of it in a fork.

Its thread ends before a fork, so that a process which forks has no thread for that: the child might
inherit locks in the middle of something, and Python 3.12 and later warn of it.
"""

from __future__ import annotations

import os

from zokio.watchdog.watcher import Watcher

WATCHER = Watcher()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=WATCHER.stop, after_in_child=WATCHER.reset)
