"""Planted bugs in the close of a WebSocket: in who says what, who is told, and who is left."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

SOCKET = "zokio/http/websocket/socket.py"
WRITER = "zokio/http/websocket/writer.py"
MACHINE = "websocket_close"


def planted(name: str, file: str, before: str, after: str) -> Mutant:
    return Mutant(name=name, file=file, before=before, after=after, machine=MACHINE)


MUTANTS = (
    planted(
        "a_close_is_sent_though_the_peer_has_closed",
        WRITER,
        "if not self.is_open() or self._end is not None:\n                return\n",
        "if self._protocol.state is ConnectionState.LOCAL_CLOSING:\n                return\n",
    ),
    planted(
        "a_close_is_sent_behind_the_end_of_the_connection",
        WRITER,
        "if not self.is_open() or self._end is not None:\n",
        "if not self.is_open():\n",
    ),
    planted(
        "our_close_does_not_say_what_the_end_was",
        WRITER,
        "            self.note(code, reason)\n            prepare()\n",
        "            prepare()\n",
    ),
    planted(
        "the_last_end_is_told",
        WRITER,
        "        if self._end is None:\n            self._end = code, reason\n",
        "        self._end = code, reason\n",
    ),
    planted(
        "a_send_that_fails_says_that_the_connection_broke",
        WRITER,
        "            except LocalProtocolError:\n                raise self.error() from None\n",
        "            except LocalProtocolError:\n"
        '                raise WebSocketClosed(BROKEN, "") from None\n',
    ),
    planted(
        "half_a_frame_is_left_by_who_is_cancelled",
        WRITER,
        '            if left:\n                self.break_off("the peer does not read")\n',
        "            pass\n",
    ),
    planted(
        "what_is_broken_off_stays_connected",
        WRITER,
        "        self._upgraded.stream.close()\n",
        "",
    ),
    planted(
        "a_close_is_written_between_the_parts_of_a_frame",
        WRITER,
        '        """Send a close if neither side has, after `prepare`."""\n'
        "        async with self._lock:\n",
        '        """Send a close if neither side has, after `prepare`."""\n'
        "        async with Mutex():\n",
    ),
    planted(
        "a_close_is_not_answered",
        SOCKET,
        "        await self._answer(event.response())\n\n",
        "\n",
    ),
    planted(
        "a_close_that_came_is_not_what_the_end_was",
        SOCKET,
        '        self._writer.note(event.code, event.reason or "")\n',
        "",
    ),
    planted(
        "an_end_without_a_close_is_not_told",
        SOCKET,
        '            self._writer.note(BROKEN, "the connection ended without a close")\n',
        "",
    ),
    planted(
        "nobody_hears_that_it_is_over",
        SOCKET,
        "            self._over.set()\n",
        "            pass\n",
    ),
    planted(
        "who_closes_waits_for_nothing",
        SOCKET,
        "            await self._over.wait()\n",
        "            pass\n",
    ),
    planted(
        "a_peer_that_does_not_answer_is_kept",
        SOCKET,
        "        if not self._over.is_set():\n",
        "        if self._over.is_set():\n",
    ),
    planted(
        "a_peer_is_waited_for_without_end",
        SOCKET,
        "        with move_on_after(self._settings.close_timeout):\n",
        "        with move_on_after(1e9):\n",
    ),
    planted(
        "a_silent_peer_is_kept",
        SOCKET,
        '                return self._writer.break_off("the peer does not answer pings")\n',
        "                pass\n",
    ),
    planted(
        "a_peer_that_is_silent_once_is_left",
        SOCKET,
        "            elif self._is_asked:\n",
        "            elif True:\n",
    ),
    planted(
        "a_silent_peer_is_not_asked",
        SOCKET,
        "                await self._answer(Ping())\n",
        "                pass\n",
    ),
    planted(
        "whoever_was_heard_once_counts_as_alive",
        SOCKET,
        "                await self._answer(Ping())\n            self._heard = False\n",
        "                await self._answer(Ping())\n",
    ),
    planted(
        "a_shutdown_does_not_close",
        SOCKET,
        '        await self.close(GOING_AWAY, "the server stops")\n',
        "",
    ),
)
