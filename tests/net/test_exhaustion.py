"""A server in a process of its own, which may open few descriptors, serves more clients than that.

Each client that is served leaves; so sooner or later there is a descriptor for everybody.
"""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CLIENTS = 60
PATIENCE_S = 30  # a safety net: each client is served as soon as there is a descriptor
SERVER = """
import logging, resource, sys, zokio
from zokio.net import TcpListener

logging.basicConfig()

async def echo(stream):
    async with stream:
        while data := await stream.read(100):
            await stream.write_all(data)

async def main():
    async with TcpListener.bind("127.0.0.1", 0) as listener:
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (30, hard))
        print(listener.local_address[1], flush=True)
        for _ in range(int(sys.argv[1])):
            stream, _ = await anext(listener)
            zokio.spawn(echo(stream))
        while True:
            await zokio.sleep(1)

zokio.run(main())
"""


def test_iteration_goes_on_when_the_process_has_run_out_of_descriptors() -> None:
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(CLIENTS)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        address = ("127.0.0.1", int(server.stdout.readline()))
        clients = [socket.create_connection(address, PATIENCE_S) for _ in range(CLIENTS)]
        for client in clients:
            client.sendall(b"me?")
        for client in clients:
            with client:
                assert client.recv(100) == b"me?"
    finally:
        server.terminate()
        _, errors = server.communicate()
    assert errors.count("accepting again") == 1, errors  # however often it happened
    assert "ulimit" in errors
    assert "Traceback" not in errors
