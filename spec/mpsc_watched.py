"""Mpsc with one who waits for the receiver to be closed.

Modelled, left out, and the variables: as in `mpsc.py`.
"""

from __future__ import annotations

from zokio.model import always, sometimes

from .channel_users import GRANTED
from .mpsc import MpscMachine
from .mpsc_state import OPEN, RECEIVE, RESERVE, WATCH, State


class WatchedMpsc(MpscMachine):
    """See the head of this file."""

    def told(self, state: State) -> list[int]:
        """Who was told of the close, and was not polled since."""
        told = enumerate(state.users.told)
        return [user for user, what in told if what == GRANTED and self.does[user] == WATCH]

    @always
    def nobody_waits_for_what_is_closed(self, state: State) -> bool:
        return state.receiver == OPEN or not state.watching

    @always
    def who_is_told_of_the_close_is_told_the_truth(self, state: State) -> bool:
        return state.receiver != OPEN or not self.told(state)

    @sometimes
    def one_who_was_told_of_the_close_is_cancelled(self, state: State) -> bool:
        return any(state.users.cancelling[user] for user in self.told(state))

    @always(canary="nobody_waits_for_what_is_closed")
    def nobody_watches(self, state: State) -> bool:
        return not state.watching

    @always(canary="who_is_told_of_the_close_is_told_the_truth")
    def nobody_is_told_of_the_close(self, state: State) -> bool:
        return not self.told(state)


CONFIGURATIONS = (WatchedMpsc(does=(RESERVE, WATCH, RECEIVE), capacity=1, tries=1),)
