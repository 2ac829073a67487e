"""What every end of a channel has: a block, with or without `async`, at whose end it is closed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Self


class Closing(ABC):
    """`with end:` and `async with end:` close it; neither waits."""

    __slots__ = ()

    @abstractmethod
    def close(self) -> None:
        """Close it. Again it does nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()
