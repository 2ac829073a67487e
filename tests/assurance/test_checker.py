"""The comparison with SPIN: what it measures, and what it does without SPIN."""

from __future__ import annotations

import shutil

import pytest

from assurance import checker, spin


def test_both_find_the_published_numbers_of_states(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checker, "STATES", {3: 288, 5: 8_832})
    figures = checker.measure(fast=True)
    managers = figures["managers"]
    assert isinstance(managers, dict)
    assert [one["states"] for one in managers.values()] == [288, 8_832]
    for one in managers.values():
        assert one["states_per_s"] > 0
        assert one["bytes_per_state"] > 0
        assert ("ratio" in one) == spin.is_installed()


def test_without_spin_the_figures_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checker, "STATES", {3: 288})
    monkeypatch.setattr(shutil, "which", lambda name: None)
    figures = checker.measure(fast=True)
    assert figures["spin"] == "spin not installed"
    assert "ratio" not in str(figures)


def test_another_number_of_states_is_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(checker, "STATES", {3: 289})
    assert checker.main(["--fast"]) == 1
    assert "288 states and 1,145 transitions, expected 289" in capsys.readouterr().err
