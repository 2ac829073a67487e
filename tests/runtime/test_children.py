"""Children: tasks of one scope, waited for as one. Time is virtual."""

from __future__ import annotations

import pytest

import zokio
from tests.helpers.simulation import forever, run_simulated, value
from zokio.core.task import Task
from zokio.errors import NotAwaitableError
from zokio.runtime.children import Children
from zokio.time import now


class Noted(Children):
    """Children whose ends are noted."""

    def __init__(self, scope: zokio.CancelScope) -> None:
        super().__init__(scope)
        self.names: list[str] = []

    def ended(self, task: Task) -> None:
        self.names.append(task.name)


def test_waiting_for_no_children_does_not_wait() -> None:
    async def main() -> float:
        with zokio.CancelScope() as scope:
            await Children(scope).all_done()
        return now()

    assert run_simulated(main()) == 0


def test_the_owner_is_told_of_each_end() -> None:
    async def main() -> list[str]:
        with zokio.CancelScope() as scope:
            children = Noted(scope)
            children.start(zokio.sleep(2), "slow", "test")
            children.start(zokio.sleep(1), "fast", "test")
            assert children.alive == 2
            await children.all_done()
        assert children.alive == 0
        return children.names

    assert run_simulated(main()) == ["fast", "slow"]


def test_a_condition_is_looked_at_after_each_end() -> None:
    async def main() -> float:
        with zokio.CancelScope() as scope:
            children = Children(scope)
            for seconds in (1, 2, 3):
                children.start(zokio.sleep(seconds), None, "test")
            await children.until(lambda: children.alive == 1)
            found = now()
            await children.all_done()
        return found

    assert run_simulated(main()) == 2


def test_waiting_for_all_is_not_cancelled_and_waiting_for_some_is() -> None:
    async def main() -> list[str]:
        said = []
        with zokio.CancelScope() as scope:
            children = Children(scope)
            children.start(zokio.sleep(1), None, "test")
            children.start(forever(), None, "test")
            scope.cancel()
            with pytest.raises(zokio.Cancelled):
                await children.until(lambda: False)
            said.append(f"{children.alive} left")
            await children.all_done()
            said.append(f"{children.alive} left")
        return said

    assert run_simulated(main()) == ["2 left", "0 left"]


def test_any_task_may_wait_for_them() -> None:
    async def main() -> float:
        with zokio.CancelScope() as scope:
            children = Children(scope)
            children.start(zokio.sleep(3), None, "test")
            await zokio.spawn(children.all_done())
        return now()

    assert run_simulated(main()) == 3


def test_what_cannot_be_awaited_is_no_child() -> None:
    async def main() -> int:
        with zokio.CancelScope() as scope:
            children = Children(scope)
            with pytest.raises(NotAwaitableError, match="test takes a coroutine"):
                children.start(value, None, "test")  # type: ignore[arg-type]  # a function is no awaitable: what the test is about
            assert not scope.members
        return children.alive

    assert run_simulated(main()) == 0
