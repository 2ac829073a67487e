"""The errors of zokio, divided by whose fault it is.

- You used it wrongly: `UsageError` and what stands under it.
- You closed it: `ClosedError`. Two of your tasks are in one place: `BusyError`.
- The other side, or the system, broke it: `BrokenError`, always an `OSError` with its errno.
- Somebody ended the task: `AbortedError` for whoever awaits it, `Cancelled` inside it.
- zokio itself is wrong: `InternalError`.

Every message says what happened, in which state, and what to do.
"""

from __future__ import annotations

import errno
import os


class Cancelled(BaseException):
    """Raised at a suspension point inside a cancelled scope. Never swallow it.

    Clean up and let it pass: the scope that was cancelled catches it. While the scope is
    cancelled every further suspension point raises it again, unless it is shielded.
    """


class ZokioError(Exception):
    """The base of every error of zokio that a program may want to catch."""


class UsageError(ZokioError, RuntimeError):
    """The program uses zokio in a way that cannot work; the message says what to do."""


class NoRuntimeError(UsageError):
    """An operation that needs a running runtime was used outside of one."""


class NestedRuntimeError(UsageError):
    """`run` or `block_on` was called inside a running runtime."""


class NotAwaitableError(UsageError, TypeError):
    """Something that zokio cannot await was awaited, spawned, joined or selected."""


class NeverAwaitedError(UsageError):
    """A task returned a coroutine that nobody awaited or spawned."""


class DeadlockError(UsageError):
    """Under the simulated reactor: every task waits and nothing can ever wake one."""


class ClosedError(ZokioError):
    """It was closed on this side: by `close`, by leaving its block, or by a shutdown."""


class BusyError(ZokioError, RuntimeError):
    """Two tasks are in one place where there is room for one."""


class BackpressureError(BusyError):
    """There is more to do than may wait; what was handed in now was not taken."""


class EmptyError(ZokioError):
    """There is nothing now, and whoever asked did not want to wait."""


class LaggedError(ZokioError):
    """A receiver was too slow for the sender: `missed` values are gone, and the next one is not."""

    def __init__(self, missed: int) -> None:
        super().__init__(
            f"{missed} values were overwritten before they were received; receive again for the "
            "oldest that is left, and raise the capacity, or receive faster, to miss none"
        )
        self.missed = missed


class AbortedError(ZokioError):
    """The awaited task was aborted, or cancelled with the scope that it ran in."""


class LimitError(ZokioError, ValueError):
    """The data exceeds a limit which the caller set."""


class InternalError(ZokioError):
    """An invariant of zokio is broken: a defect of zokio, please report the whole message."""


class BrokenError(ZokioError, OSError):
    """The other side, or the system, broke it. `errno` says how, `partial` what came before."""

    partial: bytes = b""


class RefusedError(BrokenError, ConnectionRefusedError):
    """Nobody listens there."""


class ResetError(BrokenError, ConnectionResetError):
    """The other side reset the connection."""


class PipeError(BrokenError, BrokenPipeError):
    """The other side does not read any more."""


class ConnectTimeoutError(BrokenError, TimeoutError):
    """Nobody answered in time: the packets are dropped, or the listener's backlog is full."""


class DnsError(BrokenError):
    """A name could not be translated into addresses."""


class NameNotFoundError(DnsError):
    """There is no such name, or it has no address. So say those who must know."""


class LookupTimeoutError(DnsError, TimeoutError):
    """No name server answered in time."""


class NameServerError(DnsError):
    """The name servers cannot be reached, refuse to answer, fail, or answer nonsense."""


class AddressInUseError(BrokenError):
    """Another socket already has this address."""


class EndedError(BrokenError, EOFError):
    """The stream ended in the middle of what was asked for; `partial` holds what had come."""


class TlsError(BrokenError):
    """TLS with the other side failed: in the handshake, or later by a record that is not right."""


class CertificateError(TlsError):
    """This side does not accept the other's certificate, or the other not this side's."""


class TruncatedError(TlsError, EndedError):
    """The connection ended without TLS's close_notify: what came before may be only a part."""


class HandshakeTimeoutError(TlsError, TimeoutError):
    """The TLS handshake did not end in time."""


class DescriptorsExhaustedError(BrokenError):
    """The process or the system has no descriptor left."""


class ThreadsExhaustedError(BrokenError):
    """The system gives this process no more threads."""


_KINDS: dict[int, tuple[type[BrokenError], str]] = {
    errno.ECONNREFUSED: (RefusedError, "check the address, and that the server runs"),
    errno.ECONNRESET: (ResetError, "the peer is gone; connect again"),
    errno.ECONNABORTED: (ResetError, "the peer is gone; connect again"),
    errno.EPIPE: (PipeError, "the peer closed its side; stop writing"),
    errno.ETIMEDOUT: (
        ConnectTimeoutError,
        "check the address and the firewall, and that the listener's backlog is not full",
    ),
    errno.EADDRINUSE: (
        AddressInUseError,
        "choose another port, port 0 for any free one, or stop who holds it",
    ),
    errno.EMSGSIZE: (BrokenError, "the datagram is too long; send less at a time"),
    errno.EMFILE: (DescriptorsExhaustedError, "close connections, or raise `ulimit -n`"),
    errno.ENFILE: (DescriptorsExhaustedError, "close connections, or raise the system's limit"),
}


def broken(error: OSError, what: str) -> BrokenError:
    """The `BrokenError` of the right kind for an `OSError` that came while doing `what`."""
    number = error.errno or errno.EIO
    kind, advice = _KINDS.get(number, (BrokenError, "the operation cannot go on"))
    return kind(number, f"{what}: {os.strerror(number)}; {advice}")
