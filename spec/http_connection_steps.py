"""The steps of the machine of an HTTP connection; what is modelled is said in `http_connection.py`.

A step of the connection's task is one poll: it goes on until it waits for its client or handler.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence

from zokio.model import Machine, action

from .http_connection_state import (
    BAD,
    BODY,
    CLOSED,
    CONTINUE,
    DONE,
    DRAINING,
    ENDED,
    EVERYTHING,
    EXPECT,
    FAILED,
    GET,
    GRACE,
    HANDLING,
    HEAD,
    IDLE,
    LENGTH,
    LINGERING,
    LONG,
    MALFORMED,
    ON_THE_CLIENT,
    OPEN,
    OWED,
    PART,
    POST,
    READING,
    RESET,
    REST,
    START,
    STOP,
    TIME,
    TOO_SLOW,
    UPGRADED,
    WRITING,
    State,
    can_read,
)

OUTCOMES = ("small", "large", "error")


class HttpConnectionSteps(Machine[State]):
    """Everything that can happen, one atomic step each."""

    heads_max: int = 2
    kinds: tuple[str, ...] = (GET, POST, LONG, EXPECT, BAD, START)
    drained_max: int = 1
    """So many parts that nobody has read are read and dropped; for more the connection ends."""

    def initial(self) -> Iterable[State]:
        return [State()]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"unit": (*self.kinds, REST, PART), "outcome": OUTCOMES}

    # The client

    @action(writes=("inbox", "heads", "due", "owed"), reads=EVERYTHING, fair=False)
    def client_sends(self, state: State, unit: str) -> State:
        """A part of a request arrives, and whoever waits for it is woken."""
        if state.due:
            state = state._replace(due=state.due[1:])
        else:
            state = state._replace(heads=state.heads + 1, due=OWED[unit])
        return self.arrive(state._replace(inbox=(*state.inbox, unit)))

    @client_sends.guard
    def can_client_send(self, state: State, unit: str) -> bool:
        if state.peer != OPEN or state.at == CLOSED:
            return False
        begins = unit in OWED and state.heads < self.heads_max
        return state.due[:1] == (unit,) if state.due else begins

    @action(writes=("peer", "owed"), reads=("peer", "at", "owed"), fair=False)
    def client_ends(self, state: State) -> State:
        """It writes no more, and may go on reading."""
        return self.arrive(state._replace(peer=ENDED))

    @client_ends.guard
    def can_client_end(self, state: State) -> bool:
        return state.peer == OPEN and state.at != CLOSED

    @action(writes=("peer", "owed"), reads=("peer", "at", "owed"), fair=False)
    def client_resets(self, state: State) -> State:
        """It is gone."""
        state = self.arrive(state._replace(peer=RESET))
        return state._replace(owed=state.owed or state.at == WRITING)

    @client_resets.guard
    def can_client_reset(self, state: State) -> bool:
        return state.peer != RESET and state.at != CLOSED

    @action(writes=("room", "owed"), reads=("room", "at", "peer"), fair=False)
    def client_drains(self, state: State) -> State:
        """It reads what has come, so that there is room for the rest."""
        return state._replace(room=True, owed=True)

    @client_drains.guard
    def can_client_drain(self, state: State) -> bool:
        return state.at == WRITING and not state.room and state.peer != RESET

    def arrive(self, state: State) -> State:
        """Something can be read."""
        return state._replace(owed=state.owed or state.at in READING)

    # The server

    @action(writes=("stopping", "cause", "owed", "told"), reads=EVERYTHING, fair=False)
    def begin_shutdown(self, state: State) -> State:
        """A graceful shutdown begins: who is idle is told, everybody else ends when it is done."""
        state = state._replace(stopping=True, told=state.at == UPGRADED)
        if state.at != IDLE:
            return state
        return state._replace(cause=state.cause or STOP, owed=True)

    @begin_shutdown.guard
    def can_begin_shutdown(self, state: State) -> bool:
        return not state.stopping and state.at != CLOSED

    @action(writes=("cause", "owed"), reads=("stopping", "cause", "at"))
    def grace_ends(self, state: State) -> State:
        """The time for the shutdown is up."""
        return state._replace(cause=GRACE, owed=True)

    @grace_ends.guard
    def can_grace_end(self, state: State) -> bool:
        return state.stopping and state.cause != GRACE and state.at != CLOSED

    @action(writes=("cause", "owed"), reads=("cause", "at"))
    def expire(self, state: State) -> State:
        """The client was too slow."""
        return state._replace(cause=TIME, owed=True)

    @expire.guard
    def can_expire(self, state: State) -> bool:
        return state.at in ON_THE_CLIENT and not state.cause

    # The handler

    @action(writes=EVERYTHING, reads=EVERYTHING, fair=False)
    def handler_reads(self, state: State) -> State:
        """It asks for more of the body; the first time it asks, a client that waits is told."""
        if state.request == EXPECT and not state.asked:
            state = self.answer(state._replace(asked=True), CONTINUE)
        return state if state.at == CLOSED else self.go_on(state._replace(at=BODY))

    @handler_reads.guard
    def can_handler_read(self, state: State) -> bool:
        return self.is_with_the_handler(state) and state.body > 0

    @action(writes=EVERYTHING, reads=EVERYTHING, fair=False)
    def handler_answers(self, state: State, outcome: str) -> State:
        """It returns a response, of which a large one does not fit at once; or it fails."""
        if outcome == "large" and state.peer != RESET:
            return state._replace(at=WRITING, room=False)
        state = self.answer(state, FAILED if outcome == "error" else DONE)
        return self.after_the_response(state)

    @handler_answers.guard
    def can_handler_answer(self, state: State, outcome: str) -> bool:
        return self.is_with_the_handler(state)

    def is_with_the_handler(self, state: State) -> bool:
        """Whether the handler has the turn."""
        return state.at == HANDLING and not state.owed

    # The connection's task

    @action(writes=EVERYTHING, reads=EVERYTHING)
    def poll(self, state: State) -> State:
        """It hears that it is cancelled, or goes on."""
        if state.cause:
            return self.leave(state)
        if state.at == WRITING:
            return self.after_the_response(self.answer(state, DONE))
        return self.go_on(state)

    @poll.guard
    def can_poll(self, state: State) -> bool:
        return state.owed

    def leave(self, state: State) -> State:
        """Who is to stop has a moment for a client that asks just now; who is too slow is told."""
        if state.cause == STOP:
            state = self.go_on(state._replace(cause=""))
        elif state.cause == TIME and state.at in (HEAD, BODY):
            state = self.refuse(state._replace(cause=""), TOO_SLOW)
        else:
            return self.close(state)
        return state if state.at == CLOSED else state._replace(owed=True)  # a level

    def answer(self, state: State, status: str) -> State:
        """An answer is written, unless nobody is there to read it."""
        if state.peer == RESET:
            return self.close(state)
        number = state.handled if state.at in (IDLE, HEAD) else state.handled - 1
        return state._replace(answers=(*state.answers, (number, status)))

    def refuse(self, state: State, status: str) -> State:
        """The last answer, after which nothing is understood any more."""
        state = self.answer(state, status)
        return state if state.at == CLOSED else self.linger(state)

    def after_the_response(self, state: State) -> State:
        """The next request, when nothing of this one is left."""
        if state.at == CLOSED:
            return state
        left_max = 0 if state.request == EXPECT and not state.asked else self.drained_max
        too_much = state.body > left_max
        if state.stopping or too_much:
            return self.linger(state)
        return self.go_on(state._replace(at=DRAINING))

    def linger(self, state: State) -> State:
        """It has written everything, and reads on so that the client can read the answer."""
        state = state._replace(at=LINGERING, buffer=(), request="", body=0, asked=False, room=True)
        return self.go_on(state._replace(given=(), told=False))

    def close(self, state: State) -> State:
        """For good."""
        return State(
            at=CLOSED,
            stopping=state.stopping,
            peer=state.peer,
            heads=state.heads,
            handled=state.handled,
            answers=state.answers,
        )

    def go_on(self, state: State) -> State:
        """Take what is there, and read, until there is nothing to do but to wait."""
        while True:
            state = self.take(state)
            if state.at not in READING or not can_read(state):
                return state._replace(owed=False)
            if state.inbox:
                state = state._replace(buffer=(*state.buffer, *state.inbox), inbox=())
            else:
                return self.end(state)

    def end(self, state: State) -> State:
        """Nothing more will come."""
        is_cut = state.peer == ENDED and state.at in (HEAD, BODY)
        return self.refuse(state, MALFORMED) if is_cut else self.close(state)

    def take(self, state: State) -> State:
        """From the buffer, what is of use where the connection is."""
        match state.at:
            case "draining":
                return self.begin(self.take_body(state))
            case "idle" | "head":
                return self.begin(state)
            case "body":
                taken = self.take_body(state)
                return taken if taken == state else taken._replace(at=HANDLING)
            case "lingering":
                return state._replace(buffer=())
        return state

    def take_body(self, state: State) -> State:
        """As many parts of the body as have come."""
        while state.body and state.buffer:
            state = state._replace(body=state.body - 1, buffer=state.buffer[1:])
        return state

    def begin(self, state: State) -> State:
        """The next request, when it is its turn and its head is complete."""
        if state.body:
            return state
        if state.at == DRAINING:
            state = state._replace(at=IDLE, request="", asked=False)
            if state.stopping:
                return self.linger(state)
        if not state.buffer:
            return state
        head, *rest = state.buffer
        if head == START and rest:
            head, *rest = rest
        if head == START:
            return state._replace(at=HEAD)
        if head not in LENGTH:
            return self.refuse(state, MALFORMED)
        return state._replace(
            at=HANDLING,
            buffer=tuple(rest),
            handled=state.handled + 1,
            request=head,
            body=LENGTH[head],
        )
