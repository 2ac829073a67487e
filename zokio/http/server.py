"""The server: accepts connections and gives each a task, until it is told to stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zokio.env.clock import SECOND_NS
from zokio.errors import UsageError
from zokio.http.access_log import AccessLog
from zokio.http.connection import LOGGER, MOMENT_NS, Connection
from zokio.http.limits import Limits
from zokio.http.service import Handler, Service
from zokio.http.stream import Listener, Stream
from zokio.net.tcp_listener import TcpListener
from zokio.reactor.contract import Address
from zokio.runtime.group import TaskGroup
from zokio.runtime.token import CancellationToken
from zokio.sync.semaphore import Semaphore
from zokio.time.sleep import now
from zokio.time.timeout import move_on_after


async def serve(
    handler: Handler,
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    listener: Listener | None = None,
    ready: Callable[[Address], object] | None = None,
    stop: CancellationToken | None = None,
    access_log: AccessLog | None = None,
    **limits: float,
) -> None:
    """Serve HTTP/1.1 until it is cancelled, or `stop` is.

    `async def handler(request: Request) -> Response` is called for every request, in the task of
    its connection: one request of a connection at a time. An error of it is logged and answered
    with 500; an `HttpError` with its status.

    `stop` begins a graceful shutdown: for a moment (10 ms) whoever has connected is accepted still,
    and who is idle may still ask; then the listener is closed, what is in flight is finished, and
    `serve` returns. What is not finished within `grace` seconds is cancelled. Cancelling `serve`
    itself cancels every handler at once.

    Args:
        host: an address of this machine in figures; see `TcpListener.bind`.
        port: 0 takes any free port; see `ready`.
        listener: to accept from instead, such as one of TLS or of a Unix socket; it is closed in
            the end.
        ready: called with the address when the server listens.
        stop: ends it gracefully.
        access_log: called after each response; `log_access` writes lines.
        **limits: see `Limits`.

    Raises:
        AddressInUseError: somebody else listens there.
        UsageError: a limit is not one.
    """
    service = Service(handler, _limits(limits), access_log)
    server = Server(TcpListener.bind(host, port) if listener is None else listener, service)
    try:
        if ready is not None:
            ready(server.listener.local_address)
        await server.run(stop or CancellationToken())
    finally:
        server.listener.close()


class Server:
    """The connections of one listener."""

    __slots__ = ("_connections", "_places", "_service", "listener")

    def __init__(self, listener: Listener, service: Service) -> None:
        self.listener = listener
        self._service = service
        self._connections: set[Connection] = set()
        self._places = Semaphore(int(service.limits.max_connections))

    async def run(self, stop: CancellationToken) -> None:
        """Accept until `stop`, and then let every connection end, within the grace.

        Whoever has connected already is accepted still: a close of the listener would reset it.
        """
        async with TaskGroup() as connections:
            await stop.run_until_cancelled(self._accept(connections))
            self._service.stopping = True
            connections.cancel_scope.deadline = now() + self._service.limits.grace
            for connection in [*self._connections]:
                connection.stop_if_idle()
            with move_on_after(MOMENT_NS / SECOND_NS):
                await self._accept(connections)
            self.listener.close()

    async def _accept(self, connections: TaskGroup) -> None:
        while True:
            await self._places.acquire()
            try:
                stream, address = await self.listener.__anext__()
            except StopAsyncIteration:  # somebody has closed it
                return
            except BaseException:
                self._places.release()
                raise
            connections.spawn(self._serve(stream, address), name="HTTP connection")

    async def _serve(self, stream: Stream, address: Address) -> None:
        """One connection. Whatever goes wrong in it concerns no other one."""
        connection = Connection(stream, address, self._service)
        self._connections.add(connection)
        try:
            await connection.run()
        except Exception as error:
            LOGGER.error("a connection failed: this is a defect of zokio", exc_info=error)
        finally:
            self._connections.discard(connection)
            self._places.release()


def _limits(given: dict[str, Any]) -> Limits:  # Any: `Limits` looks at what they are
    try:
        return Limits(**given)
    except TypeError as error:
        raise UsageError(f"serve: {error}; see zokio.http.Limits") from None
