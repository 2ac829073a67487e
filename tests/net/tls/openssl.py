"""`openssl s_client` and `s_server` in processes of their own."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.helpers.tls_streams import NAME, OURS, authority, certificate

OPENSSL = shutil.which("openssl")
PATIENCE_SECONDS = 20.0
needs_openssl = pytest.mark.skipif(OPENSSL is None, reason="there is no openssl command here")


class Openssl:
    """A command that runs. It is killed after PATIENCE_SECONDS, so that no test waits for ever."""

    def __init__(self, *words: str) -> None:
        assert OPENSSL is not None
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            [OPENSSL, *words], stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT, bufsize=0
        )
        self._heard = bytearray()
        self._killer = threading.Timer(PATIENCE_SECONDS, self._process.kill)
        self._killer.start()

    def say(self, words: bytes) -> None:
        """Write to its standard input."""
        assert self._process.stdin is not None
        self._process.stdin.write(words)

    def hear(self, words: bytes) -> bytes:
        """Read its output until these words have come; all of it up to their end."""
        assert self._process.stdout is not None
        heard, searched = self._heard, 0
        while (found := heard.find(words, searched)) < 0:
            searched = max(0, len(heard) - len(words))
            more = self._process.stdout.read(1 << 16)
            assert more, f"openssl has ended before it said {words!r}:\n{heard!r}"
            heard += more
        end = found + len(words)
        said, self._heard = bytes(heard[:end]), heard[end:]
        return said

    def end(self) -> int:
        """Wait for its end; its exit code."""
        return self._process.wait()

    def kill(self) -> None:
        """Kill it, and wait for its end."""
        self._killer.cancel()
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()


@contextmanager
def openssl(*words: str) -> Iterator[Openssl]:
    """A command that is killed at the end, if it still runs."""
    command = Openssl(*words)
    try:
        yield command
    finally:
        command.kill()


def key_files(folder: Path) -> tuple[str, str, str]:
    """Files with the certificate for NAME, its key, and the authority's certificate."""
    cert = certificate(NAME)
    files = tuple(str(folder / name) for name in ("cert.pem", "key.pem", "authority.pem"))
    cert.cert_chain_pems[0].write_to_path(files[0])
    cert.private_key_pem.write_to_path(files[1])
    authority(OURS).cert_pem.write_to_path(files[2])
    return files[0], files[1], files[2]
