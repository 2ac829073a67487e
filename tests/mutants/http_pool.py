"""Planted bugs in the pool of the HTTP client; the first ones are those that other clients had."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

POOL = "zokio/http/client/pool.py"
LEASE = "zokio/http/client/lease.py"

MUTANTS = (
    Mutant(  # httpcore, issues 550, 658, 830 and 1093
        name="a_request_that_is_cancelled_between_grant_and_connect_keeps_its_place",
        file=POOL,
        before="        if granted:\n            lease: Lease[C]",
        after="        if False:\n            lease: Lease[C]",
        machine="http_pool",
    ),
    Mutant(  # aiohttp, issue 9670
        name="what_a_cancelled_request_was_granted_is_not_handed_on",
        file=POOL,
        before="        woken = self._settle(closing)\n        _close_all(closing)  #",
        after="        woken: list[_Request[C]] = []\n        _close_all(closing)  #",
        machine="http_pool",
    ),
    Mutant(  # aiohttp, issue 835
        name="a_request_that_fails_to_connect_keeps_its_place",
        file=LEASE,
        before="        if not self.is_over:\n",
        after="        if not self.is_over and self.connection is not None:\n",
        machine="http_pool",
    ),
    Mutant(  # httpx, issue 1461
        name="a_connection_that_was_left_in_the_middle_is_used_again",
        file=LEASE,
        before="self._pool.release(self, keep=False)",
        after="self._pool.release(self, keep=True)",
        machine="http_pool",
    ),
    Mutant(  # hyper, issue 2136
        name="a_connection_that_is_known_to_be_dead_is_used",
        file=LEASE,
        before="        if connection is not None and connection.is_quiet():\n",
        after="        if connection is not None:\n",
        machine="http_pool",
    ),
    Mutant(  # aiohttp, issue 1623
        name="who_waits_for_another_host_holds_up_all_behind_it",
        file=POOL,
        before="                pass  # its host",
        after="                break  # its host",
        machine="http_pool",
    ),
    Mutant(
        name="an_idle_connection_stays_idle_while_it_is_used",
        file=POOL,
        before="self._idle.pop(number).connection",
        after="self._idle[number].connection",
        machine="http_pool",
    ),
    Mutant(
        name="the_limit_of_a_host_is_passed",
        file=POOL,
        before="        if self._slots.get(host, 0) >= self._limits.per_host:\n",
        after="        if self._slots.get(host, 0) > self._limits.per_host:\n",
        machine="http_pool",
    ),
    Mutant(
        name="the_limit_of_all_is_passed",
        file=POOL,
        before="        if self.open >= self._limits.total:\n",
        after="        if self.open > self._limits.total:\n",
        machine="http_pool",
    ),
    Mutant(
        name="an_idle_connection_makes_no_room_for_another_host",
        file=POOL,
        before="            if not self._idle:\n",
        after="            if True:\n",
        machine="http_pool",
    ),
    Mutant(
        name="the_newest_idle_connection_makes_room",
        file=POOL,
        before="self._idle.pop(0)",
        after="self._idle.pop()",
        machine="http_pool",
    ),
    Mutant(
        name="an_idle_connection_that_makes_room_is_not_closed",
        file=POOL,
        before="            closing.append(oldest.connection)\n",
        after="",
        machine="http_pool",
    ),
    Mutant(
        name="who_is_granted_is_not_woken",
        file=POOL,
        before="        wake_all(woken)\n\n    def close",
        after="\n    def close",
        machine="http_pool",
    ),
    Mutant(
        name="a_released_place_is_given_to_nobody",
        file=POOL,
        before="keep=keep)\n            woken = self._settle(closing)\n",
        after="keep=keep)\n            woken: list[_Request[C]] = []\n",
        machine="http_pool",
    ),
    Mutant(
        name="a_connection_past_its_time_is_used",
        file=POOL,
        before="            closing = self._take_old()\n",
        after="            closing: list[C] = []\n",
        machine="http_pool",
    ),
    Mutant(
        name="a_connection_past_its_time_keeps_its_place",
        file=POOL,
        before="        for each in old:\n            self._free(each.host)\n",
        after="",
        machine="http_pool",
    ),
    Mutant(
        name="a_connection_past_its_time_is_not_closed",
        file=POOL,
        before="        return [each.connection for each in old]",
        after="        return []",
        machine="http_pool",
    ),
    Mutant(
        name="a_close_forgets_who_waits",
        file=POOL,
        before="            refused = self._queue.refuse_all(CLOSED_TEXT)\n",
        after="            refused: list[_Request[C]] = []\n",
        machine="http_pool",
    ),
    Mutant(
        name="a_closed_pool_keeps_what_comes_back",
        file=POOL,
        before="keep and not self._is_closed:",
        after="keep:",
        machine="http_pool",
    ),
    Mutant(
        name="a_closed_pool_serves_who_asks",
        file=POOL,
        before="            if self._is_closed:\n                raise",
        after="            if False:\n                raise",
        machine="http_pool",
    ),
    Mutant(
        name="a_request_is_sent_again_and_again",
        file=LEASE,
        before="        self.is_reused = False\n",
        after="",
        machine="http_pool",
    ),
    Mutant(
        name="a_dead_connection_is_left_open_by_the_retry",
        file=LEASE,
        before="        if connection is not None:\n            connection.close()\n",
        after="",
        machine="http_pool",
    ),
    Mutant(
        name="a_connection_that_died_under_a_response_is_kept",
        file=LEASE,
        before="self._pool.release(self, keep=quiet)",
        after="self._pool.release(self, keep=True)",
        machine="http_pool",
    ),
)
