"""Everything that a receiver gets until the end."""

from __future__ import annotations

from typing import Any

from zokio.sync import Receiver


async def drained(receiver: Receiver[Any]) -> list[Any]:  # Any: of whatever is sent
    """Receive until every sender is closed; what came, in order."""
    return [value async for value in receiver]
