"""The result of a check as JUnit XML: a suite for each configuration, a case for each property.

Whatever does not hold is a failure, whose type says whether it is violated or incomplete. The
attributes are those that Jenkins, GitLab and pytest agree on (the schema of Jenkins' xUnit
plug-in); where a property is written stands in the text. It deliberately gives no time of its own
to a case: one exploration judges all properties, and its seconds are those of the suite.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from zokio.cli.reports.checked import Checked
from zokio.model.blame import location_of
from zokio.model.verdicts import Verdict, verdicts

# What XML 1.0 cannot hold, not even escaped.
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_report(checked: Sequence[Checked]) -> str:
    """Return the document."""
    suites = [_suite(each) for each in checked]
    root = Element("testsuites", {"name": "zokio check", **_sums(suites)})
    root.extend(suites)
    indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _suite(each: Checked) -> Element:
    found = verdicts(each.machine, each.report)
    failures = sum(verdict.outcome != "holds" for verdict in found)
    suite = Element(
        "testsuite",
        name=printable(f"{each.name} {each.title}"),
        tests=str(len(found)),
        failures=str(failures),
        errors="0",
        skipped="0",
        time=f"{each.report.seconds:.3f}",
    )
    facts = SubElement(suite, "properties")
    for name in ("states", "transitions", "depth", "outcome"):
        SubElement(facts, "property", name=name, value=str(getattr(each.report, name)))
    for verdict in found:
        suite.append(_case(each, verdict))
    return suite


def _case(each: Checked, verdict: Verdict) -> Element:
    classname = printable(f"{each.name}.{each.title}")
    case = Element("testcase", classname=classname, name=printable(verdict.name), time="0.000")
    if verdict.outcome != "holds":
        found = SubElement(
            case, "failure", type=verdict.outcome, message=printable(verdict.headline)
        )
        where = None if verdict.method is None else location_of(verdict.method)
        found.text = printable(verdict.text if where is None else f"{verdict.text}\nat {where}")
    return case


def _sums(suites: Sequence[Element]) -> dict[str, str]:
    sums = {
        name: str(sum(int(suite.get(name, "0")) for suite in suites))
        for name in ("tests", "failures", "errors")
    }
    return {**sums, "time": f"{sum(float(suite.get('time', '0')) for suite in suites):.3f}"}


def printable(text: str) -> str:
    """Return text with what XML cannot hold as Python writes it, `\\x00`."""
    return FORBIDDEN.sub(lambda found: found.group().encode("unicode_escape").decode(), text)
