"""An echo server with TLS, and its client: who connects sees the server's certificate.

Make a certificate, run the server, and talk to it from another terminal:

    openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=localhost \\
        -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout key.pem -out cert.pem
    python examples/tls_echo.py serve --cert cert.pem --key key.pem --port 7443
    python examples/tls_echo.py ask localhost 7443 --trust cert.pem hello
    openssl s_client -connect localhost:7443 -CAfile cert.pem        type a line

Port 0 takes any free port; the address is printed. Ctrl-C stops the server.
"""

from __future__ import annotations

import argparse
import ssl

import zokio
from zokio.net import TcpListener
from zokio.net.tls import TlsStream, connect, wrap_server


async def echo(stream: TlsStream) -> None:
    """Serve one client until it has no more to say. A client that breaks off harms nobody."""
    try:
        async with stream:
            while data := await stream.read(65_536):
                await stream.write_all(data)
    except zokio.BrokenError:
        print("a client broke off", flush=True)


async def serve(host: str, port: int, context: ssl.SSLContext) -> None:
    """Accept for ever; slow and hostile clients hold up nobody."""
    async with (
        wrap_server(TcpListener.bind(host, port), context) as listener,
        zokio.TaskGroup() as clients,
    ):
        bound_host, bound_port = listener.local_address[:2]
        print(f"listening on {bound_host}:{bound_port}", flush=True)
        async for stream, _ in listener:
            clients.spawn(echo(stream))


async def ask(host: str, port: int, context: ssl.SSLContext, words: str) -> None:
    """Send one line, and print what comes back."""
    async with await connect(host, port, context) as stream:
        await stream.write_all(words.encode() + b"\n")
        print((await stream.read_until(b"\n")).decode(), end="")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="An echo server with TLS, and its client.")
    commands = parser.add_subparsers(dest="command", required=True)
    server = commands.add_parser("serve")
    server.add_argument("--cert", required=True, help="the certificate, in PEM")
    server.add_argument("--key", required=True, help="its key, in PEM")
    server.add_argument("--host", default="127.0.0.1")
    server.add_argument("--port", type=int, default=7443, help="0 takes any free port")
    client = commands.add_parser("ask")
    client.add_argument("host")
    client.add_argument("port", type=int)
    client.add_argument("words")
    client.add_argument("--trust", help="a certificate to trust beside the system's, in PEM")
    options = parser.parse_args()
    try:
        if options.command == "serve":
            own = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            own.load_cert_chain(options.cert, options.key)
            zokio.run(serve(options.host, options.port, own))
        else:
            trusted = ssl.create_default_context(cafile=options.trust)
            zokio.run(ask(options.host, options.port, trusted, options.words))
    except KeyboardInterrupt:
        print("stopped")
