"""What every test shares: the Hypothesis profiles, and which tests need the interpreted files.

A test with the marker `interpreted` reads, patches or mutates the kernel's source: the compiled
build leaves it out (docs/compiled.md). One with the marker `uncounted` is long, and coverage,
which makes it several times longer, is counted in its shorter siblings.

The profile is chosen by HYPOTHESIS_PROFILE: "default" for a developer (the same examples on every
run), "ci" for the gate (the same, more of them), "long" for `make stateful` (new examples on every
run; a failure prints the blob that reproduces it). No profile has a deadline: a slow machine is
not a failure.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import nullcontext

import pytest
from hypothesis import HealthCheck, Phase, settings

import zokio
from tests.helpers import default_workers
from tests.helpers.uncounted import uncounted

SLOW_IS_NO_FAILURE = (HealthCheck.too_slow,)
ALL_BUT_EXPLAIN = tuple(phase for phase in Phase if phase is not Phase.explain)

settings.register_profile(
    "default",
    deadline=None,
    derandomize=True,
    max_examples=50,
    phases=ALL_BUT_EXPLAIN,
    print_blob=True,
    suppress_health_check=SLOW_IS_NO_FAILURE,
)
settings.register_profile("ci", settings.get_profile("default"), max_examples=100)
settings.register_profile(
    "long",
    settings.get_profile("default"),
    derandomize=False,
    max_examples=2_000,
    stateful_step_count=100,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

# A shell without job control has what it starts in the background ignore SIGINT, and every program
# that a test starts would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _default_workers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """ZOKIO_TEST_WORKERS, but for tests that are about the runtime of one thread."""
    if request.node.get_closest_marker("one_thread") is not None:
        monkeypatch.delenv(default_workers.VARIABLE, raising=False)
    default_workers.set_default(default_workers.wanted())


@pytest.fixture(autouse=True)
def _uncounted(request: pytest.FixtureRequest) -> Iterator[None]:
    """For tests with the marker `uncounted`."""
    is_marked = request.node.get_closest_marker("uncounted") is not None
    with uncounted() if is_marked else nullcontext():
        yield


def pytest_report_header() -> str:
    """Say at the head of every run which build is tested, and with which examples."""
    build = "compiled" if zokio.compiled else "interpreted"
    profile = settings.get_current_profile_name()
    workers = default_workers.wanted()
    return f"zokio: {build} kernel, hypothesis profile {profile}, workers={workers}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what reads, patches or mutates the kernel's source when the kernel is compiled."""
    if zokio.compiled:
        left_out = [item for item in items if item.get_closest_marker("interpreted")]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)
