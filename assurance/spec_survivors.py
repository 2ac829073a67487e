"""Why the environment of a specification may do more: by the name of the mutant, the reason.

Without a reason here such a mutant is `open`, and the run fails (`spec_mutation.py`).
"""

from __future__ import annotations

REASONS: dict[str, str] = {
    "cancel_scopes.ScopeActions.is_cancellable: dropped: not state.called[scope]": (
        "a scope may be cancelled twice: the second time changes nothing (`cancel_scope`), and is "
        "left out so that there are fewer runs to look at"
    ),
}
