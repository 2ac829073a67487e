"""The CPU of a thread: on which it runs now, and on which it may run.

Both concern the calling thread alone. A thread or a process that it starts afterwards inherits
what it may use: whoever binds a thread has to know what that thread starts.
"""

from __future__ import annotations

import os
from collections.abc import Set
from pathlib import Path
from typing import Final

PROC: Final = Path("/proc")
CAN_BIND: Final = hasattr(os, "sched_setaffinity")
"""Whether this platform binds threads to CPUs; macOS and Windows do not in this way."""
PROCESSOR_FIELD: Final = 39
"""Of /proc/PID/stat, counted from 1 as proc(5) does."""


def bind_thread(cpus: Set[int]) -> None:
    """Let the calling thread run on these CPUs only.

    Raises:
        OSError: none of them is there any more, or the system does not allow or know it.
    """
    if not CAN_BIND:
        raise OSError("this platform does not bind threads to CPUs")
    os.sched_setaffinity(0, cpus)


def current_cpu(proc: Path = PROC) -> int | None:
    """The CPU that the calling thread is running on; None where the system does not tell.

    It costs the reading of a small file, and is old news as soon as it is read.
    """
    try:
        text = (proc / "thread-self/stat").read_text(encoding="ascii", errors="replace")
        # The second field is the thread's name in parentheses, with anything in it.
        return int(text.rpartition(")")[2].split()[PROCESSOR_FIELD - 3])
    except (OSError, ValueError, IndexError):
        return None
