"""Cancel scopes: nested scopes, groups of tasks, shields, deadlines, aborts, other threads.

Modelled: who is cancelled (`scope_tree.py`), what tasks and other threads do (`scope_actions.py`),
and the order in which cancelled tasks are polled; `scope_claims.py` says what is promised.

Left out: errors other than Cancelled; entering scopes while Cancelled is in flight (a task that
cleans up has caught it for the time being, and hears it again); instants, since a deadline passes
when it likes; scopes and tasks that have ended and are cancelled all the same.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from zokio.model import always, eventually, sometimes

from .scope_actions import ScopeActions
from .scope_claims import ScopeClaims, is_in_reach, next_polled
from .scope_tree import CLOSING, NEW, NOBODY, SCOPE, State, is_scope_cancelled, running


class CancelScopesMachine(ScopeClaims):
    """One task and the scopes that it nests."""

    tasks: int = 1


class CancelGroupsMachine(ScopeClaims):
    """With several tasks: groups, whose ends wait for their members."""

    @sometimes
    def a_group_waits_for_its_members(self, state: State) -> bool:
        return CLOSING in state.phase

    @sometimes
    def a_group_was_cancelled_while_it_waited(self, state: State) -> bool:
        return any(
            phase == CLOSING and not flying and is_in_reach(state, task, outside=1)
            for task, (phase, flying) in enumerate(zip(state.phase, state.flight, strict=True))
        )

    @sometimes
    def a_member_was_lost(self, state: State) -> bool:
        return any(state.lost)

    @always(canary="every_scope_that_ends_has_no_live_child")
    def no_scope_has_a_child(self, state: State) -> bool:
        return not any(state.members)

    @always(canary="delivered_at_most_once_at_a_suspension_point")
    def nothing_is_in_flight_between_two_polls(self, state: State) -> bool:
        return running(state) != NOBODY or not any(state.flight)

    @always(canary="a_new_task_runs_to_its_first_suspension_point")
    def no_new_task_is_cancelled(self, state: State) -> bool:
        task = next_polled(state, NEW)
        return task == NOBODY or not is_in_reach(state, task)

    @eventually(
        after="is_cancelled_where_it_suspended", of="task", canary="never_swallowed_by_the_runtime"
    )
    def it_is_heard_behind_a_shield_too(self, state: State, task: int) -> bool:
        return state.flight[task]


class CancelThreadsMachine(CancelGroupsMachine):
    """With other threads."""

    @sometimes
    def another_thread_cancels_during_the_poll(self, state: State) -> bool:
        task = running(state)
        return task != NOBODY and any(
            kind == SCOPE and scope in state.stack[task] for kind, scope in state.mail
        )


class ObedientMachine(ScopeActions):
    """Tasks that let Cancelled pass, raise no shields and start nothing in a cancelled group."""

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {**super().domains(), "kind": ("plain", "group")}

    def can_catch(self, state: State) -> bool:
        return False

    def can_change_shield(self, state: State, scope: int) -> bool:
        return False

    def can_spawn(self, state: State, scope: int) -> bool:
        return ScopeActions.can_spawn(self, state, scope) and not is_scope_cancelled(state, scope)

    def is_cancelled_group(self, state: State, scope: int) -> bool:
        return state.group[scope] and is_scope_cancelled(state, scope)

    @eventually(after="is_cancelled_group", of="scope")
    def a_cancelled_group_ends(self, state: State, scope: int) -> bool:
        return not self.is_cancelled_group(state, scope)

    def is_group(self, state: State, scope: int) -> bool:
        return state.group[scope]

    @eventually(after="is_group", of="scope", canary="a_cancelled_group_ends")
    def every_group_ends(self, state: State, scope: int) -> bool:
        return not state.group[scope]


CONFIGURATIONS = (
    CancelScopesMachine(scopes=3, threads=False),
    CancelGroupsMachine(tasks=2, scopes=2, threads=False, apart=False),
    CancelGroupsMachine(tasks=3, scopes=1, threads=False, apart=False),
    CancelThreadsMachine(tasks=2, scopes=1),
    ObedientMachine(tasks=2, scopes=2, threads=False, apart=False),
)
