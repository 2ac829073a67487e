"""All benchmarks, in the order in which they run."""

from __future__ import annotations

from benchmarks.benchmark import Benchmark
from benchmarks.channels import CHANNELS_PING_PONG, CHANNELS_THROUGHPUT
from benchmarks.echo import ECHO
from benchmarks.echo_pipelined import ECHO_PIPELINED
from benchmarks.http import HTTP
from benchmarks.idle_cpu import IDLE_CPU
from benchmarks.idle_memory import IDLE_MEMORY
from benchmarks.locks import LOCKS
from benchmarks.spawn_join import SPAWN_JOIN
from benchmarks.switches import SWITCHES
from benchmarks.timers import TIMERS
from benchmarks.workers import (
    BLOCKING_FILES,
    BLOCKING_HASHING,
    BLOCKING_SLEEPING,
    WORKERS_ECHO,
    WORKERS_TASKS,
)

BENCHMARKS: tuple[Benchmark, ...] = (
    *(SWITCHES, LOCKS, SPAWN_JOIN, TIMERS, ECHO, ECHO_PIPELINED, HTTP),
    *(IDLE_MEMORY, IDLE_CPU),
    *(CHANNELS_PING_PONG, CHANNELS_THROUGHPUT),
    *(WORKERS_TASKS, WORKERS_ECHO, BLOCKING_HASHING, BLOCKING_SLEEPING, BLOCKING_FILES),
)
