"""Suspending until a descriptor can be read or written."""

from __future__ import annotations

from collections.abc import Generator
from types import coroutine

from zokio.core.current import current_task
from zokio.core.suspend import AGAIN, Again
from zokio.reactor.registration import Registration


@coroutine
def until_readable(registration: Registration) -> Generator[None, None, None]:
    """Suspend until the `readable` flag is up.

    Raises:
        BusyError: another task already reads this descriptor.
        ClosedError: it was closed.
    """
    task = current_task()
    try:
        while not registration.readable:
            registration.wait_readable(task)
            yield
    finally:
        if registration.reader is task:
            registration.stop_reading()


@coroutine
def until_writable(registration: Registration) -> Generator[None, None, None]:
    """Suspend until the `writable` flag is up. Raises as `until_readable`."""
    task = current_task()
    try:
        while not registration.writable:
            registration.wait_writable(task)
            yield
    finally:
        if registration.writer is task:
            registration.stop_writing()


@coroutine
def let_others_run_as_reader(registration: Registration) -> Generator[Again, None, None]:
    """`yield_now` which keeps the reader's place."""
    task = current_task()
    registration.wait_readable(task)
    try:
        yield AGAIN
    finally:
        if registration.reader is task:
            registration.stop_reading()


@coroutine
def let_others_run_as_writer(registration: Registration) -> Generator[Again, None, None]:
    """`yield_now` which keeps the writer's place."""
    task = current_task()
    registration.wait_writable(task)
    try:
        yield AGAIN
    finally:
        if registration.writer is task:
            registration.stop_writing()
