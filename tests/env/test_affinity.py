"""A thread is bound where that is asked for, alone; and it can be seen where it runs."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from zokio.env import affinity
from zokio.env.affinity import bind_thread, current_cpu
from zokio.env.topology import usable_cpus

needs_binding = pytest.mark.skipif(not affinity.CAN_BIND, reason="this platform binds no threads")


def in_a_thread(work: Callable[[], object]) -> object:
    """What the work gives in a thread of its own, whose binding ends with it."""
    found: list[object] = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    thread.join()
    return found[0]


@needs_binding
@pytest.mark.parametrize("cpu", sorted(usable_cpus()))
def test_a_bound_thread_runs_where_it_is_bound_and_the_others_do_not_notice(cpu: int) -> None:
    before = os.sched_getaffinity(0)

    def bound() -> tuple[set[int], int | None]:
        bind_thread({cpu})
        return os.sched_getaffinity(0), current_cpu()

    assert in_a_thread(bound) in [({cpu}, cpu), ({cpu}, None)]
    assert os.sched_getaffinity(0) == before


@needs_binding
def test_a_cpu_that_is_not_there_is_an_error() -> None:
    with pytest.raises(OSError):
        in_this_thread = max(usable_cpus()) + 1_000
        bind_thread({in_this_thread})


def test_a_platform_that_binds_no_threads_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(affinity, "CAN_BIND", False)
    with pytest.raises(OSError, match="this platform does not bind threads"):
        bind_thread({0})


def stat(tmp_path: Path, text: str) -> Path:
    (tmp_path / "thread-self").mkdir()
    (tmp_path / "thread-self/stat").write_text(text)
    return tmp_path


@pytest.mark.parametrize("name", ["python", "a (strange) name 1 2 3", ")"])
def test_the_cpu_is_field_39_whatever_the_thread_is_called(name: str, tmp_path: Path) -> None:
    fields = " ".join(str(1_000 + number) for number in range(4, 53))
    assert current_cpu(stat(tmp_path, f"77 ({name}) R {fields}\n")) == 1_039


@pytest.mark.parametrize("text", ["", "77 (python) R 1 2 3", "77 (python) R " + "x " * 50])
def test_what_cannot_be_read_is_no_cpu(text: str, tmp_path: Path) -> None:
    assert current_cpu(stat(tmp_path, text)) is None


def test_without_proc_there_is_no_cpu(tmp_path: Path) -> None:
    assert current_cpu(tmp_path) is None
