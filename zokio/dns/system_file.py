"""SystemFile: a file of the system's configuration, which others may change meanwhile.

It is told apart by its time, size and identity: a file that another one replaces is another one
even if it is older, which c-ares by itself does not see.
"""

from __future__ import annotations

import os
from typing import Final

HOSTS: Final = "/etc/hosts"
RESOLV_CONF: Final = "/etc/resolv.conf"

Mark = tuple[int, ...]


class SystemFile:
    """Make it before the file is read."""

    __slots__ = ("_mark", "path")

    def __init__(self, path: str) -> None:
        self.path = path
        self._mark = mark_of(path)

    def has_changed(self) -> bool:
        """Whether it is another one than at the last time; of one that is gone the last counts."""
        mark = mark_of(self.path)
        if mark is None or mark == self._mark:
            return False
        self._mark = mark
        return True


def mark_of(path: str) -> Mark | None:
    """What tells it from others; None if there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
