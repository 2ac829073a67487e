"""serve: runs an ASGI application on the HTTP server."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote, unquote

from zokio.http.access_log import AccessLog
from zokio.http.asgi.application import VERSIONS, Application, Scope
from zokio.http.asgi.http_scope import HttpExchange
from zokio.http.asgi.lifespan import Lifespan
from zokio.http.asgi.websocket_scope import WebSocketSession
from zokio.http.direct import Direct
from zokio.http.limits import Limits
from zokio.http.request import Request
from zokio.http.response import Response
from zokio.http.server import serve as serve_http
from zokio.http.stream import Listener
from zokio.http.upgrade import Upgrade
from zokio.http.websocket.handshake import is_asked, refusal_of
from zokio.net.tcp_listener import TcpListener
from zokio.net.tls.listener import TlsListener
from zokio.reactor.contract import Address
from zokio.runtime.group import TaskGroup
from zokio.runtime.token import CancellationToken


async def serve(
    app: Application,
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    listener: Listener | None = None,
    ready: Callable[[Address], object] | None = None,
    stop: CancellationToken | None = None,
    access_log: AccessLog | None = None,
    root_path: str = "",
    **limits: float,
) -> None:
    """Serve an ASGI 3 application until it is cancelled, or `stop` is.

    As `zokio.http.serve`, with `http`, `websocket` and `lifespan` scopes. The application starts
    before anybody is accepted, and hears of the shutdown when the last connection has ended; it has
    `grace` seconds for it. Cancelling `serve` cancels its lifespan as everything else.

    Args:
        root_path: where the application is mounted, such as "/api": scopes have it, and their
            paths begin with it.

    Raises:
        LifespanError: the application said that it could not start.
        AddressInUseError, UsageError: as `zokio.http.serve`.
    """
    listening = TcpListener.bind(host, port) if listener is None else listener
    try:
        lifespan = Lifespan(app)
        async with TaskGroup() as group:
            group.spawn(lifespan.run(), name="ASGI lifespan")
            await lifespan.begin()
            async with TaskGroup() as apps:
                bridge = Bridge(app, lifespan, apps, listening, root_path)
                await serve_http(
                    bridge.handle,
                    host,
                    port,
                    listener=listening,
                    ready=ready,
                    stop=stop,
                    access_log=access_log,
                    **limits,
                )
            await lifespan.end(limits.get("grace", Limits().grace))
            group.cancel_scope.cancel()
    except BaseExceptionGroup as errors:
        raise _alone(errors) from None
    finally:
        listening.close()


def _alone(errors: BaseException) -> BaseException:
    """The one error in groups of one."""
    while isinstance(errors, BaseExceptionGroup) and len(errors.exceptions) == 1:
        errors = errors.exceptions[0]
    return errors


class Bridge:
    """The handler that gives every request to the application."""

    __slots__ = ("_app", "_apps", "_lifespan", "_raw_root", "_root_path", "_scheme", "_server")

    def __init__(
        self,
        app: Application,
        lifespan: Lifespan,
        apps: TaskGroup,
        listener: Listener,
        root_path: str,
    ) -> None:
        self._app = app
        self._lifespan = lifespan
        self._apps = apps
        self._root_path = root_path
        self._raw_root = quote(root_path).encode()
        self._scheme = "https" if isinstance(listener, TlsListener) else "http"
        self._server = _pair(listener.local_address) or (str(listener.local_address), None)

    async def handle(self, request: Request) -> Response | Upgrade | Direct:
        """The answer of the application."""
        if not is_asked(request):
            scope = self._scope(request, "http", self._scheme)
            scope["method"] = request.method
            return Direct(HttpExchange(self._app, scope, request).run)
        refusal = refusal_of(request, None)
        if refusal is not None:
            return refusal
        scope = self._scope(request, "websocket", self._scheme.replace("http", "ws"))
        offered = request.headers.get("sec-websocket-protocol", "").split(",")
        scope["subprotocols"] = [name.strip() for name in offered if name.strip()]
        scope["extensions"] = {"websocket.http.response": {}}
        session = WebSocketSession(self._app, scope, request)
        self._apps.spawn(session.run(), name="ASGI WebSocket")
        return await session.answer()

    def _scope(self, request: Request, kind: str, scheme: str) -> Scope:
        raw_path, query = request.raw_parts()
        path, peer = raw_path.decode("ascii"), request.peer_address
        return {
            "type": kind,
            "asgi": VERSIONS,
            "http_version": request.version,
            "scheme": scheme,
            "path": self._root_path + (unquote(path) if "%" in path else path),
            "raw_path": self._raw_root + raw_path,
            "query_string": query,
            "root_path": self._root_path,
            "headers": request.raw_headers,
            "client": peer[:2] if type(peer) is tuple else None,
            "server": self._server,
            "state": self._lifespan.state.copy(),
        }


def _pair(address: Address) -> tuple[str, int] | None:
    """Host and port, if there are such."""
    return (str(address[0]), int(address[1])) if isinstance(address, tuple) else None
