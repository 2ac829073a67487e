"""The headers of requests and responses: pairs in order, asked for by name in any case."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping

from zokio.errors import UsageError

HeaderPairs = Mapping[str, str] | Iterable[tuple[str, str]]
Pair = tuple[bytes, bytes]

MANAGED = {b"content-length", b"transfer-encoding", b"connection", b"te", b"upgrade"}


class ResponseHeaders(Mapping[str, str]):
    """What a server sent. A name may be there several times: its values are joined by commas.

    Args:
        pairs: names in lower case, and values.
    """

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self.pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs]

    def get_all(self, name: str) -> list[str]:
        """Every value of a name, in order; of Set-Cookie they cannot be joined."""
        wanted = name.lower()
        return [value for name, value in self.pairs if name == wanted]

    def __getitem__(self, name: str) -> str:
        values = self.get_all(name)
        if not values:
            raise KeyError(name)
        return ", ".join(values)

    def __iter__(self) -> Iterator[str]:
        return iter(dict(self.pairs))

    def __len__(self) -> int:
        return len(dict(self.pairs))

    def __repr__(self) -> str:
        return f"<ResponseHeaders {self.pairs}>"


def encode_headers(headers: HeaderPairs) -> list[Pair]:
    """A user's headers as they are sent, names in lower case.

    Raises:
        UsageError: a name or value has what none may have, above all a line break; or it is one
            that the client says by itself.
    """
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    encoded = []
    for name, value in pairs:
        if any(mark in name + value for mark in "\r\n\0"):
            raise UsageError(f"header {name!r}: a line break or NUL in it could forge a request")
        try:
            pair = (name.lower().encode("ascii"), value.encode("latin-1"))
        except UnicodeEncodeError as error:
            raise UsageError(f"header {name!r}: {error}; encode its value before") from error
        if pair[0] in MANAGED:
            raise UsageError(f"header {name!r}: the client says that by itself; leave it out")
        encoded.append(pair)
    return encoded


def basic_authorization(login: tuple[str, str]) -> bytes:
    """The value of an Authorization header.

    Raises:
        UsageError: the user name has a colon, which would end it.
    """
    user, password = login
    if ":" in user:
        raise UsageError("a user name with a colon cannot be sent by basic authorization")
    return b"Basic " + b64encode(f"{user}:{password}".encode())
