"""The watch machine on the real channel: its users are tasks, polled one at a time."""

from __future__ import annotations

from collections.abc import Callable

from spec.channel_users import DONE
from spec.watch import WatchMachine
from spec.watch_steps import LEAVE, State
from tests.helpers.virtual_time import VirtualReactor
from tests.refinement.channel_users import ChannelUsers
from zokio.sync.watch import watch


class WatchAdapter(ChannelUsers):
    """The channel and users of `machine`. The values are the numbers of the versions."""

    def __init__(self, make_reactor: Callable[[], VirtualReactor], machine: WatchMachine) -> None:
        super().__init__(make_reactor, len(machine.does))
        self.machine = machine

    def open(self) -> None:
        self.sender, receiver = watch(0)
        subscribed = [self.sender.subscribe() for _ in range(1, self.machine.receivers)]
        self.receivers = [receiver, *subscribed]
        self.shared = receiver._shared
        self.got: list[tuple[int, int]] = []

    async def work(self, user: int) -> str:
        if self.machine.does[user] == LEAVE:
            await self.sender.closed()
        else:
            receiver = self.machine.receiver_of(user)
            await self.receivers[receiver].changed()
            self.got.append((receiver, self.receivers[receiver].borrow()))
        return DONE

    # Actions

    def send(self) -> None:
        with self.runtime.entered():
            self.sender.send(self.shared.version + 1)

    def look(self, receiver: int) -> None:
        assert self.receivers[receiver].has_changed()
        self.got.append((receiver, self.receivers[receiver].borrow_and_update()))

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
            version=self.shared.value,
            seen=tuple(receiver._seen for receiver in self.receivers),
            changing=self.line(self.shared.changing),
            leaving=self.line(self.shared.leaving),
            sender=self.shared.senders > 0,
            receivers=tuple(receiver._is_open for receiver in self.receivers),
            got=tuple(self.got),
        )

    def check_invariants(self) -> None:
        self.runtime.check_invariants()
        self.shared.check_invariants()
        assert self.shared.version == self.shared.value
        assert self.shared.receivers == sum(receiver._is_open for receiver in self.receivers)
