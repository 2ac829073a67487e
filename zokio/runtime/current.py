"""Which runtime the calling thread is running."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
