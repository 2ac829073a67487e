"""The simulated reactor with several threads: what changes during a wait ends it."""

from __future__ import annotations

from tests.helpers.connected_pair import simulated_pair
from zokio.core.task import Task
from zokio.env.threads import Thread
from zokio.reactor.simulated import SimulatedReactor


def test_bytes_that_another_thread_sends_during_a_wait_end_it() -> None:
    reactor = SimulatedReactor()
    reactor.threads = 0  # the thread of the test can always end the wait
    pair = simulated_pair(reactor)
    registration = reactor.register(pair.ours.fileno())
    reactor.wait(0)
    assert not registration.readable
    batches: list[list[Task]] = []
    waiting = Thread(target=lambda: batches.append(reactor.wait(None)))
    waiting.start()
    while not reactor._is_waiting:
        pass
    pair.send(b"x")
    waiting.join()
    reactor.wait(0)
    assert batches == [[]] and registration.readable
