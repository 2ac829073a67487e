"""Registration: one descriptor number, its streams one after another, readiness, and who waits.

Modelled: a stream is opened, closed, and its number reused at once, also in one poll (`replace`).
The kernel's side: bytes that have arrived, a peer that sends, ends, resets or drains, a buffer that
is full, and events on their way to the reactor. The runtime's side: the flags, tasks that read or
write, one that may stand and wait in each direction, cancellation, and the run queue in its order.

Left out: what the bytes are; deadlines; descriptors that are closed behind the owner's back; the
budget; urgent data. Once a peer has ended it does not reset, and the buffer does not fill any more
except by what a task writes.

Variables. `generation`: how many streams have had the number; `open`: whether the last still does.
`inbox`: bytes that wait; `peer`: "open", "ended" or "reset"; `error`: the kernel still has to tell
of the reset; `room`: whether bytes can be sent; `edges`: the generations of which an event is on
its way. `readable`, `writable`, `ended`: the flags. `readers`, `writers`: who stands there, by what
it wants. `queue`: tasks owed a poll: those that have not begun ("read small"), those woken where
they stand ("reader", or "reader cancelled"), and those whose stream was closed: while they stood
("told", or "cancelled") or before they began ("late"). `outcome`: how the operation ended that was
polled last.

Facts: an event says that something has changed, and finds out what is true when the reactor visits.
A flag that is up may lie, and then the attempt puts it down; while a flag that is down lies, an
event is on its way.
"""

from __future__ import annotations

from zokio.model import always, eventually, sometimes

from .registration_state import State, sleeps, to_read
from .registration_steps import RegistrationSteps


class Registration(RegistrationSteps):
    """Edge-triggered, and what must be true of it; see the head of the file."""

    @always
    def an_event_for_a_closed_descriptor_wakes_nobody_of_its_successor(self, state: State) -> bool:
        return all(state.open and edge == state.generation for edge in state.edges)

    @always(canary="an_event_for_a_closed_descriptor_wakes_nobody_of_its_successor")
    def nobody_waits_on_a_number_that_was_used_before(self, state: State) -> bool:
        return not (state.generation > 1 and state.readers)

    @always
    def readiness_that_arrives_between_check_and_registration_is_seen(self, state: State) -> bool:
        return not to_read(state) or state.readable or self.on_its_way(state)

    @always(canary="readiness_that_arrives_between_check_and_registration_is_seen")
    def the_flag_alone_tells_what_can_be_read(self, state: State) -> bool:
        return not to_read(state) or state.readable

    @always
    def room_is_seen(self, state: State) -> bool:
        return not (state.open and state.room) or state.writable or self.on_its_way(state)

    @always(canary="room_is_seen")
    def the_flag_alone_tells_that_there_is_room(self, state: State) -> bool:
        return not (state.open and state.room) or state.writable

    @always
    def one_reader_and_one_writer_at_the_most(self, state: State) -> bool:
        return len(state.readers) <= 1 and len(state.writers) <= 1

    @always(canary="one_reader_and_one_writer_at_the_most")
    def nobody_is_ever_refused(self, state: State) -> bool:
        return state.outcome != "busy"

    @always
    def nobody_sleeps_under_a_flag_that_is_up(self, state: State) -> bool:
        reading = state.readable and sleeps(state, "reader")
        return not reading and not (state.writable and sleeps(state, "writer"))

    @always(canary="nobody_sleeps_under_a_flag_that_is_up")
    def nobody_sleeps(self, state: State) -> bool:
        return not sleeps(state, "reader")

    @always
    def nobody_waits_on_a_closed_stream(self, state: State) -> bool:
        return state.open or not (state.readers or state.writers)

    @always(canary="nobody_waits_on_a_closed_stream")
    def nobody_is_ever_told_of_a_close(self, state: State) -> bool:
        return "told" not in state.queue

    @always
    def what_has_ended_stays_readable(self, state: State) -> bool:
        return not state.ended or state.readable

    @always(canary="what_has_ended_stays_readable")
    def no_stream_is_read_to_its_end(self, state: State) -> bool:
        return state.outcome != "end"

    @always
    def a_closed_stream_leaves_nothing(self, state: State) -> bool:
        """But polls that are owed, and how the last of them ended."""
        bare = State(state.generation, queue=state.queue, outcome=state.outcome)
        return state.open or state == bare

    @always(canary="a_closed_stream_leaves_nothing")
    def a_closed_stream_leaves_nobody(self, state: State) -> bool:
        return state.open or not state.queue

    @always
    def the_bounds_are_kept(self, state: State) -> bool:
        """Those of the search: so many streams, one after another, and so many bytes."""
        return state.generation <= self.generations and state.inbox <= self.inbox_max

    @always(canary="the_bounds_are_kept")
    def the_bounds_are_never_reached(self, state: State) -> bool:
        return state.generation < self.generations

    @eventually(after="sleeps_with_something_to_read")
    def a_reader_never_sleeps_for_ever_while_there_is_something_to_read(self, state: State) -> bool:
        return not self.sleeps_with_something_to_read(state)

    def sleeps_with_something_to_read(self, state: State) -> bool:
        return sleeps(state, "reader") and to_read(state)

    @eventually(
        after="some_reader_sleeps",
        canary="a_reader_never_sleeps_for_ever_while_there_is_something_to_read",
    )
    def every_reader_wakes_up(self, state: State) -> bool:
        return not sleeps(state, "reader")

    def some_reader_sleeps(self, state: State) -> bool:
        return sleeps(state, "reader")

    @eventually(after="sleeps_although_there_is_room")
    def a_writer_never_sleeps_for_ever_while_there_is_room(self, state: State) -> bool:
        return not self.sleeps_although_there_is_room(state)

    def sleeps_although_there_is_room(self, state: State) -> bool:
        return sleeps(state, "writer") and state.room

    @eventually(
        after="some_writer_sleeps", canary="a_writer_never_sleeps_for_ever_while_there_is_room"
    )
    def every_writer_wakes_up(self, state: State) -> bool:
        return not sleeps(state, "writer")

    def some_writer_sleeps(self, state: State) -> bool:
        return sleeps(state, "writer")

    @sometimes
    def a_flag_is_up_although_there_is_nothing_to_read(self, state: State) -> bool:
        return state.readable and not to_read(state)

    @sometimes
    def a_reset_leaves_bytes_to_read(self, state: State) -> bool:
        return state.error and state.inbox > 0

    @sometimes
    def a_cancelled_reader_leaves_bytes_to_read(self, state: State) -> bool:
        return "reader cancelled" in state.queue and state.inbox > 0 and state.readable

    @sometimes
    def one_reads_while_another_writes(self, state: State) -> bool:
        return sleeps(state, "reader") and sleeps(state, "writer")

    @sometimes
    def a_successor_waits_while_somebody_is_told(self, state: State) -> bool:
        return "told" in state.queue and sleeps(state, "reader")


class LevelTriggered(Registration):
    """A selector that is asked anew at every visit, about those who wait: the portable reactor."""

    def visit(self, state: State) -> State:
        """Nobody is told of what nobody waits for."""
        seen = state._replace(outcome="")
        if state.readers and to_read(state):
            seen = self.wake(seen._replace(readable=True), "reader")
        if state.writers and state.room:
            seen = self.wake(seen._replace(writable=True), "writer")
        return seen

    def disturbed(self, state: State) -> tuple[int, ...]:
        """Nothing is on its way: whoever asks is told what is true."""
        return ()

    def on_its_way(self, state: State) -> bool:
        """The next visit tells whoever waits."""
        return True


CONFIGURATIONS = (
    Registration(),
    Registration(error_stays=True),
    LevelTriggered(),
)
