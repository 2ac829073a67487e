"""The tree of scopes: the state of the machine in `cancel_scopes.py`, and who is cancelled in it.

The rule, which is trio's: a scope is cancelled when it was cancelled itself, or when what surrounds
it is cancelled and it has no shield. What surrounds a task's outermost scope is its abort, and the
group that it was spawned into.

Variables:
    phase    by task: absent, new (has not begun), suspended, running (is polled), closing (waits
             at the end of its innermost group for the members, behind a shield)
    flight   by task: Cancelled was raised in it, and neither the task nor a scope has caught it
    aborted  by task: it was cancelled as a whole
    stack    by task: the scopes that it is in, the innermost last
    members  by scope: the living tasks that were spawned into it, in that order
    group    by scope: tasks may be spawned into it
    called   by scope: it was cancelled itself
    shield   by scope: it keeps cancellation from outside away
    lost     by scope: a member was ended by Cancelled, and not just by its own abort
    queue    the tasks that are owed a poll, first in, first out
    owed     the running task is owed one more poll
    mail     what another thread has cancelled, and this one has not looked at
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from zokio.model import drop, put

ABSENT, NEW, SUSPENDED, RUNNING, CLOSING = "absent", "new", "suspended", "running", "closing"
TASK, SCOPE = "task", "scope"
NOBODY = -1


class State(NamedTuple):
    """See the head of this file."""

    phase: tuple[str, ...]
    flight: tuple[bool, ...]
    aborted: tuple[bool, ...]
    stack: tuple[tuple[int, ...], ...]
    members: tuple[tuple[int, ...], ...]
    group: tuple[bool, ...]
    called: tuple[bool, ...]
    shield: tuple[bool, ...]
    lost: tuple[bool, ...]
    queue: tuple[int, ...]
    owed: bool
    mail: tuple[tuple[str, int], ...]


def running(state: State) -> int:
    """The task that is being polled."""
    return state.phase.index(RUNNING) if RUNNING in state.phase else NOBODY


def owner(state: State, scope: int) -> int:
    """The task that is in the scope, NOBODY if the scope is not open."""
    for task, stack in enumerate(state.stack):
        if scope in stack:
            return task
    return NOBODY


def home(state: State, task: int) -> int:
    """The group that the task was spawned into."""
    for scope, members in enumerate(state.members):
        if task in members:
            return scope
    return NOBODY


def is_cancelled(state: State, task: int, depth: int) -> bool:
    """Whether the innermost of the task's first `depth` scopes is cancelled; 0: the task itself."""
    for scope in reversed(state.stack[task][:depth]):
        if state.called[scope]:
            return True
        if state.shield[scope]:
            return False
    group = home(state, task)
    return state.aborted[task] or (group != NOBODY and is_scope_cancelled(state, group))


def is_scope_cancelled(state: State, scope: int) -> bool:
    """Whether an open scope is cancelled."""
    task = owner(state, scope)
    return is_cancelled(state, task, state.stack[task].index(scope) + 1)


def is_cancelled_from_outside(state: State, scope: int) -> bool:
    """Whether a cancellation of what surrounds an open scope reaches into it."""
    task = owner(state, scope)
    outside = is_cancelled(state, task, state.stack[task].index(scope))
    return outside and not state.shield[scope]


def hears(state: State, task: int) -> bool:
    """Whether Cancelled is raised in the task where it suspends."""
    if state.phase[task] in (ABSENT, CLOSING):
        return False
    return is_cancelled(state, task, len(state.stack[task]))


def below(state: State, scopes: list[int], first: list[int]) -> Iterator[int]:
    """`first`, then the tasks in and below `scopes`, level by level; owners before members.

    That is the order in which they are told. Of more than three tasks it says too little: the
    order of groups on one level is that of their making, which is no part of the state.
    """
    yield from first
    while scopes:
        scope, *scopes = scopes
        task = owner(state, scope)
        yield task
        yield from state.members[scope]
        scopes += state.stack[task][state.stack[task].index(scope) + 1 :][:1]
        for member in state.members[scope]:
            scopes += state.stack[member][:1]


def tell(before: State, state: State, scopes: list[int], first: list[int]) -> State:
    """Every task that has become cancelled between the two states is owed a poll."""
    for task in below(state, scopes, first):
        if hears(state, task) and not hears(before, task):
            state = owe(state, task)
    return state


def owe(state: State, task: int) -> State:
    """The task is to be polled; once, however often this is said."""
    if state.phase[task] == RUNNING:
        return state._replace(owed=True)
    if task in state.queue:
        return state
    return state._replace(queue=(*state.queue, task))


def cancel_scope(state: State, scope: int) -> State:
    """The scope is cancelled itself; again it changes nothing."""
    if state.called[scope]:
        return state
    return tell(state, state._replace(called=put(state.called, scope, True)), [scope], [])


def abort_task(state: State, task: int) -> State:
    """The task is cancelled as a whole; again it changes nothing."""
    after = state._replace(aborted=put(state.aborted, task, True))
    return tell(state, after, list(state.stack[task][:1]), [task])


def start(state: State, task: int) -> State:
    """A task that has not begun, at the end of the queue."""
    return state._replace(phase=put(state.phase, task, NEW), queue=(*state.queue, task))


def open_scope(state: State, task: int, scope: int) -> State:
    """The task enters the scope."""
    return state._replace(stack=put(state.stack, task, (*state.stack[task], scope)))


def close_scope(state: State, task: int) -> State:
    """The task leaves its innermost scope, which catches its own cancellation and no other."""
    scope = state.stack[task][-1]
    flying = state.flight[task] or state.lost[scope]
    catches = state.called[scope] and not is_cancelled_from_outside(state, scope)
    if is_scope_cancelled(state, scope):  # it was shielded while it waited for the members
        state = owe(state, task)
    state = state._replace(
        flight=put(state.flight, task, flying and not catches),
        stack=put(state.stack, task, state.stack[task][:-1]),
        group=put(state.group, scope, False),
        called=put(state.called, scope, False),
        shield=put(state.shield, scope, False),
        lost=put(state.lost, scope, False),
        mail=tuple(letter for letter in state.mail if letter != (SCOPE, scope)),
    )
    return owe(state, task) if hears(state, task) else state


def end_task(state: State, task: int) -> State:
    """The task has ended, by Cancelled if that is in flight; whoever waits for it may go on."""
    group = home(state, task)
    if group != NOBODY:
        alone = state.aborted[task] and not is_cancelled_from_outside(state, group)
        if state.flight[task] and not alone:
            state = cancel_scope(state._replace(lost=put(state.lost, group, True)), group)
        state = state._replace(
            members=put(state.members, group, drop(state.members[group], task)),
        )
    state = state._replace(
        phase=put(state.phase, task, ABSENT),
        flight=put(state.flight, task, False),
        aborted=put(state.aborted, task, False),
        owed=False,
        mail=tuple(letter for letter in state.mail if letter != (TASK, task)),
    )
    return tell_closing(state, group)


def tell_closing(state: State, group: int) -> State:
    """Whoever waits for the members of the group is owed a poll when none is left."""
    task = NOBODY if group == NOBODY else owner(state, group)
    waits = task != NOBODY and state.phase[task] == CLOSING and state.stack[task][-1] == group
    return owe(state, task) if waits and not state.members[group] else state
