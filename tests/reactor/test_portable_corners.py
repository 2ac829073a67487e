"""The portable reactor with a selector that says what the test wants, also what seldom happens."""

from __future__ import annotations

import errno
import os
import select
import selectors
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.reactor.worlds import World
from zokio.errors import BrokenError, DescriptorsExhaustedError
from zokio.reactor import portable
from zokio.reactor.portable import SELECT_MAX, PortableReactor
from zokio.reactor.registration import Registration

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


class ScriptedSelector(selectors.PollSelector):
    """A real one that notes the timeouts, and reports what it was told to.

    `meanwhile` is what another thread does during the wait.
    """

    def __init__(self) -> None:
        super().__init__()
        self.events: list[tuple[int, int]] = []
        self.timeouts_s: list[float | None] = []
        self.changes = 0
        self.error: OSError | ValueError | None = None
        self.meanwhile: Callable[[], object] = lambda: None

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.timeouts_s.append(timeout)
        self.meanwhile()
        if self.error is not None:
            raise self.error
        events, self.events = self.events, []
        return [(self.key_of(fd), mask) for fd, mask in events]

    def key_of(self, fd: int) -> selectors.SelectorKey:
        return self.get_map().get(fd) or selectors.SelectorKey(fd, fd, 0, None)

    def modify(self, fileobj: object, events: int, data: object = None) -> selectors.SelectorKey:
        self.changes += 1
        assert isinstance(fileobj, int)
        return super().modify(fileobj, events, data)


@pytest.fixture
def selector() -> ScriptedSelector:
    return ScriptedSelector()


@pytest.fixture
def reactor(selector: ScriptedSelector) -> Iterator[PortableReactor]:
    reactor = PortableReactor(selector)
    yield reactor
    reactor.close()


@pytest.fixture
def fd() -> Iterator[int]:
    """An open descriptor."""
    ours, theirs = socket.socketpair()
    yield ours.fileno()
    ours.close()
    theirs.close()


@pytest.fixture
def world() -> Iterator[World]:
    """Where tasks come from."""
    world = World("simulated")
    yield world
    world.close()


@pytest.mark.parametrize(
    ("timeout_ns", "timeout_s"),
    [(None, None), (0, 0.0), (1_500_000_000, 1.5), (10**18, 86_400.0)],
)
def test_nanoseconds_become_seconds_a_day_at_the_most(
    reactor: PortableReactor,
    selector: ScriptedSelector,
    timeout_ns: int | None,
    timeout_s: float | None,
) -> None:
    reactor.wait(timeout_ns)
    assert selector.timeouts_s == [timeout_s]


@pytest.mark.parametrize("mask", [READ, WRITE, READ | WRITE])
def test_each_event_raises_its_flag_and_no_other(
    reactor: PortableReactor, selector: ScriptedSelector, fd: int, mask: int
) -> None:
    registration = reactor.register(fd)
    selector.events = [(fd, mask)]
    assert reactor.wait(0) == []
    assert registration.readable is bool(mask & READ)
    assert registration.writable is bool(mask & WRITE)
    assert not registration.ended


def test_the_selector_watches_what_somebody_waits_for(
    reactor: PortableReactor, selector: ScriptedSelector, fd: int, world: World
) -> None:
    registration = reactor.register(fd)
    assert fd not in selector.get_map()
    world.waits_to_read(registration)
    assert selector.get_map()[fd].events == READ
    world.waits_to_write(registration)
    assert selector.get_map()[fd].events == READ | WRITE
    assert selector.changes == 1
    reactor._update_interest(registration)
    assert selector.changes == 1, "nothing is different"
    reactor.check_invariants()
    world.stops_waiting(registration)
    assert fd not in selector.get_map()
    reactor.check_invariants()


def test_an_interest_that_another_thread_changes_during_the_wait_rings(
    reactor: PortableReactor, selector: ScriptedSelector, fd: int, world: World
) -> None:
    registration = reactor.register(fd)
    world.waits_to_read(registration)
    with pytest.raises(BlockingIOError):
        reactor._listen_bell.recv(1)  # nobody waits yet
    selector.meanwhile = lambda: world.waits_to_write(registration)
    reactor.wait(None)
    assert reactor._listen_bell.recv(16) == b"!"
    world.stops_waiting(registration)
    with pytest.raises(BlockingIOError):
        reactor._listen_bell.recv(1)  # nor any more


def test_a_wait_fails_for_nobody_when_another_thread_has_closed_what_it_watched(
    reactor: PortableReactor, selector: ScriptedSelector, fd: int
) -> None:
    registration = reactor.register(fd)
    selector.meanwhile = lambda: reactor.deregister(registration)
    selector.error = OSError(errno.EBADF, "closed meanwhile")
    assert reactor.wait(None) == []
    selector.meanwhile = lambda: None
    with pytest.raises(OSError, match="closed meanwhile"):
        reactor.wait(None)  # by something else this time


def test_an_event_of_a_descriptor_that_nobody_knows_leaves_the_bell_ringing(
    reactor: PortableReactor, selector: ScriptedSelector, fd: int
) -> None:
    reactor.unpark()
    selector.events = [(fd, READ)]
    reactor.wait(0)
    bell = reactor._listen_bell
    assert bell.recv(16, socket.MSG_PEEK) == b"!"
    selector.events = [(bell.fileno(), READ)]
    reactor.wait(0)
    with pytest.raises(BlockingIOError):
        bell.recv(1)


def test_silencing_a_bell_that_does_not_ring_does_not_wait(
    reactor: PortableReactor, selector: ScriptedSelector
) -> None:
    selector.events = [(reactor._listen_bell.fileno(), READ)]
    assert reactor.wait(0) == []
    assert reactor._listen_bell.gettimeout() == reactor._ring_bell.gettimeout() == 0.0


def test_a_bell_that_is_full_rings_without_waiting(reactor: PortableReactor) -> None:
    reactor._ring_bell.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
    for _ in range(5_000):
        reactor.unpark()
    assert reactor._listen_bell.recv(1) == b"!"


@pytest.mark.parametrize("side", ["reader", "writer"])
def test_only_what_is_closed_and_waited_for_is_ended_when_select_fails(
    reactor: PortableReactor, selector: ScriptedSelector, fd: int, world: World, side: str
) -> None:
    gone, forgotten = socket.socketpair()
    closed, unwatched = reactor.register(gone.fileno()), reactor.register(forgotten.fileno())
    kept = reactor.register(fd)
    wait = world.waits_to_read if side == "reader" else world.waits_to_write
    sleeper = wait(closed)
    wait(kept)
    for sock in (gone, forgotten):
        os.close(sock.detach())
    selector.error = OSError(9, "Bad file descriptor")
    assert reactor.wait(0) == [sleeper]
    assert [closed.closed, unwatched.closed, kept.closed] == [True, False, False]
    world.stops_waiting(kept)


def test_looking_whether_a_descriptor_is_closed_does_not_wait(
    fd: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    really_select = select.select

    def noted(*arguments: Any) -> object:  # Any: as select takes them
        asked.append(arguments)
        return really_select(*arguments)

    monkeypatch.setattr(select, "select", noted)
    assert portable._is_closed(fd) is False
    assert asked == [([fd], [], [], 0)]
    assert portable._is_closed(-1) is True


def test_select_refuses_the_first_descriptor_beyond_its_limit_and_no_other_selector_does(
    reactor: PortableReactor,
) -> None:
    narrow = PortableReactor(selectors.SelectSelector())
    assert not narrow.register(SELECT_MAX - 1).closed
    with pytest.raises(DescriptorsExhaustedError, match="fd 1024 cannot be watched"):
        narrow.register(SELECT_MAX)
    assert not reactor.register(SELECT_MAX).closed
    narrow.close()


def test_a_bell_beyond_the_limit_of_select_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portable, "SELECT_MAX", 0)
    selector = selectors.SelectSelector()
    with pytest.raises(DescriptorsExhaustedError):
        PortableReactor(selector)
    assert selector.get_map() is None, "it was closed, as the bell was"


def test_a_selector_that_cannot_watch_is_an_error_that_names_the_descriptor(
    reactor: PortableReactor,
    selector: ScriptedSelector,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gone, other = socket.socketpair()
    registration = reactor.register(gone.fileno())
    registration.reader = world.task()

    def refuse(fd: int, events: int) -> None:
        raise OSError(9, "Bad file descriptor")

    monkeypatch.setattr(selector, "register", refuse)
    with pytest.raises(BrokenError, match="cannot be watched"):
        reactor._update_interest(registration)
    registration.reader = None
    gone.close()
    other.close()


def test_the_flags_of_a_closed_registration_are_up_so_that_the_socket_is_asked() -> None:
    registration = Registration(7)
    registration.readable = registration.writable = False
    assert registration.close() == []
    assert registration.closed and registration.readable and registration.writable


def test_a_reactor_that_is_closed_closes_its_selector_once() -> None:
    closings: list[int] = []

    class Counted(selectors.PollSelector):
        def close(self) -> None:
            closings.append(1)
            super().close()

    reactor = PortableReactor(Counted())
    reactor.close()
    reactor.close()
    assert closings == [1]
