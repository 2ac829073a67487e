"""A request as it is sent, and the one that follows a redirect.

Guarantees: credentials and cookies go to the origin that they were given for, and to no other one;
a proxy's go to the proxy.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import h11

from zokio.errors import UsageError
from zokio.http.client.errors import ProtocolError
from zokio.http.client.headers import Pair, basic_authorization
from zokio.http.client.proxies import Route
from zokio.http.client.request_body import NO_BODY, RequestBody
from zokio.http.client.url import Url

IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "DELETE"})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
FOR_ONE_ORIGIN = frozenset({b"authorization", b"cookie", b"proxy-authorization", b"host"})
ABOUT_THE_BODY = frozenset({b"content-type", b"content-encoding", b"content-language"})


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of whom. `headers` are those of the user; names are in lower case."""

    method: str
    url: Url
    headers: tuple[Pair, ...]
    body: RequestBody

    @property
    def can_be_sent_twice(self) -> bool:
        """Whether it does no harm, by the rules of HTTP, if the server gets it twice."""
        return self.method in IDEMPOTENT and self.body.can_be_sent_twice

    def head(self, route: Route) -> h11.Request:
        """What is sent before the body.

        Raises:
            UsageError: the method or a header is no HTTP.
        """
        headers = list(self.headers)
        names = {name for name, _ in headers}
        if b"host" not in names:
            headers.insert(0, (b"host", self.url.authority.encode("ascii")))
        if self.url.login is not None and b"authorization" not in names:
            headers.append((b"authorization", basic_authorization(self.url.login)))
        if route.is_by_proxy and route.proxy_authorization is not None:
            headers.append((b"proxy-authorization", route.proxy_authorization))
        if self.body.length is None:
            headers.append((b"transfer-encoding", b"chunked"))
        elif self.body.length or self.method not in WITHOUT_BODY:
            headers.append((b"content-length", b"%d" % self.body.length))
        target = str(self.url) if route.is_by_proxy else self.url.target
        try:
            return h11.Request(method=self.method, target=target, headers=headers)
        except h11.LocalProtocolError as error:
            raise UsageError(f"the request cannot be sent as HTTP/1.1: {error}") from error

    def redirected(self, status: int, location: str) -> Request:
        """The request that follows a redirect.

        Raises:
            ProtocolError: it leads to what cannot be asked.
            UsageError: it wants a body again that is used up.
        """
        try:
            url = self.url.join(location)
        except UsageError as error:
            raise ProtocolError(f"a redirect from {self.url} leads nowhere: {error}") from error
        following = replace(self, url=url)
        if url.origin != self.url.origin:
            following = following.without(FOR_ONE_ORIGIN)
        if status == 303 or (status in (301, 302) and self.method == "POST"):
            method = "HEAD" if self.method == "HEAD" else "GET"
            return replace(following.without(ABOUT_THE_BODY), method=method, body=NO_BODY)
        if not self.body.can_be_sent_twice:
            raise UsageError(
                f"{self.method} {self.url} is redirected to {url}, and its body is used up; give "
                "the body as bytes, or ask there in the first place"
            )
        return following

    def without(self, names: frozenset[bytes]) -> Request:
        """The same request without these headers."""
        return replace(self, headers=tuple(pair for pair in self.headers if pair[0] not in names))
