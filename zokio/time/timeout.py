"""timeout, move_on_after and their forms with an instant: cancel scopes that end their block."""

from __future__ import annotations

from types import TracebackType
from typing import Literal, Self

from zokio.env.clock import SECOND_NS
from zokio.runtime.current import current_runtime
from zokio.runtime.scope import CancelScope
from zokio.timers.deadline import NEVER_NS, deadline_after, duration_ns


class _RelativeScope(CancelScope):
    """A scope whose deadline counts from the moment it is entered."""

    __slots__ = ("_duration_ns",)

    def __init__(self, seconds: float | None, deadline: float | None = None) -> None:
        super().__init__(deadline)
        self._duration_ns = None if seconds is None else duration_ns(seconds)

    def __enter__(self) -> Self:
        if self._duration_ns is not None and self._deadline_ns == NEVER_NS:  # not set by hand
            now_ns = current_runtime().reactor.now_ns()
            self._deadline_ns = deadline_after(now_ns, self._duration_ns)
        return super().__enter__()


class Timeout(_RelativeScope):
    """A scope that raises when it has caught its cancellation: see `timeout`, `timeout_at`."""

    __slots__ = ()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> Literal[False]:
        super().__exit__(kind, error, traceback)
        if self.cancelled_caught:
            raise TimeoutError(self._reason()) from error
        return False

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> Literal[False]:
        return self.__exit__(kind, error, traceback)

    def _reason(self) -> str:
        if current_runtime().reactor.now_ns() < self._deadline_ns:
            return "the block was cancelled by its scope's cancel()"
        if self._duration_ns is None:
            return (
                f"the block did not end before {self._deadline_ns / SECOND_NS:g} s of the clock "
                "and was cancelled; give it more time, or use move_on_at to go on without it"
            )
        return (
            f"the block did not end within {self._duration_ns / SECOND_NS:g} s and was cancelled; "
            "give it more time, or use move_on_after to go on without it"
        )


def timeout(seconds: float | None) -> Timeout:
    """`async with timeout(2.0):` (or `with`) cancels the block when the time is up.

    Args:
        seconds: counted from the entry of the block; None or infinity never ends it.

    Raises:
        TimeoutError: when the block is left because of it; its cleanup has run.
        ValueError: `seconds` is negative or not a number.
    """
    return Timeout(seconds)


def move_on_after(seconds: float | None) -> CancelScope:
    """As `timeout`, but the block just ends; `scope.cancelled_caught` tells.

    Args:
        seconds: counted from the entry of the block; None or infinity never ends it.

    Raises:
        ValueError: `seconds` is negative or not a number.
    """
    return _RelativeScope(seconds)


def timeout_at(instant: float | None) -> Timeout:
    """`timeout` with an instant, so that several blocks can share one deadline.

    Args:
        instant: in seconds of `zokio.time.now()`; one that has passed cancels the block at its
            first suspension; None or infinity never does.

    Raises:
        TimeoutError: when the block is left because of it; its cleanup has run.
        ValueError: `instant` is negative or not a number.
    """
    return Timeout(None, instant)


def move_on_at(instant: float | None) -> CancelScope:
    """`move_on_after` with an instant, in seconds of `zokio.time.now()`.

    Raises:
        ValueError: `instant` is negative or not a number.
    """
    return CancelScope(instant)
