"""TaskDump: every living task, its state, and the chain of awaits down to where it waits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from gc import get_referents
from types import AsyncGeneratorType, CoroutineType, FrameType, GeneratorType
from typing import Final

from zokio.blocking.survey import RunningCall, Survey
from zokio.core.future import Future
from zokio.core.join import JoinHandle
from zokio.core.task import Task, TaskId

WRAPPERS: Final = (
    "anext_awaitable",
    "async_generator_asend",
    "async_generator_athrow",
    "coroutine_wrapper",
)
SUSPENDED: Final = (CoroutineType, GeneratorType, AsyncGeneratorType)


@dataclass(frozen=True, slots=True)
class TaskInfo:
    """One task of a dump."""

    id: TaskId
    name: str
    state: str
    cancel_requested: bool
    awaits: tuple[str, ...]
    """From the outermost coroutine to where it waits: `function (file:line)`.

    For a future the function is the `__await__` of its class, and for a handle also which task.
    """


@dataclass(frozen=True, slots=True)
class TaskDump:
    """Every task that was not done, in the order of creation."""

    tasks: tuple[TaskInfo, ...]
    blocking: tuple[RunningCall, ...] = ()
    """The blocking calls that run, and where their threads stand."""
    blocking_waiting: tuple[str, ...] = ()
    """Names of the blocking calls that wait for a thread, in order."""

    def text(self) -> str:
        """The dump for people to read."""
        count = len(self.tasks)
        lines = ["1 task" if count == 1 else f"{count} tasks"]
        for task in self.tasks:
            cancelled = ", cancelled" if task.cancel_requested else ""
            lines.append(f"task {task.id} {task.name} [{task.state}{cancelled}]")
            lines.extend(f"    {place}" for place in task.awaits)
        for call in self.blocking:
            lines.append(f"blocking call {call.name} [running in {call.thread}]")
            lines.append(f"    {call.place}")
        lines.extend(f"blocking call {name} [waiting]" for name in self.blocking_waiting)
        return "\n".join(lines)


def dump_tasks(tasks: Iterable[Task], blocking: Survey) -> TaskDump:
    """A dump of `tasks` and of the blocking calls."""
    return TaskDump(
        tuple(
            TaskInfo(
                task.id,
                task.name,
                task.state.value,
                task.cancel_requested,
                tuple(await_chain(task.coroutine)),
            )
            for task in tasks
        ),
        blocking.running,
        blocking.waiting,
    )


def await_chain(awaited: object) -> Iterator[str]:
    """The places at which a suspended coroutine, and what it awaits, stand."""
    while awaited is not None:
        frame = _first(awaited, "cr_frame", "gi_frame", "ag_frame")
        if isinstance(frame, FrameType):
            code = frame.f_code
            yield f"{_function(frame)} ({code.co_filename}:{frame.f_lineno})"
            awaited = _first(awaited, "cr_await", "gi_yieldfrom", "ag_await")
        else:
            awaited = _wrapped(awaited)


def _function(frame: FrameType) -> str:
    """The name of what runs in the frame; of a future also what it is."""
    if frame.f_code is not Future.__await__.__code__:
        return frame.f_code.co_qualname
    future = frame.f_locals["self"]
    name = f"{type(future).__qualname__}.__await__"
    return f"{name} of task {future.id} {future.name}" if isinstance(future, JoinHandle) else name


def _wrapped(awaited: object) -> object:
    """What an awaitable of the interpreter's own wraps: `async for`, `coroutine.__await__()`.

    They tell it to the garbage collector and to nobody else.
    """
    if type(awaited).__name__ not in WRAPPERS:
        return None
    inside = get_referents(awaited)
    return next((each for each in inside if _is_part_of_a_chain(each)), None)


def _is_part_of_a_chain(thing: object) -> bool:
    return isinstance(thing, SUSPENDED) or type(thing).__name__ in WRAPPERS


def _first(thing: object, *names: str) -> object:
    return next((getattr(thing, name) for name in names if hasattr(thing, name)), None)
