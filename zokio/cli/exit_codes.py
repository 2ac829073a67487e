"""The exit codes: of `zokio check`, one for each way in which a check can end; of `zokio serve`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

HOLDS: Final = 0
VIOLATED: Final = 1
USAGE: Final = 2
INCOMPLETE: Final = 3
NONDETERMINISTIC: Final = 4
SERVED: Final = 0
GAVE_UP: Final = 5
INTERRUPTED: Final = 130

# By what outweighs what: a counterexample is one, however much was not seen.
_OUTCOMES = (
    ("violated", VIOLATED),
    ("nondeterministic", NONDETERMINISTIC),
    ("incomplete", INCOMPLETE),
)

HELP = """\
exit codes:
  0    every property of every configuration holds
  1    something is violated: a property, a canary that was not caught, an action that never happens
  2    wrong usage: no such machine, a wrong option, or a machine that is written wrongly
  3    incomplete: a limit was hit before every state was seen, and nothing was violated until then
  4    nondeterministic: a machine answered differently when it was asked twice for the same state
  130  interrupted
"""

SERVE_HELP = """\
exit codes:
  0    it was stopped by a signal, and what was in flight was finished or had its time
  2    wrong usage: nothing to serve, or nowhere to listen; also when every process says so
  5    every process was given up: each has died 6 times in a row
  130  it was stopped at once, by a second signal
"""


def exit_code(outcomes: Collection[str]) -> int:
    """The code of a whole command, from the outcomes of its reports."""
    return next((code for outcome, code in _OUTCOMES if outcome in outcomes), HOLDS)
