"""wrk against the server: many connections as fast as they can, and not one bad answer."""

from __future__ import annotations

import logging
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.http.curl import serving_in_thread
from tests.http.exchange import echo
from zokio.net import TcpListener

pytestmark = [
    pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is not installed"),
    pytest.mark.one_thread,  # the server runs in a thread of its own here
]

PIPELINED_POSTS = """
init = function(args)
    wrk.method = "POST"
    wrk.body = string.rep("x", 1000)
    several = string.rep(wrk.format(), 16)
end
request = function()
    return several
end
"""


@pytest.mark.parametrize("script", ["", PIPELINED_POSTS], ids=["GET", "pipelined POST"])
def test_every_answer_is_good(
    script: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "script.lua"
    file.write_text(script)
    with serving_in_thread(echo, lambda: TcpListener.bind("127.0.0.1", 0)) as served:
        url = f"http://127.0.0.1:{served.address[1]}/"
        command = ["wrk", "-t1", "-c50", "-d1s", "--timeout", "30s", "-s", str(file), url]
        found = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "Socket errors" not in found.stdout, found.stdout
    assert "Non-2xx" not in found.stdout, found.stdout
    total = re.search(r"(\d+) requests in", found.stdout)
    assert total is not None
    assert int(total[1]) > 100
    assert [each for each in caplog.records if each.levelno >= logging.ERROR] == []
