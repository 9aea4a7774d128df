"""Which URLs are asked, and where redirects may lead."""

import httpx
import hypothesis.strategies as st
import pytest
from hypothesis import given

from monitor.fetch.addresses import check_literal
from monitor.fetch.faults import Fault
from monitor.fetch.targets import bare_url, checked_url, host_of, redirected, refusal, turn_of
from monitor.model.fetch import FetchProblem
from monitor.model.settings import PollingSettings

PORTS = (80, 443, 8080)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("http://news.example/feed?a=1&b=2", "http://news.example/feed?a=1&b=2"),
        ("https://news.example:8080/feed", "https://news.example:8080/feed"),
        ("https://user:secret@news.example/feed#part", "https://news.example/feed"),
        ("http://zürich.example/ä", "http://xn--zrich-kva.example/%C3%A4"),
        ("http://[2606:4700::1111]/", "http://[2606:4700::1111]/"),
    ],
)
def test_web_addresses_are_asked_without_userinfo_and_fragment(text: str, asked: str) -> None:
    assert str(checked_url(text, PORTS)) == asked


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("file:///etc/passwd", "only http and https"),
        ("ftp://news.example/feed", "not ftp"),
        ("//news.example/feed", "not this"),
        ("http:///feed", "no host"),
        ("http://./feed", "no host"),
        ("http://news.example:22/", "port 22"),
        ("http://news.example:0/", "port 0"),
        ("https://news.example:6379/", "allow_ports"),
        ("http://127.0.0.%31/", "127.0.0.%31 is not a host name"),
        ("http://%6c%6fcalhost/", "not a host name"),
        ("http://%31%32%37.0.0.1/feed", "not a host name"),
        (f"http://{'a.' * 127}example/", "not a host name"),
    ],
)
def test_other_addresses_are_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(Fault, match=words) as caught:
        checked_url(text, PORTS)
    assert caught.value.problem is FetchProblem.ADDRESS


@pytest.mark.parametrize("host", ["127.0.0.1", "0x7f.1", "[::1]", "localhost", "a.localhost", "1.2.3.4.5", "%31.0.0.1"])
def test_config_and_proxy_refuse_the_same_addresses(host: str) -> None:
    url = f"http://{host}/"
    assert refusal(url, PollingSettings())
    with pytest.raises(Fault):
        check_literal(host_of(checked_url(url, PORTS)), ())


def test_a_name_is_refused_by_neither() -> None:
    assert refusal("https://news_room.example/", PollingSettings()) == ""


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/new", "https://news.example/new"),
        ("new?x=1", "https://news.example/old/new?x=1"),
        ("//other.example/new", "https://other.example/new"),
        ("https://user:secret@other.example/", "https://other.example/"),
        ("HTTPS://OTHER.example/#top", "https://other.example/"),
    ],
)
def test_a_location_is_read_relative_to_where_it_was_said(location: str, target: str) -> None:
    assert str(redirected(httpx.URL("https://news.example/old/feed"), location, PORTS)) == target


@pytest.mark.parametrize(
    ("location", "problem"),
    [
        (None, FetchProblem.REDIRECT),
        ("", FetchProblem.REDIRECT),
        ("http://news.example/", FetchProblem.REDIRECT),
        ("ftp://news.example/", FetchProblem.ADDRESS),
        ("https://news.example:25/", FetchProblem.ADDRESS),
        ("file:///etc/passwd", FetchProblem.ADDRESS),
        ("javascript:alert(1)", FetchProblem.ADDRESS),
    ],
)
def test_a_location_that_must_not_be_followed_is_a_fault(location: str | None, problem: FetchProblem) -> None:
    with pytest.raises(Fault) as caught:
        redirected(httpx.URL("https://news.example/feed"), location, PORTS)
    assert caught.value.problem is problem


@pytest.mark.parametrize(
    ("url", "turn"),
    [
        ("http://NEWS.example/a", "news.example"),
        ("https://news.example./b", "news.example"),
        ("https://news.example:8443/c", "news.example"),
        ("http://127.0.0.1:8001/", "127.0.0.1:8001"),
        ("http://nas.example/", "nas.example:80"),
    ],
)
def test_a_public_host_has_one_turn_and_a_private_one_a_turn_for_each_port(url: str, turn: str) -> None:
    polling = PollingSettings(allow_private=("127.0.0.0/8", "nas.example"))
    assert turn_of(httpx.URL(url), polling) == turn


@given(st.sampled_from(["http://news.example/", "https://ü.example:443/a?b", "//a.example", ""]), st.text(max_size=20))
def test_a_url_without_userinfo_and_fragment_is_the_same_whether_they_are_taken_out_or_not(
    start: str, rest: str
) -> None:
    text = start + rest.replace("@", "").replace("#", "")
    try:
        whole = httpx.URL(text).copy_with(userinfo=b"", fragment=None)
    except httpx.InvalidURL:
        with pytest.raises(httpx.InvalidURL):
            bare_url(text)
    else:
        assert str(bare_url(text)).lower() == str(whole).lower()  # escapes in hosts, which are refused


def test_userinfo_and_fragment_are_taken_out() -> None:
    assert str(bare_url("https://me:secret@news.example/rss#top")) == "https://news.example/rss"
