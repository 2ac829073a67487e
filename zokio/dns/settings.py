"""What a resolver is made of, checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from zokio.errors import UsageError


class Settings(NamedTuple):
    """See `Resolver`."""

    servers: Sequence[str] | None = None
    timeout: float = 5.0
    cache_size: int = 1024
    domains: Sequence[str] | None = None
    hosts_file: str | None = None
    resolv_conf: str | None = None


def check_settings(settings: Settings) -> None:
    """Refuse what is out of its range; whether a server is one is found by c-ares.

    Raises:
        UsageError: the message says which setting.
    """
    for name in ("servers", "domains"):
        texts = getattr(settings, name)
        is_list = isinstance(texts, Sequence) and not isinstance(texts, str)
        if texts is not None and not (is_list and all(isinstance(each, str) for each in texts)):
            raise UsageError(f"Resolver({name}={texts!r}): give a list of texts, or None")
    if settings.servers is not None and not settings.servers:
        raise UsageError("Resolver(servers=[]): give at least one, or None for the system's")
    # Whatever a caller has given, in spite of the types.
    timeout: object = settings.timeout
    size: object = settings.cache_size
    if not isinstance(timeout, int | float) or not timeout > 0:
        raise UsageError(f"Resolver(timeout={timeout!r}): it must be a number of seconds over 0")
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise UsageError(f"Resolver(cache_size={size!r}): it must be a whole number, 0 or more")
