"""The lifespan of ASGI: the application starts before anybody is accepted, and hears of the end."""

from __future__ import annotations

import logging
from typing import Any

import pytest

import zokio
from tests.helpers.simulation import run_simulated
from tests.http.asgi_apps import LAST, hello, serving
from tests.http.exchange import read_all
from zokio.http import asgi
from zokio.http.asgi.application import Application, Receive, Scope, Send
from zokio.net import TcpStream


def asked(app: Application, **options: Any) -> bytes:
    """What one client gets, of a server that is stopped afterwards."""

    async def main() -> bytes:
        received = b""
        async with serving(app, **options) as address:
            client = await TcpStream.connect(*address)
            async with client:
                await client.write_all(LAST)
                received = await read_all(client)
        return received

    return run_simulated(main())


def living(*said: str, seen: list[str] | None = None) -> Application:
    """An application that answers its startup and its shutdown so."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            return await hello(scope, receive, send)
        for kind in said:
            message = await receive()
            if seen is not None:
                seen.append(message["type"])
            await send({"type": kind, "message": "no disk"})

    return app


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.ERROR)
    return caplog


def test_it_starts_first_and_ends_last(log: pytest.LogCaptureFixture) -> None:
    seen: list[str] = []
    app = living("lifespan.startup.complete", "lifespan.shutdown.complete", seen=seen)
    assert asked(app, access_log=lambda access: seen.append("request")).endswith(b"hello")
    assert seen == ["lifespan.startup", "request", "lifespan.shutdown"]
    assert log.text == ""


def test_requests_have_the_state_each_a_copy() -> None:
    seen = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            scope["state"]["pool"] = "the pool"
            await living("lifespan.startup.complete")(scope, receive, send)
            return
        seen.append(dict(scope["state"]))
        scope["state"]["more"] = 1
        await hello(scope, receive, send)

    asked(app)
    assert seen == [{"pool": "the pool"}]


@pytest.mark.parametrize("how", ["fails", "returns"])
def test_an_application_without_lifespan_is_served(how: str, log: pytest.LogCaptureFixture) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await hello(scope, receive, send)
        elif how == "fails":
            raise AssertionError("only http")

    assert asked(app).endswith(b"hello")
    assert log.text == ""


def test_an_application_that_cannot_start_is_not_served() -> None:
    with pytest.raises(asgi.LifespanError, match="could not start: no disk"):
        run_simulated(asgi.serve(living("lifespan.startup.failed"), port=0, ready=pytest.fail))


def test_a_shutdown_that_fails_is_logged(log: pytest.LogCaptureFixture) -> None:
    asked(living("lifespan.startup.complete", "lifespan.shutdown.failed"))
    assert "could not shut down: no disk" in log.text


def test_a_shutdown_that_takes_too_long_is_given_up(log: pytest.LogCaptureFixture) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await living("lifespan.startup.complete")(scope, receive, send)
        await zokio.sleep(1_000)

    async def main() -> None:
        async with serving(app, grace=3):
            pass

    run_simulated(main())
    assert "did not end in time" in log.text


def test_a_lifespan_that_fails_is_logged_and_the_server_goes_on(
    log: pytest.LogCaptureFixture,
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await living("lifespan.startup.complete")(scope, receive, send)
        if scope["type"] == "lifespan":
            raise ValueError("broken")

    assert asked(app).endswith(b"hello")
    assert "the lifespan of the application failed" in log.text


@pytest.mark.parametrize(
    "said",
    [
        ("lifespan.shutdown.complete",),
        ("lifespan.startup.complete", "lifespan.startup.complete"),
        ("lifespan.begun",),
    ],
)
def test_wrong_messages_are_told(said: tuple[str, ...]) -> None:
    errors = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await living(*said)(scope, receive, send)
        except zokio.UsageError as error:
            errors.append(str(error))

    asked_lifespan_only(app)
    assert errors == [f"ASGI: send({said[-1]!r}): the lifespan is not there"]


def asked_lifespan_only(app: Application) -> None:
    async def main() -> None:
        async with serving(app):
            pass

    run_simulated(main())


def test_a_server_that_is_cancelled_cancels_it_and_logs_no_failure(
    log: pytest.LogCaptureFixture,
) -> None:
    seen = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:  # as Starlette has it
        try:
            await living("lifespan.startup.complete", "lifespan.shutdown.complete")(
                scope, receive, send
            )
        except BaseException as error:
            seen.append(type(error))
            await send({"type": "lifespan.shutdown.failed", "message": repr(error)})
            raise

    async def main() -> None:
        with zokio.move_on_after(1):
            await asgi.serve(app, port=0)

    run_simulated(main())
    assert seen == [zokio.Cancelled]
    assert log.text == ""
