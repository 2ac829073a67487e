"""What a server has written, taken apart without any parser of the product."""

from __future__ import annotations

from dataclasses import dataclass

END = b"\r\n\r\n"


@dataclass(frozen=True)
class Answer:
    """A response; `body` is what came of it, and `is_whole` says whether that was all."""

    status: int
    headers: dict[str, str]
    body: bytes
    is_whole: bool = True


def answers_in(data: bytes, methods: tuple[str, ...] = ()) -> list[Answer]:
    """The responses in the order in which they were written, the last one maybe in part.

    Args:
        data: all that was written.
        methods: of the requests, where one is HEAD.
    """
    found: list[Answer] = []
    while END in data:
        head, _, data = data.partition(END)
        line, *fields = head.decode("latin-1").split("\r\n")
        version, status = line.split(" ")[:2]
        assert version == "HTTP/1.1"
        headers = dict(field.split(": ", 1) for field in fields)
        assert len(headers) == len(fields), "a header came twice"
        number = sum(answer.status >= 200 for answer in found)
        is_head = methods[number : number + 1] == ("HEAD",)
        if is_head or int(status) in (100, 101, 204, 304):
            body, is_whole = b"", True
        else:
            body, data, is_whole = _body(headers, data)
        found.append(Answer(int(status), headers, body, is_whole))
    return found


def _body(headers: dict[str, str], data: bytes) -> tuple[bytes, bytes, bool]:
    if headers.get("transfer-encoding") == "chunked":
        return _chunked(data)
    if "content-length" not in headers:
        return data, b"", False  # its end is the connection's
    size = int(headers["content-length"])
    return data[:size], data[size:], len(data) >= size


def _chunked(data: bytes) -> tuple[bytes, bytes, bool]:
    body = b""
    while b"\r\n" in data:
        line, _, rest = data.partition(b"\r\n")
        size = int(line, 16)
        if len(rest) < size + 2:
            return body + rest[:size], b"", False
        assert rest[size : size + 2] == b"\r\n"
        body, data = body + rest[:size], rest[size + 2 :]
        if size == 0:
            return body, data, True
    return body, b"", False
