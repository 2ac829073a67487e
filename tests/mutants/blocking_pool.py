"""Planted bugs in the blocking pool; some of them are bugs that other pools have had."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

POOL = "zokio/blocking/pool.py"
LINE = "zokio/blocking/line.py"
CALL = "zokio/blocking/call.py"

MUTANTS = (
    Mutant(
        name="a_worker_whose_time_is_up_leaves_with_a_call_in_hand",
        file=POOL,
        before="        elif worker.call is not None:\n            self._begin(worker)\n",
        after="        elif worker.call is not None and not timed_out:\n"
        "            self._begin(worker)\n",
        machine="blocking_pool",
    ),
    Mutant(
        name="a_call_without_a_thread_goes_to_the_end_of_the_line",
        file=POOL,
        before="                self.line.put_first(call)\n",
        after="                self.line.put(call)\n",
        machine="blocking_pool",
    ),
    Mutant(
        name="calls_wait_for_ever_when_the_only_thread_is_not_to_be_had",
        file=POOL,
        before="            if not self.workers:\n                refused = self.line.clear()\n",
        after="            if not self.workers and len(self.line) == 1:\n"
        "                refused = self.line.clear()\n",
        machine="blocking_pool",
    ),
    Mutant(
        name="a_call_that_is_cancelled_in_hand_runs",
        file=POOL,
        before="            call.worker.call = None  # it comes, and finds something else to do\n",
        after="",
        machine="blocking_pool",
    ),
    Mutant(
        name="a_cancelled_call_leaves_its_place_in_the_queue_empty",
        file=LINE,
        before="            del self.queue[call]\n            self._admit()\n",
        after="            del self.queue[call]\n",
        machine="blocking_pool",
    ),
    Mutant(
        name="whoever_waits_outside_stays_there_when_a_call_begins",
        file=LINE,
        before="        call, _ = self.queue.popitem(last=False)\n        self._admit()\n",
        after="        call, _ = self.queue.popitem(last=False)\n",
        machine="blocking_pool",
    ),
    Mutant(
        name="the_queue_is_a_stack",
        file=LINE,
        before="        call, _ = self.queue.popitem(last=False)\n",
        after="        call, _ = self.queue.popitem()\n",
        machine="blocking_pool",
    ),
    Mutant(
        name="a_worker_idles_although_calls_wait",
        file=POOL,
        before="""            if worker not in self.workers:
                worker.state = GONE
            elif self.line.queue:
""",
        after="""            if worker not in self.workers:
                worker.state = GONE
            elif self.line.queue and self.idle:
""",
        machine="blocking_pool",
    ),
    Mutant(
        name="a_worker_that_ends_a_call_after_the_close_stays",
        file=POOL,
        before="            elif self.closed:\n                self._leave(worker)\n",
        after="",
        machine="blocking_pool",
    ),
    Mutant(
        name="a_close_forgets_the_calls_that_were_handed_over",
        file=POOL,
        before="            forgone += [w.call for w in self.workers if w.call is not None "
        "and w.state is not BUSY]\n",
        after="",
        machine="blocking_pool",
    ),
    Mutant(
        name="a_close_lets_the_idle_sleep",
        file=POOL,
        before="        for worker in ending:\n            worker.parker.unpark()\n",
        after="",
        machine="blocking_pool",
    ),
    Mutant(
        name="one_thread_too_many",
        file=POOL,
        before="        may_grow = len(self.workers) < self.threads_max\n",
        after="        may_grow = len(self.workers) <= self.threads_max\n",
        machine="blocking_pool",
    ),
    Mutant(
        name="one_call_too_many_in_the_queue",
        file=LINE,
        before="        while self.outside and len(self.queue) < self.queue_max:\n",
        after="        while self.outside and len(self.queue) <= self.queue_max:\n",
        machine="blocking_pool",
    ),
    Mutant(
        name="a_token_that_is_left_over_makes_a_worker_idle_twice",
        file=POOL,
        before="        if worker not in self.idle:\n            self.idle.append(worker)\n",
        after="        self.idle.append(worker)\n",
        machine="blocking_pool",
    ),
    Mutant(
        name="a_worker_that_has_left_is_still_handed_calls",
        file=POOL,
        before="        if worker in self.idle:\n            self.idle.remove(worker)\n",
        after="",
        machine="blocking_pool",
    ),
    Mutant(
        name="whoever_was_idle_longest_is_kept_awake",
        file=POOL,
        before="        worker = self.idle.pop() if self.idle else",
        after="        worker = self.idle.pop(0) if self.idle else",
        machine="blocking_pool",
    ),
    Mutant(
        name="nobody_is_told_of_calls_that_were_refused_later",
        file=POOL,
        before="        self._tell(refused)\n",
        after="",
        machine="blocking_pool",
    ),
    Mutant(
        name="a_worker_tells_of_its_call_before_it_is_there_for_others",
        file=POOL,
        before="        with self._lock:\n"
        "            call, worker.call = worker.call, None  # spec: end\n",
        after="        self._tell((worker.call,) if worker.call else ())\n"
        "        with self._lock:\n            call, worker.call = worker.call, None\n",
        machine="blocking_pool",
    ),
)
