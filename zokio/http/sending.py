"""Sending: writes a response, in the framing that fits its body and the client's version.

Bytes go out in one write with their head. A body in parts is chunked, and its next part is asked
for when the last one is written; for HTTP/1.0 the end of the connection is its end. A response that
breaks off in the middle ends the connection without an end of its own, so that the client notices.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from typing import Final

from zokio.core.suspend import AT_ONCE
from zokio.env.clock import SECOND_NS
from zokio.errors import BrokenError, ClosedError, UsageError
from zokio.http.access_log import Access
from zokio.http.body import RequestBody
from zokio.http.channel import Channel
from zokio.http.direct import Answer, Direct, Parts
from zokio.http.files import File, FileCutError
from zokio.http.http_error import HttpError
from zokio.http.parsing import Head
from zokio.http.response import Response
from zokio.http.response_heads import WITHOUT_BODY
from zokio.http.service import Service
from zokio.http.upgrade import Upgrade
from zokio.reactor.contract import Address

LOGGER: Final = logging.getLogger("zokio.http")
TOGETHER_BYTES: Final = 65_536
"""Up to this size a body is copied behind its head, which saves a system call."""
CLOSE: Final = b"connection: close\r\n"
KEEP: Final = b"connection: keep-alive\r\n"


class Sending:
    """Writes the responses of one connection."""

    __slots__ = ("_peer_address", "_service", "channel", "has_begun")

    def __init__(self, channel: Channel, service: Service, peer_address: Address) -> None:
        self.channel = channel
        self._service = service
        self._peer_address = peer_address
        self.has_begun = False
        """A body in parts is being written, or was cut: nothing else can be said any more."""

    async def send(self, head: Head, body: RequestBody, returned: object, started_ns: int) -> bool:
        """Write what the handler has returned; whether the connection may go on."""
        service = self._service
        if isinstance(returned, Response):
            response = returned
        elif isinstance(returned, Direct):
            return await self._send_direct(head, body, returned, started_ns)
        else:
            response = _no_response(head, returned)
        keeps = head.keep_alive and not (service.stopping or response.closes)
        content = response.body
        if type(content) is bytes and response.status not in WITHOUT_BODY:
            keeps = keeps and (body.is_over or self._may_drain(body))
            data = service.heads.beginning(response.status, started_ns) + response.lines
            if not (keeps and head.is_1_1):
                data += KEEP if keeps else CLOSE
            size = shown = len(content)
            if head.method == b"HEAD":  # it may say what a GET would get, without having made it
                size, shown = 0, shown or response.length or 0
            data += b"content-length: %d\r\n\r\n" % shown
            if size <= TOGETHER_BYTES:
                written = self.channel.stream.write_all(data + content if size else data)
                if written is not AT_ONCE:
                    await self.channel.until_written(written)
            else:
                await self.channel.write(data)
                await self.channel.write(content)
        else:
            size, keeps = await self._send_other(head, response, keeps=keeps)
            self.has_begun = False
            keeps = keeps and (body.is_over or self._may_drain(body))
        if service.access_log is not None:
            self._log(head, response.status, size, started_ns)
        return keeps

    async def _send_direct(
        self, head: Head, body: RequestBody, direct: Direct, started_ns: int
    ) -> bool:
        """Let somebody else write it; what he does not finish is no response."""
        answer = Answer(self, head, body, started_ns)
        try:
            await direct.run(answer)
            if not answer.is_over:
                raise UsageError("the response was not finished; send all of it")
        except HttpError as error:
            if self.has_begun or answer.is_over:
                raise ClosedError("the body of the request failed in the middle") from error
            await self.send_refusal(Response(error.status, error.text + "\n"))
            return False
        except Exception as error:
            if answer.is_broken or body.is_broken:
                raise ClosedError("the client is gone") from error
            if not answer.is_over:
                await self._break_off(head, error)
                return False
            LOGGER.error("%r: failed after the response", head.target, exc_info=error)
        self.has_begun = False
        return answer.keeps

    def may_keep(self, head: Head, body: RequestBody, response: Response) -> bool:
        """Whether another request may follow this response."""
        keeps = head.keep_alive and not (self._service.stopping or response.closes)
        return keeps and (body.is_over or self._may_drain(body))

    def log(self, head: Head, status: int, size: int, started_ns: int) -> None:
        """Tell the access log, if there is one."""
        if self._service.access_log is not None:
            self._log(head, status, size, started_ns)

    async def send_upgrade(self, head: Head, upgrade: Upgrade, started_ns: int) -> None:
        """Write the head after which nothing is HTTP any more."""
        data = self._service.heads.beginning(101, started_ns) + upgrade.lines + b"\r\n"
        await self.channel.write(data)
        self.log(head, 101, 0, started_ns)

    async def send_refusal(self, response: Response) -> None:
        """Write an answer to what was not understood, the last one of the connection."""
        assert isinstance(response.body, bytes)
        now_ns = self._service.now_ns()
        data = self._service.heads.beginning(response.status, now_ns) + CLOSE
        data += b"content-length: %d\r\n\r\n%b" % (len(response.body), response.body)
        await self.channel.write(data)
        if self._service.access_log is not None:
            self._log(None, response.status, len(response.body), now_ns)

    def _may_drain(self, body: RequestBody) -> bool:
        """Whether what is left of the body will be read and dropped."""
        if body.awaited or body.is_broken:
            return False
        return not body.is_longer_than(self._service.limits.max_drain)

    def _head_of(self, response: Response, *, keeps: bool, is_1_1: bool, framing: bytes) -> bytes:
        data = self._service.heads.beginning(response.status, self._service.now_ns())
        if not (keeps and is_1_1):
            data += KEEP if keeps else CLOSE
        return data + response.lines + framing + b"\r\n"

    async def _send_other(self, head: Head, response: Response, *, keeps: bool) -> tuple[int, bool]:
        """What is not bytes; how many bytes of body it was, and whether the connection goes on."""
        content = response.body
        if response.status in WITHOUT_BODY:
            data = self._head_of(response, keeps=keeps, is_1_1=head.is_1_1, framing=b"")
            await self.channel.write(data)
            return 0, keeps
        if isinstance(content, File):
            return await self._send_file(head, response, content, keeps=keeps)
        assert not isinstance(content, bytes)
        parts, keeps = self.parts_of(head, response, keeps=keeps)
        try:
            if parts.is_shown:
                async for part in content:
                    await parts.write(part)
            await parts.end()
            return parts.size, keeps
        except (BrokenError, ClosedError):
            raise
        except Exception as error:
            return await self._break_off(head, error), False
        finally:
            if isinstance(content, AsyncGenerator):
                await content.aclose()

    def parts_of(self, head: Head, response: Response, *, keeps: bool) -> tuple[Parts, bool]:
        """What writes a body in parts, in its framing; and whether the connection may go on."""
        length, is_chunked, framing = response.length, False, b""
        if response.status in WITHOUT_BODY:
            length = None
        elif length is not None:
            framing = b"content-length: %d\r\n" % length
        else:
            is_chunked = head.is_1_1
            keeps = keeps and is_chunked  # else its end is the connection's
            framing = b"transfer-encoding: chunked\r\n" if is_chunked else b""
        data = self._head_of(response, keeps=keeps, is_1_1=head.is_1_1, framing=framing)
        if head.method == b"HEAD" or response.status in WITHOUT_BODY:
            return Parts(self, self.channel, data, None, is_chunked=False, is_shown=False), keeps
        return Parts(self, self.channel, data, length, is_chunked=is_chunked), keeps

    async def _break_off(self, head: Head, error: Exception) -> int:
        """The body failed: say so if nothing was sent, else let the client see that it is cut."""
        LOGGER.error("%r: the body of the response failed", head.target, exc_info=error)
        if self.has_begun:
            raise ClosedError("the body of the response failed in the middle")
        await self.send_refusal(Response(500, "Internal Server Error\n"))
        return 0

    async def _send_file(
        self, head: Head, response: Response, file: File, *, keeps: bool
    ) -> tuple[int, bool]:
        try:
            opened = await file.open()
        except OSError as error:
            is_missing = isinstance(error, FileNotFoundError | NotADirectoryError)
            if not is_missing:
                LOGGER.error("%r: the file cannot be sent", head.target, exc_info=error)
            await self.send_refusal(Response(404 if is_missing else 500, "no such file\n"))
            return 0, False
        try:
            size = opened.left
            framing = b"content-length: %d\r\n" % size
            data = self._head_of(response, keeps=keeps, is_1_1=head.is_1_1, framing=framing)
            self.has_begun = True
            await self.channel.write(data)
            if head.method == b"HEAD":
                return 0, keeps
            while opened.left:
                await self.channel.until_written(opened.send_part(self.channel.stream))
            return size, keeps
        except FileCutError as error:
            LOGGER.error("%r: the file was not sent to its end", head.target, exc_info=error)
            raise ClosedError("the file failed while it was sent") from error
        finally:
            opened.close()

    def _log(self, head: Head | None, status: int, size: int, started_ns: int) -> None:
        assert self._service.access_log is not None
        seconds = (self._service.now_ns() - started_ns) / SECOND_NS
        method, target, version = "", "", "1.1"
        if head is not None:
            method, target = head.method.decode("ascii"), head.target.decode("ascii")
            version = "1.1" if head.is_1_1 else "1.0"
        access = Access(self._peer_address, method, target, version, status, size, seconds)
        try:
            self._service.access_log(access)
        except Exception as error:
            LOGGER.error("the access log failed", exc_info=error)


def _no_response(head: Head, found: object) -> Response:
    LOGGER.error("%r: the handler returned %r instead of a Response", head.target, found)
    return Response(500, "Internal Server Error\n")
