"""The threads of workers: they start, poll and stop; the system may not give as many."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.helpers.workers import Workshop, note
from zokio.core.task_state import DONE
from zokio.env.threads import Thread
from zokio.errors import ThreadsExhaustedError
from zokio.scheduler import multi_thread
from zokio.scheduler.parker import Parker
from zokio.scheduler.worker import Worker


def test_threads_that_the_system_does_not_give_are_an_error_and_the_others_end(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[int] = []

    class Scarce(Thread):
        def start(self) -> None:
            """The second one cannot."""
            if self.name == "zokio-worker-1":
                raise RuntimeError("can't start new thread")
            super().start()

    @contextmanager
    def at_work(worker: Worker) -> Iterator[None]:
        yield
        ended.append(worker.number)

    monkeypatch.setattr(multi_thread, "Thread", Scarce)
    with pytest.raises(ThreadsExhaustedError, match="the system gave 1 of 2 threads for workers"):
        shop.together.start(at_work)
    assert ended == [0]
    assert not shop.together.stopping, "it may be tried again"


def test_threads_start_poll_and_stop() -> None:
    shop = Workshop(3)
    log: list[str] = []
    started: list[int] = []

    @contextmanager
    def at_work(worker: Worker) -> Iterator[None]:
        started.append(worker.number)
        yield
        ended_work.append(worker.number)

    ended_work: list[int] = []
    shop.together.start(at_work)
    tasks = [shop.spawn(note(log, "a")) for _ in range(50)]
    ended = Parker()
    last = shop.spawn(note(log, "last"))
    last.joiners = [cast(Any, SimpleNamespace(wake=ended.unpark))]
    ended.park()
    shop.together.stop()
    while shop.together.injection.tasks or any(len(each.queue) for each in shop.workers):
        shop.step(0)
    assert all(task.state is DONE for task in tasks)
    assert sorted(log) == ["a"] * 50 + ["last"]
    assert sorted(started) == sorted(ended_work) == [0, 1, 2]
    assert sum(worker.polls for worker in shop.workers) == 51
    assert shop.together.idle.sleepers == 0
