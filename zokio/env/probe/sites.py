"""The table: for each label, the atomic operation that it names, and what is recorded of it.

A label stands at the end of the line with the operation. The operation is written here as the
source has it; the probe records it where it finds exactly that on a labelled line, and nothing
where it does not (`tests/env/test_probe.py` sees to it that it finds all). So an event says that
the operation was done, and not that a comment was passed.

How it is recorded:

    AROUND   a ticket before the operation, one after it; nothing if it raises
    BEFORE   both tickets before it: the step is the decision to go that way
    AFTER    both tickets after it, also if it raises: the step ends what the operation did
    READ     as AROUND, of an expression
    LOOK     as READ, of a container: the step is the look whether it is empty
    SLEEP    as READ, of the wait in the reactor; and whether anything but the bell ended it
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

How = Literal["AROUND", "BEFORE", "AFTER", "READ", "LOOK", "SLEEP"]

NO_TASK = "None"


@dataclass(frozen=True, slots=True)
class Site:
    """Where and how the step of one label is done.

    Attributes:
        label: The name, as in the comment; several joined by a slash when the runtime does one
            operation for several actions and `name` says at run time which it was.
        operation: The operation's source text.
        how: See the head of the file.
        queue: An expression for the run queue that it is about.
        task: An expression for the task that it is about.
        name: An expression for the action's name; the label if empty. None: recorded elsewhere.
        swallows: Labels which are part of this step when they come inside of it, of its own task.
        timer: An expression for the timer that it is about; then `queue` is a timer queue.
        item: An expression for the blocking call, or the worker; then `queue` is a blocking pool.
        fact: One more expression: on `enter`, the event interval; on `sleep`, whether a timer is
            due; of timers, the instant; of calls that are handed in, how many threads there may be
            and how long the queue.
    """

    label: str
    operation: str
    how: How
    queue: str
    task: str = NO_TASK
    name: str = ""
    swallows: tuple[str, ...] = ()
    timer: str = ""
    item: str = ""
    fact: str = ""


# Where the owner is announced, a wake that does something is the one that rings: recorded there.
WAKE = "'wake_inside' if not queue.parked else None if self.state is IDLE else 'wake_in_between'"
# What the task said, whichever branch the loop takes.
SUSPENSION = "'end_again' if signal is again else 'end_pending'"
END = "'end_ready' if type(task.outcome).__name__ == 'Ready' else 'end_error'"
WAKES = ("wake_inside", "wake_in_between")
LIMITS = "(self.threads_max, self.line.queue_max)"

SITES = (
    # The owner comes and goes (runtime/entry.py).
    Site(
        "enter",
        "runtime.queue.thread = get_ident()",
        "AROUND",
        "runtime.queue",
        fact="runtime.config.event_interval",
    ),
    Site("leave", "self._lock.release()", "BEFORE", "self._runtime.queue"),
    # The owner polls (scheduler/current_thread.py).
    Site("begin_poll", "task.state = RUNNING", "AROUND", "queue", "task"),
    Site(
        "end_pending/end_again",
        "task.state = QUEUED",
        "AROUND",
        "queue",
        "task",
        name=SUSPENSION,
    ),
    Site(
        "end_pending/end_again",
        "task.state = IDLE",
        "AROUND",
        "queue",
        "task",
        name=SUSPENSION,
    ),
    Site(
        "end_ready/end_error",
        "self._end_ready(task, stop.value)",
        "AFTER",
        "queue",
        "task",
        name=END,
    ),
    Site(
        "end_ready/end_error",
        "self._end_failed(task, error)",
        "AFTER",
        "queue",
        "task",
        name=END,
    ),
    Site("wake_inside", "task.state = RUNNING_WOKEN", "AROUND", "self.queue", "task"),
    # Wakes (core/task.py).
    Site(
        "wake_inside/wake_in_between",
        "self.state is IDLE",
        "READ",
        "queue",
        "self",
        name=WAKE,
    ),
    Site("wake_in_between", "queue.unpark()", "AROUND", "queue", "self"),
    Site("wake_outside", "self.wake_injected", "READ", "self.queue", "self"),
    Site("mark", "self.wake_injected = True", "AROUND", "self.queue", "self"),
    Site("clear", "self.wake_injected = False", "AROUND", "self.queue", "self"),
    Site("deliver", "self.wake()", "AROUND", "self.queue", "self", swallows=WAKES),
    Site("call_outside", "self.queue.inject(self.abort)", "BEFORE", "self.queue"),
    # The queues (core/run_queue.py).
    Site("wake_by_event", "task.state is IDLE", "READ", "self", "task"),
    Site("refuse", "return", "BEFORE", "self"),
    Site("push", "self.injected.append(work)", "AROUND", "self"),
    Site("see", "self.parked", "READ", "self"),
    Site("ring", "self.unpark()", "AROUND", "self"),
    Site("measure", "len(injected)", "READ", "self"),
    Site("take", "injected.popleft()", "READ", "self"),
    # Spawns, and the owner's loop (runtime/runtime.py).
    Site("spawn_inside", "self._adopt(task)", "AROUND", "self.queue", "task", swallows=("adopt",)),
    Site("spawn_outside", "self._hand_in(task)", "BEFORE", "self.queue", "task"),
    Site("adopt", "self.queue.ready.append(task)", "AROUND", "self.queue", "task"),
    Site("look", "queue.injected", "LOOK", "queue"),
    Site("visit", "self.reactor.wait(0)", "READ", "queue"),
    Site("take_in", "queue.injected", "LOOK", "queue"),
    Site("announce", "queue.parked = True", "AROUND", "queue"),
    Site("recheck", "queue.injected or queue.ready", "LOOK", "queue"),
    Site(
        "sleep/get_up",
        "self.reactor.wait(self._time_to_next_timer_ns())",
        "SLEEP",
        "queue",
        fact="self.timers.heap[:1] and self.timers.heap[0][0] <= self.reactor.now_ns()",
    ),
    Site("unannounce", "queue.parked = False", "AROUND", "queue"),
    # Cancelling from another thread (runtime/scope.py).
    Site(
        "call_outside", "self._runtime.queue.inject(self.update)", "BEFORE", "self._runtime.queue"
    ),
    Site("call_outside", "runtime.queue.inject(self.cancel)", "BEFORE", "runtime.queue"),
    # The shutdown (runtime/shutdown.py), and interrupts (runtime/interrupt.py).
    Site("drop", "task.finish(ABORTED)", "AFTER", "task.queue", "task"),
    Site("close", "queue.closed = True", "AROUND", "queue"),
    Site("call_outside", "self._queue.inject(self._first)", "BEFORE", "self._queue"),
    Site("call_outside", "self._queue.inject(self._interrupt)", "BEFORE", "self._queue"),
    # The timers (timers/queue.py).
    Site(
        "insert",
        "heappush(self.heap, (deadline_ns, self._numbers, timer))",
        "AROUND",
        "self",
        timer="timer",
        fact="deadline_ns",
    ),
    Site("cancel", "timer.state is PENDING", "READ", "self", timer="timer"),
    Site("cancel", "timer.state = CANCELLED", "AROUND", "self", timer="timer"),
    Site("tell", "heap = self.heap", "BEFORE", "self", timer="None", fact="now_ns"),
    Site("fire_first", "timer.state = FIRED", "AROUND", "self", timer="timer"),
    Site("end_expire", "self.fired += fired", "BEFORE", "self", timer="None"),
    # The blocking pool, under its lock (blocking/pool.py).
    Site(
        "submit",
        "worker = self._place(call, may_wait=False)",
        "BEFORE",
        "self",
        item="call",
        fact=LIMITS,
    ),
    Site(
        "ask",
        "worker = self._place(call, may_wait=True)",
        "BEFORE",
        "self",
        item="call",
        fact=LIMITS,
    ),
    Site("do_without", "self._leave(worker)", "AROUND", "self", item="worker"),
    Site(
        "take",
        "self._take(worker, timed_out=timed_out)",
        "BEFORE",
        "self",
        name="'take' if worker in self.workers else None",
        item="worker",
    ),
    Site(
        "end",
        "call, worker.call = (worker.call, None)",
        "BEFORE",
        "self",
        name="'end' if worker in self.workers else None",
        item="worker",
    ),
    Site(
        "watch",
        "call.waker = waker",
        "BEFORE",
        "self",
        name="'watch' if call.waker is None else None",
        item="call",
    ),
    Site("is_refused", "call.state = REFUSED", "AROUND", "self", item="call"),
    Site("is_to_run", "worker.state = BUSY", "AROUND", "self", item="worker.call"),
    Site("is_idle", "worker.state = IDLE", "AROUND", "self", item="worker"),
    Site("has_left", "worker.state = GONE", "AROUND", "self", item="worker"),
    Site("cancel", "self._forgo(call, CANCELLED, None)", "AROUND", "self", item="call"),
    Site("close", "self.closed = True", "AROUND", "self", item="None"),
    # And outside of it (also blocking/worker.py, runtime/blocking.py).
    Site(
        "come",
        "worker.thread = self._start(worker.run, worker.name)",
        "AROUND",
        "self",
        item="worker",
    ),
    Site(
        "run_out",
        "timed_out = not self.parker.park(pool.keep_alive)",
        "AROUND",
        "pool",
        name="'run_out' if timed_out else None",
        item="self",
    ),
    Site(
        "tell_of",
        "waker, call.waker = (call.waker, None)",
        "AROUND",
        "self",
        name="'tell_of' if call.state is RETURNED else None",
        item="call",
    ),
    Site("unwatch", "self._call.waker = None", "AROUND", "self._pool", item="self._call"),
)

LABELLED = (
    "zokio.blocking.pool",
    "zokio.blocking.worker",
    "zokio.core.run_queue",
    "zokio.core.task",
    "zokio.runtime.blocking",
    "zokio.runtime.entry",
    "zokio.runtime.interrupt",
    "zokio.runtime.runtime",
    "zokio.runtime.scope",
    "zokio.runtime.shutdown",
    "zokio.scheduler.current_thread",
    "zokio.timers.queue",
)
"""The modules that carry labels."""


def actions_of(site: Site) -> tuple[str, ...]:
    """The names of the actions that are recorded there."""
    return tuple(site.label.split("/"))
