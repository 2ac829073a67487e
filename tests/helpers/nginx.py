"""A real nginx on loopback, as a child process with a configuration of its own.

It runs in the foreground with one worker, in a temporary folder, and is ended with the block.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

BINARY = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
WHY_NOT = "there is no nginx here; on Debian it is in the package nginx-light"
TRIES_MAX = 100

CONFIGURATION = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    add_header x-connection $connection always;
    gzip_types *;
    gzip_min_length 1;
    client_max_body_size 1m;
    server {{
        listen 127.0.0.1:{port};
        root {folder}/files;
        location /gzip/ {{ gzip on; alias {folder}/files/; }}
        location /found {{ return 302 /small.txt; }}
        location /moved {{ return 301 http://localhost:{port}/small.txt; }}
        location /circle {{ return 307 /circle; }}
        location /once {{ keepalive_timeout 0; alias {folder}/files/small.txt; }}
        location /empty {{ return 204; }}
        location /refused {{ return 403; }}
    }}
}}
"""


@dataclass(frozen=True)
class Nginx:
    """A running one: its port, its folder of files, and its process."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes]

    def url(self, path: str) -> str:
        """The URL of a path."""
        return f"http://127.0.0.1:{self.port}{path}"


@contextmanager
def nginx(folder: Path, files: dict[str, bytes], port: int | None = None) -> Iterator[Nginx]:
    """Run one in `folder`, which serves `files`; at any free port unless one is given."""
    assert BINARY is not None, WHY_NOT
    (folder / "files").mkdir()
    folder.chmod(0o755)
    for name, content in files.items():
        (folder / "files" / name).write_bytes(content)
    port = port or _free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(CONFIGURATION.format(folder=folder, port=port))
    command = [BINARY, "-p", str(folder), "-c", str(configuration), "-e", str(folder / "error.log")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield Nginx(port, folder, process)
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until somebody listens at the port."""
    for _ in range(TRIES_MAX):
        assert process.poll() is None, "nginx has ended at once; see its error.log"
        try:
            socket.create_connection(("127.0.0.1", port), 5).close()
            return
        except ConnectionRefusedError:
            try:
                process.wait(0.05)
            except subprocess.TimeoutExpired:
                pass
    raise AssertionError("nginx does not listen")
