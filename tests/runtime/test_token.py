"""CancellationToken: waiting, children, other threads. Time is virtual."""

from __future__ import annotations

import gc
import weakref

import pytest

import zokio
from tests.helpers.branches import after, fail, note_end
from tests.helpers.simulation import forever, run_simulated
from zokio.env.threads import Event, Thread
from zokio.time import now


async def wait_for(token: zokio.CancellationToken, woken: list[str], name: str) -> None:
    """Wait for the signal and note it."""
    await token.cancelled()
    woken.append(name)


@pytest.mark.one_thread  # whose turn comes first is luck among workers
def test_whoever_waits_is_woken_in_the_order_of_coming() -> None:
    woken: list[str] = []

    async def main() -> None:
        token = zokio.CancellationToken()
        async with zokio.TaskGroup() as group:
            group.spawn(wait_for(token, woken, "first"))
            group.spawn(wait_for(token, woken, "second"))
            await zokio.sleep(1)
            assert woken == [] and not token.is_cancelled()
            token.cancel()
            assert token.is_cancelled()

    run_simulated(main())
    assert woken == ["first", "second"]


def test_waiting_for_a_signal_that_was_given_does_not_wait() -> None:
    async def main() -> float:
        token = zokio.CancellationToken()
        token.cancel()
        token.cancel()
        await token.cancelled()
        return now()

    assert run_simulated(main()) == 0


def test_a_token_interrupts_nobody() -> None:
    async def main() -> float:
        token = zokio.CancellationToken()
        token.cancel()
        await zokio.sleep(1)
        return now()

    assert run_simulated(main()) == 1


def test_a_parent_cancels_its_children_and_a_child_not_its_parent() -> None:
    parent = zokio.CancellationToken()
    first, second = parent.child(), parent.child()
    first.cancel()
    assert first.is_cancelled() and not second.is_cancelled() and not parent.is_cancelled()
    parent.cancel()
    assert second.is_cancelled()


def test_a_child_of_a_cancelled_token_is_cancelled() -> None:
    parent = zokio.CancellationToken()
    parent.cancel()
    assert parent.child().child().is_cancelled()


def test_a_grandchild_is_cancelled_when_nobody_holds_the_child() -> None:
    parent = zokio.CancellationToken()
    grandchild = parent.child().child()
    gc.collect()
    parent.cancel()
    assert grandchild.is_cancelled()


def test_a_parent_does_not_keep_its_children() -> None:
    parent = zokio.CancellationToken()
    child = weakref.ref(parent.child())
    assert child() is None, "a parent that lives long would gather every child it ever had"
    parent.cancel()


@pytest.mark.one_thread  # whose turn comes first is luck among workers
def test_whoever_waits_for_a_child_is_woken_by_the_parent() -> None:
    woken: list[str] = []

    async def main() -> None:
        parent = zokio.CancellationToken()
        async with zokio.TaskGroup() as group:
            group.spawn(wait_for(parent.child(), woken, "child"))
            group.spawn(wait_for(parent.child().child(), woken, "grandchild"))
            group.spawn(wait_for(parent, woken, "parent"))
            await zokio.sleep(1)
            gc.collect()
            parent.cancel()

    run_simulated(main())
    assert woken == ["parent", "child", "grandchild"]


def test_tokens_nested_thousands_deep_are_cancelled_without_recursion() -> None:
    tokens = [zokio.CancellationToken()]
    for _ in range(5_000):
        tokens.append(tokens[-1].child())
    tokens[0].cancel()
    assert tokens[-1].is_cancelled()


def test_another_thread_can_cancel_before_and_while_a_task_waits() -> None:
    async def main() -> list[str]:
        woken: list[str] = []
        early, late = zokio.CancellationToken(), zokio.CancellationToken()
        waits = Event()

        def cancel_both() -> None:
            early.cancel()
            waits.wait()
            late.cancel()

        thread = Thread(target=cancel_both)
        thread.start()
        await wait_for(early, woken, "early")
        handle = zokio.spawn(wait_for(late, woken, "late"))
        await zokio.yield_now()
        waits.set()
        await handle
        thread.join()
        return woken

    assert run_simulated(main()) == ["early", "late"]


def test_another_thread_can_make_children_while_the_token_is_cancelled() -> None:
    parent = zokio.CancellationToken()
    children: list[zokio.CancellationToken] = []
    thread = Thread(target=lambda: children.extend(parent.child() for _ in range(2_000)))
    thread.start()
    parent.cancel()
    thread.join()
    assert all(child.is_cancelled() for child in children) and len(children) == 2_000


def test_whoever_was_cancelled_while_waiting_stands_there_no_more() -> None:
    async def main() -> int:
        token = zokio.CancellationToken()
        with zokio.move_on_after(1):
            await token.cancelled()
        with pytest.raises(TimeoutError):
            async with zokio.timeout(1):
                await token.cancelled()
        return token._waiting.length

    assert run_simulated(main()) == 0


def test_a_task_that_is_woken_for_no_reason_waits_on_and_stands_there_once() -> None:
    async def main() -> int:
        token = zokio.CancellationToken()
        task = zokio.current_task()

        async def disturb() -> int:
            task.wake()
            await zokio.yield_now()
            await zokio.yield_now()
            standing = token._waiting.length
            token.cancel()
            return standing

        handle = zokio.spawn(disturb())
        await token.cancelled()
        return await handle

    assert run_simulated(main()) == 1


def test_a_token_ends_a_select() -> None:
    async def main() -> tuple[int, None]:
        token = zokio.CancellationToken()

        async def cancel_later() -> None:
            await zokio.sleep(1)
            token.cancel()

        zokio.spawn(cancel_later())
        return await zokio.select(forever(), token.cancelled())

    assert run_simulated(main()) == (1, None)


def test_a_guard_gives_the_signal_when_its_block_is_left() -> None:
    left, failed, disarmed = (zokio.CancellationToken() for _ in range(3))
    with left.drop_guard():
        assert not left.is_cancelled()
    with pytest.raises(KeyError), failed.drop_guard():
        raise KeyError
    with disarmed.drop_guard() as guard:
        guard.disarm()
    assert [token.is_cancelled() for token in (left, failed, disarmed)] == [True, True, False]


def test_what_runs_until_the_signal_gives_its_value_or_is_given_up() -> None:
    ended: list[str] = []

    async def cancel_later(token: zokio.CancellationToken) -> None:
        await zokio.sleep(2)
        token.cancel()

    async def main() -> tuple[str | None, str | None, list[str], float]:
        token = zokio.CancellationToken()
        zokio.spawn(cancel_later(token))
        before = await token.run_until_cancelled(after(1, "in time"))
        given_up = await token.run_until_cancelled(note_end(ended, "cleaned up", 1))
        return before, given_up, ended.copy(), now()

    assert run_simulated(main()) == ("in time", None, ["cleaned up"], 3)


@pytest.mark.one_thread  # on workers the other branch may be polled later
def test_nothing_begins_when_the_signal_was_given_or_comes_first() -> None:
    begun = []

    async def work() -> str:
        begun.append("work")
        return "value"

    async def main() -> None:
        token = zokio.CancellationToken()
        token.cancel()
        assert await token.run_until_cancelled(work()) is None
        both = zokio.CancellationToken()

        async def ends_with_the_signal() -> str:
            both.cancel()
            return "as well"

        assert await both.run_until_cancelled(ends_with_the_signal()) is None

    run_simulated(main())
    assert begun == []


def test_an_error_of_what_runs_until_the_signal_is_raised() -> None:
    async def main() -> None:
        with pytest.raises(ValueError, match="work"):
            await zokio.CancellationToken().run_until_cancelled(fail(ValueError("work")))

    run_simulated(main())
