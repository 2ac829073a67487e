"""Which machines a command line names: specifications of zokio, and machines of the user's."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

from zokio.cli.specifications import Machines
from zokio.cli.specifications import choose as choose_specifications
from zokio.errors import UsageError
from zokio.model import Machine
from zokio.model.target import constant, is_target, load_target


def choose(
    names: Sequence[str], assignments: Sequence[str], specifications: Callable[[], Machines]
) -> Machines:
    """Return the configurations of each name, in the order of the command line.

    Args:
        names: Specifications and targets; none means every specification.
        assignments: Constants of the targets, each `name=value`.
        specifications: Called when a specification is named, or nothing is.

    Raises:
        UsageError: There is no such specification, or constants are set for one.
        ModelError: A target names no machine, or one that is written wrongly.
    """
    constants = dict(map(constant, assignments))
    if constants and not all(map(is_target, names or [""])):
        raise UsageError("--set is for machines named as module:Machine or path/to/file.py:Machine")
    if any(map(is_target, names)) and "" not in sys.path:
        sys.path.insert(0, "")  # as `python -m` does: modules of the current folder come first
    chosen: dict[str, tuple[Machine[Any], ...]] = {}  # Any: see Machines
    for name in names:
        if is_target(name):
            chosen[name] = tuple(load_target(name, constants))
        else:
            chosen.update(choose_specifications(specifications(), [name]))
    return chosen or choose_specifications(specifications(), [])
