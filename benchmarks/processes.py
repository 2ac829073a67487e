"""What the system tells of another process, and how many descriptors it lets this one have."""

from __future__ import annotations

import os
from pathlib import Path

LIMIT_MAX = 1 << 20
"""No system gives a process more descriptors than this unasked."""


def is_told() -> bool:
    """Whether this system tells what is asked here."""
    return Path("/proc/self/statm").exists()


def resident_bytes(pid: int) -> int:
    """Resident memory now. What the kernel holds for its sockets is not in it."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def descriptors(pid: int) -> int:
    """How many it has open."""
    return len(os.listdir(f"/proc/{pid}/fd"))


def raise_descriptor_limit() -> int:
    """Raise the soft limit of this process to the hard one, `LIMIT_MAX` at the most; tell it."""
    import resource  # absent on Windows, where nothing of this is told

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    soft = LIMIT_MAX if hard == resource.RLIM_INFINITY else min(hard, LIMIT_MAX)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return soft
