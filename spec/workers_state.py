"""The variables of the workers machine, and where they stand at the beginning.

Of each worker: `at`, where its loop stands (drawn in `workers_park.py`); `hand`, the tasks in its
hand: to be polled, being polled, stolen, or reported by the reactor; `queue`, its run queue: own
pushes right, everybody pops left; `slot`: its LIFO slot, one task or nobody; `local`: the queue of
the tasks that are pinned to it; `left`: the places it has still to look at; `wanted`: how many
tasks it has still to steal; `ticks`: takes since its last look at the injection queue; `runs`:
takes from the slot in a row; `turn`: its pinned tasks come first next time; `wakes`: wakes in its
present poll; `token`: its parker holds an unpark.

Of each actor, the workers and then the threads outside: `passing`: the task that it is about to
push; `displaced`: the task that it has just taken out of its slot to make room; `telling`: how far
it is with a notify, and whom it unparks.

Of each task: `owed`: somebody wants a poll that has not begun; `done`. The tasks are spawned in
their order: `spawned`: how many.

Shared: `injected`, the injection queue; `searching`: how many workers search, or were taken out of
`sleepers` to search; `sleepers`: who is announced, in order of number; `holder`: who holds
the reactor; `bell`: the reactor's bell has rung; `stopping` and `called` are of
`workers_shutdown.py`.
"""

from __future__ import annotations

from typing import NamedTuple

NOBODY = -1

Place = tuple[str, int]
"""Where a task may stand: ("injected", NOBODY), or ("queue" or "slot" or "local", worker)."""

INJECTED: Place = ("injected", NOBODY)


class Telling(NamedTuple):
    """A notify: quiet, seeing, unparking or ringing; and for whom."""

    at: str
    whom: int


QUIET = Telling("quiet", NOBODY)
SEEING = Telling("seeing", NOBODY)


class Workers(NamedTuple):
    """The state; see the head of the file."""

    at: tuple[str, ...]
    hand: tuple[tuple[int, ...], ...]
    queue: tuple[tuple[int, ...], ...]
    slot: tuple[int, ...]
    local: tuple[tuple[int, ...], ...]
    left: tuple[tuple[Place, ...], ...]
    wanted: tuple[int, ...]
    ticks: tuple[int, ...]
    runs: tuple[int, ...]
    turn: tuple[bool, ...]
    wakes: tuple[int, ...]
    token: tuple[bool, ...]
    passing: tuple[int, ...]
    displaced: tuple[int, ...]
    telling: tuple[Telling, ...]
    owed: tuple[bool, ...]
    done: tuple[bool, ...]
    spawned: int
    injected: tuple[int, ...]
    searching: int
    sleepers: tuple[int, ...]
    holder: int
    bell: bool
    stopping: bool
    called: int


def beginning(workers: int, threads: int, tasks: int) -> Workers:
    """Every worker enters its loop; the first task has been spawned from outside."""
    actors = workers + threads
    return Workers(
        at=("running",) * workers,
        hand=((),) * workers,
        queue=((),) * workers,
        slot=(NOBODY,) * workers,
        local=((),) * workers,
        left=((),) * workers,
        wanted=(0,) * workers,
        ticks=(0,) * workers,
        runs=(0,) * workers,
        turn=(True,) * workers,
        wakes=(0,) * workers,
        token=(False,) * workers,
        passing=(NOBODY,) * actors,
        displaced=(NOBODY,) * actors,
        telling=(QUIET,) * actors,
        owed=(True,) + (False,) * (tasks - 1),
        done=(False,) * tasks,
        spawned=1,
        injected=(0,),
        searching=0,
        sleepers=(),
        holder=NOBODY,
        bell=False,
        stopping=False,
        called=0,
    )


def is_polled(state: Workers, task: int) -> bool:
    """Whether a worker polls the task now."""
    return any(
        at == "polling" and hand == (task,) for at, hand in zip(state.at, state.hand, strict=True)
    )


def is_idle(state: Workers, task: int) -> bool:
    """Whether a wake of the task changes anything: it is spawned, not done, and owed nothing."""
    return task < state.spawned and not (state.owed[task] or state.done[task])


def is_free(state: Workers, actor: int) -> bool:
    """Whether the actor has carried out what it began: nothing to push, nobody to tell."""
    return state.passing[actor] == NOBODY and state.telling[actor] == QUIET
