"""How errors of the network are told to people."""

import errno
import ssl

import httpx
import pytest

from monitor.fetch.certificates import trusted_certificates
from monitor.fetch.faults import Fault, fault_of
from monitor.model.fetch import FetchProblem


def caused(error: Exception, *causes: Exception) -> Exception:
    """`error`, raised from the first cause, that from the next."""
    for effect, cause in zip((error, *causes), causes, strict=False):
        effect.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "problem", "words"),
    [
        (Fault(FetchProblem.EMPTY, "nothing"), FetchProblem.EMPTY, "nothing"),
        (httpx.ConnectTimeout(""), FetchProblem.TIMEOUT, "connect_timeout"),
        (httpx.ReadTimeout(""), FetchProblem.TIMEOUT, "read_timeout"),
        (TimeoutError(), FetchProblem.TIMEOUT, "total_timeout"),
        (httpx.RemoteProtocolError("bad\r\n\x1b[2Jline"), FetchProblem.PROTOCOL, "HTTP: bad [2Jline"),
        (
            httpx.RemoteProtocolError("Server disconnected without sending a response."),
            FetchProblem.CONNECT,
            "closed the connection",
        ),
        (httpx.InvalidURL("no port"), FetchProblem.ADDRESS, "no port"),
        (httpx.ReadError(""), FetchProblem.CONNECT, "broke before the answer was complete"),
        (OSError("odd"), FetchProblem.CONNECT, "the connection failed"),
        (
            caused(httpx.ConnectError(""), OSError("all failed"), OSError(errno.ECONNREFUSED, "?")),
            FetchProblem.CONNECT,
            "Connection refused",
        ),
        (caused(httpx.ConnectError(""), ssl.SSLError(1, "odd")), FetchProblem.TLS, "no secure connection"),
    ],
)
def test_an_error_has_a_problem_and_a_sentence(error: Exception, problem: FetchProblem, words: str) -> None:
    fault = fault_of(error)
    assert fault.problem is problem
    assert words in str(fault)
    assert str(fault).isprintable()


def test_certificates_are_always_verified_against_known_authorities() -> None:
    tls = trusted_certificates()
    assert (tls.verify_mode, tls.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert tls.cert_store_stats()["x509_ca"] > 50
