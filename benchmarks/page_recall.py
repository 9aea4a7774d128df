"""What pages find that feeds do not: `labelled/pages.jsonl`, 200 articles whose relevant half is so only by its page.

Each page is written as sites write it: the feed's sentence first, among a menu, teasers on all topics, readers'
comments and an offer. The text is found, judged and matched as the daemon does. The rules are those of
`labelled/topics.final.toml`, which no text of this set has changed.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from benchmarks.evaluation.figures import Score, score_of, total
from benchmarks.evaluation.labels import FOLDER, lines_of
from benchmarks.evaluation.methods import rules_in
from benchmarks.measure import table
from monitor.match import TopicIndex
from monitor.model.match import Document
from monitor.model.page import PageReading
from monitor.nearly import NearMisses
from monitor.pages import Announced, text_refusal
from monitor.parse.article_page import read_page
from monitor.workers import PAGE_TEXT_CHARACTERS

FILE = FOLDER / "pages.jsonl"
RULES = FOLDER / "topics.final.toml"
TEASERS = (
    "Truce in Syria holds for a third day",
    "American and Russian officers coordinate flights from a joint centre",
    "Humanitarian aid convoy reaches Gaza",
    "Refugees in Turkey: the camps along the border",
    "New sanctions on Iran hit banks",
    "World Health Organization warns of cholera outbreak",
)
"""Beside every article, whatever it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article of the set."""

    id: str
    document: Document
    """What its feed says."""
    html: bytes
    """The page behind it."""
    topics: frozenset[str]
    """Those that it belongs to."""


class Found:
    """What the rules find in the set: in feeds, and with the pages that `near` and `all` ask for."""

    def __init__(self) -> None:
        rules = rules_in(RULES)
        index, near = TopicIndex(rules.topics, rules.lists), NearMisses(rules.topics, rules.lists)
        self.articles = [_article(line) for line in lines_of(FILE)]
        feeds = [_topics(index, each.document) for each in self.articles]
        self.whole = [_topics(index, replace(each.document, page=page_text(each))) for each in self.articles]
        self.is_near = [
            not feed and bool(near.of(each.document.title, each.document.text))
            for feed, each in zip(feeds, self.articles, strict=True)
        ]
        asked = [
            whole if is_near else feed for feed, whole, is_near in zip(feeds, self.whole, self.is_near, strict=True)
        ]
        ways = {"feeds alone": feeds, 'pages = "near"': asked, 'pages = "all"': self.whole}
        self.scores = {name: total(list(self._scored(found))) for name, found in ways.items()}

    def _scored(self, found: Sequence[frozenset[str]]) -> Iterator[Score]:
        """Over all pairs of an article and a topic."""
        for article, topics in zip(self.articles, found, strict=True):
            for topic in topics | article.topics:
                yield score_of(topic in topics, topic in article.topics)

    def mistakes(self) -> Iterator[str]:
        """Each pair that is still wrong with all pages."""
        for each, topics in zip(self.articles, self.whole, strict=True):
            for topic in sorted(topics ^ each.topics):
                yield f"{each.id} {'missed' if topic in each.topics else 'wrong'} {topic}: {each.document.title}"


def report(found: Found | None = None) -> str:
    """The table."""
    rows = [
        [name, str(score.true), str(score.false), str(score.missed), f"{score.precision:.3f}", f"{score.recall:.3f}"]
        for name, score in (found or Found()).scores.items()
    ]
    return table(["read", "right", "wrong", "missed", "precision", "recall"], rows)


def page_text(article: Article) -> str:
    """The text of the page; "" if it does not count."""
    reading = read_page(article.html, url="https://post.example/a", headers={}, max_items=PAGE_TEXT_CHARACTERS)
    assert isinstance(reading, PageReading)
    said = article.document
    announced = Announced(title=said.title, summary=said.text, language=said.language)
    return "" if text_refusal(announced, reading, {}) else reading.text


def page_html(title: str, paragraphs: Sequence[str], language: str) -> bytes:
    """The page as a site writes it."""
    teasers = "".join(f'<li><a href="/{number}">{teaser}</a></li>' for number, teaser in enumerate(TEASERS))
    comments = "".join(f'<div class="comment"><p>{teaser}, my cousin says.</p></div>' for teaser in TEASERS)
    body = "".join(f"<p>{escape(each)}</p>" for each in paragraphs)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
        '<body><header><a href="/">The Post</a></header><nav><a href="/w">World</a> <a href="/s">Sport</a></nav>'
        f"<main><article><h1>{escape(title)}</h1>{body}</article></main>"
        f'<aside class="related"><h2>Most read</h2><ul>{teasers}</ul></aside>'
        f'<section id="comments" class="comments"><h2>Comments</h2>{comments}</section>'
        "<footer><p>Sign up for our newsletter on Syria, Gaza, Iran and the World Health Organization.</p></footer>"
        "</body></html>"
    ).encode()


def _topics(index: TopicIndex, document: Document) -> frozenset[str]:
    return frozenset(match.topic for match in index.matches(document))


def _article(line: Mapping[str, Any]) -> Article:
    return Article(
        id=line["id"],
        document=Document(title=line["title"], text=line["text"], language=line["language"]),
        html=page_html(line["title"], [line["text"], *line["page"]], line["language"]),
        topics=frozenset(line["topics"]),
    )


if __name__ == "__main__":
    print("\n".join(Found().mistakes()) if "--mistakes" in sys.argv else report())
