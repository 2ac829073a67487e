"""The specifications: one machine a file, each with its bounded configurations.

They are the one source of what the runtime has to do: `zokio check` explores them, the stateful
tests drive the runtime by them, the proofs and diagrams are made from them. They share words with
the runtime and no code.
"""

from __future__ import annotations

from typing import Any

from zokio.model import Machine

from . import (
    as_completed,
    barrier,
    blocking_pool,
    blocking_runs,
    bounded_map,
    broadcast,
    cancel_scopes,
    cancellation_token,
    clockwork,
    condition,
    delay_queue,
    dns_cache,
    event,
    http_connection,
    interval,
    join,
    join_all,
    join_set,
    lazy_cell,
    mpsc,
    mpsc_watched,
    mutex,
    notify,
    once_cell,
    oneshot,
    rate_limiter,
    registration,
    rendezvous,
    rwlock,
    scheduler,
    select,
    semaphore,
    shutdown,
    surroundings,
    task,
    task_start,
    task_tracker,
    timers,
    watch,
    workers_bounds,
)

# Any: the machines have states of different types, and whoever goes through all does not look.
MACHINES: dict[str, tuple[Machine[Any], ...]] = {
    "cancel_scopes": cancel_scopes.CONFIGURATIONS,
    "registration": registration.CONFIGURATIONS,
    "task": task.CONFIGURATIONS,
    "join": join.CONFIGURATIONS,
    "scheduler": scheduler.CONFIGURATIONS,
    "surroundings": surroundings.CONFIGURATIONS,
    "shutdown": shutdown.CONFIGURATIONS,
    "timers": timers.CONFIGURATIONS,
    "clockwork": clockwork.CONFIGURATIONS,
    "mpsc": (*mpsc.CONFIGURATIONS, *mpsc_watched.CONFIGURATIONS),
    "oneshot": oneshot.CONFIGURATIONS,
    "watch": watch.CONFIGURATIONS,
    "broadcast": broadcast.CONFIGURATIONS,
    "rendezvous": rendezvous.CONFIGURATIONS,
    "blocking_pool": blocking_pool.CONFIGURATIONS,
    "semaphore": semaphore.CONFIGURATIONS,
    "mutex": mutex.CONFIGURATIONS,
    "rwlock": rwlock.CONFIGURATIONS,
    "notify": notify.CONFIGURATIONS,
    "event": event.CONFIGURATIONS,
    "condition": condition.CONFIGURATIONS,
    "barrier": barrier.CONFIGURATIONS,
    "once_cell": once_cell.CONFIGURATIONS,
    "lazy_cell": lazy_cell.CONFIGURATIONS,
    "task_start": task_start.CONFIGURATIONS,
    "join_all": join_all.CONFIGURATIONS,
    "select": select.CONFIGURATIONS,
    "join_set": join_set.CONFIGURATIONS,
    "as_completed": as_completed.CONFIGURATIONS,
    "bounded_map": bounded_map.CONFIGURATIONS,
    "task_tracker": task_tracker.CONFIGURATIONS,
    "delay_queue": delay_queue.CONFIGURATIONS,
    "rate_limiter": rate_limiter.CONFIGURATIONS,
    "interval": interval.CONFIGURATIONS,
    "cancellation_token": cancellation_token.CONFIGURATIONS,
    "dns_cache": dns_cache.CONFIGURATIONS,
    "blocking_runs": blocking_runs.CONFIGURATIONS,
    "http_connection": http_connection.CONFIGURATIONS,
    "workers": workers_bounds.CONFIGURATIONS,
}
