"""HttpError: a status for the client, from wherever it is noticed; and what statuses mean."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from zokio.errors import UsageError, ZokioError

REASONS: Final = {status.value: status.phrase for status in HTTPStatus}
REASONS.update({413: "Content Too Large", 431: "Request Header Fields Too Large"})


class HttpError(ZokioError):
    """Raise it in a handler, and the client gets this status.

    Reading a body raises it as well: 400 when it is malformed or ends too early, 413 when it is too
    large. Let it pass, or answer as you like; the connection ends then in any case.

    Args:
        status: 400 to 599.
        text: the body of the answer; the name of the status if it is empty.

    Raises:
        UsageError: the status is another one.
    """

    def __init__(self, status: int, text: str = "") -> None:
        if not 400 <= status <= 599:
            raise UsageError(f"HttpError({status!r}): return a Response for what is no error")
        self.status = status
        self.text = text or REASONS.get(status, "")
        super().__init__(f"{status} {self.text}")
