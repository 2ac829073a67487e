"""TaskDump: every living task, its state, and the chain of awaits down to where it waits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import CodeType, FrameType

from zokio.core.task import Task, TaskId


@dataclass(frozen=True, slots=True)
class TaskInfo:
    """One task of a dump."""

    id: TaskId
    name: str
    state: str
    cancel_requested: bool
    awaits: tuple[str, ...]
    """From the outermost coroutine to where it waits: `function (file:line)`."""


@dataclass(frozen=True, slots=True)
class TaskDump:
    """Every task that was not done, in the order of creation."""

    tasks: tuple[TaskInfo, ...]

    def text(self) -> str:
        """The dump for people to read."""
        lines = [f"{len(self.tasks)} tasks"]
        for task in self.tasks:
            cancelled = ", cancelled" if task.cancel_requested else ""
            lines.append(f"task {task.id} {task.name} [{task.state}{cancelled}]")
            lines.extend(f"    {place}" for place in task.awaits)
        return "\n".join(lines)


def dump_tasks(tasks: Iterable[Task]) -> TaskDump:
    """A dump of `tasks`."""
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
        )
    )


def await_chain(awaited: object) -> Iterator[str]:
    """The places at which a suspended coroutine, and what it awaits, stand."""
    while awaited is not None:
        frame = _first(awaited, "cr_frame", "gi_frame", "ag_frame")
        code = _first(awaited, "cr_code", "gi_code", "ag_code")
        if isinstance(code, CodeType):
            line = frame.f_lineno if isinstance(frame, FrameType) else code.co_firstlineno
            yield f"{code.co_qualname} ({code.co_filename}:{line})"
        awaited = _first(awaited, "cr_await", "gi_yieldfrom", "ag_await")


def _first(thing: object, *names: str) -> object:
    return next((getattr(thing, name) for name in names if hasattr(thing, name)), None)
