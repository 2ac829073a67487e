"""Several permits of an mpsc channel at once: all or none, in the order of waiting."""

from __future__ import annotations

import pytest

import zokio
from tests.helpers.simulation import run_simulated
from zokio.errors import BackpressureError, ClosedError
from zokio.sync import mpsc, unbounded


def test_each_permit_sends_one_value_and_those_that_are_not_used_are_given_back() -> None:
    async def main() -> None:
        sender, receiver = mpsc(3)
        first, second, third = await sender.reserve_many(3)
        with pytest.raises(BackpressureError):
            sender.try_send("full")
        first.send(1)
        second.send(2)
        third.release()
        sender.try_send(3)
        assert [receiver.try_recv() for _ in range(3)] == [1, 2, 3]

    run_simulated(main())


def test_who_waits_for_two_gets_none_before_there_are_two_and_holds_back_who_comes_later() -> None:
    async def main() -> None:
        sender, receiver = mpsc(2)
        sender.try_send("first")
        sender.try_send("second")
        many = zokio.spawn(sender.reserve_many(2))
        one = zokio.spawn(sender.send("last"))
        await zokio.yield_now()
        assert receiver.try_recv() == "first"
        with pytest.raises(BackpressureError):
            sender.try_send("overtaking")
        await zokio.yield_now()
        assert not many.is_finished() and not one.is_finished()
        assert receiver.try_recv() == "second"
        for permit in await many:
            permit.send("many")
        assert [await receiver.recv() for _ in range(3)] == ["many", "many", "last"]
        await one

    run_simulated(main())


def test_one_behind_goes_on_when_who_waits_for_many_is_cancelled_or_turned_away() -> None:
    async def main(closes: bool) -> None:
        sender, receiver = mpsc(2)
        other = sender.clone()
        sender.try_send("first")
        many = zokio.spawn(other.reserve_many(2))
        await zokio.yield_now()
        one = zokio.spawn(sender.send("second"))
        await zokio.yield_now()
        assert not one.is_finished()
        if closes:
            other.close()
            with pytest.raises(ClosedError):
                await many
        else:
            many.abort()
        await one
        assert [receiver.try_recv(), receiver.try_recv()] == ["first", "second"]

    run_simulated(main(closes=True))
    run_simulated(main(closes=False))


def test_without_waiting_it_is_all_or_none() -> None:
    sender, receiver = mpsc(3)
    sender.try_send("value")
    with pytest.raises(BackpressureError):
        sender.try_reserve_many(3)
    permits = sender.try_reserve_many(2)
    assert len(permits) == 2 and receiver._channel.free == 0
    del permits
    assert receiver._channel.free == 2


@pytest.mark.parametrize("slots", (0, -1, 3))
def test_more_than_there_can_be_or_none_is_an_error(slots: int) -> None:
    async def main() -> None:
        sender, _receiver = mpsc(2)
        with pytest.raises(ValueError, match=f"{slots} permits at once"):
            await sender.reserve_many(slots)
        with pytest.raises(ValueError, match="1 or more"):
            sender.try_reserve_many(slots)

    run_simulated(main())


def test_an_unbounded_channel_has_as_many_as_are_asked_for() -> None:
    sender, _receiver = unbounded()
    assert len(sender.try_reserve_many(1000)) == 1000


def test_who_waits_for_many_is_told_when_nobody_holds_the_receiver_any_more() -> None:
    async def main() -> None:
        sender, receiver = mpsc(2)
        sender.try_send("value")
        many = zokio.spawn(sender.reserve_many(2))
        await zokio.yield_now()
        receiver.try_recv()
        del receiver
        with pytest.raises(ClosedError):
            await many

    run_simulated(main())
