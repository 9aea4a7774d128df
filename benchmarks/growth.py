"""What grows: grouping with the articles of a window, an edition and the store with the matches. Processor time.

`python -m benchmarks growth`. Every figure is that of one run in a process that has run a small one before. The
exponent is that of a power law from the first size to the last: 1 if the cost of one does not change with their number.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random  # noqa: TID251 (seeded: every run has the same news)
from tempfile import TemporaryDirectory

from benchmarks.measure import exponent, seconds, table
from benchmarks.news import Language, article, language
from benchmarks.replay import Replay, program
from benchmarks.week import SMTP
from monitor.cluster import ArticleReader, group, slices, words_of
from monitor.config import Settings, load
from monitor.jobs.grouping import grouping
from monitor.match import TopicIndex
from monitor.model.article import Arrival
from monitor.model.feed_update import FeedUpdate, NewArticle, PollCounts
from monitor.model.ids import ArticleId, StoryId
from monitor.model.match import Document
from monitor.model.settings import FeedSettings
from monitor.model.story import StoryArticle, WordCounts
from monitor.model.topic import Rule, Topic
from monitor.resources import resource

SEED = 3
SPOKEN = 50_000
TEXT_WORDS, RETOLD_WORDS = 60, 36
RETOLD_SHARE = 0.2
"""Of the articles: each tells an earlier one again, with seven words of its title and `RETOLD_WORDS` of its text."""

OUTLETS = 40
START = datetime(2026, 3, 1, tzinfo=UTC)
SPAN = timedelta(hours=71)
SUBJECT = "Tolmar"
A_POLL = 30
MOST_SECONDS = {300: 1.0, 3_000: 5.0}
MOST_EXPONENT = 1.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Articles in a window, and matches in an edition, both ascending."""

    grouped: tuple[int, ...]
    listed: tuple[int, ...]


FULL = Size(grouped=(1_000, 2_000, 4_000, 10_000), listed=(300, 1_000, 3_000))
TINY = Size(grouped=(20, 40), listed=(10, 20))


def report(size: Size) -> str:
    """The tables as Markdown."""
    return "\n\n".join((grouping_table(size.grouped), _edition_table(size.listed)))


def retold_news(count: int) -> list[Document]:
    """Made-up articles, of which `RETOLD_SHARE` tell an earlier one in words of their own."""
    chance = Random(SEED)
    speech = language(chance, spoken=SPOKEN, unspoken=0)
    news: list[Document] = []
    while len(news) < count:
        is_retold = news and chance.random() < RETOLD_SHARE
        news.append(_retold(chance.choice(news), speech, chance) if is_retold else article(speech, chance, TEXT_WORDS))
    return news


def _retold(told: Document, speech: Language, chance: Random) -> Document:
    title, text = told.title.split(), told.text.split()
    chance.shuffle(title)
    chance.shuffle(text)
    return Document(
        title=" ".join([*title[:7], *speech.sample(chance, 3)]),
        text=" ".join([*text[:RETOLD_WORDS], *speech.sample(chance, TEXT_WORDS - RETOLD_WORDS)]),
    )


def _at(number: int, count: int) -> datetime:
    return START + SPAN * number / count


# ---- Grouping


def grouping_table(sizes: Sequence[int]) -> str:
    """What grouping so many articles of a window costs, ascending, as Markdown."""
    news = retold_news(sizes[-1])
    _group(news[: sizes[0]])
    costs = [seconds(lambda size=size: _group(news[:size])) for size in sizes]  # type: ignore[misc]
    rows = [
        [f"{size:,}", f"{cost:.2f} s", f"{1e6 * cost / size:.0f} µs"] for size, cost in zip(sizes, costs, strict=True)
    ]
    judged = f"Exponent {exponent(sizes, costs):.2f} (asked: ≤ {MOST_EXPONENT})."
    return f"{table(['articles in the window', 'all', 'an article'], rows)}\n\n{judged}"


def _group(news: Sequence[Document]) -> dict[ArticleId, StoryId]:
    """As the job does it, without its store."""
    stream = [
        StoryArticle(
            id=ArticleId(number),
            title=each.title,
            text=each.text,
            outlet=f"outlet {number % OUTLETS}",
            first_seen_at=_at(number, len(news)),
        )
        for number, each in enumerate(news)
    ]
    reader, stories, before = ArticleReader(), dict[ArticleId, StoryId](), list[StoryArticle]()
    counts = WordCounts(articles=len(stream), words=reader.words_of(stream))
    for arrivals in slices(stream):
        found = group(arrivals, before, counts, reader=reader)
        stories |= found
        before += [replace(each, story_id=found[each.id]) for each in arrivals]
    return stories


# ---- Editions


def _edition_table(sizes: Sequence[int]) -> str:
    news = retold_news(sizes[-1])
    _edition(news[: sizes[0]])
    found = [_edition(news[:size]) for size in sizes]
    rows = [
        [
            f"{size:,}",
            f"{1e6 * stored / size:.0f} µs",
            f"{grouped:.2f} s",
            f"{made:.2f} s",
            f"≤ {MOST_SECONDS[size]:.0f} s" if size in MOST_SECONDS else "",
        ]
        for size, (stored, grouped, made) in zip(sizes, found, strict=True)
    ]
    judged = f"Exponent of the edition {exponent(sizes, [made for _, _, made in found]):.2f}."
    head = ["matches", "to store an article with one", "grouping", "edition", "asked"]
    return f"{table(head, rows)}\n\n{judged}"


def _edition(news: Sequence[Document]) -> tuple[float, float, float]:
    """Seconds to store these articles, to group them, and to draft their edition with its grouping."""
    with TemporaryDirectory() as folder, program(Path(folder), START - SPAN, _settings()) as replay:
        stored = seconds(lambda: _stored(replay, news))
        replay.clock.moment = START + SPAN
        grouped = seconds(lambda: grouping(replay.jobs.store))
        editor, (digest,) = replay.jobs.publisher.editor, replay.jobs.publisher.digests
        return stored, grouped, seconds(lambda: editor.preview(digest))


def _settings() -> Settings:
    shipped = load(resource("config.example.toml"), {})
    topic = Topic(name=SUBJECT, rules=(Rule(all=((SUBJECT.lower(),),)),))
    feeds = tuple(FeedSettings(url=f"https://outlet{number}.example/feed") for number in range(OUTLETS))
    (digest, *_) = shipped.digests
    return replace(shipped, feeds=feeds, topics=(topic,), digests=(replace(digest, topics=()),), mail=SMTP)


def _stored(replay: Replay, news: Sequence[Document]) -> None:
    """Poll by poll, with the matches and words that a poll stores."""
    store = replay.jobs.store
    index: TopicIndex = replay.jobs.publisher.editor.index
    states = store.feeds.configured()
    for start in range(0, len(news), A_POLL):
        at, state = _at(start, len(news)), states[start // A_POLL % len(states)]
        new = tuple(_new(number, each, at) for number, each in enumerate(news[start : start + A_POLL], start))
        found = {each.key: index.matches(Document(title=each.title, text=each.text)) for each in new}
        update = FeedUpdate(state=state, new=new, counts=PollCounts(fetched=len(new), new=len(new)), status="ok")
        store.articles.apply(update, found, at, WordCounts(articles=len(new), words=words_of(new)))


def _new(number: int, told: Document, at: datetime) -> NewArticle:
    return NewArticle(
        key=str(number),
        link=f"https://outlet.example/{number}",
        title=told.title,
        text=f"{SUBJECT}. {told.text}",
        outlet="",
        language="en",
        published_at=at,
        first_seen_at=at,
        arrival=Arrival.NEW,
        is_mailable=True,
        content_hash=str(number),
    )
