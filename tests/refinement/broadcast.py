"""The broadcast machine on the real channel: its users are tasks, polled one at a time."""

from __future__ import annotations

from collections.abc import Callable

from spec.broadcast import BroadcastMachine
from spec.broadcast_steps import LAGGED, State
from spec.channel_users import DONE
from tests.helpers.virtual_time import VirtualReactor
from tests.refinement.channel_users import ChannelUsers
from zokio.errors import LaggedError
from zokio.sync.broadcast import BroadcastReceiver, BroadcastSender, broadcast


class BroadcastAdapter(ChannelUsers):
    """The channel and users of `machine`. The values are their own numbers."""

    def __init__(
        self, make_reactor: Callable[[], VirtualReactor], machine: BroadcastMachine
    ) -> None:
        super().__init__(make_reactor, machine.tasks)
        self.machine = machine

    def open(self) -> None:
        self.sender: BroadcastSender[int] = broadcast(self.machine.capacity)
        self.receivers: list[BroadcastReceiver[int]] = [
            self.sender.subscribe() for _ in range(self.machine.receivers)
        ]
        self.ring = self.sender._ring
        self.got: list[list[int]] = [[] for _ in self.receivers]

    async def work(self, user: int) -> str:
        receiver = self.machine.receiver_of(user)
        try:
            self.got[receiver].append(await self.receivers[receiver].recv())
        except LaggedError as error:
            self.got[receiver].append(-error.missed)
            return LAGGED
        return DONE

    # Actions

    def send(self) -> None:
        with self.runtime.entered():
            reached = self.sender.try_send(self.ring.sent)
        assert reached == sum(receiver._is_open for receiver in self.receivers)

    def take(self, receiver: int) -> None:
        try:
            self.got[receiver].append(self.receivers[receiver].try_recv())
        except LaggedError as error:
            self.got[receiver].append(-error.missed)

    def close_sender(self) -> None:
        with self.runtime.entered():
            self.sender.close()

    def close_receiver(self, receiver: int) -> None:
        with self.runtime.entered():
            self.receivers[receiver].close()

    # What the channel's state means

    def abstraction(self) -> State:
        return State(
            users=self.users(),
            sent=self.ring.sent,
            kept=len(self.ring.kept),
            next=tuple(receiver._next for receiver in self.receivers),
            waiting=self.line(self.ring.waiting),
            sender=self.ring.senders > 0,
            receivers=tuple(receiver._is_open for receiver in self.receivers),
            got=tuple(map(tuple, self.got)),
        )

    def check_invariants(self) -> None:
        self.runtime.check_invariants()
        self.ring.check_invariants()
        kept = range(self.ring.sent - len(self.ring.kept), self.ring.sent)
        assert list(self.ring.kept) == list(kept), "the newest values are not what is kept"
