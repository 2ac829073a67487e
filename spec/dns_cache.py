"""The cache of names: equal questions share one query, and an answer is kept as long as it holds.

Modelled: one name; askers who ask, wait, and are cancelled wherever they are suspended; queries,
which are tasks of their own, polled in any order, that wait for the server, and are answered, fail
or are aborted; answers that hold for some time or for none; time that passes; other servers, for
which nothing is kept. Each step is made under one lock, so other threads take no others.

Left out: the order of the run queue (`scheduler.py`), several names (each has its own queries), and
which answers make room for others.

Variables:
    queries     those that have not ended, and those whose askers have not all heard, oldest first
    current     which of them new askers join; -1: none
    kept        for how many ticks the kept answer holds; 0: there is none
    asking      by asker: it waits
    cancelling  by asker: it was cancelled, and has not heard of it
    told        by asker: what it was told last

Facts: a query goes on only while somebody waits for it.
"""

from __future__ import annotations

from zokio.model import always, eventually, sometimes

from .dns_cache_steps import ABORTED, DONE, FAILURE, NONE, DnsCacheSteps, State


class DnsCacheMachine(DnsCacheSteps):
    """See the head of this file."""

    # Safety

    @always
    def equal_questions_share_one_query(self, state: State) -> bool:
        return len(self.running(state)) <= 1

    @always
    def a_query_goes_on_only_while_somebody_waits(self, state: State) -> bool:
        return all(query.askers for query in self.running(state))

    @always
    def nobody_waits_for_an_aborted_query(self, state: State) -> bool:
        return not any(query.askers for query in state.queries if query.aborted)

    @always
    def nobody_asks_the_server_for_what_is_kept(self, state: State) -> bool:
        return not (state.kept and self.running(state))

    @always
    def who_asks_waits_for_one_query(self, state: State) -> bool:
        waiting = sorted(asker for query in state.queries for asker in query.askers)
        return waiting == [asker for asker, asks in enumerate(state.asking) if asks]

    @always
    def new_askers_join_only_what_will_tell_them(self, state: State) -> bool:
        if state.current == NONE:
            return not self.running(state)
        return self.running(state) == [state.queries[state.current]]

    @always
    def nobody_is_told_of_an_abort(self, state: State) -> bool:
        return ABORTED not in state.told

    @always
    def an_aborted_query_is_owed_a_poll(self, state: State) -> bool:
        return all(query.owed for query in state.queries if query.aborted)

    # Progress

    def is_answered(self, state: State, asker: int) -> bool:
        """Whether the query that the asker waits for has ended."""
        return state.asking[asker] and state.queries[self.of(state, asker)].at == DONE

    @eventually(after="is_answered", of="asker")
    def who_is_answered_goes_on(self, state: State, asker: int) -> bool:
        return not state.asking[asker]

    # Reachability

    @sometimes
    def one_is_cancelled_and_the_other_is_told(self, state: State) -> bool:
        shared = [query for query in state.queries if len(query.askers) > 1]
        return any(state.cancelling) and any(query.at == DONE for query in shared)

    @sometimes
    def a_query_goes_on_beside_an_aborted_one(self, state: State) -> bool:
        return len(state.queries) > 1 and state.queries[0].aborted and bool(self.running(state))

    @sometimes
    def a_new_query_goes_on_while_one_has_not_heard_of_the_last(self, state: State) -> bool:
        return any(q.at == DONE for q in state.queries) and bool(self.running(state))

    @sometimes
    def an_answer_is_kept_that_one_has_not_heard(self, state: State) -> bool:
        return state.kept > 0 and any(query.askers for query in state.queries)

    # Canaries

    @always(canary="equal_questions_share_one_query")
    def there_is_one_query_in_all(self, state: State) -> bool:
        return len(state.queries) <= 1

    @always(canary="a_query_goes_on_only_while_somebody_waits")
    def every_query_has_askers(self, state: State) -> bool:
        return all(query.askers for query in state.queries)

    @always(canary="nobody_waits_for_an_aborted_query")
    def nobody_waits_for_a_query_that_has_ended(self, state: State) -> bool:
        return not any(query.askers for query in state.queries if query.at == DONE)

    @always(canary="nobody_asks_the_server_for_what_is_kept")
    def nothing_is_kept(self, state: State) -> bool:
        return state.kept == 0

    @always(canary="who_asks_waits_for_one_query")
    def two_never_wait(self, state: State) -> bool:
        return sum(state.asking) < 2

    @always(canary="new_askers_join_only_what_will_tell_them")
    def there_is_always_one_to_join(self, state: State) -> bool:
        return state.current != NONE or not state.queries

    @always(canary="nobody_is_told_of_an_abort")
    def nobody_is_told_of_a_failure(self, state: State) -> bool:
        return FAILURE not in state.told

    @always(canary="an_aborted_query_is_owed_a_poll")
    def every_query_is_owed_a_poll(self, state: State) -> bool:
        return all(query.owed for query in state.queries)

    def begins_to_ask(self, state: State, asker: int) -> bool:
        """Whether it waits, for a server that may never answer."""
        return state.asking[asker]

    @eventually(after="begins_to_ask", of="asker", canary="who_is_answered_goes_on")
    def every_question_is_answered(self, state: State, asker: int) -> bool:
        return not state.asking[asker]


CONFIGURATIONS = (
    DnsCacheMachine(askers=2, queries=2, lifetime=2),
    DnsCacheMachine(askers=3, queries=2, lifetime=1),
)
