"""Who publishes an outlet, and in which country, as an export says it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from monitor.model.exported import ExportedArticle
from monitor.model.ids import FeedId
from monitor.model.settings import FeedSettings
from monitor.model.voices import Publishers
from monitor.text import normalised_title
from monitor.url import registrable_domain
from monitor.voices.publishers import SHARED_HOSTS, publishers_by_outlet, publishers_of

_domain = lru_cache(maxsize=1_000)(registrable_domain)
"""An article's is asked for twice, and that of a feed by all of its articles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What is known of outlets beyond what their articles say."""

    publishers: Publishers
    """Who is behind them, by folded names."""
    written: Mapping[str, str]
    """Folded name → as the config writes it."""
    countries: Mapping[str, str]
    """Registrable domain → the code of its outlet's country (ISO 3166)."""

    def publisher(self, exported: ExportedArticle) -> str:
        """The publisher, as the config names it, else the domain, else the outlet; "" if unknown."""
        article = exported.article
        named = (_domain(article.link), article.outlet)
        written = {**{normalised_title(name): name for name in named}, **self.written}
        folded = publishers_by_outlet((article,), self.publishers)[article.outlet.casefold()]
        return written.get(folded, folded)

    def country(self, exported: ExportedArticle) -> str:
        """Where the outlet is at home, by the domain of the article, else of its feed; "" if unknown."""
        for url in (exported.article.link, exported.feed_url):
            domain = _domain(url)
            if domain in self.countries and domain not in SHARED_HOSTS | self.publishers.hosts:
                return self.countries[domain]
        return ""


def sources_of(feeds: Iterable[tuple[FeedId, FeedSettings]], countries: Mapping[str, str]) -> Sources:
    """What the feeds of the config, with their ids, say, and what is known of countries."""
    feeds = tuple(feeds)
    written = {normalised_title(each.publisher): each.publisher for _, each in feeds if each.publisher}
    return Sources(publishers=publishers_of(feeds), written=written, countries=countries)
