"""Which functions of `core/` and `timers/` are pure, so that a contract can say what they do.

The rule: every function of a module, every property, and every method by which Python compares or
measures. Each is used by a contract, or stands in `WITHOUT` with the reason why it has none.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import zokio
from proofs.crosshair import MODULES, TWIN

FOLDERS = ("core", "timers")
COMPARING = ("__eq__", "__hash__", "__len__", "__lt__", "__bool__")

STATE = "reads what its thread or its owner has at the moment: no function of its arguments"
FIELD = "gives one attribute of its object"
SUSPENDS = "a coroutine: what it does is done by whoever polls it; see tests/core"

WITHOUT = {
    "core.cancel.CancelNode.shield": FIELD,
    "core.current.current_context": STATE,
    "core.current.current_task": STATE,
    "core.future.poll_fn": "only makes a future of the function that it is given",
    "core.join.JoinHandle.id": FIELD,
    "core.join.JoinHandle.name": FIELD,
    "core.suspend._at_once": "ends at once: what `AT_ONCE` is made from",
    "core.suspend.suspend": SUSPENDS,
    "core.suspend.yield_now": SUSPENDS,
    "core.task._forget": "does nothing: the callback of who has let go of its task",
    "core.wait_queue._nobody": "does nothing: what a waiter without heirs would call",
    "core.wait_queue.wake_all": "calls the wakers that it is given; see tests/core",
    "timers.queue.TimerQueue.__len__": STATE,
    "timers.queue._nothing": "does nothing: what a cancelled timer would call",
    "timers.shared.SharedTimers.__len__": STATE,
    "timers.shared.SharedTimers.fired": STATE,
}


def candidates() -> Iterator[str]:
    """Every function that the rule names, by its dotted name below zokio."""
    root = Path(zokio.__file__).parent
    for folder in FOLDERS:
        for path in sorted((root / folder).glob("*.py")):
            module = f"{folder}.{path.stem}"
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    yield f"{module}.{node.name}"
                elif isinstance(node, ast.ClassDef):
                    yield from (f"{module}.{node.name}.{each}" for each in methods(node))


def methods(node: ast.ClassDef) -> Iterator[str]:
    """The properties of a class, and how it compares."""
    for each in node.body:
        if isinstance(each, ast.FunctionDef):
            decorators = [ast.unparse(decorator) for decorator in each.decorator_list]
            if "property" in decorators or each.name in COMPARING:
                yield each.name


def under_contract() -> set[str]:
    """What contracts use, without their twins: the names of functions and of classes."""
    used: set[str] = set()
    for module in MODULES:
        assert module.__file__ is not None
        for node in ast.parse(Path(module.__file__).read_text()).body:
            if isinstance(node, ast.FunctionDef) and not node.name.endswith(TWIN):
                used |= {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    return used


def left_out() -> list[str]:
    """Functions with neither a contract nor a reason."""
    used = under_contract()
    return [
        name for name in candidates() if name not in WITHOUT and not used & set(name.split(".")[2:])
    ]
