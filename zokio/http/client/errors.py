"""What can go wrong with a request, beside the errors of the network: see `zokio.errors`."""

from __future__ import annotations

import errno

from zokio.errors import BrokenError, LimitError, ZokioError


class ProtocolError(BrokenError):
    """The server, or a proxy, sent what is no HTTP/1.1, or refused what it has to do."""

    def __init__(self, what: str) -> None:
        super().__init__(errno.EPROTO, what)


class PoolTimeoutError(ZokioError, TimeoutError):
    """No connection was free in time: all that the limits allow were in use."""


class ReadTimeoutError(BrokenError, TimeoutError):
    """The server sent nothing for too long."""


class WriteTimeoutError(BrokenError, TimeoutError):
    """The server took nothing for too long."""


class TooManyRedirectsError(LimitError):
    """One redirect led to another, and so on, beyond the limit."""


class StatusError(ZokioError):
    """The status is 400 or more; raised by `raise_for_status` only. `status` is the number."""

    def __init__(self, status: int, what: str) -> None:
        super().__init__(what)
        self.status = status
