"""The environment variables of a pytest that is started by another one."""

from __future__ import annotations

import os


def of_no_outer_pytest() -> dict[str, str]:
    """Return this process's variables without those of its own pytest and coverage.

    The settings of the outer pytest are not the inner one's, and coverage of changed files says
    nothing of the real ones.
    """
    return {
        key: value
        for key, value in os.environ.items()
        if "COV" not in key and not key.startswith("PYTEST_")
    }
