"""A clock that tests move by hand, and what tests of the store and the flow build with it."""

from datetime import UTC, datetime, timedelta

from monitor.model.article import Arrival
from monitor.model.feed_update import FeedState, FeedUpdate, NewArticle, PollCounts
from monitor.model.match import Evidence, Match, Tier

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class SimulatedClock:
    """Stands still until it is moved; sleeping moves it. `set` is what a wrong battery does: no time passes."""

    def __init__(self, moment: datetime = NOON) -> None:
        self.moment = moment
        self._was_set = timedelta()

    def now(self) -> datetime:
        return self.moment

    def set(self, moment: datetime) -> None:
        self._was_set += moment - self.moment
        self.moment = moment

    def monotonic(self) -> float:
        return (self.moment - self._was_set).timestamp()

    async def sleep(self, seconds: float) -> None:
        self.advance(timedelta(seconds=seconds))

    def advance(self, span: timedelta) -> None:
        self.moment += span


def article(key: str, *, title: str = "", seen: datetime = NOON, is_mailable: bool = True) -> NewArticle:
    return NewArticle(
        key=key,
        link=f"https://post.example/{key}",
        title=title or f"Title of {key}",
        text=f"Text of {key}.",
        outlet="The Post",
        language="en",
        published_at=seen,
        first_seen_at=seen,
        arrival=Arrival.NEW,
        is_mailable=is_mailable,
        content_hash=f"hash of {key}",
    )


def match(topic: str = "Syria ceasefire") -> Match:
    evidence = Evidence(group=0, term="title", found="Title", field="title", start=0, end=5)
    return Match(topic=topic, rule=0, tier=Tier.HEADLINE, evidence=(evidence,), fingerprint="f" * 8)


def poll_of(state: FeedState, *new: NewArticle) -> FeedUpdate:
    return FeedUpdate(state=state, new=new, counts=PollCounts(fetched=len(new), new=len(new)), status="ok")
