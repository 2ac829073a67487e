"""Proxies: whom to ask instead of the server, as the environment says or as the user does.

HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY are read as by Python's own `urllib`: in lower case
too, and HTTP_PROXY not inside of a CGI program, where a request's header could set it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.request import getproxies_environment

from zokio.errors import UsageError
from zokio.http.client.headers import basic_authorization
from zokio.http.client.url import Url, parse_url


@dataclass(frozen=True, slots=True)
class Route:
    """Where to connect to for a request; connections with the same route can be shared.

    Attributes:
        host, port: of the server, or of the proxy.
        tls: the server's name, if TLS is spoken with it.
        tunnel: host and port of the server, if the proxy has to pass everything through.
        proxy_authorization: for the proxy; None: it asks for none, or there is no proxy.
        is_by_proxy: the request goes to a proxy, which reads it.
    """

    host: str
    port: int
    tls: str | None = None
    tunnel: str | None = None
    proxy_authorization: bytes | None = None
    is_by_proxy: bool = False

    def __str__(self) -> str:
        by = f" to {self.tunnel}" if self.tunnel else ""
        return f"{self.host} port {self.port}{by}"


class Proxies:
    """Which proxy serves which URL.

    Args:
        by_scheme: the URL of a proxy by "http", "https" or "all"; in "no" the hosts, divided by
            commas, that are asked directly.

    Raises:
        UsageError: what should be a proxy is none that is known here.
    """

    def __init__(self, by_scheme: Mapping[str, str]) -> None:
        direct = by_scheme.get("no", "").lower().split(",")
        self._direct = [each for entry in direct if (each := entry.strip().lstrip("."))]
        self._proxies = {
            scheme: _proxy_url(text) for scheme, text in by_scheme.items() if scheme != "no"
        }

    @classmethod
    def of_environment(cls) -> Proxies:
        """As the variables of the environment say now."""
        known = {"http", "https", "all", "no"}
        found = getproxies_environment()
        return cls({scheme: text for scheme, text in found.items() if scheme in known})

    def route(self, url: Url) -> Route:
        """The way to the server of a URL."""
        tls = url.host if url.scheme == "https" else None
        proxy = self._proxies.get(url.scheme) or self._proxies.get("all")
        if proxy is None or self._is_direct(url):
            return Route(url.host, url.port, tls)
        authorization = basic_authorization(proxy.login) if proxy.login else None
        if tls is None:
            return Route(
                proxy.host, proxy.port, proxy_authorization=authorization, is_by_proxy=True
            )
        host = f"[{url.host}]" if ":" in url.host else url.host
        return Route(proxy.host, proxy.port, tls, f"{host}:{url.port}", authorization)

    def _is_direct(self, url: Url) -> bool:
        """Whether NO_PROXY has the host, a domain above it, host and port, or a star."""
        names = (url.host, f"{url.host}:{url.port}")
        return any(
            entry == "*" or entry in names or url.host.endswith("." + entry)
            for entry in self._direct
        )


def _proxy_url(text: str) -> Url:
    url = parse_url(text if "://" in text else f"http://{text}")
    if url.scheme != "http":
        raise UsageError(f"proxy {url}: only proxies that are spoken to by http:// are known here")
    return url
