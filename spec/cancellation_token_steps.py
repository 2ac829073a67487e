"""The variables of the machine of `cancellation_token.py`, and its steps.

What is modelled, and what the variables mean, is said there.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import action, put

from .waiting import AWAY, GRANTED, Tasks, all_away
from .waiting_steps import WaitingSteps

NOBODY = -1
FREE, LOOKING, TELLING, LISTING = "free", "looking", "telling", "listing"


class Caller(NamedTuple):
    """What a caller does next, the tokens that it has in hand, and which of them is next."""

    does: str
    tokens: tuple[int, ...]
    next: int


IDLE = Caller(FREE, (), 0)


class State(NamedTuple):
    """The variables; see the head of `cancellation_token.py`."""

    parents: tuple[int, ...]
    held: tuple[bool, ...]
    living: tuple[bool, ...]
    given: tuple[bool, ...]
    cancelled: tuple[bool, ...]
    tasks: Tasks
    wants: tuple[int, ...]
    callers: tuple[Caller, ...]


class CancellationTokenSteps(WaitingSteps):
    """Everything that can happen, one atomic step each."""

    tokens: int = 3
    tasks: int = 2
    callers: int = 1

    def initial(self) -> Iterable[State]:
        no, yes = (False,), (True,)
        nothing = (NOBODY,) * self.tasks
        callers = (IDLE,) * self.callers
        return [State((NOBODY,), yes, yes, no, no, all_away(self.tasks), nothing, callers)]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {
            "token": range(self.tokens),
            "task": range(self.tasks),
            "caller": range(self.callers),
        }

    # What the steps are made of

    def children(self, state: State, token: int) -> tuple[int, ...]:
        """Its children that live, in the order in which they were made."""
        made = enumerate(state.parents)
        return tuple(each for each, parent in made if parent == token and state.living[each])

    def is_at_hand(self, state: State, token: int) -> bool:
        """Whether somebody holds it, waits for it, or has it in hand in the middle of a call."""
        in_hand = any(token in caller.tokens for caller in state.callers)
        return state.held[token] or token in state.wants or in_hand

    def is_needed(self, state: State, token: int) -> bool:
        """Whether it is at hand, or has descendants that are: a child keeps its parent."""
        below = (each for each, parent in enumerate(state.parents) if parent == token)
        return self.is_at_hand(state, token) or any(self.is_needed(state, each) for each in below)

    def bury(self, state: State) -> State:
        """What nobody needs any more is gone, and what it was told forgotten."""
        living = tuple(self.is_needed(state, token) for token in range(len(state.parents)))
        return state._replace(
            living=living,
            given=tuple(map(min, state.given, living)),
            cancelled=tuple(map(min, state.cancelled, living)),
        )

    def raise_flag(self, state: State, token: int) -> State:
        """It is cancelled, and all who wait for it are told, in one locked step."""
        tasks = state.tasks
        for task in tasks.queue():
            if state.wants[task] == token:
                tasks = tasks.tell(task, GRANTED)
        return state._replace(tasks=tasks, cancelled=put(state.cancelled, token, True))

    def moved(self, state: State, caller: int, after: Caller) -> State:
        """The caller goes on; what it lets go of may be gone with that."""
        return self.bury(state._replace(callers=put(state.callers, caller, after)))

    # The signal, and children

    @action(writes=("given", "callers"), fair=False)
    def give(self, state: State, caller: int, token: int) -> State:
        """`cancel` begins."""
        state = state._replace(given=put(state.given, token, True))
        return self.moved(state, caller, Caller(TELLING, (token,), 0))

    @give.guard
    def can_give(self, state: State, caller: int, token: int) -> bool:
        return self.may_call(state, caller, token)

    @action(writes=("cancelled", "tasks", "callers"))
    def signal(self, state: State, caller: int) -> State:
        """The next token is cancelled, also one that is already."""
        does = state.callers[caller]
        state = self.raise_flag(state, does.tokens[does.next])
        return self.moved(state, caller, does._replace(does=LISTING))

    @signal.guard
    def can_signal(self, state: State, caller: int) -> bool:
        return state.callers[caller].does == TELLING

    @action(writes=("living", "given", "cancelled", "callers"))
    def list_children(self, state: State, caller: int) -> State:
        """The children that the token has now are to be told as well; or that was all."""
        does = state.callers[caller]
        tokens = (*does.tokens, *self.children(state, does.tokens[does.next]))
        next = does.next + 1
        after = Caller(TELLING, tokens, next) if next < len(tokens) else IDLE
        return self.moved(state, caller, after)

    @list_children.guard
    def can_list_children(self, state: State, caller: int) -> bool:
        return state.callers[caller].does == LISTING

    @action(writes=("given", "cancelled", "tasks"), fair=False)
    def give_at_once(self, state: State, token: int) -> State:
        """A task does the whole of `cancel` in its poll, and nobody comes in between."""
        told = [token]
        for each in told:
            state = self.raise_flag(state, each)
            told += self.children(state, each)
        return state._replace(given=put(state.given, token, True))

    @give_at_once.guard
    def can_give_at_once(self, state: State, token: int) -> bool:
        return self.is_held(state, token)

    @action(writes=("parents", "held", "living", "given", "cancelled", "callers"), fair=False)
    def make(self, state: State, caller: int, token: int) -> State:
        """`child` has made one, which the token knows of; whoever called will hold it."""
        state = state._replace(
            parents=(*state.parents, token),
            held=(*state.held, True),
            living=(*state.living, True),
            given=(*state.given, False),
            cancelled=(*state.cancelled, False),
        )
        return self.moved(state, caller, Caller(LOOKING, (len(state.parents) - 1,), 0))

    @make.guard
    def can_make(self, state: State, caller: int, token: int) -> bool:
        return len(state.parents) < self.tokens and self.may_call(state, caller, token)

    @action(writes=("living", "given", "cancelled", "callers"))
    def look(self, state: State, caller: int) -> State:
        """If the parent is cancelled by now, whoever made the child tells it."""
        does = state.callers[caller]
        is_told = state.cancelled[state.parents[does.tokens[0]]]
        return self.moved(state, caller, does._replace(does=TELLING) if is_told else IDLE)

    @look.guard
    def can_look(self, state: State, caller: int) -> bool:
        return state.callers[caller].does == LOOKING

    @action(writes=("held", "living", "given", "cancelled"), fair=False)
    def drop(self, state: State, token: int) -> State:
        """Nobody holds the token any more."""
        return self.bury(state._replace(held=put(state.held, token, False)))

    @drop.guard
    def can_drop(self, state: State, token: int) -> bool:
        return self.is_held(state, token)

    # Who waits

    @action(writes=("tasks", "wants"), fair=False)
    def ask(self, state: State, task: int, token: int) -> State:
        """`await token.cancelled()`, which does not suspend when the signal was given."""
        if state.cancelled[token]:
            return state
        return state._replace(tasks=state.tasks.stand(task), wants=put(state.wants, task, token))

    @ask.guard
    def can_ask(self, state: State, task: int, token: int) -> bool:
        return state.tasks.at[task] == AWAY and self.is_held(state, token)

    @action(writes=("tasks", "wants", "living", "given", "cancelled"))
    def poll(self, state: State, task: int) -> State:
        """The task goes on, or it leaves; either way it lets go of the token."""
        wants = put(state.wants, task, NOBODY)
        return self.bury(state._replace(tasks=state.tasks.go(task, AWAY), wants=wants))

    @poll.guard
    def can_poll(self, state: State, task: int) -> bool:
        return state.tasks.is_owed(task)

    # Words

    def is_held(self, state: State, token: int) -> bool:
        """Whether the token was made and not dropped."""
        return token < len(state.held) and state.held[token]

    def may_call(self, state: State, caller: int, token: int) -> bool:
        """Whether the caller is free to call a method of the token."""
        return state.callers[caller] == IDLE and self.is_held(state, token)
