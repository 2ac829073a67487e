"""Planted bugs in the timer queue, in the arithmetic of deadlines, and in who asks them."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

QUEUE = "zokio/timers/queue.py"
DEADLINE = "zokio/timers/deadline.py"
RUNTIME = "zokio/runtime/runtime.py"

MUTANTS = (
    Mutant(
        name="a_timer_fires_early",
        file=DEADLINE,
        before="    return deadline_ns <= now_ns and deadline_ns != NEVER_NS",
        after="    return deadline_ns <= now_ns + 1_000_000_000 and deadline_ns != NEVER_NS",
        machine="timers",
    ),
    Mutant(
        name="a_timer_fires_when_its_deadline_is_over_and_not_when_it_comes",
        file=DEADLINE,
        before="    return deadline_ns <= now_ns and deadline_ns != NEVER_NS",
        after="    return deadline_ns < now_ns and deadline_ns != NEVER_NS",
        machine="timers",
    ),
    Mutant(
        name="a_timer_is_fired_twice",
        file=QUEUE,
        before="                action()\n",
        after="                action()\n                action()\n",
        machine="timers",
    ),
    Mutant(
        name="a_timer_is_marked_as_fired_only_after_its_action",
        file=QUEUE,
        before="""                timer.state = FIRED  # spec: fire_first
                action, timer.action = timer.action, _nothing
                fired += 1
                action()
""",
        after="""                action, timer.action = timer.action, _nothing
                fired += 1
                action()
                timer.state = FIRED
""",
        machine="timers",
    ),
    Mutant(
        name="a_cancelled_timer_fires",
        file=QUEUE,
        before="            timer = heappop(heap)[2]\n            if timer.state is PENDING:",
        after="            timer = heappop(heap)[2]\n            if timer.state is not FIRED:",
        machine="timers",
    ),
    Mutant(
        name="equal_deadlines_fire_in_reverse_order_of_creation",
        file=QUEUE,
        before="(deadline_ns, self._numbers, timer)",
        after="(deadline_ns, -self._numbers, timer)",
        machine="timers",
    ),
    Mutant(
        name="timers_fire_in_order_of_creation_alone",
        file=QUEUE,
        before="        heappush(self.heap, (deadline_ns, self._numbers, timer))",
        after="        self.heap.append((deadline_ns, self._numbers, timer))",
        machine="timers",
    ),
    Mutant(
        name="one_timer_a_turn",
        file=QUEUE,
        before="        while heap and is_due(heap[0][0], now_ns):",
        after="        if heap and is_due(heap[0][0], now_ns):",
        machine="timers",
    ),
    Mutant(
        name="cleaning_gives_the_heap_a_new_list_while_expire_goes_through_the_old_one",
        file=QUEUE,
        before="        self.heap[:] = [",
        after="        self.heap = [",
        machine="timers",
    ),
    Mutant(
        name="cleaning_forgets_to_make_a_heap",
        file=QUEUE,
        before="        heapify(self.heap)\n",
        after="        self.heap.reverse()\n",
        machine="timers",
    ),
    Mutant(
        name="the_thread_sleeps_until_the_deadline_of_a_cancelled_timer",
        file=QUEUE,
        before="            if timer.state is PENDING:\n                return deadline_ns",
        after="            if timer.state is not FIRED:\n                return deadline_ns",
        machine="timers",
    ),
    Mutant(
        name="a_sleeper_that_is_cancelled_leaves_its_timer",
        file="zokio/time/sleep.py",
        before="        runtime.timers.cancel(timer)",
        after="        pass",
        machine="timers",
    ),
    Mutant(
        name="a_sleep_is_rounded_down",
        file=DEADLINE,
        before="math.ceil(seconds * 1_000_000_000)",
        after="max(0, math.ceil(seconds * 1_000_000_000) - 1)",
        machine="timers",
    ),
    Mutant(
        name="the_timers_are_looked_at_only_when_nothing_is_ready",
        file=RUNTIME,
        before="        if self.timers.heap:\n            self.timers.expire",
        after="        if self.timers.heap and may_wait:\n            self.timers.expire",
        machine="timers",
    ),
)
