"""Trace files: what is written is read again, and what is no trace is refused with a reason."""

from __future__ import annotations

import io

import pytest

from zokio.model import Event, RecordedTrace, TraceFormatError, in_sequence, read_traces
from zokio.model import write_traces as write

TRACE = RecordedTrace(
    "lock", {"users": 2, "names": ("a", "b")}, in_sequence([("acquire", (0, (1, 2))), ("go", ())])
)
HEADER = '{"trace": 1, "machine": "lock", "constants": {}}\n'
EVENT = '{"action": "go", "arguments": [], "strand": 0, "begin": 0, "end": 1}\n'


def written(*traces: RecordedTrace) -> str:
    file = io.StringIO()
    write(file, traces)
    return file.getvalue()


def test_what_was_written_is_read_again() -> None:
    other = RecordedTrace("task", {}, (), "a program")
    assert read_traces(io.StringIO(written(TRACE, other))) == [TRACE, other]


def test_an_event_shows_itself_as_a_call() -> None:
    assert str(Event("acquire", (0, ("a", None)))) == "acquire(0, ('a', None))"


@pytest.mark.parametrize("length", range(len(HEADER), len(HEADER + EVENT * 2) + 5))
def test_a_trace_that_was_cut_anywhere_is_not_complete(length: int) -> None:
    whole = HEADER + EVENT + EVENT + '{"events": 2}\n'
    (trace,) = read_traces(io.StringIO(whole[:length]))
    assert not trace.complete
    assert len(trace.events) == (length - len(HEADER) + 1) // len(EVENT)


def test_a_trace_before_another_header_is_not_complete() -> None:
    first, second = read_traces(io.StringIO(HEADER + EVENT + written(TRACE)))
    assert (first.complete, len(first.events)) == (False, 1)
    assert second == TRACE


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the file is empty"),
        ("hello\nworld\n", "line 1: not JSON"),
        ("[1]\n", "line 1: not a JSON object"),
        ("[" * 100_000 + "\n", "line 1: not JSON"),
        (EVENT, "line 1: no header before it"),
        ('{"trace": 2}\n', "format 2; this version reads 1"),
        ('{"trace": 1, "machine": 5, "constants": {}}\n', "the header lacks"),
        ('{"trace": 1, "machine": "lock"}\n', "the header lacks"),
        (HEADER + '{"events": 7}\n', "says 7 events, and 0 stand here"),
        (HEADER + '{"action": 3}\n', "needs an action"),
        (HEADER + '{"action": "go", "arguments": 3}\n', "a list of arguments"),
        (HEADER + '{"action": "go", "strand": 0, "begin": 0}\n', "are integers"),
        (HEADER + EVENT.replace('"end": 1', '"end": true'), "are integers"),
        (HEADER + EVENT.replace('"end": 1', '"end": 0'), "ends (0) before it begins (0)"),
    ],
)
def test_what_is_no_trace_is_refused_with_the_line_and_the_reason(text: str, reason: str) -> None:
    with pytest.raises(TraceFormatError) as caught:
        read_traces(io.StringIO(text))
    assert reason in str(caught.value)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(TraceFormatError, match="not text"):
        read_traces(io.TextIOWrapper(io.BytesIO(b"\xff\xfe\x00"), encoding="utf-8"))


def test_constants_and_arguments_are_values_that_states_can_hold() -> None:
    text = '{"trace": 1, "machine": "m", "constants": {"a": [1, [2]], "b": {"x": [3]}}}\n'
    (trace,) = read_traces(io.StringIO(text))
    assert trace.constants == {"a": (1, (2,)), "b": (("x", (3,)),)}
