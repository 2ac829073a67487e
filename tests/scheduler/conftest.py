"""Two workers without threads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.helpers.workers import Workshop


@pytest.fixture
def shop() -> Iterator[Workshop]:
    """Driven by hand; what is left at the end is closed."""
    workshop = Workshop(2)
    yield workshop
    workshop.close()
