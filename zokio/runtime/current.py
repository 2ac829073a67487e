"""Which runtime the calling thread is running."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from zokio.core.current import CURRENT
from zokio.env.threads import ThreadLocal
from zokio.errors import NoRuntimeError

if TYPE_CHECKING:
    from zokio.runtime.runtime import Runtime


class _Running(ThreadLocal):
    runtime: Runtime | None = None


RUNNING = _Running()


def current_runtime() -> Runtime:
    """The runtime that runs the calling code.

    Raises:
        NoRuntimeError: none does.
    """
    runtime = RUNNING.runtime
    if runtime is None:
        raise NoRuntimeError(
            "no zokio runtime is running on this thread; call this from an `async def` that "
            "zokio.run(...) runs"
        )
    return runtime


def _forget_after_fork() -> None:
    """A forked child shares the parent's descriptors: it must not go on with its runtime."""
    RUNNING.runtime = None
    CURRENT.queue = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_after_fork)
