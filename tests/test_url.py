import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.url import (
    MAX_LINK_CHARACTERS,
    canonical_url,
    clean_link,
    host_of,
    is_allowed_private,
    origin_of,
    registrable_domain,
    shown_url,
    stored_url,
    url_fingerprint,
)

FEED = "https://post.example/news/feed.xml"


@pytest.mark.parametrize(
    ("raw", "base", "link"),
    [
        ("https://post.example/a?b=c#d", "", "https://post.example/a?b=c#d"),
        ("HTTPS://Post.Example:443/A", "", "https://post.example/A"),
        ("http://post.example:8080/", "", "http://post.example:8080/"),
        ("  https://post.example/a\n", "", "https://post.example/a"),
        ("https://post.example/a\tb\x00c\x7f", "", "https://post.example/abc"),
        ("https://post.example/a b", "", "https://post.example/a%20b"),
        ('https://post.example/"><script>', "", "https://post.example/%22%3E%3Cscript%3E"),
        ("https://post.example/50%25?q=100%", "", "https://post.example/50%25?q=100%"),
        ("https://post.example/délégué", "", "https://post.example/d%C3%A9l%C3%A9gu%C3%A9"),
        ("https://post.example/a\u202egpj", "", "https://post.example/a%E2%80%AEgpj"),
        ("https://bücher.example/", "", "https://xn--bcher-kva.example/"),
        ("https://my_blog.example./", "", "https://my_blog.example/"),
        ("https://xn--qei.example/", "", "https://xn--qei.example/"),
        ("https://reader:secret@post.example/a", "", "https://post.example/a"),
        ("http://[2001:DB8::0:1]:80/", "", "http://[2001:db8::1]/"),
        ("http://[2001:db8::1]:81/", "", "http://[2001:db8::1]:81/"),
        (r"https://post.example\@evil.example/", "", "https://post.example/@evil.example/"),
        (r"https://post.example/a?path=c:\d", "", "https://post.example/a?path=c:%5Cd"),
        ("/a", FEED, "https://post.example/a"),
        ("a", FEED, "https://post.example/news/a"),
        ("../a?b", FEED, "https://post.example/a?b"),
        ("//other.example/a", FEED, "https://other.example/a"),
        ("#item-3", FEED, "https://post.example/news/feed.xml#item-3"),
        ("a", "https://reader:secret@post.example/feed", "https://post.example/a"),
        ("https://other.example/a", "http://[broken", "https://other.example/a"),
    ],
)
def test_a_link_is_made_absolute_and_clean(raw: str, base: str, link: str) -> None:
    assert clean_link(raw, base) == link


@pytest.mark.parametrize(
    "raw",
    [
        "",
        " \t\n",
        "javascript:alert(1)",
        "JaVa\tscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,x",
        "tag:post.example,2016:1",
        "mailto:desk@post.example",
        "ftp://post.example/a",
        "file:///etc/passwd",
        "urn:uuid:1",
        "post.example:80/a",
        "http:post.example",
        "https://",
        "https:///a",
        "https://post.example:99999/",
        "https://post.example:x/",
        "https://post..example/",
        "https://post%2eexample/",
        "https://a b.example/",
        "https://[::1/",
        "https://[fe80::1%25eth0]/",
        "https://i❤.example/",
        f"https://{'a' * 64}.example/",
        f"https://{'a.' * 130}example/",
        "https://post.example/" + "a" * MAX_LINK_CHARACTERS,
        "https://post.example/\ud800",
    ],
)
def test_what_is_no_web_address_is_no_link(raw: str) -> None:
    assert clean_link(raw, FEED) == ""
    assert canonical_url(raw) == ""


def test_a_relative_link_without_a_base_is_none() -> None:
    assert clean_link("/a") == clean_link("/a", "http://[broken") == ""


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://post.example", "https://post.example/"),
        ("HTTP://POST.example:80/A", "http://post.example/A"),
        ("https://post.example/a#comments", "https://post.example/a"),
        ("https://post.example/a?", "https://post.example/a"),
        ("https://post.example/a?utm_source=rss&id=7&utm_medium=feed", "https://post.example/a?id=7"),
        ("https://post.example/a?at_medium=RSS&at_campaign=rss", "https://post.example/a"),
        ("https://post.example/a?mc_eid=1&FBCLID=2&gclid=3&mtm_kwd=4&traffic_source=rss", "https://post.example/a"),
        ("https://post.example/a?%75tm_source=rss&&b", "https://post.example/a?b"),
        ("https://post.example/a?utmost=1&ref=2", "https://post.example/a?utmost=1&ref=2"),
        ("https://post.example/%7euser/%c3%a9%2f", "https://post.example/~user/%C3%A9%2F"),
        ("https://post.example/%2541", "https://post.example/%2541"),
        ("https://post.example/é", "https://post.example/%C3%A9"),
        ("https://post.example/a/?b=2&a=1", "https://post.example/a/?b=2&a=1"),
    ],
)
def test_one_article_has_one_canonical_address(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


def test_http_and_https_are_two_addresses() -> None:
    assert canonical_url("http://post.example/") != canonical_url("https://post.example/")


@pytest.mark.parametrize(
    ("url", "host", "domain"),
    [
        ("https://feeds.news.paper.co.uk/world?x", "feeds.news.paper.co.uk", "paper.co.uk"),
        ("https://WWW.Post.Example:8443/", "www.post.example", "post.example"),
        ("https://bücher.example./", "xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("https://someone.github.io/feed", "someone.github.io", "someone.github.io"),
        ("https://co.uk/", "co.uk", "co.uk"),
        ("http://localhost:8000/", "localhost", "localhost"),
        ("http://reader:secret@127.0.0.2:8000/", "127.0.0.2", "127.0.0.2"),
        ("http://[2001:DB8::1]/", "2001:db8::1", "2001:db8::1"),
        ("nothing", "", ""),
        ("http://[broken", "", ""),
    ],
)
def test_host_and_registrable_domain(url: str, host: str, domain: str) -> None:
    assert (host_of(url), registrable_domain(url)) == (host, domain)


@pytest.mark.parametrize(
    ("host", "allow", "is_allowed"),
    [
        ("127.0.0.1", ("127.0.0.1",), True),
        ("127.3.2.1", ("10.0.0.0/8", "127.0.0.0/8"), True),
        ("127.3.2.1", ("127.0.0.1/8",), True),
        ("128.0.0.1", ("127.0.0.0/8",), False),
        ("::1", ("::1",), True),
        ("[fd00::7]", ("fd00::/8",), True),
        ("::1", ("127.0.0.0/8",), False),
        ("::ffff:127.0.0.1", ("127.0.0.0/8",), False),
        ("Intranet.Example", ("intranet.example.",), True),
        ("wiki.intranet.example", ("intranet.example",), False),
        ("localhost", ("127.0.0.0/8",), False),
        ("127.0.0.1", ("localhost", "not/a/network"), False),
        ("127.0.0.1", (), False),
        ("", ("",), False),
    ],
)
def test_a_private_host_is_allowed_only_as_it_is_written(
    host: str, allow: tuple[str, ...], *, is_allowed: bool
) -> None:
    assert is_allowed_private(host, allow) is is_allowed


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://post.example/feed?page=2#top", "https://post.example/feed?page=2#top"),
        ("https://reader:secret@post.example/", "https://post.example/"),
        ("https://reader:se@cret@post.example/a@b", "https://post.example/a@b"),
        ("//reader@post.example/", "//post.example/"),
        (
            "https://post.example/?key=1&apikey=2&api_key=3&x=4",
            "https://post.example/?key=***&apikey=***&api_key=***&x=4",
        ),
        ("https://post.example/?Access-Token=1;PASSWORD=2", "https://post.example/?Access-Token=***;PASSWORD=***"),
        (
            "https://post.example/?auth=1&author=Ada&pass=2&passage=3",
            "https://post.example/?auth=***&author=Ada&pass=***&passage=3",
        ),
        ("https://post.example/?%6bey=1&client_secret=a=b", "https://post.example/?%6bey=***&client_secret=***"),
        ("https://post.example/#access_token=1&page=2", "https://post.example/#access_token=***&page=2"),
        ("https://post.example/?key=&keyword=x", "https://post.example/?key=&keyword=x"),
        ("https://post.example/\x1b[31m\r\n\u202e\ud800", r"https://post.example/\x1b[31m\r\n\u202e\ud800"),
        ("not a URL?token=1", "not a URL?token=***"),
        ("x" * 3_000, "x" * MAX_LINK_CHARACTERS + "…"),
    ],
)
def test_a_shown_url_gives_no_secret_away_and_no_control_character(url: str, shown: str) -> None:
    assert shown_url(url) == shown


@settings(deadline=None)
@given(st.text(), st.sampled_from(["", FEED]))
def test_any_text_gives_a_harmless_link_or_none(raw: str, base: str) -> None:
    link = clean_link(raw, base)
    assert link == "" or link.startswith(("http://", "https://"))
    assert link.isascii()
    assert not set(link) & set("\"'<> \t\r\n\\")
    assert clean_link(link) == link


@settings(deadline=None)
@given(st.text(st.sampled_from("ab%2F7eé/?&=#;:@[]utm_ \\.")))
def test_a_canonical_address_is_its_own(tail: str) -> None:
    canonical = canonical_url(f"https://post.example/{tail}")
    assert canonical_url(canonical) == canonical


@settings(deadline=None)
@given(st.text())
def test_any_text_can_be_shown(url: str) -> None:
    assert shown_url(url).isprintable()


def test_a_url_is_stored_without_its_secrets_and_known_again() -> None:
    stored = stored_url("https://a.example/rss?n=5&token=hush")
    assert stored == "https://a.example/rss?n=5&token=***" + url_fingerprint("hush")[:8]
    assert stored != stored_url("https://a.example/rss?n=5&token=other")
    assert shown_url(stored) == "https://a.example/rss?n=5&token=***"
    assert stored_url("https://a.example/rss?feed=world") == "https://a.example/rss?feed=world"


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Post.example/feed?x#y", "https://post.example"),
        ("https://post.example:443/", "https://post.example"),
        ("https://post.example:80/", "https://post.example:80"),
        ("http://post.example", "http://post.example"),
        ("http://me:geheim@post.example.:8080/a", "http://post.example:8080"),
        ("https://www.post.example/", "https://www.post.example"),
        ("https://bücher.example/", "https://xn--bcher-kva.example"),
        ("http://[::1]:81/a", "http://[::1]:81"),
        ("ftp://post.example/", ""),
        ("https://post.example:port/", ""),
        ("no address", ""),
    ],
)
def test_an_origin_is_scheme_host_and_port_in_one_form(url: str, origin: str) -> None:
    assert origin_of(url) == origin
