"""Calls of channels go by the door of the fetcher: its rules on addresses, no redirect, an answer of limited length."""

import socket
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from receiver import HOST, Answer, Receiver, answer
from smtp_server import Authority

from monitor.fetch.calls import MAX_ANSWER_BYTES, Call, CallFailed, answered, refusal_of


def call_to(url: str, private_host: str = HOST, seconds: float = 10) -> Call:
    return Call(
        method="POST",
        url=url,
        headers={"X-Test": "1"},
        body=b"{}",
        timeout=timedelta(seconds=seconds),
        private_host=private_host,
    )


def test_a_call_arrives_with_its_headers_and_the_answer_comes_back() -> None:
    with Receiver() as service:
        service.answers = [answer(201, b"taken\nover", retry_after="7")]
        got = answered(call_to(service.url("/hook?x=1")))
        (request,) = service.requests
    assert (request.method, request.path, request.body) == ("POST", "/hook?x=1", b"{}")
    assert request.headers["x-test"] == "1"
    assert request.headers["host"] == f"{HOST}:{service.port}"
    assert (got.status, got.headers["retry-after"], got.words) == (201, "7", "taken over")


@pytest.mark.parametrize("private_host", ["", "ntfy.home.example", "127.0.0.2"])
def test_a_private_address_is_called_only_for_the_host_that_is_named(private_host: str) -> None:
    with Receiver() as service:
        with pytest.raises(CallFailed, match=r"private_host") as failed:
            answered(call_to(service.url(), private_host))
        assert service.requests == []
    assert (failed.value.stage, failed.value.is_sent) == ("address", False)


def test_a_name_that_turns_private_is_not_called() -> None:
    with Receiver() as service:
        url = f"http://hook.example:{service.port}/"
        with pytest.raises(CallFailed, match=r"not public"):
            answered(call_to(url), resolve=lambda _host, _port: [HOST])
        assert answered(call_to(url, "hook.example"), resolve=lambda _host, _port: [HOST]).status == 200


def test_the_next_address_is_dialled_if_the_first_takes_no_connection() -> None:
    with Receiver() as service:
        url = f"http://hook.example:{service.port}/"
        got = answered(call_to(url, "hook.example"), resolve=lambda _host, _port: ["127.0.0.77", HOST])
    assert got.status == 200


def test_a_redirect_is_an_answer_and_nothing_is_handed_over_elsewhere() -> None:
    with Receiver() as service, Receiver() as elsewhere:
        service.answers = [answer(307, b"", location=elsewhere.url())]
        assert answered(call_to(service.url())).status == 307
        assert elsewhere.requests == []


def test_an_answer_that_comes_late_may_have_been_accepted() -> None:
    with Receiver() as service:
        service.answers = [Answer(wait=5)]
        with pytest.raises(CallFailed, match=r"no answer within 0\.3 s") as failed:
            answered(call_to(service.url(), seconds=0.3))
    assert (failed.value.stage, failed.value.is_sent) == ("data", True)


@pytest.mark.parametrize(
    "nasty",
    [Answer(hangs_up=True), Answer(raw=b"SSH-2.0-nothing\r\n"), Answer(raw=b"HTTP/1.1 2"), Answer(raw=b"\0" * 200_000)],
    ids=["hangs up", "no HTTP", "half a head", "no head"],
)
def test_what_is_no_answer_may_have_been_accepted(nasty: Answer) -> None:
    with Receiver() as service:
        service.answers = [nasty]
        with pytest.raises(CallFailed) as failed:
            answered(call_to(service.url(), seconds=3))
    assert failed.value.is_sent
    assert str(failed.value).isprintable()


def test_of_an_endless_answer_the_beginning_is_read_and_a_body_that_breaks_off_changes_nothing() -> None:
    with Receiver() as service:
        service.answers = [
            answer(200, b"x" * 1_000_000),
            Answer(raw=b"HTTP/1.1 202 Yes\r\nContent-Length: 9\r\n\r\nab"),
        ]
        assert len(answered(call_to(service.url())).body) == MAX_ANSWER_BYTES
        assert answered(call_to(service.url())).status == 202


def test_a_server_that_is_not_there_has_accepted_nothing() -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        with pytest.raises(CallFailed) as failed:
            answered(call_to(f"http://{HOST}:{taken.getsockname()[1]}/"))
    assert (failed.value.stage, failed.value.is_sent) == ("connect", False)


def test_a_certificate_is_verified_and_a_ca_file_is_trusted(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    with Receiver(authority.good) as service:
        with pytest.raises(CallFailed, match=r"certificate") as failed:
            answered(call_to(service.url()))
        assert (failed.value.stage, failed.value.is_sent) == ("tls", False)
        assert answered(replace(call_to(service.url()), ca_file=authority.ca_file)).status == 200


@pytest.mark.parametrize(
    ("url", "words"),
    [("ftp://hook.example/", "only http and https"), ("https:///x", "no host"), ("https://127.0.0.%31/", ""), ("", "")],
)
def test_what_is_no_address_of_a_service_is_refused(url: str, words: str) -> None:
    assert words in refusal_of(url)
    assert refusal_of(url)
    assert not refusal_of("https://hook.example:8443/in")
