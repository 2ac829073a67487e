"""The trace probe: what it records is a run of the specification, and absent it is nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType

import pytest

from tests.helpers.traces import (
    BLOCKING,
    ENDINGS,
    LAUNCHER,
    ROOT,
    STORM,
    machine_of,
    record,
    record_with_bug,
    validation_of,
)
from tests.mutants.blocking_pool import MUTANTS as POOL_MUTANTS
from tests.mutants.mutant import Mutant
from tests.mutants.scheduler import MUTANTS as SCHEDULER_MUTANTS
from tests.mutants.task import MUTANTS as TASK_MUTANTS
from tests.mutants.timers import MUTANTS as TIMERS_MUTANTS
from zokio.env.probe.instrument import CompiledError, InstrumentingFinder, install, instrument
from zokio.env.probe.recorder import Recorder
from zokio.env.probe.sites import LABELLED
from zokio.model import RecordedTrace

pytestmark = pytest.mark.interpreted  # reads the source; the compiled build has no probe

SHOWN = {
    "another_thread_touches_the_run_queue",
    "nobody_rings",
    "the_bell_is_rung_before_the_push",
    "the_flag_is_never_cleared",
    "a_wake_during_a_poll_is_forgotten",
    "the_newest_task_is_polled_first",
    "a_timer_fires_early",
    "a_wake_on_the_parked_thread_does_not_ring",
    "the_queue_is_a_stack",
    "one_thread_too_many",
}
"""Planted bugs that show in a trace; `assurance/traces.py` tries every one."""

BUGS = [
    mutant
    for mutant in (*SCHEDULER_MUTANTS, *TASK_MUTANTS, *TIMERS_MUTANTS, *POOL_MUTANTS)
    if mutant.name in SHOWN
]


@pytest.fixture(scope="module")
def storm(tmp_path_factory: pytest.TempPathFactory) -> list[RecordedTrace]:
    """The traces of a program with many threads."""
    return record(tmp_path_factory.mktemp("storm") / "storm.jsonl", str(STORM))


def test_every_trace_of_a_program_with_many_threads_is_a_run(storm: list[RecordedTrace]) -> None:
    machines = [trace.machine for trace in storm]
    each = ["clockwork", "surroundings", "task"]  # of two runtimes; one of them has blocking calls
    assert sorted(machines) == ["blocking_runs", *sorted(2 * each)]
    for trace in storm:
        found = validation_of(trace)
        assert (found.verdict, found.consumed) == ("accepted", len(trace.events)), found.reason
    assert len(storm[0].events) > 1_000


def test_every_action_of_the_traced_machines_is_witnessed_by_a_real_run(
    storm: list[RecordedTrace], tmp_path: Path
) -> None:
    scanner = [str(ROOT / "examples/port_scanner.py"), "--ports", "20000-20009"]
    traces = [
        *storm,
        *record(tmp_path / "endings.jsonl", str(ENDINGS)),
        *record(tmp_path / "scanner.jsonl", *scanner),
        *record(tmp_path / "blocking.jsonl", str(BLOCKING)),
    ]
    for trace in traces:
        assert validation_of(trace).verdict == "accepted"
    recorded = {(trace.machine, event.action) for trace in traces for event in trace.events}
    assert recorded == {
        (trace.machine, action.name)
        for trace in traces
        for action in machine_of(trace).actions
        if action.name not in ("advance", "expire", "park")  # recorded in finer steps
    }


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_planted_bug_shows_in_the_trace(bug: Mutant, tmp_path: Path) -> None:
    rare = {"a_wake_on_the_parked_thread_does_not_ring": ENDINGS}
    rare |= dict.fromkeys((mutant.name for mutant in POOL_MUTANTS), BLOCKING)
    program = rare.get(bug.name, STORM)
    traces = record_with_bug(tmp_path, bug, str(program))
    assert "rejected" in {validation_of(trace).verdict for trace in traces}


def test_without_the_launcher_nothing_of_the_probe_is_there() -> None:
    """Not a name in a module, not a byte code in a function, not a module loaded."""
    program = (
        "import sys, zokio; loaded = [name for name in sys.modules if 'probe' in name]; "
        "named = [name for name, module in sys.modules.items() if '__zokio_probe__' in "
        "vars(module)]; print(loaded, named)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[] []\n"


@pytest.mark.parametrize("name", LABELLED)
def test_without_the_launcher_the_code_is_that_of_the_file(name: str) -> None:
    """As compiled from the text with every label taken away, and not as the probe would have it."""
    module = import_module(name)
    path = Path(str(module.__file__))
    source = path.read_text()
    plain = codes_of(compile(source.replace("# spec:", "#"), str(path), "exec"))
    loaded = SourceFileLoader(name, str(path)).get_code(
        name
    )  # not pytest's, which rewrites asserts
    assert loaded is not None
    assert codes_of(loaded) == plain
    assert codes_of(compile(instrument(source)[0], str(path), "exec")) != plain


def codes_of(code: CodeType) -> list[tuple[str, bytes]]:
    """The byte code of a module and of everything in it."""
    inner = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return [(code.co_qualname, code.co_code), *(each for one in inner for each in codes_of(one))]


def test_a_traced_program_sees_its_own_arguments_and_ends_as_it_would(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import os, sys, zokio\nprint(sys.argv[1:], sys.path[0] == os.path.dirname(__file__))\n"
        "async def main(): return 7\nos._exit(zokio.run(main()))\n"
    )
    file = tmp_path / "traces.jsonl"
    command = [sys.executable, str(LAUNCHER), "-o", str(file), str(program), "-o", "x", "--flag"]
    done = subprocess.run(
        command,
        env={"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 7
    assert done.stdout == "['-o', 'x', '--flag'] True\n" or done.stdout == ""  # _exit flushes not
    assert json.loads(file.read_text().splitlines()[0])["machine"] == "surroundings"


def test_a_recording_that_was_cut_is_incomplete_and_still_a_run(tmp_path: Path) -> None:
    traces = record(tmp_path / "traces.jsonl", "--events-max", "100", str(STORM))
    assert traces
    for trace in traces:
        found = validation_of(trace)
        assert (found.verdict, found.consumed) == ("incomplete", len(trace.events)), found.reason


def test_it_is_too_late_when_the_runtime_is_loaded() -> None:
    import_module("zokio.core.task")
    with pytest.raises(RuntimeError, match="too late for a trace"):
        install(Recorder(10), {})


def test_the_compiled_build_says_that_it_cannot_be_traced(tmp_path: Path) -> None:
    (tmp_path / "task.cpython-311-x86_64-linux-gnu.so").touch()
    (tmp_path / "task.abi3.so").touch()
    finder = InstrumentingFinder(Recorder(10), {})
    with pytest.raises(CompiledError, match="the compiled build cannot be traced"):
        finder.find_spec("zokio.core.task", [str(tmp_path)])
