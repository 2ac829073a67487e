"""What tasks and other threads do with cancel scopes: the actions of `cancel_scopes.py`.

A poll is many steps here: between `poll` and `suspend` the running task enters and leaves scopes,
cancels, shields, spawns and aborts, and another thread may cancel meanwhile. At the end of a group
its owner waits for the members, and hears nothing until they have ended. The queue is exact.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence

from zokio.model import Machine, action, put

from .scope_tree import (
    ABSENT,
    CLOSING,
    NEW,
    NOBODY,
    RUNNING,
    SCOPE,
    SUSPENDED,
    TASK,
    State,
    abort_task,
    cancel_scope,
    close_scope,
    end_task,
    hears,
    open_scope,
    owe,
    owner,
    running,
    start,
    tell,
)

TREE = tuple(State._fields)


class ScopeActions(Machine[State]):
    """A machine that claims nothing.

    `threads`: other threads cancel too; `apart`: tasks are spawned outside of groups too.
    """

    tasks: int = 2
    scopes: int = 2
    threads: bool = True
    apart: bool = True

    def initial(self) -> Iterator[State]:
        no = (False,)
        yield State(
            phase=(NEW,) + (ABSENT,) * (self.tasks - 1),
            flight=no * self.tasks,
            aborted=no * self.tasks,
            stack=((),) * self.tasks,
            members=((),) * self.scopes,
            group=no * self.scopes,
            called=no * self.scopes,
            shield=no * self.scopes,
            lost=no * self.scopes,
            queue=(0,),
            owed=False,
            mail=(),
        )

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {
            "task": range(self.tasks),
            "scope": range(self.scopes),
            "kind": ("plain", "shielded", "group"),
        }

    # The scheduler

    @action(writes=TREE, reads=TREE)
    def poll(self, state: State) -> State:
        """The first in the queue is polled, and hears Cancelled if it suspended in its reach."""
        task, *queue = state.queue
        phase = state.phase[task]
        state = state._replace(queue=tuple(queue))
        if phase == CLOSING and state.members[state.stack[task][-1]]:
            return state  # woken for no reason
        state = state._replace(phase=put(state.phase, task, RUNNING), owed=False)
        if phase == CLOSING:
            return close_scope(state, task)
        told = hears(state, task)
        return state._replace(owed=told, flight=put(state.flight, task, told and phase != NEW))

    @poll.guard
    def can_poll(self, state: State) -> bool:
        return bool(state.queue) and running(state) == NOBODY

    @action(writes=("phase", "queue", "owed"), reads=("phase", "flight", "queue", "owed"))
    def suspend(self, state: State) -> State:
        """The running task waits, or goes to the end of the queue if it is owed a poll."""
        return self.hand_back(state, SUSPENDED)

    @suspend.guard
    def can_suspend(self, state: State) -> bool:
        return self.goes_on(state)

    @action(writes=("queue",), reads=("phase", "queue"), fair=False)
    def wake(self, state: State, task: int) -> State:
        """What the task waits for has happened."""
        return owe(state, task)

    @wake.guard
    def can_wake(self, state: State, task: int) -> bool:
        return state.phase[task] == SUSPENDED and task not in state.queue

    # The running task

    @action(writes=("stack", "group", "shield"), reads=("phase", "flight", "stack"), fair=False)
    def enter(self, state: State, kind: str) -> State:
        scope = self.free_scope(state)
        state = open_scope(state, running(state), scope)
        return state._replace(
            group=put(state.group, scope, kind == "group"),
            shield=put(state.shield, scope, kind == "shielded"),
        )

    @enter.guard
    def can_enter(self, state: State, kind: str) -> bool:
        return self.goes_on(state) and self.free_scope(state) != NOBODY

    @action(writes=TREE, reads=TREE, fair=False)
    def leave(self, state: State) -> State:
        """The block ends; that of a group waits for the members."""
        return self.end_block(state)

    @leave.guard
    def can_leave(self, state: State) -> bool:
        return self.goes_on(state) and bool(state.stack[running(state)])

    @action(writes=TREE, reads=TREE)
    def pass_on(self, state: State) -> State:
        """Cancelled leaves the innermost block; a group cancels its members before it waits."""
        scope = state.stack[running(state)][-1]
        return self.end_block(cancel_scope(state, scope) if state.group[scope] else state)

    @pass_on.guard
    def can_pass_on(self, state: State) -> bool:
        return self.is_flying(state) and bool(state.stack[running(state)])

    @action(writes=("flight",), reads=("phase", "flight"), fair=False, may_be_idle=True)
    def catch(self, state: State) -> State:
        """The task catches Cancelled, to clean up or by mistake, and goes on."""
        return state._replace(flight=put(state.flight, running(state), False))

    @catch.guard
    def can_catch(self, state: State) -> bool:
        return self.is_flying(state)

    @action(writes=TREE, reads=TREE)
    def end(self, state: State) -> State:
        """The task ends, with a value or by Cancelled."""
        return end_task(state, running(state))

    @end.guard
    def can_end(self, state: State) -> bool:
        return running(state) != NOBODY and not state.stack[running(state)]

    @action(writes=("called", "queue", "owed"), reads=TREE, fair=False)
    def cancel(self, state: State, scope: int) -> State:
        """The running task cancels a scope, one of its own or another's."""
        return cancel_scope(state, scope)

    @cancel.guard
    def can_cancel(self, state: State, scope: int) -> bool:
        return self.goes_on(state) and self.is_cancellable(state, scope)

    @action(writes=("aborted", "queue", "owed"), reads=TREE, fair=False)
    def abort(self, state: State, task: int) -> State:
        """The running task aborts a task, itself or another."""
        return abort_task(state, task)

    @abort.guard
    def can_abort(self, state: State, task: int) -> bool:
        return self.goes_on(state) and self.is_abortable(state, task)

    @action(writes=("shield", "queue", "owed"), reads=TREE, fair=False, may_be_idle=True)
    def change_shield(self, state: State, scope: int) -> State:
        """The running task raises or drops the shield of a scope that it is in."""
        after = state._replace(shield=put(state.shield, scope, not state.shield[scope]))
        return tell(state, after, [scope], [])

    @change_shield.guard
    def can_change_shield(self, state: State, scope: int) -> bool:
        return self.goes_on(state) and scope in state.stack[running(state)]

    @action(writes=("phase", "members", "queue"), reads=TREE, fair=False, may_be_idle=True)
    def spawn(self, state: State, scope: int) -> State:
        """The running task starts another in a group, its own or the one that it lives in."""
        task = state.phase.index(ABSENT)
        members = (*state.members[scope], task)
        return start(state._replace(members=put(state.members, scope, members)), task)

    @spawn.guard
    def can_spawn(self, state: State, scope: int) -> bool:
        return self.goes_on(state) and ABSENT in state.phase and state.group[scope]

    # From outside

    @action(writes=("phase", "queue"), reads=("phase", "queue"), fair=False, may_be_idle=True)
    def spawn_apart(self, state: State) -> State:
        """A task that belongs to no group."""
        return start(state, state.phase.index(ABSENT))

    @spawn_apart.guard
    def can_spawn_apart(self, state: State) -> bool:
        return self.apart and running(state) == NOBODY and ABSENT in state.phase

    @action(writes=("called", "queue"), reads=TREE, fair=False)
    def pass_deadline(self, state: State, scope: int) -> State:
        """The deadline of the scope passes."""
        return cancel_scope(state, scope)

    @pass_deadline.guard
    def can_pass_deadline(self, state: State, scope: int) -> bool:
        idle = running(state) == NOBODY and not state.mail
        return idle and self.is_cancellable(state, scope)

    @action(writes=("mail",), reads=TREE, fair=False, may_be_idle=True)
    def cancel_from_thread(self, state: State, scope: int) -> State:
        """Another thread cancels a scope, perhaps during a poll."""
        return state._replace(mail=(*state.mail, (SCOPE, scope)))

    @cancel_from_thread.guard
    def can_cancel_from_thread(self, state: State, scope: int) -> bool:
        return self.threads and not state.mail and self.is_cancellable(state, scope)

    @action(writes=("mail",), reads=TREE, fair=False, may_be_idle=True)
    def abort_from_thread(self, state: State, task: int) -> State:
        """Another thread aborts a task, perhaps during its poll."""
        return state._replace(mail=(*state.mail, (TASK, task)))

    @abort_from_thread.guard
    def can_abort_from_thread(self, state: State, task: int) -> bool:
        return self.threads and not state.mail and self.is_abortable(state, task)

    @action(writes=("called", "aborted", "queue", "mail"), reads=TREE, may_be_idle=True)
    def turn(self, state: State) -> State:
        """Between two polls the runtime takes in what other threads have said."""
        for kind, number in state.mail:
            state = (cancel_scope if kind == SCOPE else abort_task)(state, number)
        return state._replace(mail=())

    @turn.guard
    def can_turn(self, state: State) -> bool:
        return running(state) == NOBODY and bool(state.mail)

    # Words

    def goes_on(self, state: State) -> bool:
        """A task is running, and Cancelled is not on its way out of it."""
        task = running(state)
        return task != NOBODY and not state.flight[task]

    def is_flying(self, state: State) -> bool:
        """Cancelled is on its way out of the running task."""
        task = running(state)
        return task != NOBODY and state.flight[task]

    def free_scope(self, state: State) -> int:
        free = (scope for scope in range(self.scopes) if owner(state, scope) == NOBODY)
        return next(free, NOBODY)

    def is_cancellable(self, state: State, scope: int) -> bool:
        return owner(state, scope) != NOBODY and not state.called[scope]

    def is_abortable(self, state: State, task: int) -> bool:
        return state.phase[task] != ABSENT and not state.aborted[task]

    def hand_back(self, state: State, phase: str) -> State:
        """The poll is over."""
        task = running(state)
        again = state.owed
        state = state._replace(phase=put(state.phase, task, phase), owed=False)
        return owe(state, task) if again else state

    def end_block(self, state: State) -> State:
        """The innermost scope of the running task is left, when its members have ended."""
        task = running(state)
        if state.members[state.stack[task][-1]]:
            return self.hand_back(state, CLOSING)
        return close_scope(state, task)
