"""What the reactors' own checks see: each broken invariant is noticed, on every backend."""

from __future__ import annotations

import selectors
from collections.abc import Iterator

import pytest

from tests.reactor.worlds import BACKENDS, World
from zokio.core.task_state import QUEUED
from zokio.env.clock import VirtualClock
from zokio.reactor.backends import make_reactor
from zokio.reactor.registration import Registration
from zokio.reactor.simulated import SimulatedReactor


@pytest.fixture(params=BACKENDS)
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    world = World(request.param)
    yield world
    world.close()


def registered(world: World) -> Registration:
    """A registration of a connected pair, with nothing to read."""
    registration = world.reactor.register(world.pair().ours.fileno())
    world.wait(0)
    world.reactor.check_invariants()
    return registration


def test_a_registration_under_another_number_is_noticed(world: World) -> None:
    registration = registered(world)
    number, registration.fd = registration.fd, 1_000
    with pytest.raises(AssertionError):
        world.reactor.check_invariants()
    registration.fd = number


def test_a_closed_registration_that_has_stayed_is_noticed(world: World) -> None:
    registration = registered(world)
    registration.closed = True
    with pytest.raises(AssertionError):
        world.reactor.check_invariants()
    registration.closed = False


def test_a_registration_with_an_invariant_of_its_own_broken_is_noticed(world: World) -> None:
    registration = registered(world)
    world.waits_to_read(registration)
    registration.readable = True
    with pytest.raises(AssertionError, match="which is ready"):
        world.reactor.check_invariants()
    registration.readable = False
    world.reactor.check_invariants()


@pytest.mark.parametrize("side", ["reader", "writer"])
def test_who_waits_on_a_closed_registration_is_noticed(side: str) -> None:
    world, registration = World("simulated"), Registration(7)
    registration.close()
    registration.check_invariants()
    setattr(registration, side, world.task())
    registration.readable = registration.writable = False
    with pytest.raises(AssertionError, match="closed fd"):
        registration.check_invariants()
    registration.closed = False
    registration.check_invariants()
    world.close()


@pytest.mark.parametrize(("side", "flag"), [("reader", "readable"), ("writer", "writable")])
def test_who_sleeps_although_it_is_ready_is_noticed(side: str, flag: str) -> None:
    world, registration = World("simulated"), Registration(7)
    setattr(registration, flag, True)
    registration.check_invariants()
    task = world.task()
    setattr(registration, side, task)
    with pytest.raises(AssertionError, match="which is ready"):
        registration.check_invariants()
    task.state = QUEUED
    registration.check_invariants()
    world.close()


@pytest.mark.parametrize("backend", ["portable", "poll", "select"])
@pytest.mark.parametrize("side", ["reader", "writer"])
def test_a_sleeper_whom_the_selector_does_not_watch_for_is_noticed(backend: str, side: str) -> None:
    world = World(backend)
    registration = registered(world)
    task = world.task()
    setattr(registration, side, task)
    with pytest.raises(AssertionError, match="waited for"):
        world.reactor.check_invariants()
    task.state = QUEUED
    world.reactor.check_invariants()
    world.close()


@pytest.mark.parametrize("backend", ["portable", "poll", "select"])
@pytest.mark.parametrize("side", ["reader", "writer"])
def test_a_descriptor_that_is_watched_for_nobody_is_noticed(backend: str, side: str) -> None:
    world = World(backend)
    registration = registered(world)
    if side == "reader":
        world.waits_to_read(registration)
    else:
        world.waits_to_write(registration)
    world.reactor.check_invariants()
    setattr(registration, side, None)
    with pytest.raises(AssertionError, match="for nobody"):
        world.reactor.check_invariants()
    world.stops_waiting(registration)
    world.close()


def test_the_error_for_a_second_task_names_the_first_and_the_direction() -> None:
    world, registration = World("simulated"), Registration(7)
    assert "another task already reads fd 7" in str(registration.busy_reading())
    registration.reader = world.task()
    registration.writer = world.task()
    assert "task 0 (task 0) already reads fd 7" in str(registration.busy_reading())
    assert "task 1 (task 1) already writes to fd 7" in str(registration.busy_writing())
    registration.reader = registration.writer = None
    world.close()


def test_auto_is_epoll_where_there_is_one() -> None:
    reactor = make_reactor("auto")
    has_epoll = hasattr(selectors, "EpollSelector")
    assert type(reactor).__name__ == ("EpollReactor" if has_epoll else "PortableReactor")
    reactor.close()


def test_a_simulated_reactor_lives_by_the_clock_that_it_is_given() -> None:
    clock = VirtualClock(5)
    reactor = SimulatedReactor(clock)
    assert reactor.clock is clock
    reactor.wait(2)
    assert clock.now_ns() == reactor.now_ns() == 7
    assert SimulatedReactor().now_ns() == 0
