"""The errors of this package.

`ModelError` says that a machine is written wrongly: which machine, which action or property, in
which state, and what to do. It never stands for a property that does not hold: that is an outcome
of a report, not an error. `NondeterministicError` is the one kind of it that `check` reports as an
outcome: the machine cannot be checked, and that is a finding.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class ModelError(Exception):
    """A machine, or an adapter of one, is written in a way that cannot be checked.

    Attributes:
        method: The method or class that the message is about, where one is known.
    """

    method: Callable[..., Any] | type | None = None  # Any: whatever it returns, it is not called


class NondeterministicError(ModelError):
    """A guard, an effect or a predicate answers differently when it is asked again."""
