"""robots.txt by RFC 9309: documents, paths, and what each lets us fetch."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from table import each_row

from monitor.pages import CLOSED, Robots, may_fetch, robots_after, robots_of, robots_refusal
from monitor.pages.patterns import MAX_PATH_CHARACTERS, PathPattern, normal, path_of
from monitor.pages.robots import LONGEST_DELAY_SECONDS, MAX_BYTES, MAX_LICENCES

US = "news-monitor/0.1.0 (+https://desk.example)"

DOCUMENTS = [
    # what it shows, document, path, may be fetched
    ("nothing said", "", "/a", True),
    ("everything", "User-agent: *\nDisallow: /", "/a", False),
    ("an empty Disallow is none", "User-agent: *\nDisallow:", "/a", True),
    ("rules before any agent", "Disallow: /\nUser-agent: *\nDisallow: /b", "/a", True),
    ("our own group instead of *", "User-agent: *\nDisallow: /\n\nUser-agent: news-monitor\nAllow: /", "/a", True),
    ("our own group, refusing", "User-agent: *\nAllow: /\n\nUser-agent: News-Monitor\nDisallow: /", "/a", False),
    ("named with a version", "User-agent: news-monitor/9\nDisallow: /", "/a", False),
    ("a longer name is another's", "User-agent: news-monitor-pro\nDisallow: /", "/a", True),
    ("a shorter name is another's", "User-agent: news\nDisallow: /", "/a", True),
    ("nobody is named", "User-agent: 007\nDisallow: /", "/a", True),
    ("one group for two", "User-agent: other\nUser-agent: news-monitor\nDisallow: /", "/a", False),
    ("the same agent twice in it", "User-agent: *\nUser-agent: *\nDisallow: /", "/a", False),
    ("groups of one agent are one", "User-agent: *\nDisallow: /a\nUser-agent: x\nDisallow: /\nUser-agent: *\nDisallow: /b", "/a", False),  # noqa: E501
    ("… both of them", "User-agent: *\nDisallow: /a\nUser-agent: x\nDisallow: /\nUser-agent: *\nDisallow: /b", "/b", False),  # noqa: E501
    ("a rule ends the naming", "User-agent: *\nDisallow: /a\nUser-agent: other\nDisallow: /b", "/b", True),
    ("other lines do not", "User-agent: *\nSitemap: https://a.example/s.xml\nUser-agent: b\nDisallow: /", "/a", False),
    ("an empty rule ends it too", "User-agent: *\nDisallow:\nUser-agent: b\nDisallow: /", "/a", True),
    ("the longest decides", "User-agent: *\nDisallow: /news/\nAllow: /news/free/", "/news/free/1", True),
    ("… whatever their order", "User-agent: *\nAllow: /news/\nDisallow: /news/paid/", "/news/paid/1", False),
    ("on a tie Allow", "User-agent: *\nDisallow: /news\nAllow: /news", "/news/1", True),
    ("case of paths counts", "User-agent: *\nDisallow: /News", "/news", True),
    ("case of keys does not", "USER-AGENT: *\nDISALLOW: /a", "/a", False),
    ("comments", "User-agent: * # all\nDisallow: /a # not this\n# Disallow: /b", "/b", True),
    ("… and the rule before one", "User-agent: * # all\nDisallow: /a # not this", "/a", False),
    ("white space", "  User-agent :\t*  \n\tDisallow :  /a  ", "/a", False),
    ("no colon", "User-agent *\nDisallow /a", "/a", False),
    ("misspelt", "Useragent: *\nDissallow: /a", "/a", False),
    ("carriage returns alone", "User-agent: *\rDisallow: /a\r", "/a", False),
    ("both line ends", "User-agent: *\r\nDisallow: /a\r\n", "/a", False),
    ("a mark of the byte order", "\ufeffUser-agent: *\nDisallow: /a", "/a", False),
    ("robots.txt itself", "User-agent: *\nDisallow: /", "/robots.txt", True),
    ("a page in place of it", "<!DOCTYPE html>\n<html><body>User-agent: everyone</body></html>", "/a", True),
    ("any characters", "User-agent: *\nDisallow: /*/print", "/news/1/print", False),
    ("none of them", "User-agent: *\nDisallow: /*/print", "/print", True),
    ("any beginning", "User-agent: *\nDisallow: *.pdf", "/a/b.pdf", False),
    ("many stars are one", "User-agent: *\nDisallow: /a****b", "/axb", False),
    ("the end", "User-agent: *\nDisallow: /*.php$", "/index.php", False),
    ("… is not before a query", "User-agent: *\nDisallow: /*.php$", "/index.php?id=1", True),
    ("an end without stars", "User-agent: *\nDisallow: /a$", "/a", False),
    ("… is not the beginning", "User-agent: *\nDisallow: /a$", "/ab", True),
    ("the front page alone", "User-agent: *\nDisallow: /$", "/", False),
    ("a star before the end", "User-agent: *\nDisallow: /a*$", "/abc", False),
    ("pieces do not overlap", "User-agent: *\nDisallow: /ab*ba$", "/aba", True),
    ("a piece after the last", "User-agent: *\nDisallow: /a*b*a$", "/aba", False),
    ("a piece in the end of it", "User-agent: *\nDisallow: /a*bc*c$", "/abc", True),
    ("a dollar within", "User-agent: *\nDisallow: /a$b", "/a$b", False),
    ("an escaped dollar", "User-agent: *\nDisallow: /foo-%24", "/foo-$", False),
    ("an escaped star", "User-agent: *\nDisallow: /foo-%2A", "/foo-*", False),
    ("… is no wildcard", "User-agent: *\nDisallow: /foo-%2A", "/foo-x", True),
    ("letters beyond ASCII", "User-agent: *\nDisallow: /nouvelles/été", "/nouvelles/%C3%A9t%c3%a9/1", False),
    ("… the other way round", "User-agent: *\nDisallow: /%E3%83%84", "/ツ", False),
    ("what need not be escaped", "User-agent: *\nDisallow: /bar/%62%61%7A", "/bar/baz", False),
    ("a slash that is none", "User-agent: *\nDisallow: /a%2fb", "/a/b", True),
    ("… is the same in capitals", "User-agent: *\nDisallow: /a%2fb", "/a%2Fb", False),
    ("queries", "User-agent: *\nDisallow: /*?print=", "/a?print=1", False),
    ("whole URLs", "User-agent: *\nDisallow: /a", "https://post.example/a#b", False),
    ("a URL without a path", "User-agent: *\nDisallow: /", "https://post.example", False),
    ("a URL that is none", "User-agent: *\nDisallow: /", "http://[post.example/a", False),
    ("search by signal", "User-agent: *\nContent-Signal: ai-train=no, search=no", "/a", False),
    ("training alone is not ours", "User-agent: *\nContent-Signal: search=yes,ai-train=no", "/a", True),
    ("a signal for nobody", "Content-Signal: search=no", "/a", True),
]  # fmt: skip


def test_what_a_document_lets_us_fetch() -> None:
    def check(why: str, document: str, path: str, *expected: bool) -> None:
        assert may_fetch(robots_of(document.encode()), US, path) is expected[0], why

    each_row(check, DOCUMENTS)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("User-agent: *\n\nDisallow: /paid", 'robots.txt forbids it: "Disallow: /paid" in line 3'),
        ("User-agent: *\nContent-Signal: search=no", 'robots.txt forbids it: "Content-Signal: search=no"'),
    ],
)
def test_a_refusal_names_what_forbids(document: str, words: str) -> None:
    refusal = robots_refusal(robots_of(document.encode()), US, "/paid/1")
    assert refusal is not None
    assert refusal.reason == words


def test_delays_and_licences_are_kept_within_bounds() -> None:
    lines = "\n".join(f"License: https://post.example/{n}.xml" for n in range(20))
    robots = robots_of(f"License:\n{lines}\nUser-agent: *\nCrawl-delay: 7.5\nCrawl-delay: 2\nCrawl-delay: x".encode())
    assert robots.group_for(US).delay_seconds == 7.5
    assert len(robots.licences) == MAX_LICENCES
    assert robots.licences[0] == "https://post.example/0.xml"
    endless = robots_of(b"User-agent: *\nCrawl-delay: 999999")
    assert endless.group_for(US).delay_seconds == LONGEST_DELAY_SECONDS
    assert robots_of(b"User-agent: other\nCrawl-delay: 9").group_for(US).delay_seconds == 0


def test_of_a_document_beyond_the_limit_the_whole_lines_before_it_are_read() -> None:
    start = b"User-agent: *\nDisallow: /a\n#"
    filler = b"x" * (MAX_BYTES - len(start) - len(b"\nDisallow: /"))
    robots = robots_of(start + filler + b"\nDisallow: /bbb\nDisallow: /c")
    assert not may_fetch(robots, US, "/a")
    assert may_fetch(robots, US, "/bbb")
    assert may_fetch(robots, US, "/c")


OLD = robots_of(b"User-agent: *\nDisallow: /old")
ANSWERS = [
    # status, body, copy, /a, /old
    (200, b"User-agent: *\nDisallow: /a", None, False, True),
    (200, b"", OLD, True, True),
    (404, b"User-agent: *\nDisallow: /", OLD, True, True),
    (401, b"", None, True, True),
    (403, b"", OLD, True, True),
    (410, b"", OLD, True, True),
    (302, b"", OLD, True, True),
    (429, b"", None, False, False),
    (429, b"", OLD, True, False),
    (500, b"", None, False, False),
    (503, b"User-agent: *\nAllow: /", OLD, True, False),
    (None, b"", None, False, False),
    (None, b"", OLD, True, False),
]


def test_what_an_answer_means() -> None:
    def check(status: int | None, body: bytes, copy: Robots | None, *expected: bool) -> None:
        robots = robots_after(status, body, copy=copy)
        assert (may_fetch(robots, US, "/a"), may_fetch(robots, US, "/old")) == expected

    each_row(check, ANSWERS)


def test_a_host_whose_rules_are_not_known_says_so() -> None:
    refusal = robots_refusal(CLOSED, US, "/")
    assert refusal is not None
    assert "could not be read" in refusal.reason


def test_hostile_patterns_take_no_time_to_speak_of() -> None:
    """Each of them would take a backtracking matcher longer than the universe has."""
    pattern = f"/{'a*' * 2_000}b$"
    robots = robots_of(f"User-agent: *\n{f'Disallow: {pattern}{chr(10)}' * 100}".encode())
    assert may_fetch(robots, US, "/" + "a" * MAX_PATH_CHARACTERS)
    many = robots_of(b"User-agent: *\n" + b"Disallow: /*a*a*x\n" * 28_000)
    assert may_fetch(many, US, "/" + "a" * 2_000)


@given(st.binary(max_size=300), st.text(max_size=60))
def test_no_document_and_no_path_is_a_surprise(body: bytes, path: str) -> None:
    robots_refusal(robots_of(body), US, path)


@given(st.text(alphabet="ab/*$%é", max_size=12), st.text(alphabet="ab/é$*", max_size=12))
def test_patterns_match_as_the_same_regular_expression_does(pattern: str, path: str) -> None:
    text, wanted = normal(pattern), path_of(f"/{path}")
    is_end = text.endswith("$")
    body = text.removesuffix("$").replace("$", "%24")
    expression = ".*".join(map(re.escape, body.split("*")))
    found = re.match(f"{expression}{'$' if is_end else ''}", wanted, re.DOTALL)
    assert PathPattern.of(pattern).matches(wanted) is (found is not None)
