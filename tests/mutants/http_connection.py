"""Planted bugs in the life of an HTTP connection."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

BODY = "zokio/http/body.py"
CHANNEL = "zokio/http/channel.py"
CONNECTION = "zokio/http/connection.py"
DEADLINE = "zokio/http/deadline.py"
SENDING = "zokio/http/sending.py"


def mutant(name: str, file: str, before: str, after: str) -> Mutant:
    return Mutant(name=name, file=file, before=before, after=after, machine="http_connection")


MUTANTS = (
    mutant(
        "what_is_left_of_a_body_is_taken_for_the_next_request",
        CONNECTION,
        "                keeps = keeps and not service.stopping and await self._drain(body)\n",
        "",
    ),
    mutant(
        "a_long_body_that_nobody_read_is_followed_by_a_request",
        SENDING,
        "        return not body.is_longer_than(self._service.limits.max_drain)\n",
        "        return True\n",
    ),
    mutant(
        "a_client_that_waits_to_be_told_is_waited_for",
        SENDING,
        "        if body.awaited or body.is_broken:\n",
        "        if body.is_broken:\n",
    ),
    mutant(
        "a_client_is_told_to_continue_every_time",
        BODY,
        "                self.awaited = False\n",
        "",
    ),
    mutant(
        "pipelined_bytes_are_dropped",
        CONNECTION,
        "            self.buffer = buffer[end:]\n",
        '            self.buffer = b""\n',
    ),
    mutant(
        "a_shutdown_leaves_idle_connections_open",
        CONNECTION,
        "            self.deadline.end_now()\n",
        "            pass\n",
    ),
    mutant(
        "a_connection_goes_on_during_a_shutdown",
        CONNECTION,
        "            if not keeps or service.stopping:\n",
        "            if not keeps:\n",
    ),
    mutant(
        "a_body_is_drained_during_a_shutdown",
        CONNECTION,
        "keeps and not service.stopping and await",
        "keeps and await",
    ),
    mutant(
        "a_slow_client_is_told_nothing",
        CONNECTION,
        "            if self.deadline.has_passed and self._may_refuse():\n",
        "            if False:\n",
    ),
    mutant(
        "an_idle_client_is_told_that_it_is_slow",
        CONNECTION,
        "        return self.phase in (HEAD, BODY) and not",
        "        return self.phase in (IDLE, HEAD, BODY) and not",
    ),
    mutant(
        "a_body_is_waited_for_without_end",
        CHANNEL,
        "        self.deadline.arm(self.credit_ns)\n",
        "        self.deadline._armed.append(None)\n",
    ),
    mutant(
        "a_client_that_does_not_read_is_waited_for_without_end",
        CHANNEL,
        "        self.deadline.arm(self.service.write_ns)\n",
        "        self.deadline._armed.append(None)\n",
    ),
    mutant(
        "a_deadline_goes_on_while_the_handler_works",
        CONNECTION,
        "                if not deadline.disarm():\n",
        "                if not deadline.is_armed():\n",
    ),
    mutant(
        "a_refusal_closes_before_the_client_has_read_it",
        CONNECTION,
        'error.text + "\\n"))\n        await self.linger()\n',
        'error.text + "\\n"))\n',
    ),
    mutant(
        "a_part_of_a_head_is_forgotten",
        CONNECTION,
        "        gathered = bytearray(self.buffer)\n",
        "        gathered = bytearray()\n",
    ),
    mutant(
        "the_end_of_a_body_that_came_too_early_is_the_end",
        BODY,
        'raise HttpError(400, "the connection ended in the middle of a body")\n',
        "break\n",
    ),
    mutant(
        "the_timer_outlives_the_connection",
        CONNECTION,
        "            self.deadline.close()\n",
        "",
    ),
    mutant(
        "the_timer_does_not_follow_its_deadline",
        DEADLINE,
        "            if self._armed:\n"
        "                self._timer = self._runtime.timers.insert(self.at_ns, self._fire)\n",
        "            pass\n",
    ),
    mutant(
        "what_came_behind_an_upgrade_is_kept_for_http",
        CONNECTION,
        'Upgraded(self.stream, self.buffer, self.service.limits)\n        self.buffer = b""\n',
        'Upgraded(self.stream, b"", self.service.limits)\n',
    ),
    mutant(
        "who_has_taken_the_connection_over_is_not_told_of_a_shutdown",
        CONNECTION,
        "        elif self._upgraded is not None:\n",
        "        elif self._upgraded is self:\n",
    ),
    mutant(
        "who_takes_the_connection_over_during_a_shutdown_is_not_told",
        CONNECTION,
        "        if self.service.stopping:  # which nobody will say again\n",
        "        if False:\n",
    ),
    mutant(
        "what_was_taken_over_is_closed_before_the_client_has_read_the_end",
        CONNECTION,
        "        self._upgraded = None\n        await self.linger()\n",
        "        self._upgraded = None\n",
    ),
)
