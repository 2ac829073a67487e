"""The halves of a stream that was split: one reads, one writes; the last close shuts the socket.

Modelled: a task in each half, which reads a byte or writes some pieces, is cancelled, or woken for
no reason; a second task that comes while the first waits; the close of a half, of both by the
stream they come from, and the same once more; a peer that sends, ends, resets, or reads what was
sent. `OnWorkers` takes the same apart: other threads come in between the steps of a close, and of
a read or a write.

Left out: what the bytes are; a half that is forgotten, which nobody closes, as with any socket;
that a socket which is closed with something unread resets its peer; the buffer of lines, which
only one task touches. A peer that has ended does not reset.

Variables:
    has         by side: the half has its socket still
    at          by side: where its task is; it "sleeps" in its place, or comes by on its way there
    rest        pieces that the writer still has to send
    owed        by side: its task was woken
    cancelling  by side: its task is being cancelled
    ready       by side: the flag of the registration that both share
    closing     steps that a close still has to take, in order
    inbox       a byte waits to be read
    wire        what the peer has not read: pieces, and the end of the stream
    peer        "open", "ended", "reset"
    error       a reset was not told yet
    ends        how often the peer was told that nothing more comes
    closings    how often the socket was closed
    outcome     whose operation ended in the last step, and how

Facts: a close takes the socket away first, then puts the flag up, then wakes who stands there; so
whoever sees the flag finds no socket. Only then does it end the stream for the peer: whoever finds
the socket shut knows by then that the half was closed.
"""

from __future__ import annotations

from zokio.model import action, always, eventually, sometimes

from .stream_halves_steps import (
    AWAY,
    BROKEN,
    BUSY,
    CANCELLED,
    CLOSED,
    EVERYTHING,
    FIN,
    INTRUDER,
    OPEN,
    READER,
    RESET,
    SIDES,
    SLEEPS,
    STANDS,
    WRITER,
    State,
    StreamHalvesSteps,
)


class StreamHalves(StreamHalvesSteps):
    """What has to hold of a split stream; see the head of this file."""

    @always
    def the_socket_is_closed_once_when_both_halves_are(self, state: State) -> bool:
        if any(state.has):
            return state.closings == 0
        return state.closings == (0 if state.closing else 1)

    @always(canary="the_socket_is_closed_once_when_both_halves_are")
    def the_socket_stays_open(self, state: State) -> bool:
        return state.closings == 0

    @always
    def a_writer_that_closes_ends_the_stream_once(self, state: State) -> bool:
        if state.has[WRITER]:
            return state.ends == 0
        return state.ends == (0 if self.has_yet_to_end(state) else 1)

    def has_yet_to_end(self, state: State) -> bool:
        """Whether a close goes on that has not told the peer yet."""
        return any(step == "end" for step, _ in state.closing)

    @always(canary="a_writer_that_closes_ends_the_stream_once")
    def the_stream_never_ends(self, state: State) -> bool:
        return state.ends == 0

    @always
    def the_end_comes_after_all_that_was_written(self, state: State) -> bool:
        return FIN not in state.wire[:-1]

    @always(canary="the_end_comes_after_all_that_was_written")
    def no_end_comes(self, state: State) -> bool:
        return FIN not in state.wire

    @always
    def only_who_uses_a_closed_half_is_told_of_a_close(self, state: State) -> bool:
        side, what = state.outcome
        return what != CLOSED or side == INTRUDER or not state.has[side]

    @always(canary="only_who_uses_a_closed_half_is_told_of_a_close")
    def nobody_is_told_of_a_close_while_a_half_is_open(self, state: State) -> bool:
        return state.outcome[1] != CLOSED or not any(state.has)

    @always
    def a_closed_half_says_so(self, state: State) -> bool:
        side, what = state.outcome
        return side not in SIDES or state.has[side] or what in (CLOSED, CANCELLED)

    @always(canary="a_closed_half_says_so")
    def nobody_is_cancelled_in_a_closed_half(self, state: State) -> bool:
        side, what = state.outcome
        return side not in SIDES or state.has[side] or what == CLOSED

    @always
    def writing_breaks_by_the_peer_only(self, state: State) -> bool:
        return state.outcome[1] != BROKEN or state.peer == RESET

    @always(canary="writing_breaks_by_the_peer_only")
    def writing_never_breaks(self, state: State) -> bool:
        return state.outcome[1] != BROKEN

    @always
    def nobody_sleeps_in_a_closed_half(self, state: State) -> bool:
        return all(
            state.has[side] or state.owed[side] or self.will_wake(state, side)
            for side in SIDES
            if state.at[side] == SLEEPS
        )

    def will_wake(self, state: State, side: int) -> bool:
        """Whether a close has yet to wake this one."""
        return ("wake", side) in state.closing

    @always(canary="nobody_sleeps_in_a_closed_half")
    def nobody_is_in_a_closed_half(self, state: State) -> bool:
        return all(state.has[side] or state.at[side] == AWAY for side in SIDES)

    @always
    def nobody_sleeps_under_a_flag_that_is_up(self, state: State) -> bool:
        return all(
            not state.ready[side] or state.owed[side] or self.will_wake(state, side)
            for side in SIDES
            if state.at[side] == SLEEPS
        )

    @always(canary="nobody_sleeps_under_a_flag_that_is_up")
    def nobody_stands_under_a_flag_that_is_up(self, state: State) -> bool:
        return all(not state.ready[side] for side in SIDES if state.at[side] == SLEEPS)

    # Progress

    def is_in_a_closed_half(self, state: State, side: int) -> bool:
        """Whether a task is busy in a half that was closed."""
        return not state.has[side] and state.at[side] != AWAY

    @eventually(after="is_in_a_closed_half", of="side")
    def whoever_is_in_a_closed_half_leaves_it(self, state: State, side: int) -> bool:
        return state.at[side] == AWAY

    def is_in_a_half(self, state: State, side: int) -> bool:
        """Whether a task is busy in a half."""
        return state.at[side] != AWAY

    @eventually(after="is_in_a_half", of="side", canary="whoever_is_in_a_closed_half_leaves_it")
    def whoever_is_in_a_half_leaves_it(self, state: State, side: int) -> bool:
        return state.at[side] == AWAY

    def can_read(self, state: State) -> bool:
        """Whether a task reads what has come."""
        return state.at[READER] != AWAY and (state.inbox or state.peer != OPEN)

    @eventually(after="can_read")
    def who_reads_what_has_come_gets_it_whoever_writes(self, state: State) -> bool:
        return not self.can_read(state)

    def reads(self, state: State) -> bool:
        """Whether a task reads."""
        return state.at[READER] != AWAY

    @eventually(after="reads", canary="who_reads_what_has_come_gets_it_whoever_writes")
    def who_reads_gets_something(self, state: State) -> bool:
        return state.at[READER] == AWAY

    # Reachability

    @sometimes
    def one_writes_while_the_other_half_is_closed(self, state: State) -> bool:
        return not state.has[READER] and state.has[WRITER] and state.at[WRITER] == SLEEPS

    @sometimes
    def one_reads_while_the_other_half_is_closed(self, state: State) -> bool:
        return not state.has[WRITER] and state.has[READER] and state.at[READER] == SLEEPS

    @sometimes
    def the_end_waits_behind_what_was_written(self, state: State) -> bool:
        return len(state.wire) > 1 and state.wire[-1] == FIN

    @sometimes
    def the_socket_is_closed_before_both_have_heard(self, state: State) -> bool:
        return state.closings == 1 and all(at == SLEEPS for at in state.at)

    @sometimes
    def who_is_cancelled_finds_the_half_closed(self, state: State) -> bool:
        return any(state.cancelling[side] and not state.has[side] for side in SIDES)

    @sometimes
    def a_second_task_is_refused(self, state: State) -> bool:
        return state.outcome == (INTRUDER, BUSY)


class OnWorkers(StreamHalves):
    """Other threads come in between the steps of a close, and of a read or a write."""

    def settle(self, state: State, side: int) -> State:
        """The steps that follow are actions: see `go_on`."""
        return state

    def carry_out(self, state: State) -> State:
        """The steps that follow are actions: see `go_on_closing`."""
        return state

    @action(writes=EVERYTHING)
    def go_on(self, state: State, side: int) -> State:
        """One step of a task that runs."""
        return self.go(state._replace(outcome=(-1, "")), side)

    @go_on.guard
    def can_go_on(self, state: State, side: int) -> bool:
        return state.at[side] not in (AWAY, SLEEPS)

    @action(writes=EVERYTHING)
    def go_on_closing(self, state: State) -> State:
        """One step of a close."""
        return self.close_on(state._replace(outcome=(-1, "")))

    @go_on_closing.guard
    def can_go_on_closing(self, state: State) -> bool:
        return bool(state.closing)

    def is_taken(self, state: State, side: int) -> bool:
        """A write holds its place from its beginning to its end, a read while it stands there."""
        return state.at[side] != AWAY if side == WRITER else state.at[side] in (STANDS, SLEEPS)

    @always
    def a_closed_half_says_so(self, state: State) -> bool:
        """What had its socket in hand may end with it; what breaks then is called a close."""
        side, what = state.outcome
        return side not in SIDES or state.has[side] or what != BROKEN or state.peer == RESET

    @sometimes
    def a_half_is_closed_under_a_task_on_its_way_into_the_wait(self, state: State) -> bool:
        return any(not state.has[side] and state.at[side] == STANDS for side in SIDES)


CONFIGURATIONS = (StreamHalves(pieces=2), StreamHalves(pieces=1), OnWorkers(pieces=2))
"""A write of two pieces never ends at once, since there is room for one."""
