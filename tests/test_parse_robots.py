"""The sitemaps that a robots.txt names (rule P17)."""

import time

from monitor.parse.robots import news_sitemaps_named

URL = "https://news.kite.example/robots.txt"


def test_those_that_are_called_news() -> None:
    body = (
        b"\xef\xbb\xbfSitemap: /news.xml\r\nUser-agent: *\rDisallow: /\n"
        b"  sitemap:https://kite.example/NEWS/index.xml # new\n"
        b"Sitemap: /pages.xml\nSitemap: https://news.kite.example/pages.xml\nSitemap: /newsletters.xml\nSitemap:\n"
        b"Sitemap: javascript:news\n# Sitemap: /news-2.xml\nSitemap: /news.xml\n"
    )
    found = ("https://news.kite.example/news.xml", "https://kite.example/NEWS/index.xml")
    assert news_sitemaps_named(body, URL) == found
    assert news_sitemaps_named(b"\xff\x00", URL) == ()


def test_hostile_bytes_take_linear_time() -> None:
    began = time.process_time()
    for piece in (b" ", b"sitemap", b"sitemap:", b"sitemap: \n", b"\n", b"sitemap: /news?x\n"):
        assert len(news_sitemaps_named(piece * (1_000_000 // len(piece)), URL)) <= 1
    assert time.process_time() - began < 5
