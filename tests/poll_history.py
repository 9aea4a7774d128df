"""Histories of polls to try `reconcile` on: `Shelf` stands for the store, as a dictionary of articles by key."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from monitor.model.feed import ParsedFeed, ParsedItem, ParseOutcome
from monitor.model.feed_update import (
    ChangedArticle,
    Doubt,
    FeedState,
    FeedUpdate,
    FormerTitle,
    KnownArticle,
    Lookup,
    NewArticle,
    Past,
    PollCounts,
    RenamedArticle,
    Stored,
)
from monitor.model.fetch import Fetched, FetchFailed, FetchOutcome, FetchProblem, FetchRequest, Validators
from monitor.model.ids import ArticleId, FeedId
from monitor.model.settings import FeedSettings, PollingSettings
from monitor.reconcile import distinct_items, doubtful, lookup_for, reconcile

START = datetime(2016, 9, 16, 10, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
URL = "https://post.example/feed"
FEED = FeedSettings(url=URL)
BOTH = Validators(etag=b'W/"1-gzip"', last_modified=b"Sat, 16 Nov 2041 19:11:00 GMT")
NOTHING = Stored()
REQUEST = FetchRequest(feed_id=FeedId(1), url=URL, validators=BOTH)
FRESH = FeedState(id=FeedId(1), url=URL, next_poll_at=START)
PAST_BASELINE = replace(FRESH, baseline_at=START - 9 * HOUR, succeeded_at=START - HOUR, polled_at=START - HOUR)


def item(
    guid: str = "", link: str = "", title: str = "", text: str = "", published: datetime | None = None
) -> ParsedItem:
    return ParsedItem(
        guid=guid, link=f"https://post.example/{link}" if link else "", title=title, text=text, published=published
    )


def document(*items: ParsedItem, refused: int = 0) -> ParsedFeed:
    return ParsedFeed(format="rss20", title="The Post", items=items, refused=refused)


def answer(body: bytes = b"<rss/>", validators: Validators = BOTH, headers: dict[str, str] | None = None) -> Fetched:
    return Fetched(
        request=REQUEST,
        final_url=URL,
        status=200,
        headers=headers or {},
        validators=validators,
        body=body,
        elapsed=HOUR,
    )


def failure(
    status: int | None = None, problem: FetchProblem = FetchProblem.STATUS, retry_after: str | None = None
) -> FetchFailed:
    return FetchFailed(
        request=REQUEST, problem=problem, detail="it says no", status=status, retry_after=retry_after, elapsed=HOUR
    )


def update(
    state: FeedState,
    outcome: FetchOutcome,
    parsed: ParseOutcome | None = None,
    *,
    stored: Stored = NOTHING,
    feed: FeedSettings = FEED,
    now: datetime = START,
) -> FeedUpdate:
    return reconcile(
        state,
        distinct_items(parsed, feed),
        stored,
        outcome,
        parsed,
        feed=feed,
        polling=PollingSettings(),
        now=now,
        jitter=0,
    )


@dataclass
class Shelf:
    """What is stored of one feed, polled hourly."""

    state: FeedState = FRESH
    feed: FeedSettings = FEED
    articles: dict[int, KnownArticle] = field(default_factory=dict)
    now: datetime = START
    writes: int = 0
    gaps: list[datetime] = field(default_factory=list)
    texts: dict[int, str] = field(default_factory=dict)
    titles: dict[int, list[tuple[str, datetime]]] = field(default_factory=dict)

    def poll(self, *items: ParsedItem) -> PollCounts:
        parsed = document(*items)
        distinct = distinct_items(parsed, self.feed)
        stored = self.stored(lookup_for(distinct))
        stored = replace(stored, past=self.past(doubtful(distinct, stored, self.state)))
        done = update(self.state, answer(), parsed, stored=stored, feed=self.feed, now=self.now)
        for new in done.new:
            self.texts[len(self.articles)] = new.text
            self.titles[len(self.articles)] = [(new.title, self.now)]
            self._put(KnownArticle(id=ArticleId(len(self.articles)), **same_fields(new)))
        for changed in (*done.changed, *done.reread):
            self.texts[changed.id] = changed.text
        for changed in done.changed:
            self.titles[changed.id].append((changed.title, self.now))
        edits: tuple[ChangedArticle | RenamedArticle, ...] = (*done.changed, *done.reread, *done.renamed)
        for edit in edits:
            self._put(replace(self.articles[edit.id], **same_fields(edit)))
        assert len({article.key for article in self.articles.values()}) == len(self.articles)
        if done.gap_since:
            assert done.gap_since == self.state.succeeded_at
            self.gaps.append(self.now)
        self.state, self.now, self.writes = done.state, self.now + HOUR, self.writes + len(done.changed)
        counts = done.counts
        assert counts.fetched == counts.new + counts.known + counts.duplicate + counts.refused
        assert len({new.key for new in done.new}) == counts.new
        assert len({edit.id for edit in done.changed}) == counts.changed
        return counts

    def stored(self, wanted: Lookup) -> Stored:
        found, keys = self.articles.values(), set(wanted.keys)
        return Stored(
            by_key={article.key: article for article in found if article.key in keys},
            by_alias={
                alias: tuple(article for article in found if alias in (article.link_alias, article.guid_alias))
                for alias in wanted.aliases
            },
        )

    def past(self, doubts: Sequence[Doubt]) -> dict[ArticleId, Past]:
        return {each.article_id: self._past(each) for each in doubts}

    def _past(self, doubt: Doubt) -> Past:
        titles = self.titles[doubt.article_id]
        edited = [FormerTitle(title=one, stood=end - start) for (one, start), (_, end) in pairwise(titles)]
        issues = [article.title for article in self.articles.values() if article.key.startswith(doubt.issues)]
        former = (*edited, *(FormerTitle(title=title, stood=timedelta.max) for title in issues))
        return Past(text=self.texts[doubt.article_id], titles=former)

    def _put(self, article: KnownArticle) -> None:
        self.articles[article.id] = article


def same_fields(change: NewArticle | ChangedArticle | RenamedArticle) -> dict[str, Any]:
    """What a change says of the article that identity remembers."""
    return {name: value for name, value in asdict(change).items() if name in KnownArticle.__slots__}
