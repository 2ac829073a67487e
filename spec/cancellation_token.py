"""CancellationToken: a signal that is given once, to a token and to everything below it.

Modelled: tokens that are made as children of others and dropped at any time, also in the middle of
a call; tasks that wait for a signal and are cancelled at any time; `cancel` and `child`, step by
step, by callers that come in between each other's steps. A caller is a task or another thread.

Left out: how a wake comes from another thread to the task (`scheduler.py`); `run_until_cancelled`,
which is a `select` of the signal and something else (`join.py` has what that rests on).

Variables:
    parents    by token: its parent
    held       by token: the program holds it
    living     by token: it is still there
    given      by token: `cancel` was called on itself
    cancelled  by token: the signal has reached it
    tasks      where each task is, and who has asked before whom: see `waiting.py`
    wants      by task: the token for whose signal it waits
    callers    by caller: free; looking (has made a child, and will look whether its parent was
               cancelled), telling (will cancel a token), listing (will ask it for its children);
               the tokens that it has told or has to tell, and which of them is next

Facts: a child keeps its parent, and a parent no child.
"""

from __future__ import annotations

from zokio.model import always, eventually, sometimes

from .cancellation_token_steps import (
    IDLE,
    LISTING,
    LOOKING,
    NOBODY,
    CancellationTokenSteps,
    State,
)
from .waiting import AWAY, GRANTED, WAITING


class CancellationTokenMachine(CancellationTokenSteps):
    """See the head of this file."""

    # Words

    def ancestors(self, state: State, token: int) -> list[int]:
        """The token, its parent, and so on."""
        found = []
        while token != NOBODY:
            found.append(token)
            token = state.parents[token]
        return found

    def will_be_told(self, state: State, token: int) -> bool:
        """Whether a caller has the token before it, or will ask its parent for children."""
        for does, tokens, next in state.callers:
            to_tell = tokens[next + 1 :] if does == LISTING else tokens[next:]
            if token in to_tell or (does == LISTING and tokens[next] == state.parents[token]):
                return True
        return False

    def is_to_hear(self, state: State, token: int) -> bool:
        """Whether the token lives, and a signal was given to it or to one above it."""
        made = token < len(state.parents) and state.living[token]
        return made and any(state.given[each] for each in self.ancestors(state, token))

    # Safety

    @always
    def nobody_waits_for_a_signal_that_was_given(self, state: State) -> bool:
        return not any(state.cancelled[state.wants[task]] for task in state.tasks.queue())

    @always
    def a_child_of_a_cancelled_token_is_cancelled_or_about_to_be(self, state: State) -> bool:
        """Also one that is made meanwhile."""
        return all(
            state.cancelled[token] or self.will_be_told(state, token)
            for token, parent in enumerate(state.parents)
            if parent != NOBODY and state.living[token] and state.cancelled[parent]
        )

    @always
    def only_what_is_below_is_cancelled(self, state: State) -> bool:
        """Neither parents nor siblings."""
        cancelled = [token for token, flag in enumerate(state.cancelled) if flag]
        return all(self.is_to_hear(state, token) for token in cancelled)

    @always
    def what_is_needed_lives_and_nothing_else(self, state: State) -> bool:
        tokens = range(len(state.parents))
        return state.living == tuple(self.is_needed(state, token) for token in tokens)

    @always
    def who_waits_has_a_token(self, state: State) -> bool:
        suspended = sorted(state.tasks.asked)
        return suspended == [task for task, token in enumerate(state.wants) if token != NOBODY]

    @always
    def who_has_asked_is_known_once(self, state: State) -> bool:
        return state.tasks.is_whole()

    # Progress

    @eventually(after="is_to_hear", of="token")
    def every_signal_comes_to_all_below(self, state: State, token: int) -> bool:
        return not self.is_to_hear(state, token) or state.cancelled[token]

    def waits_for_a_signal(self, state: State, task: int) -> bool:
        """Whether the task is suspended, and the signal for which it waits was given."""
        return state.wants[task] != NOBODY and self.is_to_hear(state, state.wants[task])

    @eventually(after="waits_for_a_signal", of="task")
    def who_waits_for_a_signal_that_was_given_goes_on(self, state: State, task: int) -> bool:
        return state.tasks.at[task] == AWAY

    def is_calling(self, state: State, caller: int) -> bool:
        """Whether the caller is in the middle of a call."""
        return state.callers[caller] != IDLE

    @eventually(after="is_calling", of="caller")
    def every_call_ends(self, state: State, caller: int) -> bool:
        return state.callers[caller] == IDLE

    # Reachability

    @sometimes
    def a_token_that_nobody_holds_passes_the_signal_on(self, state: State) -> bool:
        return any(
            parent != NOBODY and flag and not state.held[parent] and not state.given[token]
            for token, (parent, flag) in enumerate(zip(state.parents, state.cancelled, strict=True))
        )

    @sometimes
    def a_child_is_cancelled_and_its_parent_is_not(self, state: State) -> bool:
        pairs = zip(state.parents, state.cancelled, strict=True)
        return any(
            flag and parent != NOBODY and not state.cancelled[parent] for parent, flag in pairs
        )

    @sometimes
    def one_who_was_told_is_cancelled(self, state: State) -> bool:
        told = [task for task, at in enumerate(state.tasks.at) if at == GRANTED]
        return any(state.tasks.cancelling[task] for task in told)

    @sometimes
    def a_token_is_gone_in_the_middle_of_a_call(self, state: State) -> bool:
        return not all(state.living) and any(caller != IDLE for caller in state.callers)

    # Canaries

    @always(canary="nobody_waits_for_a_signal_that_was_given")
    def nobody_waits(self, state: State) -> bool:
        return WAITING not in state.tasks.at

    @always(canary="a_child_of_a_cancelled_token_is_cancelled_or_about_to_be")
    def a_child_of_a_cancelled_token_is_cancelled(self, state: State) -> bool:
        pairs = zip(state.parents, state.cancelled, strict=True)
        return all(
            flag or parent == NOBODY or not state.cancelled[parent] for parent, flag in pairs
        )

    @always(canary="only_what_is_below_is_cancelled")
    def only_what_was_cancelled_itself_is_cancelled(self, state: State) -> bool:
        pairs = zip(state.given, state.cancelled, strict=True)
        return all(given or not cancelled for given, cancelled in pairs)

    @always(canary="what_is_needed_lives_and_nothing_else")
    def what_is_held_lives_and_nothing_else(self, state: State) -> bool:
        return state.living == state.held

    @always(canary="who_waits_has_a_token")
    def who_waits_has_the_first_token(self, state: State) -> bool:
        return max(state.wants) <= 0

    @always(canary="who_has_asked_is_known_once")
    def nobody_is_cancelled(self, state: State) -> bool:
        return not any(state.tasks.cancelling)

    @eventually(after="is_to_hear", of="token", canary="every_signal_comes_to_all_below")
    def what_is_to_hear_is_gone_some_day(self, state: State, token: int) -> bool:
        return not self.is_to_hear(state, token)

    def waits(self, state: State, task: int) -> bool:
        """Whether the task waits, perhaps for a signal that never comes."""
        return state.tasks.at[task] == WAITING

    @eventually(after="waits", of="task", canary="who_waits_for_a_signal_that_was_given_goes_on")
    def who_waits_goes_on(self, state: State, task: int) -> bool:
        return state.tasks.at[task] == AWAY

    @eventually(after="is_calling", of="caller", canary="every_call_ends")
    def every_call_comes_to_its_children(self, state: State, caller: int) -> bool:
        return state.callers[caller].does == LISTING


class TwoCallers(CancellationTokenMachine):
    """With two, of whom one comes in between the steps of the other."""

    callers: int = 2

    @sometimes
    def a_child_is_made_between_the_flag_and_the_list(self, state: State) -> bool:
        listing = [each.tokens[each.next] for each in state.callers if each.does == LISTING]
        looking = [each.tokens[0] for each in state.callers if each.does == LOOKING]
        return any(state.parents[token] in listing for token in looking)


CONFIGURATIONS = (
    CancellationTokenMachine(tokens=2, tasks=2, callers=1),
    CancellationTokenMachine(tokens=3, tasks=1, callers=1),
    TwoCallers(tokens=2, tasks=1, callers=2),
)

LARGE = (
    CancellationTokenMachine(tokens=3, tasks=2, callers=1),
    TwoCallers(tokens=3, tasks=1, callers=2),
)
"""Half a minute each; see `assurance/large_machines.py`."""
