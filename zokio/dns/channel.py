"""Channel: what zokio uses of c-ares, through the binding in pycares.

It goes past `pycares.Channel`, which lets three things drop: the authority section of a negative
answer (its SOA record says how long that holds, RFC 2308), the switch for c-ares' own query cache
(which keeps "no address of this kind" for an hour, c-ares issue 1293), and the moment of the end (a
thread of its own destroys). What is used beneath is not public: pyproject.toml holds pycares to the
major version that this was written for.

Guarantees: `query` and `process` call back on the calling thread and nowhere else; a channel that
is let go of is destroyed. It knows no reactor: it tells which descriptors it waits for. One task at
a time may use it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple
from weakref import WeakMethod, WeakSet, finalize

import pycares

from zokio.dns.answer import NO_ADDRESS, NO_NAME, Verdict
from zokio.dns.settings import Settings
from zokio.errors import UsageError

# Any, wherever the binding comes in: it is made by cffi, which knows no types.
FFI: Final[Any] = vars(pycares)["_ffi"]
LIB: Final[Any] = vars(pycares)["_lib"]

A: Final[int] = LIB.ARES_REC_TYPE_A
AAAA: Final[int] = LIB.ARES_REC_TYPE_AAAA
NO_FD: Final[int] = pycares.ARES_SOCKET_BAD
# From ares.h, where they are part of its binary interface; pycares does not name them.
OPT_RESOLV_CONF: Final = 1 << 17
OPT_HOSTS_FILE: Final = 1 << 18
OPT_QUERY_CACHE: Final = 1 << 21

Watcher = Callable[[int, bool, bool], None]

FILES: Final = b"f"
SERVERS: Final = b"b"
"""Where a channel looks: in the hosts file, or with the name servers ("bind")."""
TRY_MAX_S: Final = 2.0
"""How long a server gets at first, at the most, before the next one is asked."""
TRIES: Final = 2
"""How often each server is asked; in the second round it gets twice as long."""

VERDICTS: Final = {
    LIB.ARES_SUCCESS: Verdict.FOUND,
    LIB.ARES_ENODATA: NO_ADDRESS,
    LIB.ARES_ENOTFOUND: NO_NAME,
    LIB.ARES_EBADNAME: NO_NAME,
    LIB.ARES_EBADRESP: Verdict.BAD_REPLY,
    LIB.ARES_ECONNREFUSED: Verdict.UNREACHABLE,
    LIB.ARES_ETIMEOUT: Verdict.TIMEOUT,
    LIB.ARES_ECANCELLED: Verdict.CLOSED,
    LIB.ARES_EDESTRUCTION: Verdict.CLOSED,
}


class Reply(NamedTuple):
    """What came of a question: the verdict, c-ares' word for it, and what the server said."""

    verdict: Verdict
    detail: str
    sections: pycares.DNSResult | None


class _Callbacks:
    """Whom c-ares calls back. It does not hold the channel or its user, and outlives them."""

    def __init__(self, watch: Watcher | None) -> None:
        self.watch = None if watch is None else WeakMethod(watch)
        self.pending: set[Any] = set()
        """A handle of each question in flight, which c-ares gives back."""


@FFI.callback("ares_sock_state_cb")  # type: ignore[untyped-decorator]  # cffi knows no types
def _on_socket(data: Any, fd: int, readable: int, writable: int) -> None:
    callbacks: _Callbacks = FFI.from_handle(data)
    watch = None if callbacks.watch is None else callbacks.watch()
    if watch is not None:
        watch(fd, bool(readable), bool(writable))


@FFI.callback("ares_callback_dnsrec")  # type: ignore[untyped-decorator]  # cffi knows no types
def _on_reply(arg: Any, status: int, timeouts: int, record: Any) -> None:
    callbacks, tell = FFI.from_handle(arg)
    callbacks.pending.discard(arg)
    parse: Any = pycares.parse_dnsrec
    sections = parse(record)[0] if record else None
    tell(Reply(VERDICTS.get(status, Verdict.FAILED), _word(status), sections))


@FFI.callback("ares_addrinfo_callback")  # type: ignore[untyped-decorator]  # cffi knows no types
def _on_addresses(arg: Any, status: int, timeouts: int, result: Any) -> None:
    if status == LIB.ARES_SUCCESS:
        FFI.from_handle(arg).extend(pycares.parse_addrinfo(result).nodes)  # which frees it


def _word(status: int) -> str:
    return str(FFI.string(LIB.ares_strerror(status)).decode()).lower()


class Channel:
    """A channel of c-ares.

    Args:
        lookups: FILES or SERVERS.
        watch: a method, told of each descriptor what c-ares waits for: fd, to read, to write; both
            False before it is closed. It is not kept alive. None: it asks no servers.

    Raises:
        UsageError: a server is none.
    """

    def __init__(self, lookups: bytes, settings: Settings, watch: Watcher | None = None) -> None:
        self._callbacks = _Callbacks(watch)
        handle = FFI.new_handle(self._callbacks)
        self._channel = _make(lookups, settings, handle)
        self.close = finalize(self, _destroy, self._channel, self._callbacks, handle)
        """Destroy it: what is in flight is told so. Twice does nothing."""
        self.close.atexit = False
        CHANNELS.add(self)
        if settings.servers is not None:
            self._set_servers(settings.servers)

    def _set_servers(self, servers: Sequence[str]) -> None:
        text = ",".join(servers)
        if not text.isascii() or LIB.ares_set_servers_csv(self._channel, text.encode()) != 0:
            raise UsageError(
                f"Resolver(servers={list(servers)!r}): give addresses in figures, with a port if "
                'it is not 53, such as "192.0.2.1", "192.0.2.1:5353" or "[2001:db8::1]:53"'
            )

    def query(self, name: str, kind: int, tell: Callable[[Reply], None]) -> None:
        """Ask for the records of this kind; `tell` is called once."""
        handle = FFI.new_handle((self._callbacks, tell))
        self._callbacks.pending.add(handle)
        LIB.ares_query_dnsrec(
            self._channel, name.encode(), LIB.ARES_CLASS_IN, kind, _on_reply, handle, FFI.NULL
        )

    def in_files(self, name: str) -> list[pycares.AddrInfoNode]:
        """The addresses in the hosts file, at once; only for a channel that asks no servers."""
        found: list[pycares.AddrInfoNode] = []
        hints = FFI.new("struct ares_addrinfo_hints *")
        handle = FFI.new_handle(found)
        LIB.ares_getaddrinfo(self._channel, name.encode(), FFI.NULL, hints, _on_addresses, handle)
        return found

    def process(self, read_fd: int, write_fd: int) -> None:
        """These descriptors are ready, if they are not NO_FD; what is overdue is asked anew."""
        LIB.ares_process_fd(self._channel, read_fd, write_fd)

    def wait_ns(self) -> int | None:
        """After how long `process` has to be called again if nothing happens; None: for ever."""
        span = FFI.new("struct timeval *")
        if LIB.ares_timeout(self._channel, FFI.NULL, span) == FFI.NULL:
            return None
        return int(span.tv_sec) * 1_000_000_000 + int(span.tv_usec) * 1_000

    def cancel(self) -> None:
        """Whatever is in flight is told that it is over, and its descriptors are closed."""
        LIB.ares_cancel(self._channel)


CHANNELS: Final[WeakSet[Channel]] = WeakSet()
"""Every channel of this process."""


def _let_go_in_child() -> None:
    """In a forked child: another thread of the parent may have been in c-ares, under its locks."""
    for channel in list(CHANNELS):
        channel.close.detach()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go_in_child)


def _make(lookups: bytes, settings: Settings, handle: Any) -> Any:
    options = FFI.new("struct ares_options *")
    mask = LIB.ARES_OPT_SOCK_STATE_CB | LIB.ARES_OPT_TIMEOUTMS | LIB.ARES_OPT_TRIES
    mask |= LIB.ARES_OPT_LOOKUPS | OPT_QUERY_CACHE
    options.sock_state_cb = _on_socket
    options.sock_state_cb_data = handle
    options.timeout = max(1, int(min(settings.timeout / 4, TRY_MAX_S) * 1000))
    options.tries = TRIES
    where = FFI.new("char[]", lookups)
    options.lookups = where
    options.qcache_max_ttl = 0
    if settings.hosts_file is not None:
        mask |= OPT_HOSTS_FILE
        path = FFI.new("char[]", settings.hosts_file.encode())
        options.hosts_path = path
    if settings.resolv_conf is not None:
        mask |= OPT_RESOLV_CONF
        conf = FFI.new("char[]", settings.resolv_conf.encode())
        options.resolvconf_path = conf
    made = FFI.new("ares_channel *")
    _check(LIB.ares_init_options(made, options, mask))
    return made[0]


def _destroy(channel: Any, callbacks: _Callbacks, handle: Any) -> None:
    """The last two are only held until then."""
    LIB.ares_destroy(channel)


def _check(status: int) -> None:
    if status != LIB.ARES_SUCCESS:
        raise MemoryError(f"c-ares: {_word(status)}")
