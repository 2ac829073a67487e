"""An echo of datagrams: a server, and a client that asks again when no answer comes.

Datagrams get lost, and nobody says so. The client waits for a while, and longer each time; and it
numbers its questions, since an answer to an earlier one may still come.

Run the server, and ask it from another terminal:

    python examples/udp_echo.py serve --port 7000
    python examples/udp_echo.py ask hello --port 7000

Port 0 takes any free port; the address is printed. Ctrl-C stops the server.
"""

from __future__ import annotations

import argparse

import zokio
from zokio.net import UdpSocket

FIRST_PATIENCE_SECONDS = 0.1
ATTEMPTS = 6


async def serve(host: str, port: int) -> None:
    """Send every datagram back. One that cannot be answered harms nobody else."""
    async with UdpSocket.bind(host, port) as sock:
        bound_host, bound_port = sock.local_address[:2]
        print(f"listening on {bound_host}:{bound_port}", flush=True)
        while True:
            try:
                data, address = await sock.recv_from()
                await sock.send_to(data, address)
            except zokio.BrokenError as error:
                print(f"lost: {error}", flush=True)


async def ask(host: str, port: int, question: str) -> str:
    """The answer to a question.

    Raises:
        BrokenError: nobody is there.
        TimeoutError: no answer came, however often it was asked.
    """
    async with UdpSocket.bind() as sock:
        await sock.connect(host, port)
        for attempt in range(ATTEMPTS):
            await sock.send(f"{attempt} {question}".encode())
            with zokio.move_on_after(FIRST_PATIENCE_SECONDS * 2**attempt):
                while True:
                    number, _, answer = (await sock.recv()).decode().partition(" ")
                    if number == str(attempt):
                        return answer
    raise TimeoutError(f"no answer from {host} port {port} to {ATTEMPTS} questions")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="An echo of datagrams.")
    parser.add_argument("what", choices=["serve", "ask"])
    parser.add_argument("question", nargs="?", default="hello")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=7000, help="0 takes any free port")
    options = parser.parse_args()
    try:
        if options.what == "serve":
            zokio.run(serve(options.host, options.port))
        else:
            print(zokio.run(ask(options.host, options.port, options.question)))
    except KeyboardInterrupt:
        print("stopped")
    except (zokio.BrokenError, TimeoutError) as error:
        raise SystemExit(f"{error}") from None
