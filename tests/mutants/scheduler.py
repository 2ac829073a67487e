"""Planted bugs in the loop, the park protocol and the way in from other threads."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

TASK = "zokio/core/task.py"
QUEUE = "zokio/core/run_queue.py"
LOOP = "zokio/scheduler/current_thread.py"
RUNTIME = "zokio/runtime/runtime.py"

MUTANTS = (
    Mutant(
        name="the_owner_does_not_look_once_more_before_it_sleeps",
        file=RUNTIME,
        before="            if queue.injected or queue.ready:  # spec: recheck\n",
        after="            if False:\n",
        machine="scheduler",
    ),
    Mutant(
        name="the_owner_announces_after_it_looked_once_more",
        file=RUNTIME,
        before=(
            "        queue.parked = True  # spec: announce\n"
            "        try:\n"
            "            if queue.injected or queue.ready:  # spec: recheck\n"
        ),
        after=(
            "        has_work = queue.injected or queue.ready\n"
            "        queue.parked = True\n"
            "        try:\n"
            "            if has_work:\n"
        ),
        machine="scheduler",
    ),
    Mutant(
        name="the_owner_looks_once_more_at_the_injected_only",
        file=RUNTIME,
        before="            if queue.injected or queue.ready:  # spec: recheck\n",
        after="            if queue.injected:\n",
        machine="scheduler",
    ),
    Mutant(
        name="a_wake_on_the_parked_thread_does_not_ring",
        file=TASK,
        before="            if queue.parked:  # spec: wake_in_between,",
        after="            if False:  #",
        machine="scheduler",
    ),
    Mutant(
        name="the_owner_stays_announced_when_it_is_awake",
        file=RUNTIME,
        before="        finally:\n            queue.parked = False",
        after="        finally:\n            pass",
        machine="scheduler",
    ),
    Mutant(
        name="the_bell_is_rung_before_the_push",
        file=QUEUE,
        before=(
            "        self.injected.append(work)  # spec: push\n"
            "        if self.parked:  # spec: see\n"
            "            self.unpark()"
        ),
        after=(
            "        if self.parked:\n            self.unpark()\n        self.injected.append(work)"
        ),
        machine="scheduler",
    ),
    Mutant(
        name="nobody_rings",
        file=QUEUE,
        before="            self.unpark()",
        after="            pass",
        machine="scheduler",
    ),
    Mutant(
        name="the_flag_is_raised_after_the_push",
        file=TASK,
        before=(
            "                self.wake_injected = True  # spec: mark\n"
            "                self.queue.inject(self.wake_injected_now)"
        ),
        after=(
            "                self.queue.inject(self.wake_injected_now)\n"
            "                self.wake_injected = True"
        ),
        machine="scheduler",
    ),
    Mutant(
        name="the_flag_is_never_cleared",
        file=TASK,
        before="        self.wake_injected = False  # spec: clear\n        self.wake()",
        after="        self.wake()",
        machine="scheduler",
    ),
    Mutant(
        name="another_thread_touches_the_run_queue",
        file=TASK,
        before="        if get_ident() != queue.thread:",
        after="        if False:",
        machine="scheduler",
    ),
    Mutant(
        name="another_thread_adopts_the_task_it_spawns",
        file=RUNTIME,
        before="        if get_ident() == self.queue.thread:\n            self._adopt(task)",
        after="        if get_ident() != 0:\n            self._adopt(task)",
        machine="scheduler",
    ),
    Mutant(
        name="what_comes_while_the_owner_takes_in_is_dropped",
        file=QUEUE,
        before="            injected.popleft()()",
        after="            injected.popleft()()\n        injected.clear()",
        machine="scheduler",
    ),
    Mutant(
        name="the_owner_takes_in_for_as_long_as_others_inject",
        file=QUEUE,
        before="        for _ in range(len(injected)):",
        after="        while injected:",
        machine="scheduler",
    ),
    Mutant(
        name="the_loop_ignores_its_interval",
        file=LOOP,
        before="            while polled < limit and ready:",
        after="            while ready:",
        machine="scheduler",
    ),
    Mutant(
        name="the_queue_of_others_is_visited_only_when_nothing_is_ready",
        file=RUNTIME,
        before="        if queue.injected:  # spec: take_in\n            queue.drain_injected()",
        after="        if queue.injected and not queue.ready:\n            queue.drain_injected()",
        machine="scheduler",
    ),
)
