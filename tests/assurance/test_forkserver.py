"""The fork server tells what becomes of a change, however it goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assurance.forkserver import ROOT, Change, ForkServer, ForkServerError, Verdict

pytestmark = pytest.mark.interpreted

FILE = "zokio/timers/queue.py"
# The compiled build is tested without the files, and leaves these tests out.
TEXT = (ROOT / FILE).read_text() if (ROOT / FILE).exists() else ""
LINE = "        self._numbers += 1\n"
TESTS = "tests/timers/test_queue.py"


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    with ForkServer((TESTS,), measured=("zokio/timers",)) as server:
        yield server


def quick(server: ForkServer) -> tuple[str, ...]:
    """The tests without the long ones."""
    return tuple(test for test in server.tests if "million" not in test)


def judged(server: ForkServer, text: str, *, cold: bool = False) -> Verdict:
    (verdict,) = server.judge([Change("change", FILE, text, quick(server), cold)])
    assert verdict.name == "change"
    return verdict


def test_the_line_that_is_changed_occurs_once() -> None:
    assert TEXT.count(LINE) == 1


def instead(line: str) -> str:
    """The text with another line in the place of one that runs at every insertion."""
    return TEXT.replace(LINE, f"        {line}\n")


@pytest.mark.parametrize("cold", [False, True], ids=["in place", "cold"])
def test_the_same_text_survives_all_tests(server: ForkServer, cold: bool) -> None:
    verdict = judged(server, TEXT, cold=cold)
    assert (verdict.outcome, verdict.tests) == ("survived", len(quick(server))), verdict
    assert verdict.in_place is not cold


@pytest.mark.parametrize("cold", [False, True], ids=["in place", "cold"])
def test_a_wrong_text_fails_and_the_first_test_to_fail_is_named(
    server: ForkServer, cold: bool
) -> None:
    verdict = judged(server, instead("self._numbers -= 1"), cold=cold)
    assert verdict.outcome == "failed", verdict
    assert verdict.test.startswith(TESTS)
    assert verdict.error.startswith("AssertionError")


def test_a_changed_constant_is_imported_anew(server: ForkServer) -> None:
    verdict = judged(server, TEXT.replace("= TimerState.FIRED", "= TimerState.CANCELLED"))
    assert verdict.outcome == "failed", verdict


def test_a_child_that_waits_for_ever_is_hung(server: ForkServer) -> None:
    verdict = judged(server, instead("__import__('threading').Event().wait()"))
    assert verdict.outcome == "hung", verdict


def test_a_child_that_never_waits_has_spun(server: ForkServer) -> None:
    verdict = judged(server, instead("while True: pass"))
    assert verdict.outcome == "spun", verdict


def test_a_child_that_ends_without_a_word_has_crashed(server: ForkServer) -> None:
    verdict = judged(server, instead("__import__('os')._exit(0)"))
    assert verdict.outcome == "crashed", verdict


@pytest.mark.parametrize(
    ("line", "outcomes"),
    [
        ("bytearray(1 << 34)", {"failed"}),
        # Where a page fault is slow, the processor time is up before the memory is.
        ("[b'x' * (1 << 26) for _ in range(100)]", {"grew", "spun"}),
    ],
    ids=["at once", "by and by"],
)
def test_a_child_that_eats_the_memory_is_stopped(
    server: ForkServer, line: str, outcomes: set[str]
) -> None:
    verdict = judged(server, instead(line))
    assert verdict.outcome in outcomes, verdict


@pytest.mark.parametrize(
    "text",
    [
        instead("self._numbers += no_such_name"),
        TEXT.replace("from enum import Enum", "from enum import NoSuchName as Enum"),
        TEXT.replace("from enum import Enum", "from enum import"),
    ],
    ids=["name", "import", "syntax"],
)
def test_a_text_that_does_not_run_is_broken(server: ForkServer, text: str) -> None:
    verdict = judged(server, text)
    assert verdict.outcome == "broken", verdict


def test_a_change_that_nobody_judges_is_broken(server: ForkServer) -> None:
    (verdict,) = server.judge([Change("unseen", FILE, TEXT, ())])
    assert verdict.outcome == "broken", verdict


def test_a_child_leaves_nothing_for_the_next_one(server: ForkServer) -> None:
    changes = [
        Change("wrong", FILE, instead("self._numbers -= 1"), quick(server)),
        Change("right", FILE, TEXT, quick(server)),
    ]
    outcomes = {verdict.name: verdict.outcome for verdict in server.judge(changes)}
    assert outcomes == {"wrong": "failed", "right": "survived"}


def test_a_rehearsal_says_which_lines_a_test_runs(server: ForkServer) -> None:
    (test,) = [test for test in server.tests if "clear_cancels" in test]
    (rehearsal,) = server.rehearse([test])
    assert rehearsal.failure == ""
    number = TEXT.splitlines().index(LINE.rstrip()) + 1
    cleaning = TEXT.splitlines().index("    def _clean(self) -> None:") + 3
    assert number in rehearsal.lines[FILE]
    assert cleaning not in rehearsal.lines[FILE]
    assert set(rehearsal.lines) <= {FILE, "zokio/timers/deadline.py"}


def test_lines_of_functions_that_run_while_loading_are_known(server: ForkServer) -> None:
    assert set(server.loading) >= {FILE}


def test_tests_that_cannot_be_collected_are_an_error(tmp_path: Path) -> None:
    missing = str(tmp_path / "test_nothing.py")
    with pytest.raises(ForkServerError, match="test_nothing"), ForkServer((missing,)):
        raise AssertionError("the server has begun")
