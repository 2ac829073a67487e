"""Requests to a server that a test of `zokio serve` has started, and its answers."""

from __future__ import annotations

import http.client
import ssl
from pathlib import Path
from typing import Self

PATIENCE_S = 30.0


class Asked:
    """A request on a connection of its own; the response has begun.

    Attributes:
        process: the number of the process that answers.
        body: what has come of it so far.
    """

    def __init__(self, where: str, target: str, context: ssl.SSLContext | None = None) -> None:
        if context is None:
            self._connection = http.client.HTTPConnection(where, timeout=PATIENCE_S)
        else:
            self._connection = http.client.HTTPSConnection(
                where, timeout=PATIENCE_S, context=context
            )
        self._connection.request("GET", target)
        self._response = self._connection.getresponse()
        self.process = int(self._response.headers["process"])
        self.body = ""

    def read(self, size: int | None = None) -> str:
        """So much more of the body, or the rest; all that has come."""
        self.body += self._response.read(size).decode()
        return self.body

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()


class Gate:
    """What a request waits for, in whichever process: see `served_app.py`."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "gate"

    @property
    def target(self) -> str:
        """What to ask for."""
        return f"/gate?{self._path}"

    def open(self) -> None:
        """Let them go on."""
        self._path.touch()

    def close(self) -> None:
        """Those that come now have to wait."""
        self._path.unlink()

    def waiting(self, where: str) -> Asked:
        """A request that waits, and has begun to be answered."""
        asked = Asked(where, self.target)
        assert asked.read(6) == "begun "
        return asked
