"""run: one coroutine on a runtime of its own."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from zokio.errors import NestedRuntimeError
from zokio.runtime.awaitable import as_coroutine
from zokio.runtime.config import RuntimeConfig
from zokio.runtime.current import RUNNING
from zokio.runtime.runtime import Runtime

T = TypeVar("T")


def run(coroutine: Awaitable[T], *, config: RuntimeConfig | None = None) -> T:
    """Run a coroutine to its end on a fresh runtime, then cancel and clean up what is left.

    On the main thread a SIGINT cancels the coroutine; its cleanup runs, then KeyboardInterrupt is
    raised. A second SIGINT raises it at once.

    Args:
        coroutine: what to run; usually `main()`.
        config: the settings of the runtime; the defaults if None.

    Raises:
        NestedRuntimeError: a runtime is running on this thread already.
        NotAwaitableError: `coroutine` is no coroutine.
        UsageError: the platform lacks the reactor which `config` names.
        DescriptorsExhaustedError: no descriptor is left for the runtime.
        BaseException: whatever the coroutine raised.
    """
    root = as_coroutine(coroutine, "run")
    try:
        if RUNNING.runtime is not None:
            raise NestedRuntimeError(
                "zokio.run was called inside a running runtime; await the coroutine or "
                "zokio.spawn it"
            )
        runtime = Runtime(config)
    except BaseException:
        root.close()
        raise
    with runtime:
        return runtime.block_on(root)
