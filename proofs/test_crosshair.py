"""Each contract holds as far as CrossHair sees, and each known-bad twin is refuted."""

from __future__ import annotations

import pytest

from proofs.crosshair import Answer, Job, analyse, jobs

JOBS = list(jobs())


@pytest.mark.parametrize("job", JOBS, ids=[job.name for job in JOBS])
def test_a_contract_holds(job: Job) -> None:
    answer, text = analyse(job.contract)
    print(f"{job.name}: {answer.value}")
    assert answer is not Answer.REFUTED, text


@pytest.mark.parametrize("job", JOBS, ids=[job.name for job in JOBS])
def test_its_wrong_twin_is_refuted(job: Job) -> None:
    answer, text = analyse(job.twin)
    assert answer is Answer.REFUTED, text
