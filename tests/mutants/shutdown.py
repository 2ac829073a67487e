"""Planted bugs in the shutdown, and in what the runtime does for it."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

SHUTDOWN = "zokio/runtime/shutdown.py"
RUNTIME = "zokio/runtime/runtime.py"
QUEUE = "zokio/core/run_queue.py"

MUTANTS = (
    Mutant(
        name="a_task_spawned_during_the_shutdown_is_not_cancelled",
        file=RUNTIME,
        before="        if self.closing and task.scope is None:\n",
        after="        if self.closing and self.queue.closed:\n",
        machine="shutdown",
    ),
    Mutant(
        name="tasks_on_their_way_when_it_begins_are_not_taken_in",
        file=SHUTDOWN,
        before="    runtime.queue.drain_injected()  #",
        after="    #",
        machine="shutdown",
    ),
    Mutant(
        name="a_task_spawned_by_one_that_is_dropped_is_left_over",
        file=SHUTDOWN,
        before="""    while runtime.tasks:
        task = next(iter(runtime.tasks.values()))
""",
        after="    for task in list(runtime.tasks.values()):\n",
        machine="shutdown",
    ),
    Mutant(
        name="only_the_first_task_is_dropped_in_order",
        file=SHUTDOWN,
        before="    while runtime.tasks:\n",
        after="    if runtime.tasks:\n",
        machine="shutdown",
    ),
    Mutant(
        name="a_task_that_comes_too_late_is_forgotten",
        file=SHUTDOWN,
        before="    queue.drain_injected()  # tasks that other",
        after="    queue.injected.clear()  # tasks that other",
        machine="shutdown",
    ),
    Mutant(
        name="tasks_spawned_during_the_shutdown_are_not_counted",
        file=SHUTDOWN,
        before="""        ended_before = runtime.spawned - len(runtime.tasks)
        try:
            with Interrupts(runtime.queue, patience.end, runtime.reactor.bell_fd):
                try:
                    _cancel_all(runtime, patience)
                finally:
                    dropped = drop_all(runtime)
        finally:
            close(runtime)
    cancelled = runtime.spawned - ended_before - len(dropped)
""",
        after="""        alive = len(runtime.tasks)
        try:
            with Interrupts(runtime.queue, patience.end, runtime.reactor.bell_fd):
                try:
                    _cancel_all(runtime, patience)
                finally:
                    dropped = drop_all(runtime)
        finally:
            close(runtime)
    cancelled = alive - len(dropped)
""",
        machine="shutdown",
    ),
    Mutant(
        name="the_time_is_up_only_when_everybody_has_ended",
        file=SHUTDOWN,
        before="return self._runtime.reactor.now_ns() >= self.deadline_ns",
        after="return self._runtime.reactor.now_ns() > self.deadline_ns",
        machine="shutdown",
    ),
    Mutant(
        name="many_polls_between_two_looks_at_the_time",
        file=SHUTDOWN,
        before="        runtime.scheduler.poll_ready(1)  #",
        after="        runtime.scheduler.poll_ready(runtime.config.event_interval)  #",
        machine="shutdown",
    ),
    Mutant(
        name="nothing_ends_the_wait_for_a_shielded_task",
        file=SHUTDOWN,
        before="    bell = runtime.timers.insert(patience.deadline_ns, lambda: None)",
        after="    bell = runtime.timers.insert(2**63 - 1, lambda: None)",
        machine="shutdown",
    ),
    Mutant(
        name="a_closed_runtime_still_takes_what_other_threads_hand_in",
        file=QUEUE,
        before="        if self.closed:\n            return  # spec: refuse\n        self.injected",
        after="        self.injected",
        machine="shutdown",
    ),
    Mutant(
        name="a_wake_from_a_thread_that_finds_the_runtime_parked_does_not_ring",
        file=QUEUE,
        before="        if self.parked:  # spec: see",
        after="        if self.parked and self.ready:",
        machine="shutdown",
    ),
)
