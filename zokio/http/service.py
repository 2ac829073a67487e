"""Service: what all connections of a server share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from zokio.http.access_log import AccessLog
from zokio.http.direct import Direct
from zokio.http.limits import Limits
from zokio.http.request import Request
from zokio.http.response import Response
from zokio.http.response_heads import ResponseHeads
from zokio.http.upgrade import Upgrade
from zokio.runtime.current import current_runtime
from zokio.timers.deadline import duration_ns

Handler = Callable[[Request], Awaitable[Response | Upgrade | Direct]]


class Service:
    """The handler, the limits in the units of the inside, and whether the server is stopping."""

    __slots__ = (
        *("access_log", "body_ns", "handler", "head_ns", "heads", "idle_ns", "limits", "linger_ns"),
        *("now_ns", "stopping", "write_ns"),
    )

    def __init__(
        self, handler: Handler, limits: Limits, access_log: AccessLog | None = None
    ) -> None:
        self.handler = handler
        self.limits = limits
        self.access_log = access_log
        self.heads = ResponseHeads()
        self.now_ns = current_runtime().reactor.now_ns
        self.stopping = False
        self.head_ns = duration_ns(limits.header_timeout)
        self.idle_ns = duration_ns(limits.idle_timeout)
        self.body_ns = duration_ns(limits.body_timeout)
        self.write_ns = duration_ns(limits.write_timeout)
        self.linger_ns = duration_ns(limits.linger)
