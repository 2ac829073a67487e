"""examples/http_api.py answers a real client, and stops when it is told to."""

from __future__ import annotations

import json
from http.client import HTTPConnection

from tests.examples.program import PATIENCE_SECONDS, Client, running


def ask(connection: HTTPConnection, method: str, path: str, body: str = "") -> tuple[int, str]:
    """Status and body of the answer."""
    connection.request(method, path, body or None)
    response = connection.getresponse()
    return response.status, response.read().decode()


def test_notes_are_kept_and_forgotten() -> None:
    with running("http_api.py", "--port", "0") as server:
        connection = HTTPConnection(*server.address(), timeout=PATIENCE_SECONDS)
        status, made = ask(connection, "POST", "/notes", "buy milk")
        assert (status, json.loads(made)) == (201, {"number": 1})
        assert ask(connection, "GET", "/notes/1") == (200, '{"text": "buy milk"}')
        assert ask(connection, "GET", "/notes") == (200, '{"1": "buy milk"}')
        assert ask(connection, "DELETE", "/notes/1") == (204, "")
        assert ask(connection, "DELETE", "/notes/1")[0] == 404
        assert ask(connection, "GET", "/notes/x")[0] == 404
        assert ask(connection, "GET", "/nothing")[0] == 404
        connection.close()
        assert server.interrupt() == (0, "stopped\n", "")


def test_a_response_in_parts_arrives_whole() -> None:
    with running("http_api.py", "--port", "0") as server:
        connection = HTTPConnection(*server.address(), timeout=PATIENCE_SECONDS)
        assert ask(connection, "GET", "/count") == (200, "0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n")
        connection.close()


def test_an_interrupt_ends_it_in_the_middle_of_a_response() -> None:
    with running("http_api.py", "--port", "0") as server, Client(server.address()) as client:
        client.sendall(b"GET /count HTTP/1.1\r\nHost: a\r\n\r\n")
        assert client.line() == "HTTP/1.1 200 OK\r"
        assert server.interrupt() == (0, "stopped\n", "")
