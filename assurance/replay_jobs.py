"""Which machines are replayed on the real runtime, over what, and which edges it need not take.

Every configuration of `spec.MACHINES` is either in `JOBS` or in `NOT_REPLAYED`, with the reason; a
test holds that. The adapters are those of the stateful tests.
"""

from __future__ import annotations

import selectors
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from assurance import channel_jobs, combine_jobs, sync_jobs
from spec import (
    blocking_pool,
    blocking_runs,
    clockwork,
    http_connection,
    http_upgrade,
    mpsc_blocking,
    mpsc_taking,
    supervisor,
    surroundings,
    virtual_time,
    workers_bounds,
)
from spec.blocking_pool import BlockingPoolMachine, LongLine, TwoThreads
from spec.bounded_map import BoundedMapMachine
from spec.cancel_scopes import (
    CancelGroupsMachine,
    CancelScopesMachine,
    CancelThreadsMachine,
    ObedientMachine,
)
from spec.cancellation_token import CancellationTokenMachine, TwoCallers
from spec.delay_queue import DelayQueueMachine
from spec.dns_cache import DnsCacheMachine
from spec.http_connection import HttpConnection
from spec.http_connection_state import BAD, POST
from spec.http_pool import HttpPoolMachine, SharedByHosts
from spec.interval import Burst, Delay, IntervalMachine, Skip
from spec.join import JoinMachine
from spec.join_set import JoinSetMachine
from spec.rate_limiter import RateLimiterMachine
from spec.registration import LevelTriggered, Registration
from spec.scheduler import SchedulerMachine
from spec.shutdown import ShutdownMachine
from spec.stream_halves import OnWorkers, StreamHalves
from spec.supervisor import SupervisorMachine
from spec.task import Task, TaskMachine
from spec.task_start import TaskStartMachine
from spec.task_tracker import TaskTrackerMachine
from spec.timers import CANCEL_ALL, INSERT_DUE, NOTHING, CascadingTimers, TimersMachine
from spec.tls_stream import TlsStreamMachine
from spec.websocket_close import WebSocketClose
from tests.helpers.connected_pair import local_pair, simulated_pair, tcp_pair
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.blocking_pool import BlockingPoolAdapter
from tests.refinement.bounded_map import BoundedMapAdapter
from tests.refinement.cancel_scopes import CancelScopesAdapter
from tests.refinement.cancellation_token import CancellationTokenAdapter
from tests.refinement.delay_queue import DelayQueueAdapter
from tests.refinement.dns_cache import DnsCacheAdapter
from tests.refinement.http_connection import HttpConnectionAdapter
from tests.refinement.http_pool import HttpPoolAdapter
from tests.refinement.interval import IntervalAdapter
from tests.refinement.join import JoinAdapter
from tests.refinement.join_set import JoinSetAdapter
from tests.refinement.rate_limiter import RateLimiterAdapter
from tests.refinement.registration import RegistrationAdapter
from tests.refinement.scheduler import SchedulerAdapter
from tests.refinement.shutdown import ShutdownAdapter
from tests.refinement.stream_halves import StreamHalvesAdapter
from tests.refinement.supervisor import SupervisorAdapter
from tests.refinement.task import TaskAdapter
from tests.refinement.task_start import TaskStartAdapter
from tests.refinement.task_tracker import TaskTrackerAdapter
from tests.refinement.timers import SleepersAdapter, TimersAdapter
from tests.refinement.tls_stream import TlsStreamAdapter
from tests.refinement.websocket_close import WebSocketCloseAdapter
from zokio.env.clock import VirtualClock
from zokio.model import Adapter, Excuse, Machine, Step
from zokio.reactor.contract import Reactor
from zokio.reactor.epoll import EpollReactor
from zokio.reactor.portable import PortableReactor
from zokio.reactor.simulated import SimulatedReactor

ScopesMachine = CancelScopesMachine | CancelGroupsMachine | ObedientMachine
NUMBER = 500  # the descriptor of every stream: far above what a worker has open
FIRST_SIMULATED = 3


@dataclass(frozen=True)
class Job:
    """One machine, replayed on one kind of runtime.

    Attributes:
        name: The machine's name in `spec.MACHINES`.
        over: What the runtime stands on.
        machine: The bounded configuration.
        make_adapter: Makes what drives the runtime.
        excuses: Which edges the runtime need not take, and why.
        fast: Whether it is small enough for every run of the tests.
    """

    name: str
    over: str
    machine: Machine[Any]  # Any: the machines have states of different types
    make_adapter: Callable[[], Adapter[Any]]  # Any: as above
    excuses: tuple[Excuse[Any], ...] = ()  # Any: as above
    fast: bool = False


def _epoll() -> Reactor:
    return EpollReactor(now_ns=VirtualClock().now_ns)


def _poll() -> Reactor:
    return PortableReactor(selectors.PollSelector())


def _task(tasks: int, *excuses: Excuse[Task], pollers: int = 1) -> Job:
    machine = TaskMachine(tasks=tasks, pollers=pollers)
    return Job("task", "epoll", machine, partial(TaskAdapter, _epoll), excuses, fast=True)


def _scheduler(machine: SchedulerMachine, over: str = "epoll", *, fast: bool = False) -> Job:
    make = {"epoll": _epoll, "simulated": SimulatedReactor}[over]
    return Job(
        "scheduler", over, machine, partial(SchedulerAdapter, make, machine.interval), fast=fast
    )


def _timers(machine: TimersMachine) -> Job:
    adapter = partial(TimersAdapter, VIRTUAL_REACTORS["epoll"], machine.timers)
    return Job("timers", "epoll", machine, adapter)


def _sleepers(machine: TimersMachine, *, fast: bool = False) -> Job:
    adapter = partial(SleepersAdapter, VIRTUAL_REACTORS["epoll"])
    return Job("timers", "epoll, tasks that sleep", machine, adapter, fast=fast)


def _join(machine: JoinMachine, *, fast: bool = False) -> Job:
    adapter = partial(
        JoinAdapter, VIRTUAL_REACTORS["epoll"], inside=machine.inside, outside=machine.outside
    )
    return Job("join", "epoll", machine, adapter, fast=fast)


def _shutdown(machine: ShutdownMachine, *, fast: bool = False) -> Job:
    adapter = partial(
        ShutdownAdapter, VIRTUAL_REACTORS["epoll"], tasks=machine.tasks, timeout=machine.timeout
    )
    return Job("shutdown", "epoll", machine, adapter, fast=fast)


def _scopes(machine: ScopesMachine, *, fast: bool = False) -> Job:
    adapter = partial(CancelScopesAdapter, VIRTUAL_REACTORS["epoll"])
    return Job("cancel_scopes", "epoll", machine, adapter, fast=fast)


def _blocking_pool(machine: BlockingPoolMachine, *, fast: bool = False) -> Job:
    adapter = partial(
        BlockingPoolAdapter,
        calls=machine.calls,
        threads=machine.threads,
        queue_max=machine.queue_max,
    )
    return Job("blocking_pool", "threads that stop", machine, adapter, fast=fast)


def _registration(machine: Registration, over: str, *, fast: bool = False) -> Job:
    adapters = {
        "epoll, TCP": partial(RegistrationAdapter, EpollReactor, tcp_pair),
        "poll, TCP": partial(RegistrationAdapter, _poll, tcp_pair, edges=False),
        "epoll, socket pairs": partial(RegistrationAdapter, EpollReactor, local_pair),
        "poll, socket pairs": partial(RegistrationAdapter, _poll, local_pair, edges=False),
        "simulated": partial(RegistrationAdapter, SimulatedReactor, simulated_pair),
    }
    number = FIRST_SIMULATED if over == "simulated" else NUMBER
    adapter = partial(adapters[over], number=number)
    return Job("registration", over, machine, adapter, fast=fast)


# Any: what drives machines of different states.
def _structure(name: str, machine: Machine[Any], adapter: Any, *, fast: bool = False) -> Job:
    """Tasks in structures: `adapter` takes how a runtime gets its reactor."""
    return Job(name, "simulated", machine, partial(adapter, SimulatedReactor), fast=fast)


def _join_set(machine: JoinSetMachine, *, fast: bool = False) -> Job:
    adapter = partial(JoinSetAdapter, joiners=machine.joiners)
    return _structure("join_set", machine, adapter, fast=fast)


def _tls_stream(machine: TlsStreamMachine, *, fast: bool = False) -> Job:
    adapter = partial(TlsStreamAdapter, room=machine.room)
    return _structure("tls_stream", machine, adapter, fast=fast)


def _stream_halves(machine: StreamHalves, *, fast: bool = False) -> Job:
    adapter = partial(StreamHalvesAdapter, pieces=machine.pieces)
    return _structure("stream_halves", machine, adapter, fast=fast)


def _bounded_map(machine: BoundedMapMachine, *, fast: bool = False) -> Job:
    adapter = partial(BoundedMapAdapter, limit=machine.limit, ordered=machine.ordered)
    return _structure("bounded_map", machine, adapter, fast=fast)


def _task_tracker(machine: TaskTrackerMachine, *, fast: bool = False) -> Job:
    adapter = partial(TaskTrackerAdapter, waiters=machine.waiters)
    return _structure("task_tracker", machine, adapter, fast=fast)


def _delay_queue(machine: DelayQueueMachine, *, fast: bool = False) -> Job:
    adapter = partial(DelayQueueAdapter, consumers=machine.consumers)
    return _structure("delay_queue", machine, adapter, fast=fast)


def _dns_cache(machine: DnsCacheMachine, *, fast: bool = False) -> Job:
    adapter = partial(DnsCacheAdapter, askers=machine.askers)
    return _structure("dns_cache", machine, adapter, fast=fast)


def _rate_limiter(machine: RateLimiterMachine, *, fast: bool = False) -> Job:
    adapter = partial(RateLimiterAdapter, callers=machine.callers, burst=machine.burst)
    return _structure("rate_limiter", machine, adapter, fast=fast)


def _interval(machine: IntervalMachine, *, fast: bool = False) -> Job:
    return _structure("interval", machine, partial(IntervalAdapter, machine=machine), fast=fast)


def _cancellation_token(machine: CancellationTokenMachine, *, fast: bool = False) -> Job:
    adapter = partial(CancellationTokenAdapter, tasks=machine.tasks, callers=machine.callers)
    return _structure("cancellation_token", machine, adapter, fast=fast)


def _http_connection(machine: HttpConnection, *, fast: bool = False) -> Job:
    return Job("http_connection", "simulated", machine, HttpConnectionAdapter, fast=fast)


def _http_pool(machine: HttpPoolMachine, *, fast: bool = False) -> Job:
    adapter = partial(HttpPoolAdapter, machine=machine)
    return _structure("http_pool", machine, adapter, fast=fast)


def _supervisor(machine: SupervisorMachine, *, fast: bool = False) -> Job:
    return Job("supervisor", "simulated", machine, partial(SupervisorAdapter, machine), fast=fast)


def _websocket_close(machine: WebSocketClose, *, fast: bool = False) -> Job:
    return Job("websocket_close", "simulated", machine, WebSocketCloseAdapter, fast=fast)


def _polls_beside_another(state: Task, step: Step) -> bool:
    return step.name == "begin_poll" and any(state.polling)


ONE_THREAD_POLLS: Excuse[Task] = Excuse(
    "The machine lets two threads poll at a time; this runtime polls on the one thread that "
    "owns it, so no poll begins while another one runs.",
    _polls_beside_another,
)

# The longest first, so that the workers end at about the same time.
JOBS = (
    _blocking_pool(TwoThreads(calls=2, threads=2, queue_max=1, failures_max=1)),
    _blocking_pool(LongLine(calls=3, threads=1, queue_max=1, failures_max=1)),
    _scheduler(SchedulerMachine(tasks=2, threads=1, interval=2)),
    _registration(Registration(error_stays=True), "epoll, socket pairs"),
    _registration(Registration(), "simulated"),
    _registration(LevelTriggered(error_stays=True), "poll, socket pairs"),
    *map(_http_connection, http_connection.CONFIGURATIONS),
    *map(_http_connection, http_upgrade.CONFIGURATIONS),
    _join(JoinMachine(inside=2, outside=1)),
    _scheduler(SchedulerMachine(tasks=1, threads=2, interval=1)),
    _scopes(CancelGroupsMachine(tasks=2, scopes=2, threads=False, apart=False)),
    _scopes(CancelGroupsMachine(tasks=3, scopes=1, threads=False, apart=False)),
    _scopes(CancelThreadsMachine(tasks=2, scopes=1)),
    _shutdown(ShutdownMachine(tasks=2, timeout=1, injected_max=2)),
    _registration(Registration(tasks=1, generations=1, inbox_max=1), "epoll, TCP"),
    _registration(LevelTriggered(tasks=1, generations=1, inbox_max=1), "poll, TCP"),
    _timers(TimersMachine(timers=3, horizon=2)),
    _scopes(CancelScopesMachine(scopes=3, threads=False)),
    _shutdown(ShutdownMachine(tasks=2, timeout=2, injected_max=1)),
    _timers(CascadingTimers(timers=3, horizon=1, thens=(NOTHING, CANCEL_ALL, INSERT_DUE))),
    _scopes(ObedientMachine(tasks=2, scopes=2, threads=False, apart=False)),
    _join_set(JoinSetMachine(tasks=3, joiners=1)),
    _delay_queue(DelayQueueMachine(values=2, consumers=2, horizon=1)),
    _join_set(JoinSetMachine(tasks=2, joiners=2)),
    _rate_limiter(RateLimiterMachine(callers=2, burst=2, horizon=2)),
    _task_tracker(TaskTrackerMachine(tasks=1, waiters=2)),
    _task_tracker(TaskTrackerMachine(tasks=2, waiters=1)),
    _bounded_map(BoundedMapMachine(items=3, limit=2, ordered=False)),
    _bounded_map(BoundedMapMachine(items=3, limit=2, ordered=True)),
    _delay_queue(DelayQueueMachine(values=2, consumers=1, horizon=1)),
    _cancellation_token(CancellationTokenMachine(tokens=3, tasks=1, callers=1)),
    _cancellation_token(CancellationTokenMachine(tokens=2, tasks=2, callers=1)),
    _cancellation_token(TwoCallers(tokens=2, tasks=1, callers=2)),
    _rate_limiter(RateLimiterMachine(callers=2, burst=1, horizon=2)),
    _interval(Burst(horizon=7)),
    _interval(Delay(horizon=7)),
    _interval(Skip(horizon=7)),
    _tls_stream(TlsStreamMachine(room=2)),
    _tls_stream(TlsStreamMachine(room=1)),
    _stream_halves(StreamHalves(pieces=2)),
    _tls_stream(TlsStreamMachine(room=1, wire_max=1, pending_max=1), fast=True),
    _stream_halves(StreamHalves(pieces=1), fast=True),
    _dns_cache(DnsCacheMachine(askers=3, queries=2, lifetime=1)),
    _dns_cache(DnsCacheMachine(askers=2, queries=2, lifetime=2)),
    _bounded_map(BoundedMapMachine(items=2, limit=1, ordered=True), fast=True),
    _http_pool(SharedByHosts(wants=(0, 0, 1), total=1)),
    _http_pool(HttpPoolMachine(wants=(0, 0), idempotent=(True, False), total=1), fast=True),
    *map(_supervisor, supervisor.CONFIGURATIONS),
    _supervisor(SupervisorMachine(workers=1, failures_max=2), fast=True),
    _websocket_close(WebSocketClose(), fast=True),
    _structure("task_start", TaskStartMachine(), TaskStartAdapter, fast=True),
    _join_set(JoinSetMachine(tasks=1, joiners=1), fast=True),
    _task_tracker(TaskTrackerMachine(tasks=1, waiters=1), fast=True),
    _delay_queue(DelayQueueMachine(values=1, consumers=1, horizon=1), fast=True),
    _rate_limiter(RateLimiterMachine(callers=1, burst=1, horizon=1), fast=True),
    _interval(Skip(horizon=4), fast=True),
    _cancellation_token(CancellationTokenMachine(tokens=2, tasks=1, callers=1), fast=True),
    _http_connection(HttpConnection(heads_max=1, kinds=(POST, BAD)), fast=True),
    _dns_cache(DnsCacheMachine(askers=2, queries=2, lifetime=1), fast=True),
    _join(JoinMachine(inside=1, outside=1), fast=True),
    _registration(Registration(tasks=1, generations=1, inbox_max=1), "simulated", fast=True),
    _scheduler(SchedulerMachine(tasks=1, threads=1, interval=1), "simulated", fast=True),
    _scopes(CancelScopesMachine(scopes=2, threads=False), fast=True),
    _blocking_pool(BlockingPoolMachine(calls=2, threads=1, queue_max=1), fast=True),
    _shutdown(ShutdownMachine(tasks=1, timeout=1, injected_max=1), fast=True),
    _sleepers(TimersMachine(timers=2, horizon=2, past=False), fast=True),
    _task(3, ONE_THREAD_POLLS, pollers=2),
    _task(3),
    _task(2),
    *(
        Job(name, "simulated", machine, make)
        for name, machine, make in (*sync_jobs.WHOLE, *channel_jobs.WHOLE, *combine_jobs.WHOLE)
    ),
    *(
        Job(name, "simulated", machine, make, fast=True)
        for name, machine, make in (*sync_jobs.SMALL, *channel_jobs.SMALL, *combine_jobs.SMALL)
    ),
)

FOR_TRACES = (
    "Made for recorded runs: the machine it stands on is replayed, and what it adds is witnessed "
    "by the traces of real runs (`python -m assurance.traces`)."
)

NOT_REPLAYED: dict[str, str] = {
    **dict.fromkeys(
        (
            repr(machine)
            for machines in (surroundings, clockwork, blocking_runs)
            for machine in machines.CONFIGURATIONS
        ),
        FOR_TRACES,
    ),
    **dict.fromkeys(
        map(
            repr,
            (
                *workers_bounds.CONFIGURATIONS,
                *virtual_time.CONFIGURATIONS,
                *mpsc_taking.CONFIGURATIONS,
                *mpsc_blocking.CONFIGURATIONS,
                OnWorkers(pieces=2),
            ),
        ),
        "Steps of several threads, one in the middle of another's, which an adapter that drives "
        "one thread cannot take: they are for modelled threads.",
    ),
    **dict.fromkeys(
        map(repr, blocking_pool.CONFIGURATIONS),
        "Threads of the system that stop before every step: a millisecond each. Replayed instead "
        "are the same with a call less, and one walk in 40 of these by `make thorough`.",
    ),
    repr(LevelTriggered()): "A reset that is told only once is a reset over TCP, where the peer's "
    "kernel has to be waited for: ten times as slow as a pair of local sockets. Replayed instead "
    "are this machine with error_stays over local sockets, and a smaller one over TCP.",
}
