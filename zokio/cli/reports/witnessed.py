"""How often tests of a real system took each action: the file that pytest's plug-in writes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from zokio.errors import UsageError

Witnessed = Mapping[str, Mapping[str, int]]  # by machine, by action


def read_witnessed(file: Path) -> Witnessed:
    """Read what `pytest --zokio-witness FILE` wrote.

    Raises:
        UsageError: There is no such file, or it holds something else.
    """
    try:
        machines = json.loads(file.read_text(encoding="utf-8"))["machines"]
        return {
            name: {action: int(count) for action, count in seen["actions"].items()}
            for name, seen in machines.items()
        }
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"{file} does not say which actions were taken: pytest --zokio-witness {file} writes it"
        ) from error
