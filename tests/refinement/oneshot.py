"""The oneshot machine on the real channel: its users are tasks, polled one at a time."""

from __future__ import annotations

from collections.abc import Callable

from spec.channel_users import DONE
from spec.oneshot import OneshotMachine
from spec.oneshot_steps import WATCH, State
from tests.helpers.virtual_time import VirtualReactor
from tests.refinement.channel_users import ChannelUsers
from zokio.errors import ClosedError, UsageError
from zokio.sync.oneshot import OneshotReceiver, OneshotSender, oneshot

VALUE = "value"


class OneshotAdapter(ChannelUsers):
    """The channel and users of `machine`."""

    def __init__(self, make_reactor: Callable[[], VirtualReactor], machine: OneshotMachine) -> None:
        super().__init__(make_reactor, len(machine.does))
        self.machine = machine

    def open(self) -> None:
        sender: OneshotSender[str]
        receiver: OneshotReceiver[str]
        sender, receiver = oneshot()
        self.sender = sender
        self.receiver: OneshotReceiver[str] | None = receiver
        self.cell = sender._cell
        self.sent = self.got = 0

    async def work(self, user: int) -> str:
        if self.machine.does[user] == WATCH:
            await self.sender.closed()
        else:
            receiver = self.receiver
            assert receiver is not None
            self.received(await receiver)
        return DONE

    def received(self, value: str) -> None:
        assert value == VALUE
        self.got += 1

    # Actions

    def send(self) -> None:
        with self.runtime.entered():
            self.sender.send(VALUE)
        self.sent += 1

    def try_receive(self) -> None:
        assert self.receiver is not None
        with self.runtime.entered():
            self.received(self.receiver.try_recv())

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
        return State(
            users=self.users(),
            cell=self.cell.state.value,
            receiving=self.line(self.cell.receiving),
            watching=self.line(self.cell.watching),
            held=self.receiver is not None,
            sent=self.sent,
            got=self.got,
        )

    def check_invariants(self) -> None:
        self.runtime.check_invariants()
        self.cell.check_invariants()
        assert (self.cell.value is not None) == (self.cell.state.value == "sent")
        if self.cell.state.value != "empty":
            try:
                self.sender.send("another")
            except (ClosedError, UsageError):
                return
            raise AssertionError("a second value was taken in")
