"""What the tasks of a test do: come later, fail, take a while to clean up. Time is virtual."""

from __future__ import annotations

import zokio
from tests.helpers.simulation import forever


async def after(seconds: float, result: str) -> str:
    """A value that comes later."""
    await zokio.sleep(seconds)
    return result


async def fail(error: BaseException, seconds: float = 0) -> str:
    """An error that comes later."""
    await zokio.sleep(seconds)
    raise error


async def fail_when_cancelled(error: Exception) -> str:
    """Wait, and raise while cleaning up."""
    try:
        await forever()
    finally:
        raise error


async def note_end(ended: list[str], name: str, cleanup: float = 0) -> str:
    """Wait until it is cancelled; clean up for a while, behind a shield; note that it is over."""
    try:
        await forever()
    finally:
        with zokio.CancelScope(shield=True):
            await zokio.sleep(cleanup)
        ended.append(name)
    return name


class Reports:
    """The configuration of a run which keeps the reports of errors that nobody asked for."""

    def __init__(self) -> None:
        self.reported: list[str] = []
        self.config = zokio.RuntimeConfig(
            reactor="simulated",
            on_task_panic=lambda name, error: self.reported.append(repr(error)),
        )
