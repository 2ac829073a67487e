"""The variables of the machines of `select.py` and `join_all.py`, and the steps that they share.

What is modelled, and what the variables mean, is said in `branches.py`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import Machine, action, put

WAITING, FINISHING, TELLING, OVER = "waiting", "finishing", "telling", "over"
CALM, CANCELLED, SHIELDED, AGAIN = "calm", "cancelled", "shielded", "again"
NEW, SUSPENDED = "new", "suspended"
WAIT, VALUE, ERROR, ABORTED = "wait", "value", "error", "aborted"


class State(NamedTuple):
    """The variables; see the head of `branches.py`."""

    call: str
    outside: str
    owed_owner: bool
    branches: tuple[str, ...]
    owed_branches: tuple[bool, ...]
    failed: int | None
    chosen: int | None
    told: str | None
    given: tuple[int, ...]
    reported: tuple[int, ...]


class BranchesSteps(Machine[State]):
    """Everything that can happen to one call, one atomic step each."""

    branches: int = 2

    def initial(self) -> Iterable[State]:
        """The call has started its branches; whoever makes it may be cancelled already."""
        for outside in (CALM, CANCELLED):
            yield State(
                call=WAITING,
                outside=outside,
                owed_owner=outside == CANCELLED,
                branches=(NEW,) * self.branches,
                owed_branches=(True,) * self.branches,
                failed=None,
                chosen=None,
                told=None,
                given=(),
                reported=(),
            )

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"branch": range(self.branches), "answer": (WAIT, VALUE, ERROR, ABORTED)}

    # What the steps are made of

    def alive(self, state: State) -> list[int]:
        """The branches that have not ended."""
        return [branch for branch, at in enumerate(state.branches) if at in (NEW, SUSPENDED)]

    def over(self, state: State) -> list[int]:
        """The branches that have ended."""
        return [branch for branch, at in enumerate(state.branches) if at not in (NEW, SUSPENDED)]

    def is_cancelled(self, state: State) -> bool:
        """Whether a cancellation from outside reaches whoever makes the call."""
        return state.outside in (CANCELLED, AGAIN)

    def is_settled(self, state: State) -> bool:
        """Whether there is nothing more to wait for."""
        return bool(self.over(state))

    def decide(self, state: State) -> State:
        """The owner, which was not cancelled, looks whether the call is settled."""
        return state

    def owe_the_cancelled(self, state: State) -> State:
        """Every branch that has not ended is owed a poll."""
        alive = self.alive(state)
        return state._replace(owed_branches=tuple(each in alive for each in range(self.branches)))

    def finish(self, state: State) -> State:
        """Cancel what is left, the owner itself being inside of that, and wait for it."""
        state = state._replace(call=FINISHING, owed_owner=True)
        return self.tell_if_over(self.owe_the_cancelled(state))

    def tell_if_over(self, state: State) -> State:
        """All have ended: the call gives what it was decided to give, or raises."""
        if self.alive(state):
            return state
        if state.told == CANCELLED:
            return self.end(state, CANCELLED)
        results = tuple(range(self.branches)) if state.chosen is None else (state.chosen,)
        outcomes = [state.branches[branch] for branch in results]
        if ABORTED in outcomes:  # by a cancellation that the owner may hear of as well
            return state._replace(call=TELLING, owed_owner=True)
        return self.end(state, ERROR) if ERROR in outcomes else self.end(state, VALUE, results)

    def end(self, state: State, told: str, given: tuple[int, ...] = ()) -> State:
        """The errors that are not raised are reported."""
        errors = [branch for branch, at in enumerate(state.branches) if at == ERROR]
        raised = state.chosen if told == ERROR else None
        reported = tuple(branch for branch in errors if branch != raised)
        return state._replace(
            call=OVER, owed_owner=False, told=told, given=given, reported=reported
        )

    # The branches

    @action(writes=("branches", "owed_branches", "failed", "owed_owner"))
    def poll_branch(self, state: State, branch: int, answer: str) -> State:
        """One poll, which ends as the branch chooses; cancelled, it is owed the next one."""
        owed = answer == WAIT and (self.is_cancelled(state) or state.call == FINISHING)
        at = SUSPENDED if answer == WAIT else answer
        state = state._replace(
            branches=put(state.branches, branch, at),
            owed_branches=put(state.owed_branches, branch, owed),
        )
        if answer == ERROR and state.failed is None:
            state = state._replace(failed=branch)
        settled = self.is_settled(state) if state.call == WAITING else not self.alive(state)
        return state._replace(owed_owner=state.owed_owner or (answer != WAIT and settled))

    @poll_branch.guard
    def can_poll_branch(self, state: State, branch: int, answer: str) -> bool:
        if not state.owed_branches[branch]:
            return False
        return answer != ABORTED or (
            state.branches[branch] == SUSPENDED
            and (self.is_cancelled(state) or state.call == FINISHING)
        )

    @action(writes=("owed_branches",), fair=False)
    def wake_branch(self, state: State, branch: int) -> State:
        return state._replace(owed_branches=put(state.owed_branches, branch, True))

    @wake_branch.guard
    def can_wake_branch(self, state: State, branch: int) -> bool:
        return state.branches[branch] == SUSPENDED and not state.owed_branches[branch]

    # The owner of the call

    @action(
        writes=(*("call", "owed_owner", "owed_branches", "chosen", "told", "given", "reported"),)
    )
    def poll_owner(self, state: State) -> State:
        """It hears of its cancellation, looks at the branches again, or tells an abort."""
        state = state._replace(owed_owner=False)
        if state.call == FINISHING:
            return self.tell_if_over(state)
        if state.call == TELLING:
            return self.end(state, CANCELLED if self.is_cancelled(state) else ABORTED)
        if self.is_cancelled(state):
            return self.finish(state._replace(told=CANCELLED))
        return self.decide(state)

    @poll_owner.guard
    def can_poll_owner(self, state: State) -> bool:
        return state.owed_owner

    @action(writes=("outside", "owed_owner", "owed_branches"), fair=False)
    def cancel(self, state: State) -> State:
        """Whoever makes the call is cancelled, or a shield that kept this away is lowered."""
        outside = CANCELLED if state.outside == CALM else AGAIN
        state = state._replace(outside=outside)
        if state.call != WAITING:
            return state  # it waits behind a shield, for branches that are cancelled
        return self.owe_the_cancelled(state._replace(owed_owner=True))

    @cancel.guard
    def can_cancel(self, state: State) -> bool:
        return state.outside in (CALM, SHIELDED) and state.call != OVER

    @action(writes=("outside",), fair=False)
    def shield(self, state: State) -> State:
        """Somebody raises a shield between the call and what was cancelled."""
        return state._replace(outside=SHIELDED)

    @shield.guard
    def can_shield(self, state: State) -> bool:
        return state.outside == CANCELLED and state.call != OVER
