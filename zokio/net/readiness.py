"""Suspending until a descriptor can be read or written.

Here listeners wait, and streams to write; `TcpStream.read` does the same in its own body, since it
runs once for every message. What waits yields the task that it put into the registration: if that
is not the very task which the scheduler polls, the code runs in another runtime, and the scheduler
answers with NoRuntimeError. So a wait proves where it belongs and pays nothing for it.
"""

from __future__ import annotations

from collections.abc import Generator
from types import coroutine

from zokio.core.current import Polling
from zokio.core.suspend import AGAIN
from zokio.errors import NoRuntimeError
from zokio.reactor.registration import Registration


@coroutine
def until_readable(registration: Registration, polling: Polling) -> Generator[object, None, None]:
    """Suspend until the `readable` flag is up, which it is too when the descriptor was closed.

    The caller has seen that the flag is down and that there is no reader.

    Raises:
        BusyError: there is one by now.
        NoRuntimeError: the calling code runs in another runtime, or in none. (What is ready at
            once does not come here, and is not looked at.)
    """
    task = polling.task
    if task is None:
        raise not_here(registration)
    if registration.reader is not None:  # on several workers: it has come since the caller looked
        raise registration.busy_reading()
    registration.reader = task
    try:
        if registration.on_wait is not None:
            registration.on_wait(registration)
        # The flag is looked at when the task stands in its place: on several workers an event, or
        # a close, either finds it there or is seen here.
        while not registration.readable:
            if registration.closed:
                registration.readable = True  # somebody has cleared it since: let the socket say so
            else:
                yield task
    finally:
        registration.reader = None
        if registration.on_wait is not None:
            registration.on_wait(registration)


@coroutine
def until_writable(registration: Registration, polling: Polling) -> Generator[object, None, None]:
    """Suspend until the `writable` flag is up: see `until_readable`."""
    task = polling.task
    if task is None:
        raise not_here(registration)
    if registration.writer is not None:
        raise registration.busy_writing()
    registration.writer = task
    try:
        if registration.on_wait is not None:
            registration.on_wait(registration)
        while not registration.writable:
            if registration.closed:
                registration.writable = True
            else:
                yield task
    finally:
        registration.writer = None
        if registration.on_wait is not None:
            registration.on_wait(registration)


@coroutine
def let_others_run(
    registration: Registration, polling: Polling, *, reading: bool
) -> Generator[object, None, None]:
    """`yield_now` which keeps the place of the reader, or of the writer."""
    task = polling.task
    if task is None:
        raise not_here(registration)
    if reading:
        registration.reader = task
    else:
        registration.writer = task
    try:
        yield AGAIN
    finally:
        if reading:
            registration.reader = None
        else:
            registration.writer = None
        if registration.on_wait is not None:
            registration.on_wait(registration)  # the other direction may have told of both


def not_here(registration: Registration) -> NoRuntimeError:
    return NoRuntimeError(
        f"fd {registration.fd} belongs to a runtime that is not running this code; use a stream "
        "in the runtime which opened it (a forked child has none of its parent's: leave it with "
        "os._exit, or call zokio.run in it)"
    )
