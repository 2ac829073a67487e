"""dnsmasq on loopback: a real name server, where it is installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SEARCHED = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
DNSMASQ = shutil.which("dnsmasq", path=SEARCHED)
MISSING = "dnsmasq is not installed: apt-get install dnsmasq-base"

SETTINGS = (
    *("--no-daemon", "--no-resolv", "--no-hosts", "--conf-file=/dev/null", "--bind-interfaces"),
    *("--listen-address=127.0.0.1", "--local=/example/", "--local-ttl=60", "--pid-file="),
    *("--host-record=both.example,127.0.0.2,::1", "--host-record=four.example,127.0.0.3"),
    *("--cname=alias.example,both.example", "--host-record=short.sub.example,127.0.0.4"),
)


@contextmanager
def dnsmasq(hosts: Path) -> Iterator[str]:
    """A server that knows some names of `example` and those in the file; gives its address."""
    assert DNSMASQ is not None, MISSING
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind(("127.0.0.1", 0))
            port = sock.getsockname()[1]
        command = [DNSMASQ, f"--port={port}", f"--addn-hosts={hosts}", *SETTINGS]
        if os.geteuid() == 0:
            command.append("--user=root")  # else it would look for a user of its own
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            try:
                if not _has_started(process):
                    continue
                yield f"127.0.0.1:{port}"
                return
            finally:
                process.kill()


def _has_started(process: subprocess.Popen[str]) -> bool:
    """False: somebody else has taken the port meanwhile."""
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if "read " in line and "names" in line:  # what it says last, when it has all
            return True
    if "in use" in "".join(said):
        return False
    raise AssertionError("".join(said))
