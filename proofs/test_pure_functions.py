"""No pure function of core/ and timers/ is left out of the contracts without a reason."""

from __future__ import annotations

import pytest

from proofs import pure_functions
from proofs.pure_functions import WITHOUT, candidates, left_out, under_contract


def test_every_pure_function_has_a_contract_or_a_reason() -> None:
    assert left_out() == []


def test_a_reason_is_given_for_what_exists_and_has_no_contract() -> None:
    assert set(WITHOUT) <= set(candidates())
    assert not {name.split(".")[-1] for name in WITHOUT} & under_contract()


def test_a_function_without_a_contract_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pure_functions, "under_contract", lambda: {"Ready"})
    assert "timers.deadline.is_due" in left_out()
