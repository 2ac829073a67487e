"""The rendezvous machine on the real channel: its users are tasks, polled one at a time."""

from __future__ import annotations

from collections.abc import Callable

from spec.channel_users import DONE
from spec.rendezvous import RendezvousMachine
from spec.rendezvous_steps import GONE, NOBODY, OPEN, SEND, SHUT, State
from tests.helpers.virtual_time import VirtualReactor
from tests.refinement.channel_users import ChannelUsers
from zokio.sync.rendezvous import RendezvousReceiver, RendezvousSender, rendezvous


class RendezvousAdapter(ChannelUsers):
    """The channel and users of `machine`."""

    def __init__(
        self, make_reactor: Callable[[], VirtualReactor], machine: RendezvousMachine
    ) -> None:
        super().__init__(make_reactor, len(machine.does))
        self.machine = machine

    def open(self) -> None:
        sender: RendezvousSender[int]
        receiver: RendezvousReceiver[int]
        sender, receiver = rendezvous()
        self.sender = sender
        self.receiver: RendezvousReceiver[int] | None = receiver
        self.place = sender._place
        self.tried = 0
        self.got: list[tuple[int, int]] = []

    async def work(self, user: int) -> str:
        if self.machine.does[user] == SEND:
            await self.sender.send(user)
        else:
            receiver = self.receiver
            assert receiver is not None
            self.got.append((user, await receiver.recv()))
        return DONE

    # Actions

    def try_send(self) -> None:
        with self.runtime.entered():
            self.sender.try_send(self.count + self.tried)
        self.tried += 1

    def try_receive(self) -> None:
        assert self.receiver is not None
        with self.runtime.entered():
            self.got.append((NOBODY, self.receiver.try_recv()))

    def close_sender(self) -> None:
        with self.runtime.entered():
            self.sender.close()

    def close_receiver(self) -> None:
        assert self.receiver is not None
        with self.runtime.entered():
            self.receiver.close()

    def drop_receiver(self) -> None:
        with self.runtime.entered():
            self.receiver = None

    # What the channel's state means

    def abstraction(self) -> State:
        place = self.place
        offers = []
        offer = place.offers.first
        while offer is not None:
            offers.append(offer.offered)
            offer = offer.next
        receiver = SHUT if place.is_shut else OPEN
        return State(
            users=self.users(),
            offers=tuple(offers),
            receiving=self.line(place.receiving),
            sender=place.senders > 0,
            receiver=GONE if self.receiver is None else receiver,
            tried=self.tried,
            got=tuple(self.got),
        )

    def check_invariants(self) -> None:
        self.runtime.check_invariants()
        self.place.check_invariants()
