"""The variables of the scheduler machine, and where they stand at the beginning.

The owner's own: `ready`, the run queue; `owner`, where it stands (drawn in `owner_loop.py`);
`task`, the task being polled, or the one that the entry in its hand is about; `woken`: that task
was woken during its poll; `polls` since the last visit; `left`: entries still to take in.

One entry a task: `status`: new, handed over (by another thread), alive, done; `flagged`: an entry
for its wake is under way; `owed`: somebody wants a poll that has not begun; `waited`: how many
polls of others began while it stood in a queue.

Shared: `injected`, entries from other threads; `parked`; `rung`, the bell. `threads`: where each
other thread stands, and the entry that it is about to push.
"""

from __future__ import annotations

from typing import NamedTuple

Entry = tuple[str, int]
"""What stands in the injection queue: ("wake", task) or ("spawn", task)."""

NOBODY = -1


class Thread(NamedTuple):
    """Another thread: idle, marking, pushing, pushed or ringing; and what it pushes."""

    at: str
    entry: Entry | None


IDLE = Thread("idle", None)


class Scheduler(NamedTuple):
    """The state; see the head of the file."""

    ready: tuple[int, ...]
    owner: str
    task: int
    woken: bool
    polls: int
    left: int
    status: tuple[str, ...]
    flagged: tuple[bool, ...]
    owed: tuple[bool, ...]
    waited: tuple[int, ...]
    injected: tuple[Entry, ...]
    parked: bool
    rung: bool
    threads: tuple[Thread, ...]


def beginning(tasks: int, threads: int) -> Scheduler:
    """The owner enters its loop with one task spawned; nobody else has done anything."""
    return Scheduler(
        ready=(0,),
        owner="running",
        task=NOBODY,
        woken=False,
        polls=0,
        left=0,
        status=("alive",) + ("new",) * (tasks - 1),
        flagged=(False,) * tasks,
        owed=(True,) + (False,) * (tasks - 1),
        waited=(0,) * tasks,
        injected=(),
        parked=False,
        rung=False,
        threads=(IDLE,) * threads,
    )


def is_known(state: Scheduler, task: int) -> bool:
    """Whether anybody may have its waker: the call that spawned it has returned."""
    return state.status[task] != "new" and ("spawn", task) not in (
        thread.entry for thread in state.threads
    )


def stands_in_a_queue(state: Scheduler, task: int) -> bool:
    """In the run queue, or with an entry in the injection queue."""
    return task in state.ready or any(task == about for _, about in state.injected)


def waiting(state: Scheduler) -> set[int]:
    """Who stands in a queue, and not as one who is done."""
    injected = (task for _, task in state.injected if task != NOBODY)
    return {task for task in (*state.ready, *injected) if state.status[task] != "done"}
