"""An HTTP connection that a handler takes over: the answer is 101, and nothing is HTTP after it.

Who takes it over (a WebSocket) reads and writes as it likes, which is left out here; it is told
of a graceful shutdown, and cancelled when the time of that is up. When it is done, the connection
lingers as after any last answer.

Variables, besides those of `http_connection.py`:
    given     what was read behind the request, and belongs to who took the connection over
    told      that one has heard of the shutdown
"""

from __future__ import annotations

from zokio.model import action, always, sometimes

from .http_connection import HttpConnection
from .http_connection_state import (
    CLOSED,
    EVERYTHING,
    GET,
    HANDLING,
    POST,
    SWITCHED,
    UPGRADE,
    UPGRADED,
    State,
)


class HttpUpgrade(HttpConnection):
    """See the head of this file."""

    @action(writes=EVERYTHING, reads=EVERYTHING, fair=False)
    def handler_upgrades(self, state: State) -> State:
        """It takes the connection over, and with it what was read behind the request."""
        state = self.answer(state, SWITCHED)
        if state.at == CLOSED:
            return state
        given = state._replace(given=state.buffer, buffer=(), request="")
        return given._replace(at=UPGRADED, told=state.stopping)

    @handler_upgrades.guard
    def can_handler_upgrade(self, state: State) -> bool:
        return self.is_with_the_handler(state) and state.request == UPGRADE

    @action(writes=EVERYTHING, reads=EVERYTHING, fair=False)
    def upgraded_ends(self, state: State) -> State:
        """Who has taken it over is done with it: it is not HTTP again."""
        return self.linger(state)

    @upgraded_ends.guard
    def can_upgraded_end(self, state: State) -> bool:
        return state.at == UPGRADED and not state.owed

    # Claims

    @always
    def nothing_is_answered_on_a_connection_that_was_taken_over(self, state: State) -> bool:
        switched = any(status == SWITCHED for _, status in state.answers[:-1])
        return not switched and (state.at != UPGRADED or not state.buffer)

    @always
    def who_has_taken_it_over_knows_of_the_shutdown(self, state: State) -> bool:
        return state.told == (state.at == UPGRADED and state.stopping)

    @sometimes
    def what_came_behind_the_request_is_given_away(self, state: State) -> bool:
        return state.at == UPGRADED and bool(state.given)

    @always(canary="nothing_is_answered_on_a_connection_that_was_taken_over")
    def nothing_is_read_behind_an_upgrade(self, state: State) -> bool:
        return state.at != HANDLING or state.request != UPGRADE or not state.buffer

    @always(canary="who_has_taken_it_over_knows_of_the_shutdown")
    def a_shutdown_finds_nobody_who_has_taken_it_over(self, state: State) -> bool:
        return not state.told


CONFIGURATIONS = (HttpUpgrade(heads_max=2, kinds=(GET, POST, UPGRADE)),)
