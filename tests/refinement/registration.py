"""The registration machine on the real runtime, with real streams.

Every stream gets the same descriptor, so a successor has its predecessor's number. The kernel's
side is read from the kernel itself; only what it does not show, which events are on their way, is
kept here: the generations that something has happened to since the last visit.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import CORO_CREATED, getcoroutinestate

from spec.registration_state import SIZES, State
from tests.helpers.connected_pair import ConnectedPair
from zokio.core.task import Task
from zokio.errors import BrokenError, BusyError, Cancelled, ClosedError, ResetError
from zokio.net.tcp_stream import TcpStream
from zokio.reactor.contract import Reactor
from zokio.reactor.registration import Registration
from zokio.runtime.config import RuntimeConfig
from zokio.runtime.runtime import Runtime

LOTS = bytes(1 << 24)  # more than the peer drains in one run
MakePair = Callable[[Reactor, int | None], ConnectedPair]


class RegistrationAdapter:
    """See `zokio.model.Adapter`.

    Args:
        make_reactor: which reactor the runtime gets.
        make_pair: which sockets.
        number: the descriptor of every stream.
        edges: whether the reactor is told of changes, and not asked anew at each visit.
    """

    def __init__(
        self,
        make_reactor: Callable[[], Reactor],
        make_pair: MakePair,
        *,
        number: int,
        edges: bool = True,
    ) -> None:
        self.make_reactor = make_reactor
        self.make_pair = make_pair
        self.number = number
        self.edges = edges

    def start(self, state: State) -> None:
        """A runtime without streams."""
        self.failures: list[BaseException] = []
        config = RuntimeConfig(
            budget=1_000_000, on_task_panic=lambda _, error: self.failures.append(error)
        )
        self.runtime = Runtime(config, reactor=self.make_reactor())
        self.generation = 0
        self.changed: set[int] = set()
        self.stream: TcpStream | None = None
        self.pairs: list[ConnectedPair] = []
        self.scripts: dict[str, tuple[str, TcpStream]] = {}
        self.outcome = ""

    def open_stream(self) -> None:
        self.outcome = ""
        with self.runtime.entered():
            self._open()

    def _open(self) -> TcpStream:
        pair = self.make_pair(self.runtime.reactor, self.number)
        self.pairs.append(pair)
        self.stream = TcpStream(pair.ours)
        self.generation += 1
        self.changed = {self.generation}
        self.sent = self.received = 0
        return self.stream

    def close(self) -> None:
        self.outcome = ""
        with self.runtime.entered():
            self._close()

    def _close(self) -> None:
        assert self.stream is not None
        self.stream.close()
        self.stream = None
        self.changed.clear()

    def begin(self, kind: str) -> None:
        self.outcome = ""
        assert self.stream is not None
        name = f"script {len(self.scripts)}"
        self.scripts[name] = kind, self.stream
        self.runtime.spawn(self._script(kind, self.stream), name)

    async def _script(self, kind: str, stream: TcpStream) -> None:
        """What a task does; how it ends is the outcome."""
        try:
            self.outcome = await self._operation(kind, stream)
        except BusyError:
            self.outcome = "busy"
        except ClosedError:
            self.outcome = "closed"
        except BrokenError as error:
            is_reading = kind.startswith("read") or kind == "replace"
            self.outcome = "reset" if is_reading else "broken"
            assert not is_reading or isinstance(error, ResetError)
        except Cancelled:
            self.outcome = "cancelled"
            raise

    async def _operation(self, kind: str, stream: TcpStream) -> str:
        match kind.split():
            case ["write", "little"]:
                await stream.write_all(b"!")
                return "sent"
            case ["write", "lots"]:
                await stream.write_all(LOTS)
                return "all of it was sent"
            case ["read", size]:
                return self._check(await stream.read(SIZES[size]))
            case _:
                if stream is not self.stream:
                    raise ClosedError
                self._close()
                return self._check(await self._open().read(SIZES["small"]))

    def _check(self, data: bytes) -> str:
        """The bytes are the next ones of those that were sent."""
        wanted = bytes(number % 256 for number in range(self.received, self.received + len(data)))
        assert data == wanted, f"read {data!r} instead of {wanted!r}"
        self.received += len(data)
        return f"read {len(data)}" if data else "end"

    def cancel(self, who: str) -> None:
        self.outcome = ""
        registration = self._registration()
        assert registration is not None
        task = registration.reader if who == "reader" else registration.writer
        assert task is not None, f"there is no {who}"
        with self.runtime.entered():
            task.abort()

    def peer_sends(self) -> None:
        self.pairs[-1].send(bytes([self.sent % 256]))
        self.sent += 1
        self._has_changed()

    def peer_ends(self) -> None:
        self.pairs[-1].end()
        self._has_changed()

    def peer_resets(self) -> None:
        self.pairs[-1].reset()
        self._has_changed()

    def peer_drains(self) -> None:
        self.pairs[-1].drain()
        self._has_changed()

    def _has_changed(self) -> None:
        self.outcome = ""
        self.changed.add(self.generation)

    def buffer_fills(self) -> None:
        self.outcome = ""
        self.pairs[-1].fill()

    def visit(self) -> None:
        self.outcome = ""
        with self.runtime.entered():
            self.runtime.turn(may_wait=False)
        self.changed.clear()

    def poll(self) -> None:
        self.outcome = ""
        task = self.runtime.queue.ready[0]
        fills = self._is_about_to_fill(task)
        with self.runtime.entered():
            assert self.runtime.scheduler.poll_ready(1) == 1
        if fills:  # a part was sent: what the peer's kernel has taken meanwhile is filled up
            self.pairs[-1].fill()

    def _is_about_to_fill(self, task: Task) -> bool:
        kind, stream = self.scripts[task.name]
        registration = self._registration()
        return (
            (kind, stream) == ("write lots", self.stream)
            and registration is not None
            and registration.writable
            and registration.writer in (None, task)
            and not task.cancel_requested
            and self.pairs[-1].peer() != "reset"
            and self.pairs[-1].has_room()
        )

    def abstraction(self) -> State:
        """What the specification sees of the runtime and the kernel."""
        registration = self._registration()
        queue = tuple(self._entry(task) for task in self.runtime.queue.ready)
        if registration is None:
            return State(self.generation, queue=queue, outcome=self.outcome)
        pair = self.pairs[-1]
        return State(
            generation=self.generation,
            open=True,
            inbox=pair.inbox(),
            peer=pair.peer(),
            error=pair.has_error(),
            room=pair.has_room(),
            edges=tuple(sorted(self.changed)) if self.edges else (),
            readable=registration.readable,
            writable=registration.writable,
            ended=registration.ended,
            readers=self._wish(registration.reader),
            writers=self._wish(registration.writer),
            queue=queue,
            outcome=self.outcome,
        )

    def _entry(self, task: Task) -> str:
        kind, stream = self.scripts[task.name]
        registration = self._registration()
        mark = " cancelled" if task.cancel_requested else ""
        if registration is not None and registration.reader is task:
            return "reader" + mark
        if registration is not None and registration.writer is task:
            return "writer" + mark
        assert task.coroutine is not None
        if getcoroutinestate(task.coroutine) == CORO_CREATED:
            return kind if stream is self.stream else "late"
        return mark.strip() or "told"

    def _wish(self, task: Task | None) -> tuple[str, ...]:
        if task is None:
            return ()
        kind, _ = self.scripts[task.name]
        return ("small" if kind == "replace" else kind.split()[1],)

    def _registration(self) -> Registration | None:
        return None if self.stream is None else self.stream._registration

    def check_invariants(self) -> None:
        """The runtime's own; and no script saw anything strange."""
        self.runtime.check_invariants()
        assert not self.failures, f"a script failed: {self.failures}"
        registration = self._registration()
        assert registration is None or registration.fd == self.number

    def stop(self) -> None:
        """Shut down, and close both sides of everything."""
        self.runtime.shutdown()
        if self.stream is not None:
            self.stream.close()
        for pair in self.pairs:
            pair.close_theirs()
