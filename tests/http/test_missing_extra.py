"""Without the extra, importing zokio.http says what to install, and zokio itself works."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
sys.modules["httptools"] = None  # an import of it fails
import zokio
try:
    import zokio.http
except ImportError as error:
    print(error)
"""


def test_the_error_says_what_to_install() -> None:
    found = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=True
    )
    assert "pip install 'zokio[http]'" in found.stdout
