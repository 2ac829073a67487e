"""CancelScope: a block whose contents can be cancelled as a whole, by hand or by a deadline.

Cancellation is a level, as in trio: while the scope is cancelled, every suspension point inside it
raises `Cancelled`, in the task that entered it and in every task that was spawned into it. The
scope catches its own `Cancelled` at the end of the block, and lets one from outside pass. A shield
keeps a cancellation from outside away until the block ends.
"""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

from zokio.core.cancel import CancelNode
from zokio.core.current import current_task
from zokio.env.clock import SECOND_NS
from zokio.errors import Cancelled, UsageError
from zokio.runtime.current import current_runtime
from zokio.timers.deadline import NEVER_NS, duration_ns
from zokio.timers.queue import Timer

if TYPE_CHECKING:
    from zokio.core.task import Task
    from zokio.runtime.runtime import Runtime


class CancelScope(CancelNode):
    """`with CancelScope() as scope:` (or `async with`, which is the same).

    Args:
        deadline: the instant at which it cancels itself, in seconds of `zokio.time.now()`.
        shield: whether cancellation from outside is kept away while the block runs.

    Attributes:
        cancel_called: somebody called `cancel`, or the deadline has passed.
        cancelled_caught: the block was left by this scope's own cancellation.

    Raises:
        ValueError: the deadline is negative or not a number.
        UsageError: it is entered a second time, left by another task, or left out of order.

    Only `cancel` may be called from any thread; shield and deadline belong to the runtime's own.
    """

    __slots__ = ("_deadline_ns", "_runtime", "_timer", "cancelled_caught")

    def __init__(self, deadline: float | None = None, shield: bool = False) -> None:
        super().__init__(shield)
        self._deadline_ns = NEVER_NS if deadline is None else duration_ns(deadline)
        self._runtime: Runtime | None = None
        self._timer: Timer | None = None
        self.cancelled_caught = False

    @property
    def deadline(self) -> float | None:
        """The deadline in seconds of `zokio.time.now()`. Setting it moves it, also inside."""
        return None if self._deadline_ns == NEVER_NS else self._deadline_ns / SECOND_NS

    @deadline.setter
    def deadline(self, deadline: float | None) -> None:
        deadline_ns = NEVER_NS if deadline is None else duration_ns(deadline)
        structure = None if self._runtime is None else self._runtime.structure
        if structure is None:
            self._move_deadline(deadline_ns)
        else:
            with structure:
                self._move_deadline(deadline_ns)

    def _move_deadline(self, deadline_ns: int) -> None:
        self._deadline_ns = deadline_ns
        self._stop_timer()
        self._start_timer()

    def update(self) -> None:
        """See `CancelNode.update`; a shield may be raised or dropped by any task."""
        structure = None if self._runtime is None else self._runtime.structure
        if structure is None:
            super().update()
        else:
            with structure:
                super().update()

    def cancel(self) -> None:
        """Cancel what is inside. From any thread; before the block it cancels the block to come."""
        runtime = self._runtime
        if runtime is None:
            self.cancel_called = True  # the entry looks at it after it has said where it is
            if self._runtime is not None:  # entered meanwhile, by another thread
                self._runtime.queue.inject(self.update)  # spec: call_outside
        elif runtime.structure is not None:  # several workers: under their lock anybody may
            with runtime.structure:
                if not runtime.queue.closed:
                    super().cancel()
        elif runtime.queue.is_local():
            super().cancel()
        elif not self.cancel_called:
            runtime.queue.inject(self.cancel)  # spec: call_outside

    def __enter__(self) -> Self:
        task = current_task()
        if self._runtime is not None:
            raise UsageError("this CancelScope was entered before; make a new one for each block")
        runtime = self._runtime = current_runtime()
        if runtime.structure is None:
            self._enter(task)
        else:
            with runtime.structure:
                self._enter(task)
        return self

    def _enter(self, task: Task) -> None:
        task.own_root()
        self.attach(task.scope, task)
        task.scope = self
        task.refresh_cancel()
        self._start_timer()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        runtime = self._runtime
        if runtime is None or runtime.structure is None:
            is_own = self._leave()
        else:
            with runtime.structure:
                is_own = self._leave()
        return is_own and self._catch(error)

    def _leave(self) -> bool:
        """Leave the tree; whether a Cancelled in the block is this scope's own."""
        self._stop_timer()
        task = self._check_order()
        outer_cancelled = self.outer_cancelled()
        task.scope = self.parent
        self.detach()
        task.refresh_cancel()
        return self.cancel_called and not outer_cancelled

    def _check_order(self) -> Task:
        """The task that leaves, which has to be the one that entered, and in no inner scope."""
        task = self.task
        if task is None:
            raise UsageError("a CancelScope was left that nobody is in; use it in a `with` block")
        assert self._runtime is not None
        polled = self._runtime.polling.task
        if polled is not None and polled is not task:
            raise UsageError(
                f"a CancelScope that {task!r} is in was left by {polled!r}; leave it in the task "
                "which entered it"
            )
        if task.scope is not self:
            self.take_out()  # what stands inside goes on under what stood outside
            raise UsageError(
                "a CancelScope was left out of order: leave scopes in the reverse order of "
                "entering them, and do not `yield` out of one"
            )
        return task

    def _catch(self, error: BaseException | None) -> bool:
        """Catch this scope's own Cancelled, also from among the errors of a group."""
        if isinstance(error, Cancelled):
            self.cancelled_caught = True
            return True
        if isinstance(error, BaseExceptionGroup):
            own, others = error.split(Cancelled)
            self.cancelled_caught = own is not None
            if own is not None and others is not None:
                raise others
            return own is not None
        return False

    def _start_timer(self) -> None:
        runtime = self._runtime
        if runtime is None or self.task is None:  # not inside: the entry starts it
            return
        if self._deadline_ns == NEVER_NS or self.cancel_called:
            return
        if self._deadline_ns <= runtime.reactor.now_ns():
            self.cancel()
        else:
            self._timer = runtime.timers.insert(self._deadline_ns, self.cancel)

    def _stop_timer(self) -> None:
        if self._runtime is not None and self._timer is not None:
            self._runtime.timers.cancel(self._timer)
            self._timer = None

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        return self.__exit__(kind, error, traceback)
