"""Exhaustion: pauses that grow, end with a connection, and are said once."""

from __future__ import annotations

import errno
import logging

import pytest

import zokio
from zokio.errors import BrokenError, DescriptorsExhaustedError
from zokio.net.exhaustion import PAUSE_MAX_SECONDS, QUIET_SECONDS, Exhaustion

NONE_LEFT = DescriptorsExhaustedError(errno.EMFILE, "none left")
SIMULATED = zokio.RuntimeConfig(reactor="simulated")


async def length_of_a_pause(exhaustion: Exhaustion) -> float:
    before = zokio.time.now()
    await exhaustion.pause(NONE_LEFT)
    return zokio.time.now() - before


def test_pauses_double_up_to_a_second_and_are_short_again_after_a_connection() -> None:
    async def main() -> None:
        exhaustion = Exhaustion()
        for _ in range(2):
            pauses = [await length_of_a_pause(exhaustion) for _ in range(10)]
            assert pauses[:3] == pytest.approx([0.005, 0.01, 0.02])
            assert pauses[-2:] == pytest.approx([PAUSE_MAX_SECONDS] * 2)
            exhaustion.end()

    zokio.run(main(), config=SIMULATED)


def test_it_is_said_once_and_again_after_a_time_of_quiet(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> list[int]:
        exhaustion = Exhaustion()
        said = []
        for quiet in (0.0, 1.0, QUIET_SECONDS - 1, QUIET_SECONDS + 1, 0.0):
            await zokio.sleep(quiet)
            exhaustion.end()
            await exhaustion.pause(NONE_LEFT)
            said.append(len(caplog.records))
        return said

    with caplog.at_level(logging.WARNING, logger="zokio"):
        assert zokio.run(main(), config=SIMULATED) == [1, 1, 1, 2, 2]


def test_an_error_that_a_pause_does_not_mend_is_raised() -> None:
    async def main() -> None:
        error = BrokenError(errno.EINVAL, "not listening")
        with pytest.raises(BrokenError) as caught:
            await Exhaustion().pause(error)
        assert caught.value is error

    zokio.run(main(), config=SIMULATED)
