"""Planted bugs in the cache of names and what shares its queries."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

COALESCING = "zokio/dns/coalescing.py"
CACHE = "zokio/dns/cache.py"

MUTANTS = (
    Mutant(
        name="equal_questions_are_asked_apart",
        file=COALESCING,
        before="query = self.queries.get(key) or self._begin(runtime, key)",
        after="query = self._begin(runtime, key)",
        machine="dns_cache",
    ),
    Mutant(
        name="who_is_cancelled_aborts_the_query_for_all",
        file=COALESCING,
        before="                if query.askers == 0:\n",
        after="                if True:\n",
        machine="dns_cache",
    ),
    Mutant(
        name="a_query_goes_on_when_the_last_has_left",
        file=COALESCING,
        before="                    query.handle.abort()\n",
        after="                    pass\n",
        machine="dns_cache",
    ),
    Mutant(
        name="an_aborted_query_can_be_joined",
        file=COALESCING,
        before="                    self._give_up(key, query)\n                    query.handle",
        after="                    query.handle",
        machine="dns_cache",
    ),
    Mutant(
        name="a_query_that_has_failed_can_be_joined",
        file=COALESCING,
        before="            return value\n        finally:\n            with _guard(runtime):\n"
        "                self._give_up(key, query)",
        after="            return value\n        finally:\n            pass",
        machine="dns_cache",
    ),
    Mutant(
        name="a_query_takes_another_one_away_as_it_ends",
        file=COALESCING,
        before="        if self.queries.get(key) is query:\n            del",
        after="        if key in self.queries:\n            del",
        machine="dns_cache",
    ),
    Mutant(
        name="a_query_that_was_given_up_keeps_its_answer",
        file=COALESCING,
        before="if self.queries.get(key) is query and lifetime_ns > 0:",
        after="if lifetime_ns > 0:",
        machine="dns_cache",
    ),
    Mutant(
        name="nothing_is_kept",
        file=COALESCING,
        before="            if kept is not None:\n                return kept\n",
        after="            del kept\n",
        machine="dns_cache",
    ),
    Mutant(
        name="an_answer_is_kept_too_long",
        file=COALESCING,
        before="deadline_after(now_ns, lifetime_ns)",
        after="deadline_after(now_ns, 2 * lifetime_ns)",
        machine="dns_cache",
    ),
    Mutant(
        name="an_answer_is_given_after_its_end",
        file=CACHE,
        before="if entry[0] <= now_ns:",
        after="if entry[0] < now_ns:",
        machine="dns_cache",
    ),
    Mutant(
        name="other_servers_leave_what_was_kept",
        file=COALESCING,
        before="            self.cache.clear()\n",
        after="            pass\n",
        machine="dns_cache",
    ),
)
