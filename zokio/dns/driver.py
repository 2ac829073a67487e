"""Driver: the task that drives a channel on the runtime's reactor, while questions are in flight.

    ask --> inbox --> the driver asks the channel --> it waits for descriptors, the channel's next
     |                                                timeout, and further questions
     `-- waits for the reply <----------------------- a reply

Guarantees: only the driver touches the channel, so no other thread is ever in it; it begins with
the first question and ends with the last, so an idle resolver has no task, no descriptor and no
timer; who is cancelled leaves, and when nobody is left whatever is in flight is given up.

The channel's sockets are watched edge-triggered or not, as the reactor does: after each event the
descriptor is registered anew, which reports whatever the channel has left in it.

On several workers, the inbox is guarded by the structure lock, and the end of a driver is one
locked step, after which another one may begin.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Final

from zokio.core.current import current_task
from zokio.core.suspend import suspend
from zokio.core.task import Task
from zokio.dns.answer import Verdict
from zokio.dns.channel import NO_FD, SERVERS, Channel, Reply
from zokio.dns.settings import Settings
from zokio.errors import BrokenError
from zokio.reactor.registration import Registration
from zokio.runtime.current import current_runtime
from zokio.runtime.runtime import Runtime
from zokio.sync.oneshot import OneshotSender, oneshot
from zokio.timers.deadline import NEVER_NS, deadline_after

CLOSED: Final = Reply(Verdict.CLOSED, "", None)


class Question:
    """One question, and where its reply goes."""

    __slots__ = ("kind", "name", "sender")

    def __init__(self, name: str, kind: int, sender: OneshotSender[Reply]) -> None:
        self.name = name
        self.kind = kind
        self.sender = sender


class Watch:
    """A descriptor of the channel, and what the channel waits for."""

    __slots__ = ("reads", "registration", "writes")

    def __init__(self, registration: Registration) -> None:
        self.registration = registration
        self.reads = self.writes = False

    def stand(self, task: Task | None) -> None:
        """The task waits for what the channel does."""
        registration = self.registration
        registration.reader = task if self.reads else None
        registration.writer = task if self.writes else None
        if registration.on_wait is not None:
            registration.on_wait(registration)

    def is_readable(self) -> bool:
        """Whether the channel can read what it waits for."""
        return self.reads and self.registration.readable

    def is_writable(self) -> bool:
        """Whether the channel can write what it waits to."""
        return self.writes and self.registration.writable


class Driver:
    """Asks the questions of one runtime."""

    def __init__(self, runtime: Runtime, settings: Settings) -> None:
        self._reactor = runtime.reactor
        self._guard: AbstractContextManager[object] = runtime.structure or nullcontext()
        self._channel = Channel(SERVERS, settings, self._on_socket)
        self._inbox: list[Question] = []
        self._open: set[Question] = set()
        """Those that are not answered, and for which somebody waits."""
        self._watches: dict[int, Watch] = {}
        self._is_running = False
        self._task: Task | None = None
        """The driver's task, once it has begun."""
        self.is_closed = False

    async def ask(self, runtime: Runtime, name: str, kind: int) -> Reply:
        """The reply to a question; CLOSED if this was closed, or is closed meanwhile."""
        sender, receiver = oneshot()
        question = Question(name, kind, sender)
        with self._guard:
            if self.is_closed:
                return CLOSED
            self._hand_in(runtime, question)
        try:
            reply: Reply = await receiver
        finally:
            with self._guard:
                if question in self._open:
                    self._open.remove(question)
                    self._wake()  # it was the last, perhaps
        return reply

    def _hand_in(self, runtime: Runtime, question: Question) -> None:
        if not self._is_running:
            runtime.spawn(self._drive(), "dns")
            self._is_running = True
        self._open.add(question)
        self._inbox.append(question)
        self._wake()

    def close(self) -> None:
        """Whoever waits is told CLOSED. Twice does nothing."""
        with self._guard:
            self.is_closed = True
            if self._is_running:
                self._wake()
            else:
                self._channel.close()

    def _wake(self) -> None:
        if self._task is not None:
            self._task.wake()

    # The driver's task

    async def _drive(self) -> None:
        self._task = task = current_task()
        runtime = current_runtime()
        try:
            while self._has_work():
                self._take_in()
                self._process()
                if self._open:
                    await self._until_something_happens(runtime, task)
        finally:
            with self._guard:
                if self._task is task:
                    self._end()

    def _has_work(self) -> bool:
        """False: it has ended, and another one may have begun."""
        with self._guard:
            if self._open and not self.is_closed:
                return True
            self._end()
            return False

    def _end(self) -> None:
        """Give up whatever is in flight; under the guard."""
        self._is_running = False
        self._task = None
        self._channel.cancel()
        self._inbox.clear()
        self._tell_all(CLOSED)
        if self.is_closed:
            self._channel.close()

    def _take_in(self) -> None:
        with self._guard:
            inbox, self._inbox = self._inbox, []
        for question in inbox:
            if question in self._open:
                self._channel.query(question.name, question.kind, partial(self._tell, question))

    def _tell(self, question: Question, reply: Reply) -> None:
        with self._guard:
            if question not in self._open:
                return  # who asked has left
            self._open.remove(question)
        question.sender.send(reply)

    def _tell_all(self, reply: Reply) -> None:
        for question in list(self._open):
            self._tell(question, reply)

    def _process(self) -> None:
        """Let the channel read and write what it can, and ask anew what is overdue."""
        for fd, watch in list(self._watches.items()):
            read_fd = fd if watch.is_readable() else NO_FD
            write_fd = fd if watch.is_writable() else NO_FD
            if self._watches.get(fd) is watch and (read_fd, write_fd) != (NO_FD, NO_FD):
                self._channel.process(read_fd, write_fd)
                if self._watches.get(fd) is watch:
                    self._register_anew(fd, watch)
        self._channel.process(NO_FD, NO_FD)

    async def _until_something_happens(self, runtime: Runtime, task: Task) -> None:
        """An event, a timeout of the channel, or a wake by who asks or leaves."""
        wait_ns = self._channel.wait_ns()
        if any(watch.is_readable() or watch.is_writable() for watch in self._watches.values()):
            return  # since before the driver stood in the registration
        deadline_ns = NEVER_NS
        if wait_ns is not None:
            deadline_ns = deadline_after(runtime.reactor.now_ns(), wait_ns)
        timer = runtime.timers.insert(deadline_ns, task.wake)
        try:
            await suspend()
        finally:
            runtime.timers.cancel(timer)

    # The channel's descriptors

    def _on_socket(self, fd: int, reads: bool, writes: bool) -> None:
        watch = self._watches.get(fd)
        if not reads and not writes:
            if watch is not None:
                del self._watches[fd]
                self._reactor.deregister(watch.registration)
            return
        try:
            if watch is None:
                watch = self._watches[fd] = Watch(self._reactor.register(fd))
            watch.reads, watch.writes = reads, writes
            watch.stand(self._task)
        except BrokenError as error:  # nobody above would hear of it: c-ares calls
            self._tell_all(Reply(Verdict.UNREACHABLE, str(error), None))

    def _register_anew(self, fd: int, watch: Watch) -> None:
        """Nothing that the channel has left there is missed, also where only edges are told."""
        self._reactor.deregister(watch.registration)
        watch.registration = self._reactor.register(fd)
        watch.stand(self._task)
