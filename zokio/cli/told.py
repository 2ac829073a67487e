"""What a server tells people, on standard error."""

from __future__ import annotations

import sys

from zokio.reactor.contract import Address


def tell(text: str) -> None:
    """Say it. A terminal that is gone is no reason to stop serving."""
    try:
        print(f"zokio: {text}", file=sys.stderr, flush=True)
    except OSError:
        pass


def url_of(address: Address, *, tls: bool) -> str:
    """Where a server is reached that listens there."""
    if not isinstance(address, tuple):
        return f"unix:{address!s}"
    host = f"[{address[0]}]" if ":" in address[0] else address[0]
    return f"{'https' if tls else 'http'}://{host}:{address[1]}"
