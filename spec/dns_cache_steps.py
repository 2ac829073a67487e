"""The state and the steps of the cache of names; what must hold is in `dns_cache.py`."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import Machine, action, drop, put

NEW, ASKED, DONE = "new", "asked", "done"
WAIT, ANSWER, FAILURE, ABORTED = "wait", "answer", "failure", "aborted"
NOTHING = "nothing"
NONE = -1


class Query(NamedTuple):
    """One query: where its task is, what it ended with, and who waits for it."""

    at: str = NEW
    owed: bool = True
    aborted: bool = False
    ended: str = NOTHING
    askers: tuple[int, ...] = ()


class State(NamedTuple):
    """The variables; see the head of `dns_cache.py`."""

    queries: tuple[Query, ...]
    current: int
    kept: int
    asking: tuple[bool, ...]
    cancelling: tuple[bool, ...]
    told: tuple[str, ...]


class DnsCacheSteps(Machine[State]):
    """See `dns_cache.py`; `queries` bounds how many there are at once."""

    askers: int = 2
    queries: int = 2
    lifetime: int = 1

    def initial(self) -> Iterable[State]:
        nobody = (False,) * self.askers
        return [State((), NONE, 0, nobody, nobody, (NOTHING,) * self.askers)]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {
            "asker": range(self.askers),
            "query": range(self.queries),
            "answer": (WAIT, ANSWER, FAILURE, ABORTED),
            "lifetime": range(self.lifetime + 1),
        }

    # Words

    def of(self, state: State, asker: int) -> int:
        """The query that the asker waits for."""
        return next(n for n, query in enumerate(state.queries) if asker in query.askers)

    def change(self, state: State, number: int, query: Query) -> State:
        """The query is now so; one that has ended is forgotten when everybody has heard."""
        if query.at != DONE or query.askers:
            return state._replace(queries=put(state.queries, number, query))
        current = state.current - 1 if state.current > number else state.current
        queries = state.queries[:number] + state.queries[number + 1 :]
        return state._replace(queries=queries, current=current)

    def is_owed(self, state: State, asker: int) -> bool:
        """Whether the asker is owed a poll."""
        if not state.asking[asker]:
            return False
        return state.cancelling[asker] or state.queries[self.of(state, asker)].at == DONE

    # Askers

    @action(writes=("queries", "current", "asking", "told"), fair=False)
    def ask(self, state: State, asker: int) -> State:
        """Take what is kept; or join the query; or begin one."""
        if state.kept:
            return state._replace(told=put(state.told, asker, ANSWER))
        state = state._replace(
            asking=put(state.asking, asker, True), told=put(state.told, asker, NOTHING)
        )
        if state.current == NONE:
            query = Query(askers=(asker,))
            return state._replace(queries=(*state.queries, query), current=len(state.queries))
        query = state.queries[state.current]
        joined = query._replace(askers=tuple(sorted((*query.askers, asker))))
        return self.change(state, state.current, joined)

    @ask.guard
    def can_ask(self, state: State, asker: int) -> bool:
        has_room = state.current != NONE or len(state.queries) < self.queries
        return not state.asking[asker] and (has_room or state.kept > 0)

    @action(writes=("cancelling",), fair=False)
    def cancel(self, state: State, asker: int) -> State:
        return state._replace(cancelling=put(state.cancelling, asker, True))

    @cancel.guard
    def can_cancel(self, state: State, asker: int) -> bool:
        return state.asking[asker] and not state.cancelling[asker]

    @action(writes=("queries", "current", "asking", "cancelling", "told"))
    def poll_asker(self, state: State, asker: int) -> State:
        """It hears of its cancellation, which comes first, or is told; the last ends the query."""
        number = self.of(state, asker)
        query = state.queries[number]
        if not state.cancelling[asker]:
            state = state._replace(told=put(state.told, asker, query.ended))
        state = state._replace(
            asking=put(state.asking, asker, False), cancelling=put(state.cancelling, asker, False)
        )
        query = query._replace(askers=drop(query.askers, asker))
        if not query.askers and query.at != DONE:
            query = query._replace(aborted=True, owed=True)
            state = state._replace(current=NONE)
        return self.change(state, number, query)

    @poll_asker.guard
    def can_poll_asker(self, state: State, asker: int) -> bool:
        return self.is_owed(state, asker)

    # Queries

    @action(writes=("queries", "current", "kept"))
    def poll_query(self, state: State, query: int, answer: str, lifetime: int) -> State:
        """One poll, which ends as the server wants it; the answer is kept in the same step."""
        polled = state.queries[query]
        if answer == WAIT:
            return self.change(state, query, polled._replace(at=ASKED, owed=polled.aborted))
        if state.current == query:
            kept = lifetime if answer == ANSWER else state.kept
            state = state._replace(current=NONE, kept=kept)
        return self.change(state, query, polled._replace(at=DONE, owed=False, ended=answer))

    @poll_query.guard
    def can_poll_query(self, state: State, query: int, answer: str, lifetime: int) -> bool:
        if query >= len(state.queries) or not state.queries[query].owed:
            return False
        polled = state.queries[query]
        is_told = polled.aborted and polled.at == ASKED  # that it is aborted
        return (answer == ABORTED) == is_told and (answer == ANSWER or lifetime == 0)

    @action(writes=("queries",), fair=False)
    def wake_query(self, state: State, query: int) -> State:
        """The server has answered, or not."""
        return self.change(state, query, state.queries[query]._replace(owed=True))

    @wake_query.guard
    def can_wake_query(self, state: State, query: int) -> bool:
        return query < len(state.queries) and self.is_asleep(state.queries[query])

    def is_asleep(self, query: Query) -> bool:
        """Whether it waits for the server."""
        return query.at == ASKED and not query.owed

    @action(writes=("kept",), fair=False)
    def pass_time(self, state: State) -> State:
        """One tick."""
        return state._replace(kept=state.kept - 1)

    @pass_time.guard
    def can_pass_time(self, state: State) -> bool:
        return state.kept > 0

    @action(writes=("kept",), fair=False)
    def forget(self, state: State) -> State:
        """What was kept counts no more: other servers are asked from now on."""
        return state._replace(kept=0)

    @forget.guard
    def can_forget(self, state: State) -> bool:
        return state.kept > 0

    def running(self, state: State) -> list[Query]:
        """The queries that have not ended, and were not aborted."""
        return [query for query in state.queries if query.at != DONE and not query.aborted]
