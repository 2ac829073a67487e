"""Fork: a child process never goes on with the runtimes of its parent.

A child shares its parent's descriptors: one read or one `epoll_ctl` of it would take events away
from the parent. So in the child every runtime is closed at once, without cleaning up: the tasks are
the parent's. The child may run runtimes of its own, and Ctrl-C is the default again. One that a
worker has forked ends with the task that did it (`workers_child.py`).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NoReturn
from weakref import WeakSet

from zokio.core.current import CURRENT
from zokio.core.task import Task
from zokio.env.clock import monotonic_ns
from zokio.errors import UsageError
from zokio.reactor.registration import Registration
from zokio.runtime.current import RUNNING
from zokio.runtime.interrupt import restore_signals
from zokio.runtime.workers_child import abandon_workers

if TYPE_CHECKING:
    from zokio.runtime.runtime import Runtime

RUNTIMES: WeakSet[Runtime] = WeakSet()
"""Every runtime of this process."""


class ForkedReactor:
    """What a child finds instead of its parent's reactor: it touches no descriptor."""

    bell_fd = -1
    signals = 0

    def __init__(self) -> None:
        self.now_ns = monotonic_ns

    def socket(self, family: int, kind: int = 0) -> NoReturn:
        """Refused."""
        raise _error()

    def register(self, fd: int) -> NoReturn:
        """Refused."""
        raise _error()

    def deregister(self, registration: Registration) -> list[Task]:
        """The registration ends here, and goes on in the parent."""
        return registration.close()

    def wait(self, timeout_ns: int | None) -> NoReturn:
        """Refused."""
        raise _error()

    def unpark(self) -> None:
        """Nobody is parked."""

    def close(self) -> None:
        """There is nothing to close."""

    def check_invariants(self) -> None:
        """There is nothing to hold."""


def _error() -> UsageError:
    return UsageError(
        "this process was forked inside a task, and the runtime is its parent's; leave the child "
        "with os._exit, or call zokio.run in it before it awaits anything"
    )


def _abandon(runtime: Runtime) -> None:
    runtime.queue.abandon()
    if runtime.structure is not None:
        from zokio.runtime.workers import WorkersRuntime  # it imports this module

        assert isinstance(runtime, WorkersRuntime)
        abandon_workers(runtime)
    runtime.reactor.close()
    runtime.reactor = ForkedReactor()


def _abandon_in_child() -> None:
    restore_signals()  # before the descriptor that they write to is closed
    RUNNING.runtime = None
    for runtime in list(RUNTIMES):
        if not runtime.queue.closed:
            _abandon(runtime)
    CURRENT.queue = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_abandon_in_child)
