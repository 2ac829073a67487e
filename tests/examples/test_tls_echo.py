"""examples/tls_echo.py serves who trusts it, and survives the others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.examples.program import Client, Program, running
from tests.helpers.tls_streams import OURS, authority, certificate


@pytest.fixture
def keys(tmp_path: Path) -> dict[str, str]:
    """Files with a certificate for this machine, its key, and the issuer's certificate."""
    cert = certificate("localhost", "127.0.0.1")
    files = {name: str(tmp_path / f"{name}.pem") for name in ("cert", "key", "trust")}
    cert.cert_chain_pems[0].write_to_path(files["cert"])
    cert.private_key_pem.write_to_path(files["key"])
    authority(OURS).cert_pem.write_to_path(files["trust"])
    return files


@contextmanager
def serving(keys: dict[str, str]) -> Iterator[Program]:
    words = ("serve", "--cert", keys["cert"], "--key", keys["key"], "--port", "0")
    with running("tls_echo.py", *words) as server:
        yield server


def ask(address: tuple[str, int], *words: str) -> tuple[int, str, str]:
    with running("tls_echo.py", "ask", address[0], str(address[1]), *words) as client:
        return client.finish()


def test_who_trusts_the_server_is_answered(keys: dict[str, str]) -> None:
    with serving(keys) as server:
        address = server.address()
        assert ask(address, "hello", "--trust", keys["trust"]) == (0, "hello\n", "")
        assert server.interrupt() == (0, "stopped\n", "")


def test_who_does_not_trust_it_is_told_why(keys: dict[str, str]) -> None:
    with serving(keys) as server:
        exit_code, output, error = ask(server.address(), "hello")
        assert (exit_code, output) == (1, "")
        assert "nobody whom the context trusts has issued it" in error


def test_a_client_in_the_clear_holds_up_nobody(keys: dict[str, str]) -> None:
    with serving(keys) as server:
        address = server.address()
        with Client(address) as silent, Client(address) as hostile:
            hostile.sendall(b"GET / HTTP/1.1\r\n\r\n")
            assert ask(address, "hello", "--trust", keys["trust"]) == (0, "hello\n", "")
            silent.reset()
        assert server.interrupt() == (0, "stopped\n", "")
