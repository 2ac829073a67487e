"""The result of a check as SARIF 2.1.0, which code hosts show beside the lines of a change.

A rule stands for each claim of each machine; a result for each that does not hold, at the line of
the property's method, with the counterexample as its text and as a code flow whose steps are the
lines of the actions. It guarantees the structure that the standard requires. Files are named
relative to the current folder where they are below it, as code hosts want it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from zokio import __version__
from zokio.cli.reports.checked import Checked
from zokio.model import Trace
from zokio.model.blame import location_of
from zokio.model.literal import assignments
from zokio.model.trace import changes
from zokio.model.verdicts import Verdict, verdicts

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {"violated": "error", "nondeterministic": "error", "incomplete": "warning"}

Json = dict[str, Any]  # Any: whatever JSON can hold


def sarif_report(checked: Sequence[Checked]) -> str:
    """Return the document."""
    rules: dict[str, Json] = {}
    results = []
    for each in checked:
        for verdict in verdicts(each.machine, each.report):
            rule = f"{each.report.machine}/{verdict.name}"
            rules.setdefault(rule, _rule(rule, each, verdict))
            if verdict.outcome != "holds":
                place = list(rules).index(rule)
                results.append({**_result(each, verdict), "ruleId": rule, "ruleIndex": place})
    driver = {"name": "zokio check", "version": __version__, "rules": list(rules.values())}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, indent=2) + "\n"


def _rule(rule: str, each: Checked, verdict: Verdict) -> Json:
    said = (verdict.method.__doc__ or "") if verdict.method is not None else ""
    text = " ".join(said.split()) or f"{verdict.name.replace('_', ' ')} ({verdict.kind})"
    return {
        "id": rule,
        "name": verdict.name,
        "shortDescription": {"text": text},
        "properties": {"kind": verdict.kind, "machine": each.report.machine},
    }


def _result(each: Checked, verdict: Verdict) -> Json:
    method = type(each.machine) if verdict.method is None else verdict.method
    found: Json = {
        "level": LEVELS.get(verdict.outcome, "error"),
        "message": {"text": f"{each.title}: {verdict.text}"},
        "locations": _locations(method),
        "partialFingerprints": {"zokioClaim/v1": f"{each.title}/{verdict.name}"},
    }
    claims = {result.name: result for result in each.report.properties}
    if verdict.outcome == "violated" and verdict.name in claims:
        trace = claims[verdict.name].trace
        if trace is not None and claims[verdict.name].outcome == "violated" and trace.steps:
            found["codeFlows"] = [_code_flow(each, trace)]
    return found


def _code_flow(each: Checked, trace: Trace[Any]) -> Json:  # Any: the class of the states is open
    steps = []
    for before, (step, after) in zip(trace.states, trace.steps, strict=False):
        effect = each.machine.definition.actions[step.name].effect
        text = f"{step}: {assignments(changes(before, after)) or 'nothing changes'}"
        location = {**next(iter(_locations(effect)), {}), "message": {"text": text}}
        steps.append({"location": location})
    return {"threadFlows": [{"locations": steps}]}


def _locations(thing: Any) -> list[Json]:  # Any: a class or a method
    where = location_of(thing)
    if where is None:
        return []
    artifact = {"uri": _uri(Path(where.file))}
    physical = {"artifactLocation": artifact, "region": {"startLine": where.line}}
    return [{"physicalLocation": physical}]


def _uri(file: Path) -> str:
    here = Path.cwd()
    resolved = file.resolve()
    if resolved.is_relative_to(here):
        return resolved.relative_to(here).as_posix().replace("%", "%25").replace(" ", "%20")
    return resolved.as_uri()
