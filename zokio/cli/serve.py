"""`zokio serve MODULE:NAME`: serve a handler or an ASGI application, in one process or several.

Without `--workers` this process serves. With it, this process supervises others, which run this
command once more with a hidden argument: see `zokio/supervisor/`.
"""

from __future__ import annotations

import argparse
import logging
import signal
import socket
import sys
from functools import partial

from zokio.cli.exit_codes import GAVE_UP, INTERRUPTED, SERVED, USAGE
from zokio.cli.served import PARAMETERS, load_served
from zokio.cli.told import tell, url_of
from zokio.errors import BrokenError, UsageError
from zokio.net.binding import bound_socket, local_endpoint
from zokio.net.tcp_listener import TcpListener
from zokio.reactor.contract import Address
from zokio.runtime.config import WORKERS_MAX, RuntimeConfig
from zokio.runtime.run import run
from zokio.supervisor.places import Ending, Policy
from zokio.supervisor.run import run_supervised

MARGIN_SECONDS = 5.0
"""Beyond its grace, for a process that was told to end."""
PAUSE_SECONDS = 0.5
"""Before a process that died is started again; twice as long after each further death."""
CODES = {
    Ending.STOPPED: SERVED,
    Ending.STOPPED_AT_ONCE: INTERRUPTED,
    Ending.GIVEN_UP: GAVE_UP,
    Ending.REFUSED: USAGE,
}
LIMITS = (
    ("max-body", int, "bytes of a request's body; more is answered with 413"),
    ("max-head", int, "bytes of a request's line and headers; more is answered with 431"),
    ("max-connections", int, "at the same time, in each process"),
    ("header-timeout", float, "seconds for a whole head"),
    ("idle-timeout", float, "seconds between two requests of a connection"),
    ("body-timeout", float, "seconds that a body may stand still"),
    ("write-timeout", float, "seconds for the client to read the next part of a response"),
    ("grace", float, "seconds for what is in flight when the server is told to stop"),
)
"""Those of `zokio.http.Limits` that there are options for."""


def add_serve_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("target", metavar="MODULE:NAME", help="what to serve")
    parser.add_argument(
        "--interface",
        choices=tuple(PARAMETERS),
        help="what it is; without this, its parameters say (1: handler, 3: asgi)",
    )
    where = parser.add_argument_group("where")
    where.add_argument("--host", default="127.0.0.1", help="in figures; '' for every IPv4 address")
    where.add_argument("--port", type=int, default=8000, help="0 takes any free one")
    where.add_argument("--unix", metavar="PATH", help="a Unix socket instead")
    where.add_argument("--certificate", metavar="FILE", help="for TLS: PEM, with the whole chain")
    where.add_argument("--key", metavar="FILE", help="its key; without, it is in the same file")
    where.add_argument("--root-path", default="", help="for ASGI: under which path it is mounted")
    parser.add_argument(
        "--workers",
        metavar="N",
        type=_workers,
        help="so many processes on the port, and this one supervises them; SIGHUP replaces them",
    )
    parser.add_argument(
        "--start-timeout",
        metavar="N",
        type=_seconds,
        default=60.0,
        help="with --workers: seconds for a process to come up, before it is killed (60)",
    )
    parser.add_argument(
        "--app-dir", metavar="DIR", default="", help="where modules are looked for first"
    )
    parser.add_argument("--access-log", action="store_true", help="a line for each request")
    limits = parser.add_argument_group("limits")
    for name, kind, meaning in LIMITS:
        limits.add_argument(f"--{name}", metavar="N", type=kind, help=meaning)
    parser.add_argument("--parent", type=int, nargs=2, help=argparse.SUPPRESS)


def _workers(text: str) -> int:
    count = int(text)
    if not 1 <= count <= WORKERS_MAX:
        raise argparse.ArgumentTypeError(f"{count}: give 1 to {WORKERS_MAX} processes")
    return count


def _seconds(text: str) -> float:
    seconds = float(text)
    if not seconds > 0:
        raise argparse.ArgumentTypeError(f"{text}: give more than 0 seconds")
    return seconds


def serve_command(arguments: argparse.Namespace) -> int:
    """Serve until a signal; the exit code.

    Raises:
        UsageError: it cannot be served, or not there.
    """
    if arguments.key is not None and arguments.certificate is None:
        raise UsageError("--key is the key of a certificate: give --certificate, too")
    try:
        from zokio.cli.server_process import serve_here
        from zokio.http.limits import Limits
    except ImportError as error:  # it says what to install
        raise UsageError(str(error)) from error
    named = {name.replace("-", "_"): name for name, _, _ in LIMITS}
    given = {field: getattr(arguments, field) for field in named}
    limits = Limits(**{field: value for field, value in given.items() if value is not None})
    if arguments.workers is not None and arguments.parent is None:
        return _supervise(arguments, limits.grace)
    if arguments.parent is not None:  # before anything can be lost: see `server_process.py`
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    served = load_served(arguments.target, arguments.app_dir, arguments.interface)
    if arguments.root_path and served.interface == "handler":
        raise UsageError("--root-path is for ASGI applications, and this is a handler")
    if arguments.access_log:
        _show_access_log()
    # One thread: signals can be caught on the main thread alone.
    return run(serve_here(served, arguments, limits), config=RuntimeConfig(workers=0))


def _show_access_log() -> None:
    """On standard error, unless the application has set up its own logging."""
    logger = logging.getLogger("zokio.http.access")
    logger.setLevel(logging.INFO)
    if not logger.hasHandlers():
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        logger.addHandler(handler)


def _supervise(arguments: argparse.Namespace, grace: float) -> int:
    if arguments.unix is not None:
        raise UsageError("--workers share a port; on a Unix socket serve with one process")
    policy = Policy(
        workers=arguments.workers,
        patience=grace + MARGIN_SECONDS,
        start_timeout=arguments.start_timeout,
        pause=PAUSE_SECONDS,
        refusal=USAGE,
    )
    config = RuntimeConfig(workers=0, blocking_threads=policy.workers + 1)
    ending = run(_supervise_on_port(arguments, policy), config=config)
    if ending in (Ending.GIVEN_UP, Ending.REFUSED):
        tell("every process was given up")
    return CODES[ending]


async def _supervise_on_port(arguments: argparse.Namespace, policy: Policy) -> Ending:
    try:
        # Whether somebody else listens there is not told to whom shares the port.
        TcpListener.bind(arguments.host, arguments.port).close()
        # Bound and not listening: it gets no connections, and keeps the number ours.
        reserved = _bound(arguments.host, arguments.port)
    except BrokenError as error:
        raise UsageError(error.strerror or str(error)) from error
    with reserved:
        address: Address = reserved.getsockname()
        assert isinstance(address, tuple)
        url = url_of(address, tls=arguments.certificate is not None)
        tell(f"{policy.workers} processes for {url}")
        bind = partial(_bound, arguments.host, address[1])
        return await run_supervised(_command(arguments), bind, policy, tell)


def _bound(host: str, port: int) -> socket.socket:
    """A socket for a process of ours to listen on, beside those of the others."""
    endpoint, where = local_endpoint(host, port), f"bind {host or '*'} port {port}"
    with bound_socket(endpoint, where, reuse_address=True, reuse_port=True) as sock:
        assert isinstance(sock, socket.socket)
        return sock


def _command(arguments: argparse.Namespace) -> list[str]:
    """How a process of ours is started; to it are added the descriptors of `Child`."""
    return [sys.executable, "-m", "zokio.cli.main", *arguments.given, "--parent"]
