"""The mpsc machine on the real channel: its users are tasks, polled one at a time."""

from __future__ import annotations

from collections.abc import Callable

from spec.channel_users import DONE, FAILED
from spec.mpsc_state import (
    GONE,
    HOLDING,
    NOBODY,
    OPEN,
    RECEIVE,
    RELEASED,
    RESERVE,
    RESERVE_TWO,
    SHUT,
    WATCH,
    MpscState,
    State,
)
from tests.helpers.virtual_time import VirtualReactor
from tests.refinement.channel_users import ChannelUsers
from zokio.errors import ClosedError
from zokio.sync import Permit, Receiver, Sender, mpsc, unbounded


class MpscAdapter(ChannelUsers):
    """The channel and users of `machine`."""

    def __init__(self, make_reactor: Callable[[], VirtualReactor], machine: MpscState) -> None:
        super().__init__(make_reactor, len(machine.does))
        self.machine = machine

    def open(self) -> None:
        sender: Sender[int]
        receiver: Receiver[int]
        capacity = self.machine.capacity
        sender, receiver = unbounded() if capacity is None else mpsc(capacity)
        self.senders = [sender, *(sender.clone() for _ in range(1, self.machine.handles))]
        self.receiver: Receiver[int] | None = receiver
        self.channel = receiver._channel
        self.is_open = [True] * len(self.senders)
        self.permits: dict[int, list[Permit[int]]] = {}
        self.sent: list[int] = []
        self.got: list[tuple[int, int]] = []

    async def work(self, user: int) -> str:
        if self.machine.does[user] == RECEIVE:
            receiver = self.receiver
            assert receiver is not None
            self.got.append((user, await receiver.recv()))
            return DONE
        sender = self.senders[self.machine.handle_of(user)]
        if self.machine.does[user] == WATCH:
            await sender.closed()
            return DONE
        if self.machine.does[user] == RESERVE:
            self.permits[user] = [await sender.reserve()]
            return HOLDING
        if self.machine.does[user] == RESERVE_TWO:
            self.permits[user] = await sender.reserve_many(2)
            return HOLDING
        await sender.send(user)
        self.sent.append(user)
        return DONE

    # Actions

    def try_send(self, handle: int) -> None:
        value = self.count + sum(each >= self.count for each in self.sent)
        with self.runtime.entered():
            self.senders[handle].try_send(value)
        self.sent.append(value)

    def try_receive(self) -> None:
        assert self.receiver is not None
        with self.runtime.entered():
            self.got.append((NOBODY, self.receiver.try_recv()))

    def use_permit(self, user: int) -> None:
        with self.runtime.entered():
            try:
                for permit in self.permits.pop(user):
                    permit.send(user)
                    self.sent.append(user)
            except ClosedError:
                self.ends[user] = FAILED
            else:
                self.ends[user] = DONE

    def release_permit(self, user: int) -> None:
        with self.runtime.entered():
            for permit in self.permits.pop(user):
                permit.release()
        self.ends[user] = RELEASED

    def close_sender(self, handle: int) -> None:
        """By its method, or by letting go of the last reference if nobody uses it."""
        self.is_open[handle] = False
        with self.runtime.entered():
            self.senders[handle].close()

    def close_receiver(self) -> None:
        assert self.receiver is not None
        with self.runtime.entered():
            self.receiver.close()

    def drop_receiver(self) -> None:
        with self.runtime.entered():
            self.receiver = None

    # What the channel's state means

    def abstraction(self) -> State:
        channel = self.channel
        return State(
            users=self.users(),
            buffer=tuple(channel.buffer),
            sending=self.line(channel.sending),
            receiving=self.line(channel.receiving),
            watching=self.line(channel.watching),
            handles=tuple(self.is_open),
            receiver=GONE if channel.is_gone else SHUT if channel.is_shut else OPEN,
            sent=tuple(self.sent),
            got=tuple(self.got),
        )

    def check_invariants(self) -> None:
        self.runtime.check_invariants()
        self.channel.check_invariants()
        assert self.channel.senders == sum(self.is_open)
        if self.receiver is not None:
            assert len(self.receiver) == len(self.channel.buffer)
            assert self.receiver.is_closed() == (self.channel.is_shut or not any(self.is_open))

    def stop(self) -> None:
        super().stop()
        self.permits.clear()
