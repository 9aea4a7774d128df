"""The demo's news week as data: who publishes, what, when, and when a feed does not answer.

Reads the shipped `week.toml`, whose head explains every key. It serves nothing and judges nothing:
what a feed shows at a moment is `front_page`'s work, and the labels in `about` are for tests.
"""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

WEEK_FILE = Path(__file__).with_name("week.toml")


class OutageKind(StrEnum):
    """What a feed answers instead of its document; `HANG_UP` ends the connection without a word."""

    GONE = "gone"
    MISSING = "missing"
    MAINTENANCE = "maintenance"
    HANG_UP = "hang-up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A span from `since` up to, not including, `until`; None: for good."""

    since: datetime
    until: datetime | None = None
    answer: OutageKind

    def is_on(self, moment: datetime) -> bool:
        return self.since <= moment and (self.until is None or moment < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """An invented publisher with one feed that shows its latest `items` articles."""

    id: str
    name: str
    domain: str
    format: Literal["rss", "rdf", "atom"]
    language: str
    about: str
    etag: Literal["strong", "weak", "none"]
    last_modified: bool
    items: int = 20
    outages: tuple[Outage, ...] = ()

    @property
    def home(self) -> str:
        return f"http://{self.domain}/"

    def outage_at(self, moment: datetime) -> OutageKind | None:
        return next((outage.answer for outage in self.outages if outage.is_on(moment)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """An article's words from the moment `at` on, until the next wording."""

    at: datetime
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An item as its feed prints it. `dated`, `guid`, `link` and `source` are None or "" where the feed prints none.

    `wordings` has at least one and is in order of time; `text` is markup if `is_html`.
    """

    id: str
    outlet: str
    wordings: tuple[Wording, ...]
    dated: datetime | None
    guid: str
    link: str
    source: str
    is_html: bool
    about: frozenset[str]

    @property
    def at(self) -> datetime:
        """When it appears in its feed."""
        return self.wordings[0].at

    def wording_at(self, moment: datetime) -> Wording:
        """The words in force; asked only of a moment at which the article is out."""
        return max((wording for wording in self.wordings if wording.at <= moment), key=lambda wording: wording.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Everything that happens, with articles in order of time."""

    outlets: tuple[Outlet, ...]
    articles: tuple[Article, ...]


def load_week(path: Path = WEEK_FILE) -> Week:
    """The week as written. A slip in the file is a KeyError, TypeError or ValueError: only we write it."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    outlets = {table["id"]: _outlet(table) for table in tables["outlets"]}
    articles = [_article(table, outlets[table["outlet"]]) for table in tables["articles"]]
    return Week(outlets=tuple(outlets.values()), articles=tuple(sorted(articles, key=lambda article: article.at)))


def _outlet(table: dict[str, Any]) -> Outlet:
    outages = tuple(Outage(**{**outage, "answer": OutageKind(outage["answer"])}) for outage in table.get("outages", ()))
    return Outlet(**{**table, "outages": outages})


def _article(table: dict[str, Any], outlet: Outlet) -> Article:
    return Article(
        id=table["id"],
        outlet=outlet.id,
        wordings=tuple(_wording(wording) for wording in (table, *table.get("edits", ()))),
        dated=None if table.get("undated") else table.get("dated", table["at"]),
        guid=table.get("guid", f"{outlet.id}:{table['id']}"),
        link=table.get("link", f"{outlet.home}{table['at']:%Y/%m/%d}/{table['id']}"),
        source=table.get("source", ""),
        is_html=table.get("html", False),
        about=frozenset(table.get("about", ())),
    )


def _wording(table: dict[str, Any]) -> Wording:
    return Wording(at=table["at"], title=table["title"], text=" ".join(table["text"].split()))
