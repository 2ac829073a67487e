"""RuntimeConfig: what is out of range is refused, with the setting and the rule in the message."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

import zokio
from tests.helpers.simulation import value
from zokio.env.clock import SECOND_NS
from zokio.errors import UsageError
from zokio.reactor.backends import REACTORS
from zokio.reactor.simulated import SimulatedReactor
from zokio.scheduler.numa import NUMA_POLICIES

# Any: the point is what types forbid.
REFUSED: list[tuple[str, Any, str]] = [
    ("workers", -1, "it must be 0 or more"),
    ("workers", "1", "it must be a whole number"),
    ("workers", 1.0, "it must be a whole number"),
    ("workers", True, "it must be a whole number"),
    ("workers", 1_025, "it must be 1024 at the most"),
    ("blocking_threads", 0, "it must be at least 1"),
    ("blocking_threads", None, "it must be a whole number"),
    ("blocking_queue", 0, "it must be at least 1"),
    ("blocking_queue", 1e3, "it must be a whole number"),
    ("blocking_keep_alive", -1, "it must be a number of seconds, 0 or more"),
    ("blocking_keep_alive", None, "it must be a number of seconds, 0 or more"),
    ("budget", 0, "it must be at least 1"),
    ("budget", 1.5, "it must be a whole number"),
    ("event_interval", -3, "it must be at least 1"),
    ("event_interval", "often", "it must be a whole number"),
    ("reactor", "io_uring", "it must be one of auto, epoll, kqueue, poll, select"),
    ("reactor", None, "it must be one of auto, epoll"),
    ("numa", "on", "it must be one of auto, pin, off"),
    ("numa", None, "it must be one of auto, pin, off"),
    ("metrics", 1, "it must be True or False"),
    ("on_task_panic", "log", r"it must be None or a function \(name, error\)"),
    ("slow_poll_threshold", -0.1, "it must be None, or a number of seconds, 0 or more"),
    ("slow_poll_threshold", "0.1", "it must be None, or a number of seconds, 0 or more"),
    ("shutdown_timeout", -0.1, "it must be a number of seconds, 0 or more"),
    ("shutdown_timeout", float("nan"), "it must be a number of seconds, 0 or more"),
    ("shutdown_timeout", "10", "it must be a number of seconds, 0 or more"),
    ("shutdown_timeout", True, "it must be a number of seconds, 0 or more"),
]


@pytest.mark.parametrize(("name", "setting", "message"), REFUSED)
def test_a_setting_out_of_its_range_is_refused(name: str, setting: object, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        zokio.RuntimeConfig(**{name: setting})  # type: ignore[arg-type]  # the mistake under test
    assert str(caught.value).startswith(f"RuntimeConfig({name}={setting!r}): ")


@pytest.mark.one_thread  # the default is what the variable changes
def test_the_defaults_are_those_of_the_documentation() -> None:
    assert dataclasses.asdict(zokio.RuntimeConfig()) == {
        "workers": 0,
        "blocking_threads": 64,
        "blocking_queue": 1024,
        "blocking_keep_alive": 10.0,
        "budget": 128,
        "reactor": "auto",
        "numa": "auto",
        "metrics": True,
        "on_task_panic": None,
        "event_interval": 61,
        "slow_poll_threshold": 0.1,
        "shutdown_timeout": 10.0,
    }


def test_every_setting_is_documented() -> None:
    described = zokio.RuntimeConfig.__doc__ or ""
    for field in dataclasses.fields(zokio.RuntimeConfig):
        assert f"\n        {field.name}: " in described


@pytest.mark.parametrize("reactor", REACTORS)
def test_every_reactor_that_is_known_may_be_named(reactor: str) -> None:
    assert zokio.RuntimeConfig(reactor=reactor).reactor == reactor


@pytest.mark.parametrize("policy", NUMA_POLICIES)
def test_every_numa_policy_may_be_named_and_changes_nothing_without_workers(policy: str) -> None:
    assert zokio.run(value("runs"), config=zokio.RuntimeConfig(numa=policy)) == "runs"


def test_the_limits_themselves_are_allowed() -> None:
    config = zokio.RuntimeConfig(
        blocking_threads=1,
        blocking_queue=1,
        blocking_keep_alive=0,
        budget=1,
        event_interval=1,
        shutdown_timeout=0,
        numa="off",
        reactor="simulated",
        metrics=False,
    )
    assert zokio.run(value("runs"), config=config) == "runs"


def test_a_configuration_does_not_change() -> None:
    config = zokio.RuntimeConfig()
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.budget = 1  # type: ignore[misc]  # the mistake under test
    assert dataclasses.replace(config, budget=1) == zokio.RuntimeConfig(budget=1)


def test_a_refused_setting_is_refused_by_replace_too() -> None:
    with pytest.raises(UsageError):
        dataclasses.replace(zokio.RuntimeConfig(), workers=-2)


@pytest.mark.one_thread  # it counts the polls of one thread
@pytest.mark.parametrize("interval", [1, 7, 100])
def test_ready_tasks_keep_the_timers_waiting_for_event_interval_polls_at_most(
    interval: int,
) -> None:
    reactor = SimulatedReactor()
    polls = 0

    async def busy() -> None:
        nonlocal polls
        while True:
            polls += 1
            await zokio.yield_now()

    async def sleeper() -> None:
        await zokio.sleep(1)
        seen.append(polls)

    seen: list[int] = []
    config = zokio.RuntimeConfig(event_interval=interval)
    with zokio.Runtime(config, reactor=reactor) as runtime:
        sleeping = runtime.spawn(sleeper())
        runtime.spawn(busy())
        runtime.step()
        reactor.clock.advance(SECOND_NS)  # due from now on
        runtime.block_on(sleeping)
    # Besides: the root's one poll, and the one of the task that stood before the sleeper.
    assert interval - 1 <= seen[0] <= interval + 1
