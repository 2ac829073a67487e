"""RuntimeMetrics: one consistent look at the counters of a runtime."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerMetrics:
    """What one worker has done since the runtime was made, and how much it has to do."""

    polls: int
    """Polls of tasks."""
    steals: int
    """Searches that found something at another worker."""
    stolen_tasks: int
    """Tasks that it has taken from others."""
    slot_hits: int
    """Tasks that it has taken from its LIFO slot."""
    slot_capped: int
    """Times that the queue came first, since the slot had its turns in a row."""
    batches: int
    """Visits to the reactor that woke anybody: so often it has pushed what they woke."""
    batched_tasks: int
    """Tasks that these have woken."""
    injected_taken: int
    """Tasks that it has taken from the injection queue."""
    injected_first: int
    """Those of them that came before own ones, since it was the injection queue's turn."""
    searches: int
    """Times that it has looked for work of others."""
    searches_refused: int
    """Times that it has not, since enough others did."""
    parks: int
    """Times that it went to sleep."""
    unparks: int
    """Times that it was woken to look for work."""
    turns: int
    """Visits to the reactor."""
    ready_length: int
    """Tasks that stand in its queues."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeMetrics:
    """Counts since the runtime was made, and lengths at this moment."""

    tasks_spawned: int
    """Tasks made so far."""
    tasks_alive: int
    """Tasks that are not done."""
    polls: int
    """Polls of tasks."""
    slow_polls: int
    """Polls that took longer than `RuntimeConfig.slow_poll_threshold`."""
    turns: int
    """Visits to the reactor."""
    parks: int
    """Visits to the reactor that were allowed to wait."""
    io_wakes: int
    """Tasks woken by readiness."""
    timers_fired: int
    """Timers that came due."""
    timers_pending: int
    """Timers that have neither fired nor been cancelled."""
    ready_length: int
    """Tasks that stand in the run queue."""
    injected_length: int
    """Entries from other threads that are not yet taken in."""
    blocking_pending: int
    """Blocking calls that were handed to the pool and have not returned."""
    blocking_running: int
    """Blocking calls that run; the others wait for a thread."""
    blocking_outside: int
    """Blocking calls that wait for room in the queue."""
    blocking_threads: int
    """Threads for blocking calls that there are."""
    blocking_threads_idle: int
    """Threads for blocking calls that have nothing to do."""
    workers: tuple[WorkerMetrics, ...] = ()
    """Each worker on its own; empty where there are none."""
