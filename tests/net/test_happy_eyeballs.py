"""Happy eyeballs against RFC 8305, in virtual time, with sockets in memory."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable, Sequence

import pytest

import zokio
from tests.helpers.cancel_at import cancelled_at
from tests.helpers.simulation import run_simulated
from zokio.errors import (
    BrokenError,
    ClosedError,
    DnsError,
    NameNotFoundError,
    NameServerError,
    RefusedError,
)
from zokio.net import TcpListener
from zokio.net.connecting import connect_to
from zokio.net.happy_eyeballs import Connected, Lookup, race
from zokio.net.resolve import Endpoint
from zokio.reactor.simulated import SimulatedReactor
from zokio.runtime.current import current_runtime

SIX, FOUR = socket.AF_INET6, socket.AF_INET
NEVER = float("inf")


def six(number: int) -> Endpoint:
    return Endpoint(SIX, (f"2001:db8::{number}", 80))


def four(number: int) -> Endpoint:
    return Endpoint(FOUR, (f"192.0.2.{number}", 80))


class Network:
    """Endpoints that connect or refuse after so many seconds, and what was tried, and when."""

    def __init__(self) -> None:
        self.connects: dict[Endpoint, float] = {}
        self.refuses: dict[Endpoint, float] = {}
        self.tried: list[tuple[float, Endpoint]] = []
        self.began = zokio.time.now()
        reactor = current_runtime().reactor
        assert isinstance(reactor, SimulatedReactor)
        self.reactor = reactor

    def elapsed(self) -> float:
        """Seconds since the beginning, in whole milliseconds."""
        return round(zokio.time.now() - self.began, 3)

    async def attempt(self, endpoint: Endpoint) -> Connected:
        self.tried.append((self.elapsed(), endpoint))
        sock = self.reactor.socket(endpoint.family)
        registration = self.reactor.register(sock.fileno())
        try:
            await zokio.sleep(self.connects.get(endpoint, self.refuses.get(endpoint, NEVER)))
            if endpoint in self.refuses:
                raise RefusedError(errno.ECONNREFUSED, f"refused by {endpoint.address[0]}")
        except BaseException:
            self.reactor.deregister(registration)
            sock.close()
            raise
        return sock, registration

    def lookup(self, seconds: float, *found: Endpoint, error: Exception | None = None) -> Lookup:
        """A lookup that takes so long."""

        async def look() -> Sequence[Endpoint]:
            await zokio.sleep(seconds)
            if error is not None:
                raise error
            return found

        return look

    def assert_only_is_open(self, *connected: Connected) -> None:
        """Of all the sockets, only these are there, and are watched."""
        fds = [sock.fileno() for sock, _ in connected]
        assert list(self.reactor.network.sockets) == fds
        assert list(self.reactor._registrations) == fds
        for sock, registration in connected:
            self.reactor.deregister(registration)
            sock.close()


def test_families_take_turns_beginning_with_the_preferred_one_every_250_ms() -> None:
    async def main() -> None:
        network = Network()
        network.connects = {four(2): 0.1}
        lookups = [network.lookup(0, six(1), six(2)), network.lookup(0, four(1), four(2))]
        connected = await race(lookups, network.attempt)
        order = [six(1), four(1), six(2), four(2)]
        assert network.tried == list(zip((0, 0.25, 0.5, 0.75), order, strict=True))
        assert network.elapsed() == 0.85
        network.assert_only_is_open(connected)

    run_simulated(main())


def test_an_attempt_that_fails_is_followed_by_the_next_at_once() -> None:
    async def main() -> None:
        network = Network()
        network.refuses, network.connects = {six(1): 0.02, four(1): 0}, {six(2): 0}
        lookups = [network.lookup(0, six(1), six(2)), network.lookup(0, four(1))]
        connected = await race(lookups, network.attempt)
        assert network.tried == [(0, six(1)), (0.02, four(1)), (0.02, six(2))]
        network.assert_only_is_open(connected)

    run_simulated(main())


def test_an_early_attempt_may_win_while_later_ones_are_on_their_way() -> None:
    async def main() -> None:
        network = Network()
        network.connects = {six(1): 0.6, four(1): 0.9}
        lookups = [network.lookup(0, six(1), six(2)), network.lookup(0, four(1))]
        connected = await race(lookups, network.attempt)
        assert len(network.tried) == 3 and network.elapsed() == 0.6
        network.assert_only_is_open(connected)

    run_simulated(main())


@pytest.mark.parametrize(
    ("sixes_after", "first", "at"),
    [(0.03, six(1), 0.03), (0.05, six(1), 0.05), (0.08, four(1), 0.05), (0, six(1), 0)],
    ids=["within", "at the end", "too late", "first"],
)
def test_the_preferred_family_gets_50_ms_more(
    sixes_after: float, first: Endpoint, at: float
) -> None:
    async def main() -> None:
        network = Network()
        network.connects = {first: 0}
        lookups = [network.lookup(sixes_after, six(1)), network.lookup(0, four(1))]
        network.assert_only_is_open(await race(lookups, network.attempt))
        assert network.tried[0] == (at, first)

    run_simulated(main())


def test_without_addresses_of_the_preferred_family_nobody_waits_for_them() -> None:
    async def main() -> None:
        network = Network()
        network.connects = {four(1): 0}
        none = NameNotFoundError(errno.ENOENT, "there is none")
        lookups = [network.lookup(0.01, error=none), network.lookup(0, four(1))]
        network.assert_only_is_open(await race(lookups, network.attempt))
        assert network.tried == [(0.01, four(1))]

    run_simulated(main())


def test_the_preferred_family_does_not_wait_for_the_other() -> None:
    async def main() -> None:
        network = Network()
        network.connects = {six(1): 0.1}
        lookups = [network.lookup(0.01, six(1)), network.lookup(NEVER, four(1))]
        network.assert_only_is_open(await race(lookups, network.attempt))
        assert network.elapsed() == 0.11

    run_simulated(main())


def test_addresses_that_come_late_are_tried_when_they_are_due() -> None:
    async def main() -> None:
        network = Network()
        network.connects = {six(1): 0}
        lookups = [network.lookup(0.1, six(1)), network.lookup(0, four(1), four(2))]
        network.assert_only_is_open(await race(lookups, network.attempt))
        assert network.tried == [(0.05, four(1)), (0.3, six(1))]

    run_simulated(main())


def test_addresses_that_come_when_nothing_is_left_are_tried_at_once() -> None:
    async def main() -> None:
        network = Network()
        network.refuses, network.connects = {four(1): 0}, {six(1): 0}
        lookups = [network.lookup(3, six(1)), network.lookup(0, four(1))]
        network.assert_only_is_open(await race(lookups, network.attempt))
        assert network.tried == [(0.05, four(1)), (3, six(1))]

    run_simulated(main())


def test_one_lookup_of_both_families_is_tried_in_its_order_by_turns() -> None:
    async def main() -> None:
        network = Network()
        network.connects = {six(1): 0}
        lookups = [network.lookup(0, four(1), four(2), six(1))]
        network.assert_only_is_open(await race(lookups, network.attempt))
        assert [endpoint for _, endpoint in network.tried] == [four(1), six(1)]

    run_simulated(main())


def test_two_that_connect_at_the_same_moment_leave_one() -> None:
    async def main() -> None:
        network = Network()
        network.connects = {six(1): 0.6, four(1): 0.35}
        lookups = [network.lookup(0, six(1)), network.lookup(0, four(1))]
        network.assert_only_is_open(await race(lookups, network.attempt))
        assert network.elapsed() == 0.6

    run_simulated(main())


def test_a_winner_that_nobody_wants_any_more_is_closed() -> None:
    async def main() -> None:
        network = Network()
        network.connects = {six(1): 0.1}

        async def attempt(endpoint: Endpoint) -> Connected:
            connected = await network.attempt(endpoint)
            scope.cancel()
            return connected

        with zokio.CancelScope() as scope:
            await race([network.lookup(0, six(1))], attempt)
        assert scope.cancelled_caught
        network.assert_only_is_open()

    run_simulated(main())


def error_of(make_lookups: Callable[[Network], list[Lookup]], *refusing: Endpoint) -> Exception:
    """What the race raises, in which these refuse; it leaves nothing open."""

    async def main() -> Exception:
        network = Network()
        network.refuses = dict.fromkeys(refusing, 0.0)
        with pytest.raises((BrokenError, ClosedError)) as caught:
            await race(make_lookups(network), network.attempt)
        network.assert_only_is_open()
        return caught.value

    return run_simulated(main())


def test_the_error_of_the_only_attempt_is_raised_as_it_is() -> None:
    none = NameNotFoundError(errno.ENOENT, "there is none")
    error = error_of(lambda net: [net.lookup(0, error=none), net.lookup(0, four(1))], four(1))
    assert str(error) == "[Errno 111] refused by 192.0.2.1"


def test_the_error_of_several_attempts_names_each() -> None:
    error = error_of(lambda net: [net.lookup(0, six(1)), net.lookup(0, four(1))], six(1), four(1))
    assert isinstance(error, RefusedError) and error.errno == errno.ECONNREFUSED
    assert error.strerror == (
        "2 addresses were tried: refused by 2001:db8::1; refused by 192.0.2.1"
    )


@pytest.mark.parametrize("failing", [0, 1])
def test_a_lookup_that_failed_says_more_than_one_that_found_nothing(failing: int) -> None:
    errors: list[DnsError] = [NameNotFoundError(errno.ENOENT, "there is none")] * 2
    errors[failing] = NameServerError(errno.EIO, "it failed")
    error = error_of(lambda net: [net.lookup(0, error=each) for each in errors])
    assert error is errors[failing]


def test_a_resolver_that_was_closed_is_told_of() -> None:
    closed = ClosedError("it was closed")
    assert error_of(lambda net: [net.lookup(0, error=closed)]) is closed


def test_cancelled_anywhere_it_leaves_nothing_open() -> None:
    async def main() -> None:
        for number in range(1, 50):
            network = Network()
            network.connects = {four(1): 0.1}
            network.refuses = {six(1): 0.3}
            lookups = [network.lookup(0.02, six(1), six(2)), network.lookup(0.01, four(1))]
            was_cancelled, connected = await cancelled_at(number, race(lookups, network.attempt))
            network.assert_only_is_open(*([connected] if connected is not None else []))
            if not was_cancelled:
                assert number > 5
                return
        raise AssertionError("it suspends for ever")

    run_simulated(main())


def test_losers_on_a_network_are_closed_and_their_listeners_hear_of_it() -> None:
    """As `TcpStream.connect` does it; the first address leaves everybody waiting."""

    async def main() -> None:
        listeners = [TcpListener.bind(host, 80, backlog=1) for host in ("192.0.2.1", "192.0.2.2")]
        full = await connect_to(four(1))
        reactor = current_runtime().reactor
        assert isinstance(reactor, SimulatedReactor)
        before = set(reactor.network.sockets)
        network = Network()
        sock, registration = await race([network.lookup(0, four(1), four(2), four(3))], connect_to)
        assert sock.getpeername() == four(2).address and network.elapsed() == 0.25
        assert len(set(reactor.network.sockets) - before) == 2  # both ends of the connection
        for each, its in ((sock, registration), full):
            reactor.deregister(its)
            each.close()
        for listener in listeners:
            listener.close()

    run_simulated(main())
