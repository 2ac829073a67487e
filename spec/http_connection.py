"""An HTTP connection: requests one after another, each answered once, until one side ends it.

Modelled: a client that sends heads whole or in two pieces, bodies that fit, that are long, or that
wait for `100 Continue`, and malformed ones, also before it has got the answers (pipelining); that
ends its side, resets, or does not read. A handler that reads the body or not, and answers with
something small, something for which there is no room at once, or an error. The deadlines for
everything that the client is waited for, a graceful shutdown, and the end of its time.

Left out: what heads say (`tests/http/`); chunked bodies, which come in parts like others; a handler
that goes on after it has heard that the body is broken; how much is read and dropped in the end.
That nobody is accepted during a shutdown is the server's.

Variables:
    at        where the connection's task waits: idle (for a request), head (for its rest), handling
              (for the handler), body (the handler waits for the body), writing (for room), draining
              (for the rest of a body that nobody has read), lingering (all is written and the
              write side shut; what comes is dropped until the client ends), upgraded (see
              `http_upgrade.py`), closed
    stopping  a graceful shutdown has begun
    cause     why the task is cancelled and has not heard of it: time, stop, grace
    owed      the task is owed a poll
    peer      the client is open, has ended its side, or has reset
    heads     how many requests the client has begun; due: what it owes before the next
    inbox     what has arrived; buffer: what was read and not taken
    handled   how many requests were given to the handler
    request   the kind of the last one, body: how many parts of its body were not taken, asked: the
              client was told to continue
    room      what is to be written fits
    answers   what was written: number of the request, and status
    given, told: see `http_upgrade.py`

Facts: the handler runs in the connection's task, so nothing else is read meanwhile; that is the
back-pressure. What waits for the client has a deadline. A shutdown that finds a connection idle
ends that wait and begins a short one: the client may have asked before it could know.
"""

from __future__ import annotations

from zokio.model import always, eventually, sometimes

from .http_connection_state import (
    BAD,
    BODY,
    CLOSED,
    CONTINUE,
    DRAINING,
    EXPECT,
    GET,
    HANDLING,
    HEAD,
    IDLE,
    LINGERING,
    LONG,
    MALFORMED,
    ON_THE_CLIENT,
    OPEN,
    PART,
    POST,
    READING,
    RESET,
    START,
    TOO_SLOW,
    UPGRADED,
    WRITING,
    State,
    can_read,
    finals,
    is_refused,
)
from .http_connection_steps import HttpConnectionSteps


class HttpConnection(HttpConnectionSteps):
    """See the head of this file."""

    # Safety

    @always
    def every_request_is_answered_once_and_in_order(self, state: State) -> bool:
        return [number for number, _ in finals(state)] == [*range(len(finals(state)))]

    @always
    def no_later_request_is_handled_before_the_answer_is_written(self, state: State) -> bool:
        open_requests = state.handled - len(finals(state))
        return open_requests <= (state.at in (HANDLING, BODY, WRITING, CLOSED))

    @always
    def the_next_request_begins_behind_the_body_of_the_last(self, state: State) -> bool:
        """Or not at all: what is left of a body is never taken for a head."""
        waits_for_a_head = state.at in (IDLE, HEAD)
        return not waits_for_a_head or (state.body == 0 and state.buffer[:1] != (PART,))

    @always
    def only_who_sends_nonsense_or_leaves_is_called_malformed(self, state: State) -> bool:
        refused = any(status == MALFORMED for _, status in state.answers)
        return not refused or state.peer != OPEN or BAD in self.kinds

    @always
    def a_refusal_is_the_last_answer(self, state: State) -> bool:
        refused = any(status in (MALFORMED, TOO_SLOW) for _, status in state.answers[:-1])
        return not refused and (not is_refused(state) or state.at in (LINGERING, CLOSED))

    @always
    def a_client_is_told_to_continue_when_it_asks_and_only_then(self, state: State) -> bool:
        told = [number for number, status in state.answers if status == CONTINUE]
        return len(set(told)) == len(told) and (EXPECT in self.kinds or not told)

    @always
    def who_can_go_on_is_owed_a_poll(self, state: State) -> bool:
        waits = state.at in READING and not can_read(state)
        writes = state.at == WRITING and not state.room and state.peer != RESET
        return state.owed or state.at in (HANDLING, UPGRADED, CLOSED) or waits or writes

    @always
    def a_cancelled_task_is_owed_a_poll(self, state: State) -> bool:
        return state.owed or not state.cause

    @always
    def what_is_closed_leaves_nothing(self, state: State) -> bool:
        bare = (state.owed, state.cause, state.inbox, state.buffer, state.body, state.given)
        return state.at != CLOSED or not any(bare)

    # Progress

    def is_stopping(self, state: State) -> bool:
        """Whether a shutdown has begun."""
        return state.stopping

    @eventually(after="is_stopping")
    def a_shutdown_ends(self, state: State) -> bool:
        return state.at == CLOSED

    def waits_for_the_client(self, state: State) -> bool:
        """Whether it is the client's turn."""
        return state.at in ON_THE_CLIENT

    @eventually(after="waits_for_the_client")
    def no_client_is_waited_for_without_end(self, state: State) -> bool:
        return state.at in (HANDLING, CLOSED)

    # Reachability

    @sometimes
    def a_pipelined_request_waits_for_its_turn(self, state: State) -> bool:
        return state.at == HANDLING and GET in state.buffer

    @sometimes
    def a_body_that_nobody_read_is_drained(self, state: State) -> bool:
        return state.at == DRAINING and not state.owed

    @sometimes
    def all_is_answered_and_the_connection_stays_open(self, state: State) -> bool:
        return state.at == IDLE and len(finals(state)) == self.heads_max

    @sometimes
    def a_shutdown_lets_the_handler_finish(self, state: State) -> bool:
        return state.stopping and state.at == LINGERING and len(finals(state)) > 0

    @sometimes
    def an_idle_client_may_still_ask_during_a_shutdown(self, state: State) -> bool:
        return state.stopping and state.at == IDLE and not state.cause

    @sometimes
    def a_handler_is_cancelled_while_it_writes(self, state: State) -> bool:
        return state.at == WRITING and bool(state.cause)

    @sometimes
    def a_client_that_has_ended_gets_its_answer(self, state: State) -> bool:
        return state.peer != OPEN and state.at == WRITING and state.room

    # Canaries

    @always(canary="every_request_is_answered_once_and_in_order")
    def there_is_never_an_answer(self, state: State) -> bool:
        return not finals(state)

    @always(canary="no_later_request_is_handled_before_the_answer_is_written")
    def no_later_request_is_read_before_the_answer_is_written(self, state: State) -> bool:
        return state.at != HANDLING or not state.buffer

    @always(canary="the_next_request_begins_behind_the_body_of_the_last")
    def a_response_is_written_when_the_body_was_read(self, state: State) -> bool:
        return state.at != WRITING or state.body == 0

    @always(canary="only_who_sends_nonsense_or_leaves_is_called_malformed")
    def nobody_is_called_malformed(self, state: State) -> bool:
        return all(status != MALFORMED for _, status in state.answers)

    @always(canary="a_refusal_is_the_last_answer")
    def a_refusal_closes_at_once(self, state: State) -> bool:
        return not is_refused(state) or state.at == CLOSED

    @always(canary="a_client_is_told_to_continue_when_it_asks_and_only_then")
    def everybody_with_a_body_is_told_to_continue(self, state: State) -> bool:
        return state.body == 0 or state.asked

    @always(canary="who_can_go_on_is_owed_a_poll")
    def who_waits_is_owed_a_poll(self, state: State) -> bool:
        return state.owed or state.at != IDLE

    @always(canary="a_cancelled_task_is_owed_a_poll")
    def nobody_is_ever_cancelled(self, state: State) -> bool:
        return not state.cause

    @always(canary="what_is_closed_leaves_nothing")
    def what_is_closed_has_answered_everything(self, state: State) -> bool:
        return state.at != CLOSED or len(finals(state)) >= state.handled

    @eventually(after="is_stopping", canary="a_shutdown_ends")
    def a_shutdown_answers_everything(self, state: State) -> bool:
        return state.at == CLOSED and len(finals(state)) >= state.heads

    @eventually(after="waits_for_the_client", canary="no_client_is_waited_for_without_end")
    def every_client_gets_to_the_handler(self, state: State) -> bool:
        return state.at == HANDLING


CONFIGURATIONS = (
    HttpConnection(heads_max=2, kinds=(GET, POST, START)),
    HttpConnection(heads_max=2, kinds=(GET, LONG, EXPECT, BAD)),
)
