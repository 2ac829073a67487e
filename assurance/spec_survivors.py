"""Why a mutant of a specification may survive: by name, the reason that makes it legal too.

Only those are listed that the fate of `spec_mutation.py` does not explain by itself.
"""

from __future__ import annotations

REASONS: dict[str, str] = {}
