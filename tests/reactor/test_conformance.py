"""The contract of a reactor, held against every backend."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator

import pytest

from tests.reactor.worlds import BACKENDS, World
from zokio.core.task_state import QUEUED
from zokio.env.threads import Thread
from zokio.errors import BrokenError, DeadlockError, DescriptorsExhaustedError, UsageError
from zokio.reactor.backends import REACTORS, make_reactor
from zokio.reactor.portable import PortableReactor
from zokio.reactor.simulated import SimulatedReactor

SHORT_NS = 2_000_000


@pytest.fixture(params=BACKENDS)
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    world = World(request.param)
    yield world
    try:
        world.reactor.check_invariants()
    finally:
        world.close()


def test_bytes_wake_the_reader_once_and_raise_the_flag(world: World) -> None:
    pair = world.pair()
    registration = world.reactor.register(pair.ours.fileno())
    world.wait(0)
    reader = world.waits_to_read(registration)
    assert world.wait(0) == []
    pair.send(b"abc")
    assert world.wait(0) == [reader]
    assert (registration.readable, registration.ended) == (True, False)
    world.stops_waiting(registration)
    assert world.wait(0) == []


def test_what_others_than_unpark_write_to_the_bell_is_counted_as_signals(world: World) -> None:
    world.reactor.unpark()
    world.wait(0)
    assert world.reactor.signals == 0
    if world.reactor.bell_fd >= 0:  # as the interpreter does it, one byte for each
        os.write(world.reactor.bell_fd, bytes([2]) * 5_000)
        world.reactor.unpark()
        world.wait(0)
        assert world.reactor.signals == 5_000


def test_what_was_ready_before_it_was_registered_is_reported(world: World) -> None:
    pair = world.pair()
    pair.send(b"abc")
    registration = world.reactor.register(pair.ours.fileno())
    assert world.waits_to_read(registration) in world.wait(0)
    assert registration.readable


def test_readiness_that_comes_while_nobody_waits_is_found_by_who_comes_next(world: World) -> None:
    pair = world.pair()
    registration = world.reactor.register(pair.ours.fileno())
    pair.send(b"abc")
    world.wait(0)
    assert registration.readable is world.is_edge_triggered
    if not registration.readable:
        reader = world.waits_to_read(registration)
        assert world.wait(0) == [reader]


def test_each_arrival_is_an_event_of_its_own(world: World) -> None:
    pair = world.pair()
    registration = world.reactor.register(pair.ours.fileno())
    for _ in range(3):
        reader = world.waits_to_read(registration)
        pair.send(b"a")
        assert world.wait(0) == [reader]
        assert pair.ours.recv(10) == b"a"
        registration.readable = registration.ended
        world.stops_waiting(registration)
    assert not registration.readable


def test_a_full_buffer_wakes_the_writer_when_the_peer_has_read(world: World) -> None:
    pair = world.pair()
    registration = world.reactor.register(pair.ours.fileno())
    world.wait(0)
    pair.fill()
    registration.clear_writable()
    writer = world.waits_to_write(registration)
    assert world.wait(0) == []
    pair.drain()
    assert world.wait(0) == [writer]
    assert registration.writable


def test_both_directions_are_woken_by_one_wait_the_reader_first(world: World) -> None:
    pair = world.pair()
    registration = world.reactor.register(pair.ours.fileno())
    reader, writer = world.waits_to_read(registration), world.waits_to_write(registration)
    pair.send(b"a")
    assert world.wait(0) == [reader, writer]


def test_a_peer_that_ends_wakes_the_reader(world: World) -> None:
    pair = world.pair()
    registration = world.reactor.register(pair.ours.fileno())
    world.wait(0)
    reader = world.waits_to_read(registration)
    pair.send(b"last")
    pair.end()
    assert world.wait(0) == [reader]
    assert registration.ended is world.is_edge_triggered
    assert pair.ours.recv(100) == b"last"
    registration.readable = registration.ended
    assert registration.readable is world.is_edge_triggered
    assert pair.ours.recv(100) == b""


def test_a_peer_that_resets_wakes_both(world: World) -> None:
    pair = world.pair()
    registration = world.reactor.register(pair.ours.fileno())
    world.wait(0)
    pair.fill()
    reader, writer = world.waits_to_read(registration), world.waits_to_write(registration)
    pair.reset()
    assert world.wait(0) == [reader, writer]
    assert registration.ended is world.is_edge_triggered


def test_wait_returns_at_once_with_a_timeout_of_0(world: World) -> None:
    world.reactor.register(world.pair().ours.fileno())
    world.wait(0)
    assert world.wait(0) == []


def test_wait_is_never_shorter_than_its_timeout(world: World) -> None:
    begun_ns = world.reactor.now_ns()
    assert world.wait(SHORT_NS) == []
    assert world.reactor.now_ns() - begun_ns >= SHORT_NS


def test_wait_takes_timeouts_of_centuries(world: World) -> None:
    world.reactor.unpark()
    assert world.wait(2**63 - 1) == []


def test_unpark_before_wait_ends_it(world: World) -> None:
    world.reactor.unpark()
    assert world.wait(None) == []


def test_unpark_from_another_thread_ends_a_wait_without_limit(world: World) -> None:
    thread = Thread(target=world.reactor.unpark)
    thread.start()
    assert world.wait(None) == []
    thread.join()


def test_a_flood_of_bells_ends_one_wait_and_not_the_next(world: World) -> None:
    for _ in range(100_000):
        world.reactor.unpark()
    assert world.wait(None) == []
    begun_ns = world.reactor.now_ns()
    world.wait(SHORT_NS)
    assert world.reactor.now_ns() - begun_ns >= SHORT_NS


def test_an_event_is_not_lost_when_the_bell_rings_as_well(world: World) -> None:
    pair = world.pair()
    registration = world.reactor.register(pair.ours.fileno())
    reader = world.waits_to_read(registration)
    pair.send(b"a")
    world.reactor.unpark()
    assert world.wait(None) == [reader]


def test_deregister_gives_who_waited_and_wakes_nobody_afterwards(world: World) -> None:
    pair = world.pair()
    registration = world.reactor.register(pair.ours.fileno())
    world.wait(0)
    pair.fill()
    reader, writer = world.waits_to_read(registration), world.waits_to_write(registration)
    pair.send(b"a")
    assert world.reactor.deregister(registration) == [reader, writer]
    assert registration.closed and registration.reader is None and registration.writer is None
    assert world.wait(0) == []
    assert world.reactor.deregister(registration) == []


def test_an_event_of_a_closed_descriptor_reaches_nobody_of_its_successor(world: World) -> None:
    pair = world.pair()
    number = pair.ours.fileno()
    registration = world.reactor.register(number)
    pair.send(b"a")
    world.reactor.deregister(registration)
    pair.ours.close()
    successor = world.reactor.register(world.successor(number).ours.fileno())
    world.waits_to_read(successor)
    assert world.wait(0) == []
    assert not successor.readable


def test_who_stops_waiting_on_a_closed_descriptor_leaves_its_successor_alone(world: World) -> None:
    pair = world.pair()
    number = pair.ours.fileno()
    registration = world.reactor.register(number)
    world.waits_to_read(registration)
    world.reactor.deregister(registration)
    pair.ours.close()
    next_pair = world.successor(number)
    successor = world.reactor.register(number)
    world.wait(0)
    reader = world.waits_to_read(successor)
    world.stops_waiting(registration)
    next_pair.send(b"a")
    assert world.wait(0) == [reader]


def test_a_descriptor_closed_behind_the_back_makes_way_for_its_successor(world: World) -> None:
    pair = world.pair()
    number = pair.ours.fileno()
    stale = world.reactor.register(number)
    waiting = world.waits_to_read(stale)
    pair.ours.close()
    next_pair = world.successor(number)
    registration = world.reactor.register(number)
    assert stale.closed and waiting.state is QUEUED
    world.wait(0)
    reader = world.waits_to_read(registration)
    next_pair.send(b"a")
    assert world.wait(0) == [reader]
    assert world.reactor.deregister(stale) == []


def test_a_descriptor_closed_behind_the_back_harms_nobody_else(world: World) -> None:
    pair, other = world.pair(), world.pair()
    stale = world.reactor.register(pair.ours.fileno())
    registration = world.reactor.register(other.ours.fileno())
    world.waits_to_read(stale)
    reader = world.waits_to_read(registration)
    pair.ours.close()
    other.send(b"a")
    woken = [task for _ in range(2) for task in world.wait(0)]
    assert reader in woken
    world.reactor.deregister(stale)


def test_many_descriptors_are_reported_each_to_its_own_task(world: World) -> None:
    pairs = [world.pair() for _ in range(200)]
    registrations = [world.reactor.register(pair.ours.fileno()) for pair in pairs]
    world.wait(0)
    readers = [world.waits_to_read(registration) for registration in registrations]
    for pair in pairs[::2]:
        pair.send(b"a")
    assert {task.id for task in world.wait(0)} == {task.id for task in readers[::2]}


def test_close_ends_every_registration_and_may_be_called_twice(world: World) -> None:
    pair = world.pair()
    registration = world.reactor.register(pair.ours.fileno())
    world.waits_to_read(registration)
    world.reactor.close()
    world.reactor.close()
    assert registration.closed and world.reactor.bell_fd == -1
    assert world.reactor.deregister(registration) == []
    world.reactor.unpark()


def test_select_refuses_a_descriptor_that_it_cannot_take() -> None:
    world = World("select")
    with pytest.raises(DescriptorsExhaustedError, match="fd 1500 .*below 1024.*poll"):
        world.reactor.register(1500)
    assert world.wait(0) == []
    world.close()


def test_epoll_refuses_what_cannot_be_watched() -> None:
    world = World("epoll")
    with open(__file__) as file, pytest.raises(BrokenError, match="cannot be watched"):
        world.reactor.register(file.fileno())
    world.reactor.check_invariants()
    world.close()


def test_a_selector_that_refuses_to_watch_leaves_nobody_waiting() -> None:
    world = World("portable")
    with open(__file__) as file:
        registration = world.reactor.register(file.fileno())
        with pytest.raises(BrokenError, match="cannot be watched"):
            world.waits_to_read(registration)
        world.stops_waiting(registration)
        world.reactor.check_invariants()
        assert world.reactor.deregister(registration) == []
    world.close()


def test_an_error_of_select_that_no_descriptor_explains_is_raised(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise OSError("select is ill")

    world = World("select")
    monkeypatch.setattr("selectors.SelectSelector.select", fail)
    with pytest.raises(OSError, match="is ill"):
        world.reactor.wait(0)
    world.close()


def test_a_platform_without_epoll_and_kqueue_gets_the_portable_reactor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr("selectors.EpollSelector")
    with pytest.raises(UsageError, match="has no epoll"):
        make_reactor("epoll")
    reactor = make_reactor("auto")
    assert isinstance(reactor, PortableReactor)
    reactor.close()


def test_a_reactor_for_which_no_descriptor_is_left_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OSError(errno.EMFILE, "too many open files")

    monkeypatch.setattr("select.epoll", fail)
    with pytest.raises(DescriptorsExhaustedError, match="no epoll reactor"):
        make_reactor("epoll")


def test_the_simulated_reactor_says_that_nothing_could_ever_end_the_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World("simulated")
    monkeypatch.setattr("zokio.reactor.simulated.active_count", lambda: 1)
    with pytest.raises(DeadlockError, match="no other thread"):
        world.wait(None)
    world.close()


def test_a_simulated_wait_sees_the_bell_of_a_thread_that_has_just_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    simulated = SimulatedReactor()

    def last_other_rings_and_ends() -> int:
        simulated.unpark()
        return simulated.threads

    monkeypatch.setattr("zokio.reactor.simulated.active_count", last_other_rings_and_ends)
    assert simulated.wait(None) == []
    began_ns = simulated.now_ns()
    simulated.wait(5)
    assert simulated.now_ns() == began_ns + 5, "it was heard once"


def test_a_simulated_wait_that_the_bell_ends_takes_no_time() -> None:
    simulated = SimulatedReactor()
    began_ns = simulated.now_ns()
    simulated.unpark()
    assert simulated.wait(5) == []
    assert simulated.now_ns() == began_ns
    simulated.wait(5)
    assert simulated.now_ns() == began_ns + 5, "it was heard once"


def test_every_name_makes_a_reactor_or_says_that_the_platform_has_none() -> None:
    made = set()
    for name in REACTORS:
        try:
            reactor = make_reactor(name)
        except UsageError as error:
            assert name in str(error) and "auto" in str(error)
        else:
            made.add(name)
            reactor.close()
    assert {"auto", "portable", "simulated", "select"} <= made


def test_an_unknown_reactor_is_refused_with_the_names_that_there_are() -> None:
    with pytest.raises(UsageError, match="'uring'.*epoll.*simulated"):
        make_reactor("uring")
