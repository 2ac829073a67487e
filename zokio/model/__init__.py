"""A model checker in plain Python: machines, exhaustive search, progress, stateful tests, diagrams.

Write a machine as a class (`Machine`, `action`, `always`, `sometimes`, `eventually`), check it with
`check`, drive a real implementation by the same definition with `stateful_test` and `replay`, hold
a recorded run against it with `validate`, learn from its mutants what its claims do not notice
(`mutation_report`), draw it with `to_dot` and `to_mermaid`. It imports the standard library only;
Hypothesis is imported when `stateful_test` is called. It is explicit-state and in one process; it
reduces by the symmetry that a machine declares, and by nothing else.
"""

from zokio.model.actions import Action, AnyAction, Step, action
from zokio.model.adapter import Adapter
from zokio.model.checker import check
from zokio.model.cover import EdgeWalk, edge_cover
from zokio.model.diagram import to_dot, to_mermaid
from zokio.model.errors import ModelError, NondeterministicError
from zokio.model.events import (
    Event,
    RecordedTrace,
    TraceFormatError,
    in_sequence,
    read_traces,
    write_traces,
)
from zokio.model.excuse import Excuse, ExcuseError
from zokio.model.growing import check_growing
from zokio.model.lockstep import DivergenceError, Lockstep, Witness
from zokio.model.machine import Machine
from zokio.model.mutation import Mutant, mutants
from zokio.model.mutation_judge import MutantJudge, MutantVerdict
from zokio.model.mutation_report import MutationReport, mutation_report
from zokio.model.paths import shortest_paths
from zokio.model.progress_bar import ProgressBar
from zokio.model.properties import Claim, always, eventually, sometimes
from zokio.model.replay import EdgeReplay, replay
from zokio.model.replay_report import ReplayReport, merged
from zokio.model.report import PropertyResult, Report
from zokio.model.search import Progress, explore
from zokio.model.stateful import StatefulTestCase, stateful_test
from zokio.model.trace import Trace
from zokio.model.tuples import drop, put
from zokio.model.validation import Validation, validate

__all__ = [
    "Action",
    "Adapter",
    "AnyAction",
    "Claim",
    "DivergenceError",
    "EdgeReplay",
    "EdgeWalk",
    "Event",
    "Excuse",
    "ExcuseError",
    "Lockstep",
    "Machine",
    "ModelError",
    "Mutant",
    "MutantJudge",
    "MutantVerdict",
    "MutationReport",
    "NondeterministicError",
    "Progress",
    "ProgressBar",
    "PropertyResult",
    "RecordedTrace",
    "ReplayReport",
    "Report",
    "StatefulTestCase",
    "Step",
    "Trace",
    "TraceFormatError",
    "Validation",
    "Witness",
    "action",
    "always",
    "check",
    "check_growing",
    "drop",
    "edge_cover",
    "eventually",
    "explore",
    "in_sequence",
    "merged",
    "mutants",
    "mutation_report",
    "put",
    "read_traces",
    "replay",
    "shortest_paths",
    "sometimes",
    "stateful_test",
    "to_dot",
    "to_mermaid",
    "validate",
    "write_traces",
]
