"""Puts the modelled world in the place of the real one, in modules under test, for a while.

    with replaced(modules=[run_queue, task], attributes={RunQueue: ("parked", "closed")}):
        explore(program)

In each module every name that means something of `zokio.env` or the standard library's threads and
deques (see `SUBSTITUTES`) means the modelled one; thread-local objects and locks made while the
module was loaded are exchanged as well. The attributes become `SharedAttribute`. At the end all is
as it was. The modules' text is not touched, so production code pays nothing: no branch, no
indirection. Classes compiled by mypyc cannot be changed so: use the interpreted build.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Final

from zokio.env import choice, clock, threads
from zokio.errors import UsageError
from zokio.explore import modelled, modelled_threads
from zokio.explore.shared import MISSING, Deque, SharedAttribute

Attributes = Mapping[type, Sequence[str]]

SUBSTITUTES: Final[tuple[tuple[object, object], ...]] = (
    (threads.Event, modelled.Event),
    (threads.Lock, modelled.Lock),
    (threads.RLock, modelled.RLock),
    (threads.Thread, modelled_threads.Thread),
    (threads.ThreadLocal, modelled_threads.ThreadLocal),
    (threads.get_ident, modelled.get_ident),
    (clock.monotonic_ns, modelled.monotonic_ns),
    (choice.choose, modelled.choose),
    (threads.deque, Deque),
)
"""What is replaced, by what."""

LOCK_TYPE: Final = type(threads.Lock())


@contextmanager
def replaced(
    modules: Iterable[ModuleType] = (), attributes: Attributes | None = None
) -> Iterator[None]:
    """The modules in the modelled world, the attributes shared; until the block ends.

    Raises:
        UsageError: an attribute cannot be watched.
    """
    undo: list[tuple[object, str, object]] = []
    try:
        new: dict[int, object] = {id(real): model for real, model in SUBSTITUTES}
        for module in modules:
            for name, value in tuple(vars(module).items()):
                substitute = _substitute(value, new)
                if substitute is not None:
                    undo.append((module, name, value))
                    setattr(module, name, substitute)
        for kind, names in (attributes or {}).items():
            for name in names:
                before = vars(kind).get(name, MISSING)
                _watch(kind, name)
                undo.append((kind, name, before))
        yield
    finally:
        for owner, name, value in reversed(undo):
            if value is MISSING:
                delattr(owner, name)
            else:
                setattr(owner, name, value)


def _substitute(value: object, new: dict[int, object]) -> object | None:
    """What stands for a module's value; the same for the same value in every module."""
    if id(value) not in new:
        if isinstance(value, threads.ThreadLocal):
            new[id(value)] = _local_like(type(value))
        elif isinstance(value, LOCK_TYPE):
            new[id(value)] = modelled.Lock()
    return new.get(id(value))


def _local_like(kind: type) -> modelled_threads.ThreadLocal:
    """A modelled thread-local with the defaults of the real one's class."""
    defaults = {
        name: value
        for each in reversed(kind.__mro__)
        if issubclass(each, threads.ThreadLocal) and each is not threads.ThreadLocal
        for name, value in vars(each).items()
        if not name.startswith("__")
    }
    made: modelled_threads.ThreadLocal = type(
        kind.__name__, (modelled_threads.ThreadLocal,), defaults
    )()
    return made


def _watch(kind: type, name: str) -> None:
    inner: Any = vars(kind).get(name, MISSING)  # Any: a descriptor or a default, of any type
    if inner is MISSING and any(name in vars(base) for base in kind.__mro__[1:]):
        raise UsageError(f"{kind.__name__}.{name} belongs to a base class; share it there")
    if isinstance(inner, SharedAttribute):
        raise UsageError(f"{kind.__name__}.{name} is shared already")
    try:
        setattr(kind, name, SharedAttribute(name, inner))
    except TypeError as error:
        raise UsageError(
            f"{kind.__name__}.{name} cannot be shared: {error}; explore the interpreted build"
        ) from None
