"""Headers: names and values of a request, in order; and what is allowed in those of a response.

Names are compared without regard to case and kept in lower case. Bytes on the wire are Latin-1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from zokio.errors import UsageError

Pair = tuple[bytes, bytes]
TOKEN: Final = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
# No line can be ended and no other one begun: what a response must never let through.
VALUE: Final = re.compile(rb"[\t\x20-\x7e\x80-\xff]*")
HeaderItems = Mapping[str, str] | Iterable[tuple[str, str]]


class Headers(Mapping[str, str]):
    """A mapping from the name in lower case; a name that came several times is joined by commas."""

    __slots__ = ("raw",)

    def __init__(self, raw: list[Pair]) -> None:
        self.raw = raw
        """Names in lower case and values, as bytes, in the order in which they came."""

    def __getitem__(self, name: str) -> str:
        values = self.get_all(name)
        if not values:
            raise KeyError(name)
        return ", ".join(values)

    def get_all(self, name: str) -> list[str]:
        """Every value of a name, in order."""
        wanted = name.lower().encode("latin-1", "replace")
        return [value.decode("latin-1") for key, value in self.raw if key == wanted]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(key.decode("latin-1") for key, _ in self.raw))

    def __len__(self) -> int:
        return len({key for key, _ in self.raw})

    def __repr__(self) -> str:
        return f"Headers({dict(self)!r})"


def encoded(name: str, value: str) -> Pair:
    """A header of a response as bytes, the name in lower case.

    Raises:
        UsageError: the name or the value could not be sent as it is, or would begin another line.
    """
    try:
        pair = _name(name), value.encode("latin-1")
    except (UnicodeEncodeError, AttributeError) as error:
        raise UsageError(f"header {name!r}: {value!r} is not text in Latin-1") from error
    # The first question is a tenth of the second, and mostly enough.
    if not value.isprintable() and not VALUE.fullmatch(pair[1]):
        raise UsageError(
            f"header {name!r}: {value!r} has a character that no header may have, such as the end "
            "of a line; check where it comes from"
        )
    return pair


@lru_cache(maxsize=512)
def encoded_line(name: str, value: str) -> tuple[Pair, bytes]:
    """`encoded`, and the line of it in a head: most responses say what others have said."""
    pair = encoded(name, value)
    return pair, b"%b: %b\r\n" % pair


@lru_cache(maxsize=256)
def _name(name: str) -> bytes:
    encoded_name = name.lower().encode("ascii")
    if not TOKEN.fullmatch(encoded_name):
        raise UsageError(f"header {name!r}: this is no name of a header")
    return encoded_name
