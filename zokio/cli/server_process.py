"""One process of `zokio serve`: it listens, serves, and stops at a signal.

On its own SIGTERM and SIGINT begin the graceful stop, a second one cancels what is in flight, and
a third one ends the process as if nobody had caught it. Under a supervisor SIGTERM and the end of
the parent begin the stop; the rest is the supervisor's, so that a signal to the whole group of
processes counts once.
"""

from __future__ import annotations

import argparse
import signal
import socket
import ssl
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any

from zokio.cli.exit_codes import INTERRUPTED, SERVED
from zokio.cli.leaving import LeavingListener
from zokio.cli.served import Served
from zokio.cli.told import tell, url_of
from zokio.env.signals import Handler, handled
from zokio.errors import BrokenError, UsageError
from zokio.http.access_log import log_access
from zokio.http.limits import Limits
from zokio.http.server import serve
from zokio.http.stream import Listener
from zokio.net.tcp_listener import TcpListener
from zokio.net.tls.listener import wrap_server
from zokio.net.unix_listener import UnixListener
from zokio.runtime.group import TaskGroup
from zokio.runtime.token import CancellationToken
from zokio.supervisor.children import tell_parent
from zokio.sync.event import Event

BACKLOG = 1024
"""As `TcpListener.bind` has it."""


async def serve_here(served: Served, arguments: argparse.Namespace, limits: Limits) -> int:
    """Serve in this process until a signal; the exit code.

    Raises:
        UsageError: it cannot listen there, or the certificate is not right.
    """
    serving = serving_of(served, arguments, limits)
    if arguments.parent is not None:
        return await _serve_for_parent(arguments, serving)
    stop, at_once, up = CancellationToken(), CancellationToken(), Event()
    listener = listen(arguments)
    url = url_of(listener.local_address, tls=arguments.certificate is not None)
    with handled(on_its_own(stop, at_once)):
        async with TaskGroup() as group:
            group.spawn(_announce(url, up))
            group.spawn(_announce_stop(stop, limits.grace))
            await at_once.run_until_cancelled(
                serving(listener=listener, ready=lambda _: up.set(), stop=stop)
            )
            group.cancel_scope.cancel()
    return INTERRUPTED if at_once.is_cancelled() else SERVED


# Any: as in `serving_of`.
async def _serve_for_parent(arguments: argparse.Namespace, serving: Callable[..., Any]) -> int:
    """Serve beside others, until the parent says so or is no more."""
    leave, up = CancellationToken(), Event()
    line, descriptor = arguments.parent
    listener = LeavingListener(with_tls(listening_on(descriptor), arguments))
    with handled({signal.SIGTERM: leave.cancel, signal.SIGINT: None, signal.SIGHUP: None}):
        async with TaskGroup() as group:
            group.spawn(tell_parent(line, up, leave))
            group.spawn(_leave(leave, listener))
            await serving(listener=listener, ready=lambda _: up.set())
            group.cancel_scope.cancel()
    return SERVED


def listening_on(descriptor: int) -> TcpListener:
    """A listener on the socket that the parent has bound."""
    sock = socket.socket(fileno=descriptor)
    sock.set_inheritable(False)
    sock.setblocking(False)
    sock.listen(BACKLOG)
    return TcpListener(sock)


def listen(arguments: argparse.Namespace) -> Listener:
    """The listener that the arguments ask for.

    Raises:
        UsageError: somebody else listens there, or the system refuses; or as `with_tls`.
    """
    try:
        if arguments.unix is not None:
            return UnixListener.bind(arguments.unix)
        listener = TcpListener.bind(arguments.host, arguments.port)
    except BrokenError as error:
        raise UsageError(error.strerror or str(error)) from error
    return with_tls(listener, arguments)


def with_tls(listener: TcpListener, arguments: argparse.Namespace) -> Listener:
    """The listener, with the certificate if there is one.

    Raises:
        UsageError: the certificate is not right; the listener is closed.
    """
    try:
        context = tls_context(arguments)
    except UsageError:
        listener.close()
        raise
    return listener if context is None else wrap_server(listener, context)


def tls_context(arguments: argparse.Namespace) -> ssl.SSLContext | None:
    """TLS with the certificate; None: without.

    Raises:
        UsageError: there is no such file, or it holds no certificate and key that fit.
    """
    if arguments.certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(arguments.certificate, arguments.key)
    except OSError as error:  # ssl.SSLError is one
        raise UsageError(f"the certificate {arguments.certificate}: {error}") from error
    return context


def on_its_own(stop: CancellationToken, at_once: CancellationToken) -> dict[int, Handler | None]:
    """What signals do in a process that nobody supervises."""

    def caught() -> None:
        if not stop.is_cancelled():
            stop.cancel()
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        at_once.cancel()

    return {signal.SIGTERM: caught, signal.SIGINT: caught}


async def _leave(leave: CancellationToken, listener: LeavingListener) -> None:
    await leave.cancelled()
    listener.close()


async def _announce(url: str, up: Event) -> None:
    await up.wait()
    tell(f"listening on {url}")


async def _announce_stop(stop: CancellationToken, grace: float) -> None:
    await stop.cancelled()
    tell(f"stopping: what is in flight has {grace:g} s; once more to stop at once")


# Any: the keywords that the two servers have in common.
def serving_of(served: Served, arguments: argparse.Namespace, limits: Limits) -> Callable[..., Any]:
    """The server of the interface, told all but where it listens.

    Raises:
        UsageError: what serves ASGI applications is not installed.
    """
    access_log = log_access if arguments.access_log else None
    keywords = {**asdict(limits), "access_log": access_log}
    if served.interface == "handler":
        return partial(serve, served.app, **keywords)
    try:
        from zokio.http.asgi import serve as serve_asgi  # imports more than handlers need
    except ImportError as error:
        raise UsageError(f"ASGI applications cannot be served here: {error}") from error
    return partial(serve_asgi, served.app, root_path=arguments.root_path, **keywords)
