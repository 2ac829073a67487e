"""curl, and a server in a thread for it to speak to."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

import zokio
from zokio.http import serve
from zokio.http.service import Handler
from zokio.http.stream import Listener

PATIENCE_S = 30
needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


@dataclass(frozen=True)
class Served:
    """Where a server listens, and what stops it."""

    address: Any  # a pair, or a path, as the listener says
    stop: zokio.CancellationToken


@contextmanager
def serving_in_thread(handler: Handler, listen: Callable[[], Listener]) -> Iterator[Served]:
    """A server in a thread, which is stopped at the end of the block and waited for."""
    stop, bound = zokio.CancellationToken(), []
    listens = threading.Event()

    def ready(address: object) -> None:
        bound.append(address)
        listens.set()

    async def main() -> None:
        await serve(handler, listener=listen(), ready=ready, stop=stop, grace=5)

    thread = threading.Thread(target=lambda: zokio.run(main()))
    thread.start()
    assert listens.wait(PATIENCE_S)
    try:
        yield Served(bound[0], stop)
    finally:
        stop.cancel()
        thread.join(PATIENCE_S)
    assert not thread.is_alive(), "the server does not end"


def curl(*words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """What curl says, and what it tells of the exchange."""
    command = ["curl", "--silent", "--show-error", "--max-time", str(PATIENCE_S), *words]
    found = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert found.returncode == code, found.stderr
    return found
