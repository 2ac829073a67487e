"""examples/udp_echo.py answers datagrams, and its client asks again when one gets lost."""

from __future__ import annotations

import socket
import threading

from tests.examples.program import PATIENCE_SECONDS, running


def test_a_question_is_answered() -> None:
    with running("udp_echo.py", "serve", "--port", "0") as server:
        _, port = server.address()
        with running("udp_echo.py", "ask", "who is there?", "--port", str(port)) as client:
            assert client.finish() == (0, "who is there?\n", "")
        assert server.interrupt() == (0, "stopped\n", "")


def test_a_question_that_got_lost_is_asked_again_and_an_old_answer_is_not_taken_for_its() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(PATIENCE_SECONDS)
        sock.bind(("127.0.0.1", 0))
        answering = threading.Thread(target=answer_all_but_the_first, args=(sock,))
        answering.start()
        port = sock.getsockname()[1]
        with running("udp_echo.py", "ask", "hm?", "--port", str(port)) as client:
            ended = client.finish()
        sock.sendto(b"stop", sock.getsockname())
        answering.join()
    assert ended == (0, "in time\n", "")


def answer_all_but_the_first(sock: socket.socket) -> None:
    while (question := sock.recvfrom(100))[0] != b"stop":
        number, _, text = question[0].partition(b" ")
        assert text == b"hm?"
        if number != b"0":
            sock.sendto(b"0 too late", question[1])
            sock.sendto(number + b" in time", question[1])


def test_nobody_there_is_said() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as gone:
        gone.bind(("127.0.0.1", 0))
        port = gone.getsockname()[1]
    with running("udp_echo.py", "ask", "--port", str(port)) as client:
        exit_code, output, error = client.finish()
    assert (exit_code, output) == (1, "")
    assert "check the address, and that the server runs" in error
