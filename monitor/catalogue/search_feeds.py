"""Addresses of search engines that answer as feeds, for a topic.

They find outlets that nobody listed, and are lossy: an engine shows what it likes, at most a hundred items, with links
of its own. So they are aggregators, and never the only source of a topic.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from monitor.match.terms import ABOUT, EXACT, PREFIX, anywhere, expanded
from monitor.model.topic import Topic

WORDS = 24
"""Google reads no more than 32 words of a query; OR between them counts."""

A_GROUP = 5
EDITIONS: Mapping[str, tuple[str, str, str]] = {
    "ar": ("ar", "EG", "ar"),
    "de": ("de", "DE", "de"),
    "en": ("en-US", "US", "en"),
    "es": ("es-419", "MX", "es-419"),
    "fr": ("fr", "FR", "fr"),
    "it": ("it", "IT", "it"),
    "ja": ("ja", "JP", "ja"),
    "pt": ("pt-BR", "BR", "pt-419"),
    "ru": ("ru", "RU", "ru"),
}
"""By language, the edition of Google News that is asked: the language of the page, the country, that of the edition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchFeed:
    """The address of an engine's answer to a query, in a language."""

    engine: str
    query: str
    language: str
    url: str


def search_feeds(topic: Topic, lists: Mapping[str, Sequence[str]], language: str = "en") -> tuple[SearchFeed, ...]:
    """One of each engine, for the topic's first rule; none if it has no word that an engine understands."""
    query = query_of(topic, lists)
    if not query:
        return ()
    return tuple(
        SearchFeed(engine=engine, query=query, language=language, url=address(query, language))
        for engine, address in ENGINES.items()
    )


def query_of(topic: Topic, lists: Mapping[str, Sequence[str]]) -> str:
    """The first rule as engines read it: a term of every group. Terms that only this program knows are left out."""
    if not topic.rules:
        return ""
    groups = [_plain(expanded(group, lists)) for group in topic.rules[0].all]
    if not groups or not all(groups):
        return ""
    most = max(1, min(A_GROUP, WORDS // (2 * len(groups))))
    return " ".join(_any_of(group[:most]) for group in groups)


def _plain(terms: Sequence[str]) -> list[str]:
    """Terms without marks; those in small letters last, because names tell more."""
    kept = [anywhere(term).removeprefix(EXACT) for term in terms if not term.startswith(tuple(ABOUT))]
    return [term for term in kept if not term.endswith(PREFIX)] or [term.removesuffix(PREFIX) for term in kept]


def _any_of(terms: Sequence[str]) -> str:
    quoted = [f'"{term}"' if " " in term or "-" in term else term for term in terms]
    return quoted[0] if len(quoted) == 1 else f"({' OR '.join(quoted)})"


def _google(query: str, language: str) -> str:
    page, country, edition = EDITIONS.get(language, EDITIONS["en"])
    asked = {"q": f"{query} when:7d", "hl": page, "gl": country, "ceid": f"{country}:{edition}"}
    return f"https://news.google.com/rss/search?{urlencode(asked)}"


def _bing(query: str, language: str) -> str:
    _, country, _ = EDITIONS.get(language, EDITIONS["en"])
    asked = {"q": query, "format": "rss", "setlang": language, "cc": country}
    return f"https://www.bing.com/news/search?{urlencode(asked)}"


ENGINES: Mapping[str, Callable[[str, str], str]] = {"Google News": _google, "Bing News": _bing}
