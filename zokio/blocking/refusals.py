"""What is said to whoever hands in a call that the pool cannot take."""

from __future__ import annotations

from errno import EAGAIN

from zokio.errors import BackpressureError, ClosedError, ThreadsExhaustedError


def closed(name: str) -> ClosedError:
    """The pool was closed."""
    return ClosedError(
        f"{name}: the threads for blocking calls were closed with their runtime; make a new one"
    )


def full(name: str, threads_max: int, queue_max: int) -> BackpressureError:
    """Nobody is free, and the queue is full."""
    return BackpressureError(
        f"{name}: {threads_max} blocking calls run and {queue_max} wait, which is the limit; wait "
        "for some of them, await spawn_blocking, which waits for room, or raise "
        "RuntimeConfig.blocking_threads or blocking_queue"
    )


def no_threads(name: str, why: BaseException) -> ThreadsExhaustedError:
    """There is no thread, and the system gives none."""
    return ThreadsExhaustedError(
        EAGAIN,
        f"{name}: no thread can be started for blocking calls: {why}; run fewer threads, or raise "
        "the system's limit (`ulimit -u`)",
    )
