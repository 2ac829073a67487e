"""URLs of http and https, taken apart for a request: no part can break out of its place.

Control characters, spaces and line breaks are refused, and not cut out in silence as `urllib` does.
Letters beyond ASCII become what is sent for them: percent signs in a path, IDNA in a host.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urljoin, urlsplit

from zokio.errors import UsageError

PORTS = {"http": 80, "https": 443}
UNSAFE = re.compile(r"[\x00-\x20\x7f]")
RESERVED = "!#$%&'()*+,/:;=?@[]~"


@dataclass(frozen=True, slots=True)
class Url:
    """What a request needs of a URL.

    Attributes:
        scheme: "http" or "https".
        host: a name in ASCII, or an address without brackets.
        port: the default one of the scheme if none is given.
        target: path and query, as they are sent.
        login: user name and password, decoded; None: there are none.
    """

    scheme: str
    host: str
    port: int
    target: str
    login: tuple[str, str] | None = None

    @property
    def origin(self) -> tuple[str, str, int]:
        """What has to be the same for credentials to be sent along."""
        return (self.scheme, self.host, self.port)

    @property
    def authority(self) -> str:
        """Host and port, for the Host header; the default port is left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    def join(self, reference: str) -> Url:
        """Where a Location header leads, from here.

        Raises:
            UsageError: it leads to no URL of http or https.
        """
        return parse_url(urljoin(str(self), reference))

    def __str__(self) -> str:
        """Without the login: it is for messages as well."""
        return f"{self.scheme}://{self.authority}{self.target}"


def parse_url(text: str) -> Url:
    """Take a URL apart.

    Raises:
        UsageError: it is no absolute URL of http or https, or has characters that none may have.
    """
    if UNSAFE.search(text):
        raise UsageError(f"URL {text!r}: it has a space or a control character; percent-encode it")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise UsageError(f"URL {text!r}: {error}") from error
    if parts.scheme not in PORTS or not parts.hostname:
        raise UsageError(f"URL {text!r}: give one that begins with http://HOST or https://HOST")
    if port == 0:
        raise UsageError(f"URL {text!r}: there is no port 0 to connect to")
    target = quote(parts.path or "/", safe=RESERVED)
    if parts.query:
        target += "?" + quote(parts.query, safe=RESERVED)
    login = None
    if parts.username is not None:
        login = (unquote(parts.username), unquote(parts.password or ""))
    return Url(parts.scheme, _ascii(parts.hostname), port or PORTS[parts.scheme], target, login)


def _ascii(host: str) -> str:
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise UsageError(f"host {host!r}: it cannot be written in ASCII: {error}") from error
