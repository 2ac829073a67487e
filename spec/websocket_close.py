"""The close of a WebSocket: one frame from each side, and what there is instead of it.

Modelled: a task that sends a message, and blocks in the middle of it until the peer reads; a task
that closes, and a shutdown that does so too; the tasks can be cancelled; a peer that
reads, closes, answers a close, shows that it is alive, ends the connection, or does none of it; and
time, as one step in which all that is waited for has come to its limit.

Left out: what the messages are; who receives; errors against the protocol, which close as the
answer to a close does; resets, after which nothing is sent that could be seen; the steps between
two states in which every task waits.

Variables:
    sending   a task is in the middle of a frame, and has the lock
    at        where the two are who close: away, queued for the lock, waits for the peer's close
    queue     who waits for the lock, in order; also the answer to the peer's close
    stopped   the shutdown has begun
    ours      the codes of the close frames that were sent
    last      the last frame that was begun
    theirs    the peer's close has come
    link      open, ended by the peer, cut by us
    told      the code that the user is told, now or later; 0 while there is none
    over      nothing more is read
    heard     something came since the last look
    asked     it was pinged at the last look, since nothing had come
    raised    the code that a send has raised in the last step
"""

from __future__ import annotations

from zokio.model import always, eventually, sometimes

from .websocket_close_steps import (
    ANSWER,
    AWAY,
    BROKEN,
    CLOSE,
    CODES,
    CUT,
    OPEN,
    PEER,
    PING,
    QUEUED,
    STOP,
    USER,
    WAITS,
    State,
    WebSocketCloseSteps,
)

__all__ = ["CONFIGURATIONS", "State", "WebSocketClose"]


class WebSocketClose(WebSocketCloseSteps):
    """What has to hold of a close; see the head of this file."""

    @always
    def at_most_one_close_is_sent(self, state: State) -> bool:
        return len(state.ours) <= 1

    @always(canary="at_most_one_close_is_sent")
    def no_close_is_sent(self, state: State) -> bool:
        return not state.ours

    @always
    def nothing_is_sent_after_the_close(self, state: State) -> bool:
        return not state.ours or (state.last == CLOSE and not state.sending)

    @always(canary="nothing_is_sent_after_the_close")
    def nothing_is_sent_once_the_peer_has_closed(self, state: State) -> bool:
        return not state.theirs or not state.sending

    @always
    def a_close_that_came_is_answered_unless_the_connection_breaks(self, state: State) -> bool:
        return not (state.theirs and state.over) or bool(state.ours) or state.link == CUT

    @always(canary="a_close_that_came_is_answered_unless_the_connection_breaks")
    def a_close_that_came_is_answered(self, state: State) -> bool:
        return not (state.theirs and state.over) or bool(state.ours)

    @always
    def the_code_that_is_told_is_that_of_the_first_close(self, state: State) -> bool:
        """Of ours if it was sent before theirs came; no close was there when it just broke."""
        match state.told:
            case 0:
                return not (state.ours or state.theirs or state.over)
            case code if code == PEER:
                return state.theirs and state.ours in ((), (PEER,))
            case code if code == BROKEN:
                return not state.ours and not state.theirs and state.link != OPEN
            case code:
                return state.ours == (code,)

    @always(canary="the_code_that_is_told_is_that_of_the_first_close")
    def the_peers_code_is_told_whenever_it_closes(self, state: State) -> bool:
        return not state.theirs or state.told == PEER

    @always
    def a_send_that_fails_says_what_is_told(self, state: State) -> bool:
        return state.raised in (0, state.told)

    @always(canary="a_send_that_fails_says_what_is_told")
    def no_send_fails(self, state: State) -> bool:
        return not state.raised

    @always
    def nobody_waits_for_what_is_over(self, state: State) -> bool:
        return not state.over or WAITS not in state.at

    @always(canary="nobody_waits_for_what_is_over")
    def nobody_closes_what_is_over(self, state: State) -> bool:
        return not state.over or state.at == (AWAY, AWAY)

    @always
    def the_lock_is_waited_for_only_while_it_is_held(self, state: State) -> bool:
        queued = {who for who in (USER, STOP) if state.at[who] == QUEUED}
        return queued == {*state.queue} - {ANSWER} and (state.sending or not state.queue)

    @always(canary="the_lock_is_waited_for_only_while_it_is_held")
    def nobody_waits_for_the_lock(self, state: State) -> bool:
        return not state.queue

    # Progress

    def closes(self, state: State) -> bool:
        """Whether somebody closes it."""
        return state.at != (AWAY, AWAY)

    @eventually(after="closes")
    def who_closes_leaves_it_over(self, state: State) -> bool:
        return state.over or not self.closes(state)

    @eventually(after="closes", canary="who_closes_leaves_it_over")
    def who_closes_is_answered(self, state: State) -> bool:
        return state.theirs

    def is_stopped(self, state: State) -> bool:
        """Whether the server stops."""
        return state.stopped

    @eventually(after="is_stopped")
    def a_shutdown_ends_it_whatever_the_peer_does(self, state: State) -> bool:
        return state.over and not state.sending

    def has_closed(self, state: State) -> bool:
        """Whether the peer has said that it is the end."""
        return state.theirs

    @eventually(after="has_closed")
    def who_has_closed_is_not_listened_to_for_long(self, state: State) -> bool:
        return state.over

    @eventually(after="has_closed", canary="who_has_closed_is_not_listened_to_for_long")
    def who_has_closed_is_answered(self, state: State) -> bool:
        return bool(state.ours)

    @eventually(canary="a_shutdown_ends_it_whatever_the_peer_does")
    def it_ends_at_last(self, state: State) -> bool:
        return state.over

    # Reachability

    @sometimes
    def both_close_at_once(self, state: State) -> bool:
        return state.theirs and state.ours in ((CODES[USER],), (CODES[STOP],))

    @sometimes
    def the_peer_closes_while_ours_waits_behind_a_message(self, state: State) -> bool:
        return len(state.queue) > 1 and state.queue[-1] == ANSWER

    @sometimes
    def the_user_and_the_shutdown_close(self, state: State) -> bool:
        return state.at == (WAITS, WAITS)

    @sometimes
    def a_peer_that_does_not_answer_is_left(self, state: State) -> bool:
        return bool(state.ours) and not state.theirs and state.link == CUT

    @sometimes
    def a_peer_that_is_silent_is_pinged_and_left(self, state: State) -> bool:
        return state.last == PING and state.told == BROKEN and state.link == CUT

    @sometimes
    def the_connection_ends_without_a_close(self, state: State) -> bool:
        return state.told == BROKEN and state.link not in (OPEN, CUT)

    @sometimes
    def a_close_is_cancelled_and_stays(self, state: State) -> bool:
        return bool(state.ours) and not self.closes(state) and not state.over


CONFIGURATIONS = (WebSocketClose(),)
