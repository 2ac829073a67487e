"""The HTTP pool's machine on the real pool: real leases, and streams on the simulated network.

A connection that is made waits at a gate until the model lets it through or fails it. Its other
side is held here, so that it can be closed as a server does.
"""

from __future__ import annotations

from collections.abc import Callable

from spec.http_pool_state import (
    ALIVE,
    CONNECTING,
    DEAD,
    DYING,
    GONE,
    NONE,
    USING,
    HttpPoolState,
    State,
)
from spec.waiting import AWAY, GRANTED, REFUSED, WAITING, Tasks
from tests.helpers.connected_pair import SimulatedPair, simulated_pair
from tests.helpers.stage import Caller, Stage
from tests.helpers.virtual_time import VirtualReactor
from tests.refinement.channel_users import waiter_in
from zokio.core.suspend import suspend
from zokio.core.task import Task
from zokio.core.wait_queue import CLOSED, Waiter, WaiterState
from zokio.core.wait_queue import GRANTED as REALLY_GRANTED
from zokio.core.wait_queue import WAITING as REALLY_WAITING
from zokio.errors import ClosedError
from zokio.http.client.connection import HttpConnection
from zokio.http.client.lease import Lease
from zokio.http.client.limits import Limits
from zokio.http.client.pool import Pool
from zokio.net import TcpStream
from zokio.reactor.simulated import SimulatedReactor

IDLE_SECONDS = 100.0
PLACES: dict[WaiterState, str] = {REALLY_WAITING: WAITING, REALLY_GRANTED: GRANTED, CLOSED: REFUSED}


class FailedError(Exception):
    """The model lets a connection fail."""


class Requester:
    """What one task does with the pool, and the place where it is told how to go on."""

    def __init__(self, world: HttpPoolAdapter, number: int) -> None:
        self.world = world
        self.number = number
        self.at = AWAY
        self.lease: Lease[HttpConnection] | None = None
        self.answers: list[str] = []

    async def told(self, at: str) -> str:
        """Suspend until it is told something."""
        self.at = at
        while not self.answers:
            await suspend()
        return self.answers.pop()

    async def request(self) -> None:
        """As the client does: a lease that is given back, or dropped on every other way out."""
        self.at = WAITING
        try:
            self.lease = await self.world.pool.acquire(self.world.machine.wants[self.number])
            try:
                await self.exchange(self.lease)
            except BaseException:
                self.lease.drop()
                raise
        except (ClosedError, FailedError):
            pass
        finally:
            self.at, self.lease = AWAY, None

    async def exchange(self, lease: Lease[HttpConnection]) -> None:
        await lease.connected(self.connect)
        while (answer := await self.told(USING)) == "find_dead":
            if not (lease.is_reused and self.world.machine.idempotent[self.number]):
                raise FailedError
            await lease.connect_anew(self.connect)
        if answer == "finish":
            lease.give_back()
        else:
            lease.drop()

    async def connect(self) -> HttpConnection:
        if await self.told(CONNECTING) == "fail":
            raise FailedError
        return self.world.new_connection()


class HttpPoolAdapter:
    """The hosts, requests and limits of `machine`."""

    def __init__(self, make_reactor: Callable[[], VirtualReactor], machine: HttpPoolState) -> None:
        self._make_reactor = make_reactor
        self.machine = machine

    def start(self, state: State) -> None:
        self.stage = Stage(self._make_reactor)
        limits = Limits(
            per_host=self.machine.per_host, total=self.machine.total, idle_seconds=IDLE_SECONDS
        )
        self.pool: Pool[HttpConnection] = Pool(limits, self.stage.reactor.now_ns)
        everybody = range(len(self.machine.wants))
        self.requesters = [Requester(self, number) for number in everybody]
        self.callers = [Caller(self.stage, each.request) for each in self.requesters]
        self.asked: list[int] = []
        self.pairs: list[SimulatedPair | None] = [None] * (self.machine.total + 1)
        self.made: list[HttpConnection | None] = [None] * (self.machine.total + 1)
        self.streams: list[TcpStream | None] = [None] * (self.machine.total + 1)
        self.is_dying = [False] * (self.machine.total + 1)

    def new_connection(self) -> HttpConnection:
        """Connected to a server which is held here; the lowest number that is free."""
        number = [self.is_open(each) for each in range(len(self.made))].index(False)
        earlier = self.pairs[number]
        if earlier is not None:
            earlier.close_theirs()  # the server notices as well that this one was closed
        pair = simulated_pair(self.stage.reactor)
        self.streams[number] = stream = TcpStream(pair.ours)
        connection = HttpConnection(stream, head_bytes_max=1_000)
        self.pairs[number], self.made[number] = pair, connection
        self.is_dying[number] = False
        return connection

    # Actions

    def ask(self, task: int) -> None:
        self.stage.reactor.clock.advance(1)  # no two connections come back at the same time
        self.asked.append(task)
        self.callers[task].begin()

    def cancel(self, task: int) -> None:
        self.callers[task].cancel()

    def poll(self, task: int) -> None:
        self.stage.reactor.clock.advance(1)
        self.callers[task].poll()
        self.settle(task)

    def wake_for_no_reason(self, task: int) -> None:
        self.stage.wake(self.callers[task].task)
        self.callers[task].poll()

    def tell(self, task: int, answer: str) -> None:
        self.stage.reactor.clock.advance(1)
        self.requesters[task].answers.append(answer)
        self.stage.wake(self.callers[task].task)
        self.callers[task].poll()

    def settle(self, task: int) -> None:
        """After a cancellation the scheduler owes the task one more poll, for nothing."""
        if self.requesters[task].at == AWAY and self.callers[task].is_owed():
            self.callers[task].poll()

    def connect(self, task: int) -> None:
        self.tell(task, "connect")

    def fail_to_connect(self, task: int) -> None:
        self.tell(task, "fail")

    def finish(self, task: int) -> None:
        self.tell(task, "finish")

    def drop_response(self, task: int) -> None:
        self.tell(task, "drop")

    def find_dead(self, task: int) -> None:
        self.tell(task, "find_dead")

    def die(self, connection: int) -> None:
        self.pair(connection).close_theirs()
        self.is_dying[connection] = True

    def notice(self) -> None:
        self.stage.take_in()

    def expire(self) -> None:
        now_ns = self.stage.reactor.now_ns()
        young = [each for each in self.pool._idle if each.until_ns > now_ns]
        self.stage.reactor.clock.advance(young[0].until_ns - now_ns)

    def close(self) -> None:
        self.stage.call(self.pool.close)

    # What the pool's state means

    def pair(self, number: int) -> SimulatedPair:
        pair = self.pairs[number]
        assert pair is not None
        return pair

    def is_open(self, number: int) -> bool:
        connection = self.made[number]
        return connection is not None and not connection.is_closed

    def number_of(self, connection: HttpConnection | None) -> int:
        return NONE if connection is None else self.made.index(connection)

    def condition(self, number: int) -> str:
        stream = self.streams[number]
        if stream is None or not self.is_open(number):
            return GONE
        if not self.is_dying[number]:
            return ALIVE
        return DEAD if stream._registration.ended else DYING

    def place(self, task: int) -> str:
        requester = self.requesters[task]
        if requester.at != WAITING:
            return requester.at
        waiter = self.waiter(self.callers[task].task)
        return PLACES[waiter.state]

    def abstraction(self) -> State:
        at = tuple(map(self.place, range(len(self.requesters))))
        self.asked = [task for task in self.asked if at[task] in (WAITING, GRANTED, REFUSED)]
        leases = [self.lease(task, place) for task, place in enumerate(at)]
        idle, now_ns = self.pool._idle, self.stage.reactor.now_ns()
        slots = self.pool._slots
        return State(
            tasks=Tasks(
                at=at,
                asked=tuple(self.asked),
                cancelling=tuple(each.is_cancelling() for each in self.callers),
            ),
            has=tuple(NONE if each is None else self.number_of(each.connection) for each in leases),
            reused=tuple(each is not None and each.is_reused for each in leases),
            connections=tuple(map(self.condition, range(len(self.made)))),
            hosts=self.hosts(leases),
            idle=tuple(self.number_of(each.connection) for each in idle),
            old=sum(each.until_ns <= now_ns for each in idle),
            slots=tuple(slots.get(host, 0) for host in range(max(self.machine.wants) + 1)),
            closed=self.pool.is_closed,
        )

    def hosts(self, leases: list[Lease[HttpConnection] | None]) -> tuple[int, ...]:
        """By connection that is open: the host that whoever has it, or the pool, says it leads to.

        Whoever has it may be wrong about that, and the machine would tell.
        """
        found = [NONE] * len(self.made)
        known = [(each.connection, each.host) for each in leases if each is not None]
        known += [(each.connection, each.host) for each in self.pool._idle]
        for connection, host in known:
            if connection is not None and isinstance(host, int):
                found[self.number_of(connection)] = host
        return tuple(found)

    def waiter(self, task: Task) -> Waiter[Lease[HttpConnection]]:
        """Of a task that waits for a connection."""
        waiter = waiter_in(task.coroutine)
        assert waiter is not None
        return waiter

    def lease(self, task: int, place: str) -> Lease[HttpConnection] | None:
        """What the task has, or was granted and has not seen yet."""
        if place == GRANTED:
            granted: Lease[HttpConnection] = self.waiter(self.callers[task].task).value
            return granted
        return None if place in (WAITING, REFUSED) else self.requesters[task].lease

    def check_invariants(self) -> None:
        self.stage.runtime.check_invariants()
        self.pool.check_invariants()
        reactor = self.stage.reactor
        assert isinstance(reactor, SimulatedReactor)
        sockets = set(reactor.network.sockets)
        is_open = [self.is_open(number) for number in range(len(self.streams))]
        streams = [each for each, here in zip(self.streams, is_open, strict=True) if here and each]
        ours = {stream._socket.fileno() for stream in streams}
        theirs = {pair._theirs.fileno() for pair in self.pairs if pair is not None}
        assert ours <= sockets <= ours | theirs, "a socket is open that nobody has"
        owed = {task for task, caller in enumerate(self.callers) if caller.is_owed()}
        assert owed == {task for task in range(len(self.callers)) if self.is_owed(task)}

    def is_owed(self, task: int) -> bool:
        """Whether the task has to be polled, as the machine has it."""
        return self.place(task) in (GRANTED, REFUSED) or self.callers[task].is_cancelling()

    def stop(self) -> None:
        self.stage.stop()
