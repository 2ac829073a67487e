"""For tests: virtual time for users' programs, and what zokio's pytest plug-in does.

The plug-in (properties as tests, what stateful tests saw) has its door in `pytest_zokio`, which
loads this when there is something to do. It imports pytest, the model checker, and nothing of the
runtime; `clock.py` alone knows that.
"""

from zokio.testing.clock import virtual_runtime as virtual_runtime
from zokio.testing.clock import virtual_time as virtual_time

__all__ = ["virtual_runtime", "virtual_time"]
