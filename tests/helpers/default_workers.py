"""The whole suite on several workers: ZOKIO_TEST_WORKERS=N makes N the default of `workers`.

In the tests' own process `conftest.py` sets it, and `site/sitecustomize.py` does in programs that
tests start. A test with the marker `one_thread` is about the current-thread runtime and keeps
workers=0.
"""

from __future__ import annotations

import os
from pathlib import Path

from zokio.runtime.config import RuntimeConfig

VARIABLE = "ZOKIO_TEST_WORKERS"
SITE = str(Path(__file__).resolve().parent / "site")


def wanted() -> int:
    """How many workers the environment asks for; 0 when it asks for nothing."""
    return int(os.environ.get(VARIABLE, "0"))


def set_default(workers: int) -> None:
    """From now on `RuntimeConfig()` has so many workers."""
    init = RuntimeConfig.__init__
    assert init.__defaults__ is not None
    init.__defaults__ = (workers, *init.__defaults__[1:])


def search_path(root: Path) -> str:
    """PYTHONPATH for a program that a test starts."""
    return os.pathsep.join([str(root), SITE] if wanted() else [str(root)])
