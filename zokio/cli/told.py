"""What a server tells people, on standard error."""

from __future__ import annotations

import sys


def tell(text: str) -> None:
    """Say it. A terminal that is gone is no reason to stop serving."""
    try:
        print(f"zokio: {text}", file=sys.stderr, flush=True)
    except OSError:
        pass
