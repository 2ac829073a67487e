"""The addresses of Unix sockets: paths, and Linux's abstract names, which begin with a NUL.

A path names a file, which outlives the process that bound it unless somebody removes it. An
abstract name is gone with its last socket, and has no file and no permissions.
"""

from __future__ import annotations

import os
import socket
import stat
import sys
from typing import Final, TypeAlias

from zokio.errors import UsageError
from zokio.net.resolve import Endpoint

UnixPath: TypeAlias = "str | bytes | os.PathLike[str] | os.PathLike[bytes]"
HAS_ABSTRACT_NAMES: Final = sys.platform == "linux"
NAME_BYTES_MAX: Final = 108 if HAS_ABSTRACT_NAMES else 104
"""sizeof sun_path; a path needs a NUL at its end, an abstract name does not."""


def unix_endpoint(path: UnixPath) -> Endpoint:
    """The endpoint of a path, or of an abstract name.

    Raises:
        UsageError: it is neither, it is too long, or the platform has no such sockets.
    """
    if not hasattr(socket, "AF_UNIX"):
        raise UsageError("this platform has no Unix sockets")
    try:
        name = os.fsencode(path)
    except TypeError:
        raise UsageError(f"{path!r} is no path: give text, bytes or a pathlib.Path") from None
    is_abstract = name.startswith(b"\0")
    if is_abstract and not HAS_ABSTRACT_NAMES:
        raise UsageError(f"{path!r}: only Linux has abstract names; give a path")
    if not name or (b"\0" in name and not is_abstract):
        raise UsageError(f"{path!r} is no path of a socket: it is empty, or has a NUL in it")
    most = NAME_BYTES_MAX - (not is_abstract)
    if len(name) > most:
        raise UsageError(
            f"{path!r} has {len(name)} bytes: the system takes {most} for the name of a socket; "
            "choose a shorter path, or a relative one"
        )
    return Endpoint(socket.AF_UNIX, name if is_abstract else os.fsdecode(name))


class SocketFile:
    """The file of a socket that was bound just now, to be removed by whoever bound it."""

    def __init__(self, path: str) -> None:
        self._path = os.path.abspath(path)  # the process may change its folder
        self._identity = _identity(self._path)

    def remove(self) -> None:
        """Remove the file, unless it is gone or another one has taken its place."""
        if self._identity is not None and _identity(self._path) == self._identity:
            try:
                os.unlink(self._path)
            except OSError:
                pass  # the folder may not be writable any more: nobody is harmed
        self._identity = None


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def describe(path: str | bytes) -> str:
    """What is in the way at an address that cannot be bound."""
    if isinstance(path, bytes):
        return "another socket has this abstract name"
    try:
        is_socket = stat.S_ISSOCK(os.lstat(path).st_mode)
    except OSError:
        is_socket = True  # simulated, or gone meanwhile
    if is_socket:
        return "a socket is there; if its server is gone, remove the file that it has left behind"
    return "there is a file which is no socket; choose another path"
