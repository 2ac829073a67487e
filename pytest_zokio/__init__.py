"""The door of the pytest plug-in: options, and nothing of zokio until there is something to do.

pytest imports this module at its start in every project that has zokio installed, also before
coverage is measured. So it stands outside of the package and imports only pytest; what collects
and runs (`zokio.testing`) is imported when machines are configured, or stateful tests were run.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from zokio import Runtime


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options; each can be set in the configuration file, too."""
    parser.addini(
        "zokio_machines",
        "machines whose properties are tests: path/to/file.py, path/*.py, path/to/file.py:NAME or "
        "module:NAME, one a line",
        type="linelist",
    )
    parser.addini("zokio_states_max", "stop each exploration after so many states: a failure")
    group = parser.getgroup("zokio", "machines of zokio.model")
    group.addoption(
        "--zokio-machine",
        action="append",
        default=[],
        metavar="TARGET",
        help="one more machine whose properties are tests; see the option zokio_machines",
    )
    group.addoption(
        "--zokio-states-max",
        type=int,
        metavar="N",
        help="stop each exploration after N states: its tests then fail as incomplete",
    )
    group.addoption(
        "--zokio-witness",
        metavar="FILE",
        help="write how often stateful tests took each action (for `zokio check --witness FILE`)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Load what collects machines, if there are any."""
    config.addinivalue_line("markers", "zokio: a property of a machine (set by zokio's plug-in)")
    targets = [*config.getini("zokio_machines"), *config.getoption("zokio_machine")]
    if targets:
        from zokio.testing.collection import MachineCollection

        config.pluginmanager.register(MachineCollection(config, targets), "zokio-machines")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Gather what stateful tests saw, if any was loaded."""
    if "zokio.model.stateful" in sys.modules or session.config.getoption("zokio_witness"):
        from zokio.testing.witness import finish

        finish(session)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # Any: a worker of pytest-xdist, which has no types
    """Take over what a worker of pytest-xdist saw."""
    found = getattr(node, "workeroutput", {}).get("zokio_witness")
    if found:
        from zokio.testing.witness import add

        add(node.config, found)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say how much of each machine the stateful tests saw."""
    if "zokio.testing.witness" in sys.modules:
        from zokio.testing.witness import summary

        summary(terminalreporter, config)


@pytest.fixture
def virtual_runtime() -> Iterator[Runtime]:
    """A runtime in virtual time, for `block_on` and `spawn`; it is shut down at the end."""
    from zokio.testing import virtual_runtime

    with virtual_runtime() as runtime:
        yield runtime
