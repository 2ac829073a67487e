"""A chat server: what one client says, all others read.

Run it, and join from two or more other terminals:

    python examples/chat_server.py --port 7001
    nc 127.0.0.1 7001                    the first line is your name

No client can hurt the others. One that is silent for too long (`--silence SECONDS`) is shown out.
One that does not read is not waited for: speakers put lines into its outbox and go on; when the
outbox is full, or a write makes no progress for ten seconds, that client is dropped.
Ctrl-C stops the server.
"""

from __future__ import annotations

import argparse
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

import zokio
from zokio.errors import LimitError
from zokio.net import TcpListener, TcpStream

LINE_LIMIT = 1_024
OUTBOX_LIMIT = 100
WRITE_SECONDS = 10.0


class Client:
    """One client: its stream, an outbox of lines that it has yet to read, and a way to drop it."""

    def __init__(self, name: str, stream: TcpStream) -> None:
        self.name = name
        self.stream = stream
        self.scope = zokio.CancelScope()
        self._outbox: deque[bytes] = deque()
        self._waker: zokio.Waker | None = None

    def put(self, line: str) -> None:
        """Hand a line over without waiting; a client whose outbox is full is dropped."""
        if len(self._outbox) >= OUTBOX_LIMIT:
            self.scope.cancel()
            return
        self._outbox.append(line.encode() + b"\n")
        if self._waker is not None:
            self._waker.wake()

    def _poll_outbox(self, cx: zokio.Context) -> zokio.Poll[bytes]:
        self._waker = cx.waker
        if not self._outbox:
            return zokio.PENDING
        # One by one: other workers may put more there meanwhile.
        lines = [self._outbox.popleft() for _ in range(len(self._outbox))]
        return zokio.Ready(b"".join(lines))

    async def deliver(self) -> None:
        """Write what the outbox holds, for ever."""
        while True:
            lines = await zokio.poll_fn(self._poll_outbox)
            async with zokio.timeout(WRITE_SECONDS):
                await self.stream.write_all(lines)


class Room:
    """Who is there, and what is said to them."""

    def __init__(self, silence: float) -> None:
        self.silence = silence
        self.clients: set[Client] = set()

    def say(self, line: str, *, but: Client) -> None:
        """Put a line into the outbox of everybody but one."""
        for client in self.clients - {but}:
            client.put(line)

    @contextmanager
    def joined(self, client: Client) -> Iterator[None]:
        """The client is in the room for as long as the block lasts."""
        self.clients.add(client)
        client.put(f"* hello {client.name}, everybody hears you")
        self.say(f"* {client.name} joins", but=client)
        try:
            yield
        finally:
            self.clients.discard(client)
            self.say(f"* {client.name} leaves", but=client)

    async def read_line(self, stream: TcpStream) -> str:
        """The next line; the time allowed for it is limited, and so is its length."""
        async with zokio.timeout(self.silence):
            line = await stream.read_until(b"\n", LINE_LIMIT)
        return line.decode(errors="replace").strip()

    async def listen(self, client: Client) -> None:
        """Pass on what the client says, for ever."""
        while True:
            line = await self.read_line(client.stream)
            self.say(f"{client.name}: {line}", but=client)
            # One line a turn: a client that sends thousands must not fill outboxes whose own
            # clients would read them.
            await zokio.yield_now()

    async def serve(self, stream: TcpStream) -> None:
        """Look after one client. Whatever happens to it ends here."""
        async with stream:
            try:
                client = Client(await self.read_line(stream), stream)
                with self.joined(client), client.scope:
                    async with zokio.TaskGroup() as halves:
                        halves.spawn(self.listen(client))
                        halves.spawn(client.deliver())
                if client.scope.cancelled_caught:
                    print("a client is dropped: it does not read", flush=True)
            except* (TimeoutError, LimitError) as errors:
                print(f"a client is shown out: {type(errors.exceptions[0]).__name__}", flush=True)
            except* zokio.BrokenError:
                pass  # it left


async def main(host: str, port: int, silence: float) -> None:
    """Accept for ever; each client has a task of its own."""
    room = Room(silence)
    async with TcpListener.bind(host, port) as listener, zokio.TaskGroup() as clients:
        bound_host, bound_port = listener.local_address[:2]
        print(f"listening on {bound_host}:{bound_port}", flush=True)
        async for stream, _ in listener:
            clients.spawn(room.serve(stream))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A chat server.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=7001, help="0 takes any free port")
    parser.add_argument("--silence", type=float, default=300.0, help="seconds allowed for a line")
    options = parser.parse_args()
    try:
        zokio.run(main(options.host, options.port, options.silence))
    except KeyboardInterrupt:
        print("stopped")
