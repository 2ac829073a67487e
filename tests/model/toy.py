"""A toy to be driven: a real lock with a queue, its adapter, and wrong ones.

The lock is not written in the model's words: it knows an owner and a deque, not where each process
is.
"""

from __future__ import annotations

from collections import deque

from tests.model.machines.locks import State


class FifoLock:
    """A lock that is handed to whoever waits longest."""

    def __init__(self) -> None:
        self.owner: int | None = None
        self.waiters: deque[int] = deque()

    def wait(self, process: int) -> None:
        self.waiters.append(process)

    def acquire(self, process: int) -> None:
        self.waiters.remove(process)
        self.owner = process

    def free(self) -> None:
        self.owner = None


class LockAdapter:
    """Drives a `FifoLock` by the actions of `TicketLock`."""

    processes = 3

    def __init__(self) -> None:
        self.lock = FifoLock()
        self.running = 0

    def start(self, state: State) -> None:
        assert set(state.at) == {"idle"}
        self.lock = FifoLock()
        self.running += 1

    def stop(self) -> None:
        self.running -= 1

    def ask(self, process: int) -> None:
        self.lock.wait(process)

    def take(self, process: int) -> None:
        self.lock.acquire(process)

    def release(self, process: int) -> None:
        assert self.lock.owner == process
        self.lock.free()

    def abstraction(self) -> State:
        return State(
            tuple(self._place(process) for process in range(self.processes)),
            tuple(self.lock.waiters),
        )

    def check_invariants(self) -> None:
        assert self.lock.owner not in self.lock.waiters, "the owner waits for itself"

    def _place(self, process: int) -> str:
        if self.lock.owner == process:
            return "inside"
        return "waiting" if process in self.lock.waiters else "idle"


class UnfairQueue(LockAdapter):
    """Planted bug: whoever asks while somebody is inside goes to the head of the queue.

    Two processes never queue behind an owner: it takes three to see it.
    """

    def ask(self, process: int) -> None:
        if self.lock.owner is None:
            self.lock.waiters.append(process)
        else:
            self.lock.waiters.appendleft(process)


class ForgetfulRelease(LockAdapter):
    """Planted bug: the lock is not freed while somebody waits."""

    def release(self, process: int) -> None:
        if not self.lock.waiters:
            self.lock.free()


class BrokenInside(LockAdapter):
    """Planted bug that its abstraction does not show: only its own invariant does."""

    def start(self, state: State) -> None:
        super().start(state)
        self.taken = 0

    def take(self, process: int) -> None:
        super().take(process)
        self.taken = process

    def check_invariants(self) -> None:
        assert self.taken != 1, "process 1 has taken the lock"


class Crashing(LockAdapter):
    """Planted bug: the second process cannot ask."""

    def ask(self, process: int) -> None:
        if process == 1:
            raise RuntimeError("no room for process 1")
        super().ask(process)
