"""RuntimeMetrics: a record that does not change, with a sentence on each of its counters."""

from __future__ import annotations

import ast
import dataclasses
import inspect
from typing import Any

import pytest

import zokio

NAMES = [field.name for field in dataclasses.fields(zokio.RuntimeMetrics)]


def some_metrics() -> zokio.RuntimeMetrics:
    numbers: dict[str, Any] = {name: number for number, name in enumerate(NAMES)}  # Any: as fields
    return zokio.RuntimeMetrics(**numbers)


def test_metrics_do_not_change() -> None:
    metrics = some_metrics()
    with pytest.raises(dataclasses.FrozenInstanceError):
        metrics.polls = 1  # type: ignore[misc]  # the mistake under test


def test_two_looks_at_the_same_numbers_are_equal() -> None:
    assert some_metrics() == some_metrics()
    assert some_metrics() != dataclasses.replace(some_metrics(), polls=1_000)


def test_they_are_given_by_name_only() -> None:
    with pytest.raises(TypeError):
        zokio.RuntimeMetrics(*range(len(NAMES)))  # type: ignore[call-arg]  # the mistake under test


@pytest.mark.interpreted  # reads the source
def test_each_counter_is_documented() -> None:
    (record,) = ast.parse(inspect.getsource(zokio.RuntimeMetrics)).body
    assert isinstance(record, ast.ClassDef)
    body = record.body[1:]
    fields = [
        part.target.id
        for part in body[::2]
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
    ]
    sentences = [
        part.value.value
        for part in body[1::2]
        if isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)
    ]
    assert fields == NAMES
    assert len(sentences) == len(NAMES)
    assert all(str(sentence).endswith(".") for sentence in sentences)
