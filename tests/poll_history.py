"""Histories of polls to try `reconcile` on: `Shelf` stands for the store, as a dictionary of articles by key."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from monitor.model.feed import ParsedFeed, ParsedItem, ParseOutcome
from monitor.model.fetch import Fetched, FetchFailed, FetchOutcome, FetchProblem, FetchRequest, Validators
from monitor.model.settings import FeedSettings, PollingSettings
from monitor.model.update import FeedState, FeedUpdate, KnownArticle, PollCounts
from monitor.reconcile import candidate_keys, reconcile

START = datetime(2016, 9, 16, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
URL = "https://post.example/feed"
FEED = FeedSettings(url=URL)
BOTH = Validators(etag=b'W/"1-gzip"', last_modified=b"Sat, 16 Nov 2041 19:11:00 GMT")
REQUEST = FetchRequest(feed_id=1, url=URL, validators=BOTH)
FRESH = FeedState(id=1, url=URL, next_poll_at=START)
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
    known: dict[str, KnownArticle] | None = None,
    feed: FeedSettings = FEED,
    now: datetime = START,
) -> FeedUpdate:
    return reconcile(state, known or {}, outcome, parsed, feed=feed, polling=PollingSettings(), now=now, jitter=0)


@dataclass
class Shelf:
    """What is stored of one feed, polled hourly."""

    state: FeedState = FRESH
    articles: dict[str, KnownArticle] = field(default_factory=dict)
    now: datetime = START
    writes: int = 0

    def poll(self, *items: ParsedItem) -> PollCounts:
        keys = set(candidate_keys(items))
        known = {key: article for key, article in self.articles.items() if key in keys}
        done = update(self.state, answer(), document(*items), known=known, now=self.now)
        for new in done.new:
            assert new.key not in self.articles
            self._put(new.key, len(self.articles), new.title, new.link, new.content_hash, 0)
        for edit in done.changed:
            self._put(edit.key, edit.id, edit.title, edit.link, edit.content_hash, edit.revisions)
        self.state, self.now, self.writes = done.state, self.now + HOUR, self.writes + len(done.changed)
        counts = done.counts
        assert counts.fetched == counts.new + counts.known + counts.duplicate + counts.refused
        assert len({new.key for new in done.new}) == counts.new
        assert len({edit.id for edit in done.changed}) == counts.changed
        return counts

    def _put(self, key: str, number: int, title: str, link: str, content: str, revisions: int) -> None:
        self.articles[key] = KnownArticle(
            id=number, key=key, title=title, link=link, content_hash=content, revisions=revisions
        )
