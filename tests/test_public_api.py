"""The door: the names that programs rely on, their parameters, and a word on each of them."""

from __future__ import annotations

import inspect
import types
from typing import Any

import pytest

import zokio
import zokio.http.asgi  # modules of their own, which `import zokio` does not bring
import zokio.http.websocket
from tests.helpers.program import run_program

NAMES = {
    *("run", "RuntimeConfig", "Runtime", "RuntimeMetrics", "TaskDump", "ShutdownReport"),
    *("spawn", "JoinHandle", "TaskGroup", "CancelScope", "timeout", "move_on_after"),
    *("CancellationToken", "join", "select", "yield_now", "current_task", "spawn_blocking"),
    *("Cancelled", "Poll", "Ready", "PENDING", "Context", "Waker", "Future", "poll_fn"),
    *("sleep", "time", "sync", "net", "dns", "compiled"),
    *("ClosedError", "BrokenError", "AbortedError", "BusyError", "InternalError"),
}

MEMBERS = {
    "Runtime": "block_on spawn step metrics dump shutdown __enter__ __exit__",
    "JoinHandle": "abort is_finished id name __await__",
    "TaskGroup": "spawn __aenter__ __aexit__",
    "CancelScope": "cancel deadline shield __enter__ __exit__ __aenter__ __aexit__",
    "CancellationToken": "cancel cancelled child",
    "Future": "poll map then __await__",
    "Waker": "wake will_wake",
    "http.Upgraded": "stream buffered stopping limits",
    "http.websocket.WebSocket": "subprotocol __aiter__ __anext__",
}

SIGNATURES = {
    "run": "(coroutine, *, config=None)",
    "Runtime": "(config=None, *, reactor=None)",
    "Runtime.block_on": "(self, coroutine)",
    "Runtime.spawn": "(self, coroutine, name=None)",
    "Runtime.step": "(self)",
    "Runtime.metrics": "(self)",
    "Runtime.dump": "(self)",
    "Runtime.shutdown": "(self, timeout=None)",
    "spawn": "(coroutine, *, name=None)",
    "spawn_blocking": "(function, *args, **kwargs)",
    "join": "(*awaitables)",
    "select": "(*awaitables, biased=False)",
    "timeout": "(seconds)",
    "move_on_after": "(seconds)",
    "sleep": "(seconds)",
    "poll_fn": "(function)",
    "current_task": "()",
    "CancelScope": "(deadline=None, shield=False)",
    "CancellationToken": "()",
    "TaskGroup": "()",
    "time.sleep_until": "(instant)",
    "time.interval": "(period, missed_tick='burst')",
    "time.now": "()",
    "net.TcpListener.bind": "(host, port, *, backlog=1024, reuse_port=False)",
    "net.TcpStream.connect": "(host, port, *, timeout=None, resolver=None)",
    "net.TcpStream.read": "(self, n)",
    "net.TcpStream.read_exact": "(self, n)",
    "net.TcpStream.write_all": "(self, data)",
    "net.TcpStream.shutdown_write": "(self)",
    "net.TcpStream.close": "(self)",
    "net.TcpStream.peek": "(self, n)",
    "net.TcpStream.split": "(self)",
    "net.TcpStream.write_vectored": "(self, buffers)",
    "net.TcpStream.send_file": "(self, file, offset=0, count=None)",
    "net.TcpStream.set_keep_alive": "(self, idle, interval=15, count=4)",
    "net.TcpStream.set_linger": "(self, seconds)",
    "net.TcpStream.set_no_delay": "(self, enabled=True)",
    "net.UnixListener.bind": "(path, *, backlog=1024)",
    "net.UnixStream.connect": "(path, *, timeout=None)",
    "net.UdpSocket.bind": "(host='', port=0, *, reuse_address=False, reuse_port=False)",
    "net.UdpSocket.connect": "(self, host, port)",
    "net.UdpSocket.send_to": "(self, data, address)",
    "net.UdpSocket.recv_from": "(self, n=65535)",
    "net.tls.connect": (
        "(host, port, context, *, server_hostname=None, timeout=None, handshake_timeout=10.0)"
    ),
    "net.tls.wrap": ("(stream, context, *, server_side=False, server_hostname=None, timeout=10.0)"),
    "net.tls.wrap_server": "(listener, context, *, handshake_timeout=10.0, pending_max=256)",
    "net.tls.TlsStream.read": "(self, n)",
    "net.tls.TlsStream.read_exact": "(self, n)",
    "net.tls.TlsStream.read_until": "(self, separator, limit=65536)",
    "net.tls.TlsStream.write_all": "(self, data)",
    "net.tls.TlsStream.shutdown_write": "(self)",
    "net.tls.TlsStream.close": "(self)",
    "net.tls.TlsStream.aclose": "(self, timeout=5.0)",
    "net.tls.TlsStream.abort": "(self)",
    "http.Upgrade": "(protocol, taker, headers=())",
    "http.websocket.accept": (
        "(request, talk, *, subprotocols=(), headers=(), origins=None, max_message=1048576, "
        "compress=False, ping_interval=20.0, close_timeout=5.0)"
    ),
    "http.websocket.WebSocket.send": "(self, message)",
    "http.websocket.WebSocket.receive": "(self)",
    "http.websocket.WebSocket.close": "(self, code=1000, reason='')",
    "http.asgi.serve": "(app, host='127.0.0.1', port=8000, *, listener=None, ready=None, "
    "stop=None, access_log=None, root_path='', **limits)",
    "http.Client": "(*, limits=None, timeouts=None, headers=(), proxies=None, tls=None)",
    "http.Client.request": "(self, method, url, *, headers=(), body=None, json=None, "
    "timeouts=None)",
    "http.Client.get": "(self, url, **options)",
    "http.Client.post": "(self, url, **options)",
    "http.Client.close": "(self)",
    "http.client.Response.read": "(self)",
    "http.client.Response.iter_bytes": "(self)",
    "dns.Resolver": (
        "(servers=None, timeout=5.0, cache_size=1024, *, domains=None, hosts_file=None, "
        "resolv_conf=None)"
    ),
    "dns.Resolver.lookup": "(self, host)",
    "dns.lookup": "(host)",
}


def find(path: str) -> Any:  # Any: it may be anything that the door leads to
    found: Any = zokio
    for name in path.split("."):
        found = getattr(found, name)
    return found


def test_the_door_lists_every_name_of_the_interface_once() -> None:
    # What stands beside them is pinned with them in test_architecture.py.
    assert set(zokio.__all__) >= NAMES
    assert len(set(zokio.__all__)) == len(zokio.__all__)


def test_from_zokio_import_star_gives_everything_that_is_listed() -> None:
    found: dict[str, object] = {}
    exec("from zokio import *", found)
    found.pop("__builtins__")
    assert set(found) == set(zokio.__all__)


@pytest.mark.parametrize("name", MEMBERS)
def test_each_class_has_the_members_that_programs_rely_on(name: str) -> None:
    for member in MEMBERS[name].split():
        assert hasattr(find(name), member), f"{name}.{member}"


@pytest.mark.interpreted  # a compiled function has no signature
@pytest.mark.parametrize("path", SIGNATURES)
def test_the_parameters_are_those_of_the_interface(path: str) -> None:
    parameters = [
        each.replace(annotation=inspect.Parameter.empty)
        for each in inspect.signature(find(path)).parameters.values()
    ]
    assert str(inspect.Signature(parameters)) == SIGNATURES[path]


def test_the_submodules_list_what_they_offer() -> None:
    assert set(zokio.time.__all__) >= {"sleep", "sleep_until", "interval", "now", "timeout"}
    assert set(zokio.net.__all__) == {
        *("TcpListener", "TcpStream", "UnixListener", "UnixStream", "UdpSocket"),
        *("ReadHalf", "WriteHalf", "tls"),
    }
    assert set(zokio.sync.__all__) >= {
        *("Mutex", "RwLock", "Semaphore", "Notify", "Event", "Condition", "Barrier"),
        *("OnceCell", "LazyCell"),
    }
    assert set(zokio.dns.__all__) == {"Resolver", "lookup"}
    for module in (zokio.time, zokio.net, zokio.dns, zokio.sync):
        assert all(hasattr(module, name) for name in module.__all__)


def members_to_document() -> list[str]:
    """Every public function and class at the door, and every public method of those classes."""
    paths = []
    for name in sorted(zokio.__all__):
        thing = getattr(zokio, name)
        if isinstance(thing, type):
            paths += [
                f"{name}.{member}"
                for member, found in vars(thing).items()
                if not member.startswith("_") and isinstance(found, types.FunctionType | property)
            ]
        if isinstance(thing, type | types.FunctionType | types.ModuleType):
            paths.append(name)
    return paths


@pytest.mark.interpreted  # a compiled function has no docstring
@pytest.mark.parametrize("path", members_to_document())
def test_everything_public_is_documented(path: str) -> None:
    found = find(path)
    # A method that is documented in the class it comes from need not repeat it.
    assert inspect.getdoc(found), f"{path} has no docstring"


def test_what_needs_an_extra_is_imported_when_it_is_asked_for() -> None:
    program = "import sys, zokio; assert 'h11' not in sys.modules; print(zokio.http.Client)"
    ended = run_program(program)
    assert (ended.exit_code, ended.output) == (
        0,
        "<class 'zokio.http.client.client.Client'>\n",
    ), ended.error
    with pytest.raises(AttributeError, match="no attribute 'htpp'"):
        find("htpp")


def test_compiled_says_which_build_this_is() -> None:
    assert isinstance(zokio.compiled, bool)


def test_the_version_is_a_string_of_numbers() -> None:
    assert all(part.isdigit() for part in zokio.__version__.split("."))
