"""Each machine that is wrong on purpose breaks a claim, in a step that is executed."""

from __future__ import annotations

import pytest

from proofs.any_size import SUBJECTS, refutation
from proofs.wrong_twins import WRONG, Wrong


@pytest.mark.parametrize("wrong", WRONG, ids=[each.title for each in WRONG])
@pytest.mark.timeout(600)
def test_a_wrong_twin_is_refuted_by_a_trace(wrong: Wrong) -> None:
    text = refutation(wrong.subject, wrong.action)
    print(text)
    assert text is not None and "breaks" in text


def test_a_right_machine_has_no_counterexample() -> None:
    assert refutation(SUBJECTS["timers"], "cancel") is None
