"""`topics sources --try` of an outlet without a feed: the news sitemap that its robots.txt names, on loopback."""

from datetime import timedelta

from origin import Origin, reply, status

from monitor.cli import words
from monitor.cli.topics.sources import answered
from monitor.cli.topics.tried import tried
from monitor.daemon.clock import SystemClock
from monitor.model.settings import PollingSettings

NEWS = (
    b'<urlset xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://quay.example/1</loc>'
    b"<n:news><n:title>Truce in Kesh</n:title></n:news></url></urlset>"
)


def test_the_news_sitemap_of_a_robots_txt_is_proposed() -> None:
    with Origin("127.0.0.1") as origin:
        polling = PollingSettings(host_gap=timedelta(), allow_private=("127.0.0.0/8",), allow_ports=(origin.port,))
        origin.serve("/feed", status(404))
        robots = (
            b"Sitemap: /pages.xml\nSitemap: //10.0.0.1/news.xml\nSitemap: /news-old.xml\nSitemap: /news-index.xml\n"
        )
        origin.serve("/robots.txt", reply(robots))
        origin.serve("/news-old.xml", status(404))
        origin.serve("/news-index.xml", reply(b"<sitemapindex><sitemap><loc>/news.xml</loc></sitemap></sitemapindex>"))
        origin.serve("/news.xml", reply(NEWS))
        topic = words.topic_of("Kesh")
        (found,) = tried([origin.url("/feed")], topic, {}, polling, SystemClock())
        assert found.problem
        (other,) = found.instead
        assert (other.url, other.kind, other.matching) == (
            origin.url("/news-index.xml"),
            "index of news sitemaps",
            ("Truce in Kesh",),
        )
        assert not origin.asked("/pages.xml")
        for is_aggregator, urls in ((False, [found.url, other.url]), (True, [found.url])):
            rows = answered([{"url": found.url, "aggregator": is_aggregator}], [found])
            assert [row["url"] for row in rows] == urls
        origin.serve("/robots.txt", status(404))
        assert tried([origin.url("/feed")], topic, {}, polling, SystemClock())[0].instead == ()
