"""The actions of `registration.py`: what programs, peers, the kernel and the runtime do."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence

from zokio.model import Machine, action

from .registration_state import (
    AFTER_CLOSE,
    EVERYTHING,
    KERNEL,
    KINDS,
    SIZES,
    STANDING,
    State,
    sleeps,
    standing,
    to_read,
)


class RegistrationSteps(Machine[State]):
    """Edge-triggered: an event comes once for each change."""

    tasks: int = 2
    generations: int = 2
    inbox_max: int = 2
    error_stays: bool = False
    """Whether a write leaves the error of a reset for the next read, as local sockets do."""

    def initial(self) -> Iterable[State]:
        return [State()]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"kind": KINDS, "who": ("reader", "writer")}

    # The program opens and closes, and starts and cancels tasks.

    @action(writes=EVERYTHING, reads=("generation", "open", "queue"), fair=False)
    def open_stream(self, state: State) -> State:
        """A new stream takes the number, which has room; registering reports that."""
        generation = state.generation + 1
        fresh = State(generation, True, writable=True, queue=state.queue)
        return fresh._replace(edges=self.disturbed(fresh))

    @open_stream.guard
    def can_open(self, state: State) -> bool:
        return not state.open and state.generation < self.generations

    @action(
        writes=EVERYTHING, reads=("open", "generation", "readers", "writers", "queue"), fair=False
    )
    def close(self, state: State) -> State:
        """No event is on its way any more, and whoever has to do with the stream is told."""
        sleeping = [who for who in ("reader", "writer") if sleeps(state, who)]
        queue = (*state.queue, *sleeping)
        return State(state.generation, queue=tuple(AFTER_CLOSE.get(each, each) for each in queue))

    @close.guard
    def can_close(self, state: State) -> bool:
        return state.open

    @action(writes=("queue", "outcome"), reads=EVERYTHING, fair=False)
    def begin(self, state: State, kind: str) -> State:
        """A task that will do this with the stream."""
        return state._replace(queue=(*state.queue, kind), outcome="")

    @begin.guard
    def can_begin(self, state: State, kind: str) -> bool:
        alive = len([entry for entry in state.queue if entry not in STANDING])
        alive += len(state.readers) + len(state.writers)
        may_replace = state.generation < self.generations and "replace" not in state.queue
        return state.open and alive < self.tasks and (kind != "replace" or may_replace)

    @action(writes=("queue", "outcome"), reads=("readers", "writers", "queue"), fair=False)
    def cancel(self, state: State, who: str) -> State:
        """The task that stands there is cancelled: it is owed a poll, in which it hears of it."""
        mark = f"{who} cancelled"
        if who in state.queue:
            queue = tuple(mark if entry == who else entry for entry in state.queue)
        else:
            queue = (*state.queue, mark)
        return state._replace(queue=queue, outcome="")

    @cancel.guard
    def can_cancel(self, state: State, who: str) -> bool:
        return bool(standing(state, who)) and f"{who} cancelled" not in state.queue

    # The peer and the kernel.

    @action(writes=KERNEL, reads=("open", "peer", "inbox", "generation", "edges"), fair=False)
    def peer_sends(self, state: State) -> State:
        """One byte arrives."""
        return self.disturb(state._replace(inbox=state.inbox + 1))

    @peer_sends.guard
    def can_peer_send(self, state: State) -> bool:
        return state.open and state.peer == "open" and state.inbox < self.inbox_max

    @action(writes=KERNEL, reads=("open", "peer", "generation", "edges"), fair=False)
    def peer_ends(self, state: State) -> State:
        """It writes no more, and may go on reading."""
        return self.disturb(state._replace(peer="ended"))

    @peer_ends.guard
    def can_peer_end(self, state: State) -> bool:
        return state.open and state.peer == "open"

    @action(writes=KERNEL, reads=("open", "peer", "generation", "edges"), fair=False)
    def peer_resets(self, state: State) -> State:
        """It is gone. What had arrived can still be read; what was to be sent is forgotten."""
        return self.disturb(state._replace(peer="reset", error=True, room=True))

    @peer_resets.guard
    def can_peer_reset(self, state: State) -> bool:
        return state.open and state.peer == "open"

    @action(writes=KERNEL, reads=("open", "room", "generation", "edges"), fair=False)
    def peer_drains(self, state: State) -> State:
        """It reads everything, so there is room again."""
        return self.disturb(state._replace(room=True))

    @peer_drains.guard
    def can_peer_drain(self, state: State) -> bool:
        return state.open and not state.room

    @action(writes=KERNEL, reads=("open", "room", "peer"), fair=False)
    def buffer_fills(self, state: State) -> State:
        """The kernel takes no more bytes; nobody is told of that."""
        return state._replace(room=False, outcome="")

    @buffer_fills.guard
    def can_buffer_fill(self, state: State) -> bool:
        return state.open and state.room and state.peer == "open"

    # The runtime.

    @action(writes=("edges", "readable", "writable", "ended", "queue", "outcome"), reads=EVERYTHING)
    def visit(self, state: State) -> State:
        """The reactor takes in the events: flags go up, and who stands there is woken.

        The number is all that an event carries: it raises the flags of whoever has it now.
        """
        if not state.edges:
            return state._replace(outcome="")
        raised = state._replace(
            edges=(),
            readable=state.readable or to_read(state),
            writable=state.writable or state.room,
            ended=state.ended or state.peer != "open",
            outcome="",
        )
        woken = self.wake(raised, "reader") if to_read(state) else raised
        return self.wake(woken, "writer") if state.room else woken

    @action(writes=EVERYTHING, reads=EVERYTHING)
    def poll(self, state: State) -> State:
        """The first of the queue goes on until it ends or waits."""
        entry, rest = state.queue[0], state._replace(queue=state.queue[1:], outcome="")
        match entry.split():
            case ["told"] | ["late"]:
                return rest._replace(outcome="closed")
            case ["cancelled"]:
                return rest._replace(outcome="cancelled")
            case ["reader", *cancelled]:
                alone = rest._replace(readers=())
                if cancelled:
                    return alone._replace(outcome="cancelled")
                return self.read(alone, state.readers[0])
            case ["writer", *cancelled]:
                alone = rest._replace(writers=())
                if cancelled:
                    return alone._replace(outcome="cancelled")
                return self.write(alone, state.writers[0])
            case ["read", size]:
                return rest._replace(outcome="busy") if state.readers else self.read(rest, size)
            case ["write", size]:
                return rest._replace(outcome="busy") if state.writers else self.write(rest, size)
            case _:
                return self.read(self.open_stream(self.close(rest)), "small")

    @poll.guard
    def can_poll(self, state: State) -> bool:
        return bool(state.queue)

    def read(self, state: State, size: str) -> State:
        """Try to read; wait where that would block. A short read has taken everything."""
        if not state.readable:
            return state._replace(readers=(*state.readers, size))
        if state.inbox:
            taken = min(state.inbox, SIZES[size])
            readable = state.ended or taken == SIZES[size]
            left = state.inbox - taken
            return state._replace(inbox=left, readable=readable, outcome=f"read {taken}")
        if state.error:
            return state._replace(error=False, outcome="reset")
        if state.peer != "open":
            return state._replace(readable=state.ended, outcome="end")
        return state._replace(readable=False, readers=(*state.readers, size))

    def write(self, state: State, size: str) -> State:
        """Try to write; wait where that would block. A part that was sent has filled the buffer."""
        if not state.writable:
            return state._replace(writers=(*state.writers, size))
        if state.peer == "reset":
            return state._replace(error=state.error and self.error_stays, outcome="broken")
        if state.room and size == "little":
            return state._replace(outcome="sent")
        return state._replace(room=False, writable=False, writers=(*state.writers, size))

    def wake(self, state: State, who: str) -> State:
        """Who stands there and sleeps is owed a poll."""
        return state._replace(queue=(*state.queue, who)) if sleeps(state, who) else state

    def disturb(self, state: State) -> State:
        """Something has changed that an event will tell."""
        return state._replace(edges=self.disturbed(state), outcome="")

    def disturbed(self, state: State) -> tuple[int, ...]:
        """`edges` after a change."""
        return tuple(sorted({*state.edges, state.generation}))

    def on_its_way(self, state: State) -> bool:
        """Whether an event of the stream that has the number now is on its way."""
        return state.generation in state.edges
