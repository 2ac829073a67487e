"""Compiles the C programs of the echo benchmark, once a run, into a temporary directory."""

from __future__ import annotations

import atexit
import functools
import shutil
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent


@functools.cache
def _directory() -> Path:
    directory = Path(tempfile.mkdtemp(prefix="zokio-bench-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return directory


@functools.cache
def compiled(name: str) -> Path | None:
    """The program made from `NAME.c`, or None where there is no compiler or no epoll."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    program = _directory() / name
    command = [compiler, "-O2", "-o", str(program), str(HERE / f"{name}.c")]
    done = subprocess.run(command, capture_output=True, check=False)
    return program if done.returncode == 0 else None
