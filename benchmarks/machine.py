"""On what and when the figures were measured."""

from __future__ import annotations

import datetime
import os
import platform
from pathlib import Path

from benchmarks import echo, http
from benchmarks.workers import has_gil


def _cpu_model() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def describe() -> dict[str, str | int]:
    """Date, processor, cores, kernel, Python, and the conditions of the servers' benchmarks."""
    return {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "cpu": _cpu_model(),
        "cores": os.cpu_count() or 0,
        "kernel": f"{platform.system()} {platform.release()}",
        "threads": "in turn (GIL)" if has_gil() else "at the same time (no GIL)",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "load_average": f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "",
        "echo": echo.conditions(),
        "http": http.conditions(),
    }
