"""What errors of OpenSSL are called, without a peer to make them."""

from __future__ import annotations

import _ssl
import errno
import ssl

import pytest

from zokio.errors import CertificateError, TlsError, TruncatedError
from zokio.net.tls.failures import ADVICE, HANDSHAKE, tls_error

OF_NEWER_ONES = {"RECORD_LAYER_FAILURE", "TLSV1_ALERT_NO_APPLICATION_PROTOCOL"}
"""Since OpenSSL 3.2."""


def test_every_reason_with_an_advice_is_one_of_openssl() -> None:
    known = set(_ssl.err_codes_to_names.values())
    assert set(ADVICE) - OF_NEWER_ONES <= known


def made(kind: type[ssl.SSLError], reason: str | None) -> ssl.SSLError:
    error = kind(1, "words")
    error.reason = reason  # type: ignore[assignment]  # OpenSSL does not know every reason
    return error


@pytest.mark.parametrize(
    ("reason", "kind", "words"),
    [
        ("HTTP_REQUEST", TlsError, "http request: the peer does not speak TLS here"),
        ("TLSV1_ALERT_UNKNOWN_CA", CertificateError, "check its issuer, its dates"),
        ("LIBRARY_BUG", TlsError, "library bug: TLS cannot go on; close the stream"),
        (None, TlsError, "unknown: TLS cannot go on"),
    ],
)
def test_a_reason_has_its_kind_and_its_advice(
    reason: str | None, kind: type[TlsError], words: str
) -> None:
    error = tls_error(made(ssl.SSLError, reason), "read")
    assert type(error) is kind
    assert error.errno == errno.EPROTO
    assert words in str(error)


def test_an_end_in_the_handshake_is_told_from_a_cut() -> None:
    for what, words in (
        (HANDSHAKE, "closed the connection in the middle of it"),
        ("read", "close_notify"),
    ):
        error = tls_error(made(ssl.SSLEOFError, None), what)
        assert type(error) is TruncatedError
        assert error.errno == errno.ECONNRESET
        assert words in str(error)
