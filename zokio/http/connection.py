"""Connection: serves one client, request after request, until one of the two ends it.

    IDLE --head--> HANDLING --response--> DRAINING --rest of the body--> IDLE
      `--part of it--> HEAD  `            `--the last, or refused--> LINGERING --> CLOSED
                              `--101--> UPGRADED --the taker is done--^

The handler runs in the connection's task (HANDLING), and asks for the body from there (BODY). So
one request is under way at a time, answers are written in order, and who does not read is not read
from. While it waits for its client there is a deadline; in WRITING also, which is entered only when
the client does not read. It is specified in `spec/http_connection.py`.
"""

from __future__ import annotations

import logging
from typing import Final

from zokio.env.clock import SECOND_NS
from zokio.errors import BrokenError, ClosedError, UsageError
from zokio.http.body import NO_BODY, RequestBody
from zokio.http.channel import (
    BODY,
    CLOSED,
    DRAINING,
    HANDLING,
    HEAD,
    IDLE,
    READ_BYTES,
    UPGRADED,
    Channel,
)
from zokio.http.http_error import HttpError
from zokio.http.parsing import Head, HeadParser, check_beginning
from zokio.http.request import Request
from zokio.http.response import Response
from zokio.http.sending import Sending
from zokio.http.service import Service
from zokio.http.stream import Stream
from zokio.http.upgrade import Upgrade, Upgraded, check_upgrade
from zokio.reactor.contract import Address

LOGGER: Final = logging.getLogger("zokio.http")
END: Final = b"\r\n\r\n"
MOMENT_NS: Final = SECOND_NS // 100
"""How long an idle client is waited for when the server stops."""


class Connection(Channel):
    """`await Connection(stream, address, service).run()` serves a client and closes the stream."""

    __slots__ = ("_parser", "_peer_address", "_sending", "_upgraded")

    def __init__(self, stream: Stream, peer_address: Address, service: Service) -> None:
        super().__init__(stream, service)
        self._peer_address = peer_address
        self._parser = HeadParser(service.limits.max_headers)
        self._sending = Sending(self, service, peer_address)
        self._upgraded: Upgraded | None = None

    async def run(self) -> None:
        """Serve until the connection ends; a client that breaks off is no error."""
        try:
            with self.deadline.scope:
                await self._serve()
            if self._is_told_to_stop():
                with self.deadline.renew():
                    await self._serve()
            if self.deadline.has_passed and self._may_refuse():
                with self.deadline.renew():
                    await self._refuse(HttpError(408))
        except (BrokenError, ClosedError):
            pass
        finally:
            self.phase = CLOSED
            self.buffer = b""
            self.deadline.close()
            self.stream.close()

    def stop_if_idle(self) -> None:
        """The server stops; from any thread. Who is idle has another moment, for a client that does
        not know and asks just now. Who is not finds out when it is done, and who has taken the
        connection over is told."""
        if self.phase is IDLE:
            self.deadline.end_now()
        elif self._upgraded is not None:
            self._upgraded.stopping.cancel()

    def _is_told_to_stop(self) -> bool:
        """Whether a shutdown has ended the wait. A request may be there, or on its way."""
        return self.service.stopping and self.phase is IDLE and not self.deadline.has_passed

    def _may_refuse(self) -> bool:
        return self.phase in (HEAD, BODY) and not self._sending.has_begun

    async def _serve(self) -> None:
        """Requests, one after another. Written flat: every request goes through it."""
        stream, service, deadline = self.stream, self.service, self.deadline
        handler, wait_ns = service.handler, service.head_ns
        while True:
            if not self.buffer:
                self.phase = IDLE
                deadline.arm(wait_ns)
                if service.stopping and deadline.disarm():  # else it is cancelled already
                    deadline.arm(MOMENT_NS)
                self.buffer = await stream.read(READ_BYTES)
                if not deadline.disarm():
                    await deadline.lost()
                if not self.buffer:
                    return
            wait_ns = service.idle_ns
            try:
                end = self.buffer.find(END) + 4
                head = self._take_head(end if end >= 4 else await self._rest_of_head())
            except HttpError as error:
                return await self._refuse(error)
            self.phase = HANDLING
            body = NO_BODY
            if head.length or head.chunked:
                body = RequestBody(self, head, service.limits.max_body)
                self.credit_ns = service.body_ns
            started_ns = service.now_ns()
            try:
                response = await handler(Request(head, body, self._peer_address))
            except Exception as error:
                response = self._response_for(error, head, body)
            if type(response) is Upgrade:
                try:
                    check_upgrade(head, response, is_read=body.is_over)
                except UsageError as error:
                    response = self._response_for(error, head, body)
                else:
                    try:
                        return await self._upgrade(head, response, started_ns)
                    finally:
                        response.when_over()
            keeps = await self._sending.send(head, body, response, started_ns)
            if body is not NO_BODY:
                body.detach()
                keeps = keeps and not service.stopping and await self._drain(body)
            if not keeps or service.stopping:
                return await self.linger()

    async def _upgrade(self, head: Head, upgrade: Upgrade, started_ns: int) -> None:
        """Give the connection away, with what was read behind the request."""
        await self._sending.send_upgrade(head, upgrade, started_ns)
        self._upgraded = Upgraded(self.stream, self.buffer, self.service.limits)
        self.buffer = b""
        self.phase = UPGRADED
        if self.service.stopping:  # which nobody will say again
            self._upgraded.stopping.cancel()
        try:
            await upgrade.taker(self._upgraded)
        except (BrokenError, ClosedError):
            raise
        except Exception as error:
            LOGGER.error("%r: the upgraded connection failed", head.target, exc_info=error)
        self._upgraded = None
        await self.linger()

    def _take_head(self, end: int) -> Head:
        """The head that ends there, out of the buffer."""
        limits = self.service.limits
        buffer = self.buffer
        if end > limits.max_head:
            check_beginning(buffer, 0, limits.max_head)
            raise HttpError(431)
        if end == len(buffer):
            self.buffer = b""
            head = self._parser.parse(buffer)
        else:
            self.buffer = buffer[end:]
            head = self._parser.parse(buffer[:end])
        if head.length > limits.max_body:
            raise HttpError(413)
        return head

    async def _rest_of_head(self) -> int:
        """Read until the head is complete; where it ends."""
        self.phase = HEAD
        head_max = self.service.limits.max_head
        gathered = bytearray(self.buffer)
        end, looked_at = -1, 0
        self.deadline.arm(self.service.head_ns)
        try:
            while end < 0:
                check_beginning(gathered, looked_at, head_max)
                if len(gathered) > head_max:
                    raise HttpError(431)
                data = await self.stream.read(READ_BYTES)
                if not data:
                    raise HttpError(400, "the connection ended in the middle of a head")
                looked_at = len(gathered)
                gathered += data
                end = gathered.find(END, max(0, looked_at - 3))
        except BaseException:
            self.deadline.disarm()
            raise
        if not self.deadline.disarm():
            await self.deadline.lost()
        self.buffer = bytes(gathered)
        return end + 4

    def _response_for(self, error: Exception, head: Head, body: RequestBody) -> Response:
        """What the client gets when the handler has raised this."""
        if isinstance(error, HttpError):
            return Response(error.status, error.text + "\n")
        if body.is_broken and isinstance(error, BrokenError | ClosedError):
            raise error  # the client is gone, and the handler could not know what to do
        LOGGER.error("%r: the handler failed", head.target, exc_info=error)
        return Response(500, "Internal Server Error\n")

    async def _drain(self, body: RequestBody) -> bool:
        """Read and drop what the handler has left of the body; whether a request may follow."""
        if body.is_over:
            return True
        self.phase = DRAINING
        left = self.service.limits.max_drain
        try:
            while True:
                left -= body.take_away(self)
                if left < 0 or body.is_over:
                    return left >= 0
                if not await self.receive(DRAINING):
                    return False
        except HttpError:
            return False

    async def _refuse(self, error: HttpError) -> None:
        """The last answer: what follows cannot be understood."""
        await self._sending.send_refusal(Response(error.status, error.text + "\n"))
        await self.linger()
