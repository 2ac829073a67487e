"""One request and its response on one connection of the pool: redirects are not its business.

Guarantees: wherever it fails or is cancelled, its connection is closed and its place is free. A
request that finds its connection dead is sent once more, on a fresh one, if the connection was idle
before, nothing of a response came, and the server may get the request twice.
"""

from __future__ import annotations

from contextlib import aclosing
from functools import partial

import h11

from zokio.errors import EndedError, PipeError, ResetError
from zokio.http.client.connection import HttpConnection
from zokio.http.client.dial import Dialer
from zokio.http.client.lease import Lease
from zokio.http.client.limits import Limits
from zokio.http.client.phases import Phases
from zokio.http.client.pool import Pool
from zokio.http.client.proxies import Route
from zokio.http.client.request import Request
from zokio.http.client.response import Response


class Exchange:
    """See the head of this file."""

    def __init__(
        self, request: Request, route: Route, phases: Phases, limits: Limits, dialer: Dialer
    ) -> None:
        self._request = request
        self._head = request.head(route)
        self._route = route
        self._phases = phases
        self._limits = limits
        self._dial = partial(dialer.dial, route)

    async def respond(self, pool: Pool[HttpConnection]) -> Response:
        """Send the request; the response as soon as its headers are there.

        Raises:
            PoolTimeoutError, ReadTimeoutError, WriteTimeoutError: a phase took too long.
            BrokenError: the server, or the network, fails.
        """
        lease = await self._phases.pool(pool.acquire(self._route))
        try:
            head = await self._head_on(lease)
            return Response(head, self._request.url, lease, self._phases, self._limits.body_bytes)
        except BaseException:
            lease.drop()
            raise

    async def _head_on(self, lease: Lease[HttpConnection]) -> h11.Response:
        connection = await self._phases.connect(lease.connected(self._dial))
        try:
            return await self._attempt(connection)
        except (EndedError, ResetError):
            may = lease.is_reused and self._request.can_be_sent_twice
            if connection.has_answered or not may:
                raise
        connection = await self._phases.connect(lease.connect_anew(self._dial))
        return await self._attempt(connection)

    async def _attempt(self, connection: HttpConnection) -> h11.Response:
        await self._send(connection)
        return await self._phases.read(connection.receive_head())

    async def _send(self, connection: HttpConnection) -> None:
        """All of it, or as much as the server takes: it may have answered before it closed."""
        if not await self._is_taken(connection, self._head):
            return
        async with aclosing(self._request.body.parts()) as parts:
            async for part in parts:
                if not await self._is_taken(connection, h11.Data(data=part)):
                    return
        await self._is_taken(connection, h11.EndOfMessage())

    async def _is_taken(
        self, connection: HttpConnection, event: h11.Request | h11.Data | h11.EndOfMessage
    ) -> bool:
        """Send a part; False: the server reads no more, and what it answered is still to be read.

        An error of the body itself does not come from here, and ends the request.
        """
        try:
            await self._phases.write(connection.send(event))
        except (PipeError, ResetError):
            return False
        return True
