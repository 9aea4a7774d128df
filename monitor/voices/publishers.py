"""Who is behind an outlet: the `publisher` of its feed, else the registrable domain of its articles."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from monitor.model.article import Article
from monitor.model.ids import FeedId
from monitor.model.settings import FeedSettings
from monitor.model.voices import Publishers
from monitor.text import normalised_title
from monitor.url import registrable_domain

SHARED_HOSTS = frozenset(
    "bing.com bit.ly blogspot.com facebook.com feedburner.com flipboard.com google.com livejournal.com medium.com"  # noqa: SIM905 (words read better as text)
    " msn.com reddit.com substack.com t.co t.me telegram.org tumblr.com twitter.com wordpress.com x.com yahoo.com"
    " youtube.com".split()
)
"""Domains on which many publish, or through which their links lead: that two outlets are there says nothing. The
outlet's name stands for its publisher; the owner knows better and writes `publisher`."""


def publishers_of(feeds: Iterable[tuple[FeedId, FeedSettings]]) -> Publishers:
    """What these feeds, with their ids, say. A domain whose feeds name several publishers tells nothing."""
    by_feed: dict[FeedId, str] = {}
    by_domain: defaultdict[str, set[str]] = defaultdict(set)
    hosts: set[str] = set()
    for feed_id, feed in feeds:
        domain, publisher = registrable_domain(feed.url), normalised_title(feed.publisher)
        if feed.aggregator:
            hosts.add(domain)
        elif publisher:
            by_feed[feed_id] = publisher
            by_domain[domain].add(publisher)
    alone = {domain: next(iter(names)) for domain, names in by_domain.items() if len(names) == 1}
    return Publishers(by_feed=by_feed, by_domain=alone, hosts=frozenset(hosts))


def publishers_by_outlet(articles: Iterable[Article], publishers: Publishers) -> Mapping[str, str]:
    """Each outlet (case folded) → its publisher: one, also if its articles are at several addresses. So there are
    never more publishers than outlets.
    """
    configured: defaultdict[str, Counter[str]] = defaultdict(Counter)
    domains: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for article in articles:
        outlet, domain = article.outlet.casefold(), registrable_domain(article.link)
        if article.feed_id in publishers.by_feed:
            configured[outlet][publishers.by_feed[article.feed_id]] += 1
        elif domain and domain not in SHARED_HOSTS | publishers.hosts:
            domains[outlet][normalised_title(publishers.by_domain.get(domain, domain))] += 1
        else:
            domains[outlet].setdefault(normalised_title(outlet), 0)
    return {outlet: _first(configured[outlet] or domains[outlet]) for outlet in {**configured, **domains}}


def _first(counts: Counter[str]) -> str:
    """The most frequent one; of equals the first in the alphabet, so that an order of articles changes nothing."""
    return min(counts, key=lambda name: (-counts[name], name))
