"""Carriers: the threads of the operating system that the threads under test are run on.

A carrier sleeps on its baton, a lock that is always held; whoever releases it lets the carrier go
on. So exactly one thread runs at a time and the others use no processor time. Carriers outlive an
execution and serve the next one: to start a thread costs ten times a handing over.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self

from zokio.env.threads import Lock, Thread


class Carrier:
    """One thread of the operating system."""

    __slots__ = ("baton", "job", "thread")

    def __init__(self) -> None:
        self.baton = Lock()
        self.baton.acquire()
        self.job: Callable[[], None] | None = None
        self.thread = Thread(target=self._serve, name="zokio-explore", daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        while True:
            self.baton.acquire()
            job, self.job = self.job, None
            if job is None:
                return
            job()


class Carriers:
    """Carriers for as many threads as an execution has; a context manager which ends them."""

    def __init__(self) -> None:
        self.idle: list[Carrier] = []
        self._all: list[Carrier] = []

    def take(self, job: Callable[[], None]) -> Carrier:
        """A carrier that does `job` as soon as its baton is released."""
        if self.idle:
            carrier = self.idle.pop()
        else:
            carrier = Carrier()
            self._all.append(carrier)
        carrier.job = job
        return carrier

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # One that did not come back (see `World.execute`) is left behind; it is a daemon.
        for carrier in self.idle:
            carrier.baton.release()
        for carrier in self.idle:
            carrier.thread.join()
