"""Without the extra, importing zokio.http says what to install, and zokio itself works."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys
sys.modules["{missing}"] = None  # an import of it fails
import zokio
try:
    import {module}
except ImportError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("module", "missing"),
    [("zokio.http", "httptools"), ("zokio.http.websocket", "wsproto")],
)
def test_the_error_says_what_to_install(module: str, missing: str) -> None:
    program = PROGRAM.format(module=module, missing=missing)
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert "pip install 'zokio[http]'" in found.stdout
