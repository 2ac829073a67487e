"""zokio.errors: whose fault it is decides the class, and the system's number decides the kind."""

from __future__ import annotations

import errno
import inspect
import os

import pytest

import zokio
from zokio import errors

CLASSES = [
    error
    for error in vars(errors).values()
    if inspect.isclass(error) and issubclass(error, BaseException)
]

KINDS = [
    (errno.ECONNREFUSED, errors.RefusedError, "check the address, and that the server runs"),
    (errno.ECONNRESET, errors.ResetError, "the peer is gone; connect again"),
    (errno.ECONNABORTED, errors.ResetError, "the peer is gone; connect again"),
    (errno.EPIPE, errors.PipeError, "the peer closed its side; stop writing"),
    (errno.ETIMEDOUT, errors.ConnectTimeoutError, "check the address and the firewall"),
    (errno.EADDRINUSE, errors.AddressInUseError, "choose another port, port 0 for any free one"),
    (errno.EMFILE, errors.DescriptorsExhaustedError, "raise `ulimit -n`"),
    (errno.ENFILE, errors.DescriptorsExhaustedError, "raise the system's limit"),
    (errno.EACCES, errors.BrokenError, "the operation cannot go on"),
]


def test_all_but_cancelled_are_exceptions_of_zokio() -> None:
    for error in CLASSES:
        assert issubclass(error, errors.ZokioError) is (error is not errors.Cancelled)


def test_cancelled_is_not_caught_by_except_exception() -> None:
    assert issubclass(errors.Cancelled, BaseException)
    assert not issubclass(errors.Cancelled, Exception)


def test_each_class_says_when_it_is_raised() -> None:
    for error in CLASSES:
        assert error.__doc__ and error.__doc__.rstrip().endswith(".")


@pytest.mark.parametrize(
    ("error", "families"),
    [
        (errors.NoRuntimeError, (errors.UsageError, RuntimeError)),
        (errors.NestedRuntimeError, (errors.UsageError, RuntimeError)),
        (errors.NotAwaitableError, (errors.UsageError, TypeError)),
        (errors.NeverAwaitedError, (errors.UsageError, RuntimeError)),
        (errors.DeadlockError, (errors.UsageError, RuntimeError)),
        (errors.BusyError, (RuntimeError,)),
        (errors.LimitError, (ValueError,)),
        (errors.BrokenError, (OSError,)),
        (errors.RefusedError, (errors.BrokenError, ConnectionRefusedError)),
        (errors.ResetError, (errors.BrokenError, ConnectionResetError)),
        (errors.LookupTimeoutError, (errors.DnsError, errors.BrokenError, TimeoutError)),
        (errors.PipeError, (errors.BrokenError, BrokenPipeError)),
        (errors.ConnectTimeoutError, (errors.BrokenError, TimeoutError)),
        (errors.EndedError, (errors.BrokenError, EOFError)),
        (errors.CertificateError, (errors.TlsError, errors.BrokenError)),
        (errors.TruncatedError, (errors.TlsError, errors.EndedError)),
        (errors.HandshakeTimeoutError, (errors.TlsError, TimeoutError)),
    ],
)
def test_an_error_is_caught_as_what_python_calls_it(
    error: type[BaseException], families: tuple[type[BaseException], ...]
) -> None:
    assert all(issubclass(error, family) for family in families)


@pytest.mark.parametrize(("number", "kind", "advice"), KINDS)
def test_an_error_of_the_system_becomes_the_kind_of_its_number(
    number: int, kind: type[errors.BrokenError], advice: str
) -> None:
    error = errors.broken(OSError(number, "ignored"), "connect somewhere")
    assert type(error) is kind
    assert error.errno == number
    assert error.strerror == str(error.args[1])
    assert error.strerror.startswith(f"connect somewhere: {os.strerror(number)}; ")
    assert advice in error.strerror


def test_an_error_of_the_system_without_a_number_is_an_input_output_error() -> None:
    error = errors.broken(OSError("only words"), "read")
    assert type(error) is errors.BrokenError
    assert error.errno == errno.EIO


def test_every_kind_is_chosen_by_some_number() -> None:
    chosen = {kind for _, kind, _ in KINDS}
    chosen |= {errors.EndedError, errors.ThreadsExhaustedError}  # no system call says these
    chosen |= {error for error in CLASSES if issubclass(error, errors.TlsError)}  # nor these
    chosen |= {errors.DnsError, errors.NameNotFoundError}
    chosen |= {errors.LookupTimeoutError, errors.NameServerError}
    assert chosen == {error for error in CLASSES if issubclass(error, errors.BrokenError)}


def test_nothing_came_before_an_error_unless_it_says_so() -> None:
    assert errors.EndedError(errno.ECONNRESET, "ended").partial == b""


def test_the_errors_that_everybody_meets_are_at_the_door() -> None:
    for name in (
        *("AbortedError", "BrokenError", "BusyError", "Cancelled", "ClosedError"),
        "InternalError",
    ):
        assert getattr(zokio, name) is getattr(errors, name)
