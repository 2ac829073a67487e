"""An echo server: everything that a client sends comes back.

Run it, and try it from another terminal:

    python examples/echo_server.py --port 7000
    nc 127.0.0.1 7000                    type a line
    curl telnet://127.0.0.1:7000         the same

Port 0 takes any free port; the address is printed. Ctrl-C stops the server.
"""

from __future__ import annotations

import argparse

import zokio
from zokio.net import TcpListener, TcpStream


async def echo(stream: TcpStream) -> None:
    """Serve one client until it has no more to say. A client that breaks off harms nobody."""
    try:
        async with stream:
            while data := await stream.read(65_536):
                await stream.write_all(data)
    except zokio.BrokenError:
        print("a client broke off", flush=True)


async def serve(host: str, port: int) -> None:
    """Accept for ever; each client has a task of its own."""
    async with TcpListener.bind(host, port) as listener, zokio.TaskGroup() as clients:
        bound_host, bound_port = listener.local_address[:2]
        print(f"listening on {bound_host}:{bound_port}", flush=True)
        async for stream, _ in listener:
            clients.spawn(echo(stream))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="An echo server.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=7000, help="0 takes any free port")
    options = parser.parse_args()
    try:
        zokio.run(serve(options.host, options.port))
    except KeyboardInterrupt:
        print("stopped")
