"""Pages that send the reader on, and pages that do not."""

import pytest

from monitor.fetch.refresh import refresh_target


@pytest.mark.parametrize(
    ("page", "target"),
    [
        ('<meta http-equiv="refresh" content="0; url=/feed.xml">', "/feed.xml"),
        ("<meta http-equiv='refresh' content='0;URL=/feed.xml' />", "/feed.xml"),
        ("<META CONTENT=0;url=/feed.xml HTTP-EQUIV=REFRESH>", "/feed.xml"),
        ("<meta http-equiv=refresh content=\"3.5 ; url = 'a b.xml'\">", "a b.xml"),
        ("<meta http-equiv=refresh content='1, /feed'>", "/feed"),
        ("<meta http-equiv=refresh content='0 url=/feed'>", "/feed"),
        ("<meta http-equiv=refresh content='0; https://a.example/f?a=1&amp;b=2'>", "https://a.example/f?a=1&b=2"),
        ("<meta\n http-equiv=refresh\n content='0;\n url=/feed'>", "/feed"),
        ("<!-- old --><noscript><meta http-equiv=refresh content='0;url=/feed'></noscript>", "/feed"),
        ("<meta charset=utf-8><meta http-equiv=refresh content='0;url=/feed'>", "/feed"),
        ("<meta http-equiv=refresh content='30;url=/feed'>", "/feed"),
        ("<meta http-equiv=refresh content='300;url=/feed'>", ""),
        ("<meta http-equiv=refresh content='300'>", ""),
        ("<meta http-equiv=refresh content=''>", ""),
        ("<meta http-equiv=refresh>", ""),
        ("<meta name=refresh content='0;url=/feed'>", ""),
        ("<meta http-equiv=content-type content='0;url=/feed'>", ""),
        ("<!-- <meta http-equiv=refresh content='0;url=/feed'> -->", ""),
        ("<!-- <meta http-equiv=refresh content='0;url=/feed'>", ""),
        ("<script>'<meta http-equiv=refresh content=\"0;url=/feed\">'</script>", ""),
        ("<title><meta http-equiv=refresh content='0;url=/feed'></title>", ""),
        ("x" * 70_000 + "<meta http-equiv=refresh content='0;url=/feed'>", ""),
        ("plain words", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_where_a_page_sends_on_to(page: str, target: str) -> None:
    assert refresh_target(page.encode()) == target
    assert refresh_target(page.encode("utf-16")) in {target, ""}


@pytest.mark.parametrize("root", ["<rss>", "<?xml version='1.0'?><feed xmlns='x'>", "<rdf:RDF>"])
def test_a_feed_sends_nobody_on(root: str) -> None:
    quoted = f"{root}<item><description><meta http-equiv=refresh content='0;url=/feed'></description>"
    assert refresh_target(quoted.encode()) == ""


@pytest.mark.parametrize(
    "page",
    [
        b"<meta http-equiv=refresh content='" + b" " * 60_000 + b"'>",
        b"<meta " * 10_000,
        b"<!--" * 16_000,
        b"<script>" * 8_000,
        b'<meta http-equiv=refresh content="0' + b"; url" * 800 + b"'\">",
        b"<meta " + b"a=" * 30_000 + b">",
    ],
)
def test_a_hostile_page_is_soon_read(page: bytes) -> None:
    refresh_target(page)
