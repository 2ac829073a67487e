"""The epoll reactor with an epoll that says what the test wants, also what seldom happens."""

from __future__ import annotations

import os
import select
from collections.abc import Iterator

import pytest

from tests.reactor.worlds import World
from zokio.errors import BrokenError
from zokio.reactor.epoll import EpollReactor

pytestmark = pytest.mark.skipif(not hasattr(select, "epoll"), reason="the platform has no epoll")

FD = 77


class ScriptedEpoll:
    """Notes what it is asked, and reports what it was told to."""

    def __init__(self) -> None:
        self.events: list[tuple[int, int]] = []
        self.interests: dict[int, int] = {}
        self.timeouts_s: list[float] = []
        self.refusal: OSError | None = None

    def register(self, fd: int, mask: int) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.interests[fd] = mask

    def unregister(self, fd: int) -> None:
        del self.interests[fd]

    def poll(self, timeout_s: float, events_max: int) -> list[tuple[int, int]]:
        self.timeouts_s.append(timeout_s)
        events, self.events = self.events[:events_max], self.events[events_max:]
        return events

    def close(self) -> None:
        pass


@pytest.fixture
def epoll() -> ScriptedEpoll:
    return ScriptedEpoll()


@pytest.fixture
def reactor(epoll: ScriptedEpoll, monkeypatch: pytest.MonkeyPatch) -> Iterator[EpollReactor]:
    monkeypatch.setattr(select, "epoll", lambda: epoll)
    reactor = EpollReactor()
    yield reactor
    reactor.close()


@pytest.mark.parametrize(
    ("mask", "flags"),
    [
        (select.EPOLLIN, (True, False, False)),
        (select.EPOLLOUT, (False, True, False)),
        (select.EPOLLRDHUP, (True, False, True)),
        (select.EPOLLHUP, (True, True, True)),
        (select.EPOLLERR, (True, True, True)),
        (select.EPOLLPRI, (False, False, True)),
        (select.EPOLLIN | select.EPOLLOUT, (True, True, False)),
        (select.EPOLLIN | select.EPOLLPRI, (True, False, True)),
    ],
)
def test_each_event_raises_its_flags_and_no_other(
    reactor: EpollReactor, epoll: ScriptedEpoll, mask: int, flags: tuple[bool, bool, bool]
) -> None:
    registration = reactor.register(FD)
    epoll.events = [(FD, mask)]
    assert reactor.wait(0) == []
    assert (registration.readable, registration.writable, registration.ended) == flags


def test_every_event_is_asked_for_once_and_as_an_edge(
    reactor: EpollReactor, epoll: ScriptedEpoll
) -> None:
    reactor.register(FD)
    wanted = select.EPOLLIN | select.EPOLLOUT | select.EPOLLRDHUP | select.EPOLLPRI
    assert epoll.interests[FD] == wanted | select.EPOLLET | select.EPOLLHUP | select.EPOLLERR


def test_the_bell_is_watched_as_a_level_for_reading_only(
    reactor: EpollReactor, epoll: ScriptedEpoll
) -> None:
    assert list(epoll.interests.values()) == [select.EPOLLIN]


def test_data_on_a_writable_descriptor_wakes_the_reader_only(
    reactor: EpollReactor, epoll: ScriptedEpoll
) -> None:
    world = World("simulated")
    try:
        registration = reactor.register(FD)
        registration.writable = True
        reader = world.waits_to_read(registration)
        registration.writer = world.task()
        epoll.events = [(FD, select.EPOLLIN | select.EPOLLOUT)]
        assert reactor.wait(0) == [reader]
        assert registration.readable and not registration.ended
        registration.reader = registration.writer = None
        registration.readable = False
        epoll.events = [(FD, select.EPOLLIN | select.EPOLLOUT)]
        assert reactor.wait(0) == [] and registration.readable
    finally:
        world.close()


@pytest.mark.parametrize(
    ("timeout_ns", "timeout_s"),
    [(None, -1.0), (0, 0.0), (1_500_000_000, 1.5), (10**18, 86_400.0), (86_400 * 10**9, 86_400.0)],
)
def test_nanoseconds_become_seconds_a_day_at_the_most(
    reactor: EpollReactor, epoll: ScriptedEpoll, timeout_ns: int | None, timeout_s: float
) -> None:
    reactor.wait(timeout_ns)
    assert epoll.timeouts_s == [timeout_s]


def test_a_batch_has_a_bound(reactor: EpollReactor, epoll: ScriptedEpoll) -> None:
    epoll.events = [(FD, select.EPOLLIN)] * 5_000
    reactor.wait(0)
    assert 0 < len(epoll.events) < 5_000


def test_what_comes_after_the_bell_is_not_lost(reactor: EpollReactor, epoll: ScriptedEpoll) -> None:
    (listening,) = epoll.interests
    registration = reactor.register(FD)
    reactor.unpark()
    epoll.events = [(listening, select.EPOLLIN), (FD, select.EPOLLIN)]
    reactor.wait(0)
    assert registration.readable, "an edge is told once"


def test_an_event_of_a_descriptor_that_nobody_knows_leaves_the_bell_ringing(
    reactor: EpollReactor, epoll: ScriptedEpoll
) -> None:
    reactor.unpark()
    (listening,) = epoll.interests
    epoll.events = [(FD, select.EPOLLIN)]
    reactor.wait(0)
    assert os.read(listening, 16) == b"!"
    reactor.unpark()
    epoll.events = [(listening, select.EPOLLIN)]
    reactor.wait(0)
    with pytest.raises(BlockingIOError):
        os.read(listening, 16)


def test_a_descriptor_that_epoll_refuses_is_not_registered(
    reactor: EpollReactor, epoll: ScriptedEpoll
) -> None:
    epoll.refusal = PermissionError(1, "Operation not permitted")
    with pytest.raises(BrokenError, match="fd 77 cannot be watched"):
        reactor.register(FD)
    assert reactor._registrations == {}
    epoll.refusal = None
    epoll.events = [(FD, select.EPOLLIN)]
    assert reactor.wait(0) == []
    registration = reactor.register(FD)
    assert not registration.closed and not registration.readable


def test_a_descriptor_is_taken_out_of_the_kernels_set(
    reactor: EpollReactor, epoll: ScriptedEpoll
) -> None:
    registration = reactor.register(FD)
    assert reactor.deregister(registration) == []
    assert FD not in epoll.interests
    assert reactor.deregister(registration) == []
