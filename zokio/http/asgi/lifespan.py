"""Lifespan: the application is told when the server begins and when it has ended.

Frameworks report it as a failed shutdown when they are cancelled. That is no failure, so nothing
is logged of a shutdown which nobody has asked for. An error that ends it is logged always.
"""

from __future__ import annotations

import logging
from typing import Any, Final

from zokio.errors import ZokioError
from zokio.http.asgi.application import VERSIONS, Application, Message, explained, wrong
from zokio.sync.event import Event
from zokio.time.timeout import move_on_after

LOGGER: Final = logging.getLogger("zokio.http")
KINDS: Final = tuple(
    f"lifespan.{when}.{how}" for when in ("startup", "shutdown") for how in ("complete", "failed")
)


class LifespanError(ZokioError):
    """The application said that it could not start; the message is its own."""


class Lifespan:
    """`run` in a task of its own. An application that knows nothing of it just fails or returns."""

    __slots__ = ("_app", "_begun", "_ended", "_failure", "_received", "_stopping", "state")

    def __init__(self, app: Application) -> None:
        self._app = app
        self.state: dict[str, Any] = {}  # Any: it is the application's
        self._received = 0
        self._failure: str | None = None
        self._begun, self._stopping, self._ended = Event(), Event(), Event()

    async def run(self) -> None:
        """Run the application for the life of the server."""
        scope = {"type": "lifespan", "asgi": VERSIONS, "state": self.state}
        try:
            await self._app(scope, self._receive, self._send)
        except Exception as error:
            if self._begun.is_set():
                LOGGER.error("the lifespan of the application failed", exc_info=explained(error))
            else:
                LOGGER.info("the application has no lifespan: %r", error)
        finally:
            self._begun.set()
            self._ended.set()

    async def begin(self) -> None:
        """Wait until the application has started.

        Raises:
            LifespanError: it said that it could not.
        """
        await self._begun.wait()
        if self._failure is not None:
            raise LifespanError(f"the application could not start: {self._failure}")

    async def end(self, seconds: float) -> None:
        """Tell it that the server has ended, and wait for it so long."""
        self._stopping.set()
        with move_on_after(seconds) as late:
            await self._ended.wait()
        if late.cancelled_caught:
            LOGGER.error("the lifespan of the application did not end in time")

    async def _receive(self) -> Message:
        self._received += 1
        if self._received == 1:
            return {"type": "lifespan.startup"}
        await self._stopping.wait()
        return {"type": "lifespan.shutdown"}

    async def _send(self, message: Message) -> None:
        kind = message["type"]
        if kind not in KINDS or self._begun.is_set() != ("shutdown" in kind):
            raise wrong(kind, "the lifespan is not there")
        text = str(message.get("message", ""))
        if kind == "lifespan.startup.failed":
            self._failure = text or "it gave no reason"
        elif kind == "lifespan.shutdown.failed" and self._stopping.is_set():
            LOGGER.error("the application could not shut down: %s", text)
        (self._ended if self._begun.is_set() else self._begun).set()
