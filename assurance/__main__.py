"""`python -m assurance`: measures every part, and writes the page of the assurance case.

The parts run one after another, each in a process of its own, and each shows its own progress. What
a part has measured lies in `build/assurance/PART.json`; the page is made from these files and from
nothing else (`page.py`). A part that fails is named at the end and makes the exit code 1; on the
page it has its figures, if it came to any, and what does not hold.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from time import monotonic

from assurance.command import DOES_NOT_HOLD
from assurance.page import page

ROOT = Path(__file__).resolve().parent.parent
FIGURES = ROOT / "build" / "assurance"
PAGE = ROOT / "docs" / "assurance.md"
PARTS = (
    "checker",
    "exhaustive",
    "large_machines",
    "replay",
    "traces",
    "spec_mutation",
    "planted_bugs",
    "queues",
    "runtime_mutation",
    "workers_mutation",
    "proofs",
    "interleavings",
)


def measured(part: str, *, fast: bool) -> bool:
    """Measure a part and keep its figures; whether what it claims holds."""
    command = [sys.executable, "-m", f"assurance.{part}", *(["--fast"] if fast else [])]
    began = monotonic()
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    file = FIGURES / f"{part}.json"
    holds = done.returncode == 0
    try:
        figures = json.loads(done.stdout)
    except json.JSONDecodeError:
        figures = {}
    if not figures or holds == (DOES_NOT_HOLD in figures):
        file.unlink(missing_ok=True)
        print(done.stdout, file=sys.stderr)
        return False
    figures["wall_seconds"] = round(monotonic() - began, 1)
    file.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return holds


def main() -> int:
    """Measure the parts, all or those named, then write the page."""
    parser = argparse.ArgumentParser(prog="python -m assurance")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], metavar="PART")
    parser.add_argument("--fast", action="store_true", help="a subset of each; writes no page")
    parser.add_argument("--page-only", action="store_true", help="from the figures that are there")
    options = parser.parse_args()
    FIGURES.mkdir(parents=True, exist_ok=True)
    failed = []
    parts = [] if options.page_only else options.parts or PARTS
    for number, part in enumerate(parts, 1):
        print(f"== {number} of {len(parts)}: {part}", file=sys.stderr, flush=True)
        if not measured(part, fast=options.fast):
            failed.append(part)
    if not options.fast:
        known = {file.stem: json.loads(file.read_text()) for file in sorted(FIGURES.glob("*.json"))}
        PAGE.write_text(page(known), encoding="utf-8")
    if failed:
        print(f"does not hold, or could not be measured: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
