"""The date: what the machine's owner calls the time, which may jump. Nothing may wait by it."""

from __future__ import annotations

from time import time as unix_seconds

__all__ = ["unix_seconds"]
