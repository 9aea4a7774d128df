"""The arguments of commands about topics: which topics, since when, which articles."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Generic, TypeVar

from monitor.boilerplate import left_out_of_matching
from monitor.cli.local_time import zone
from monitor.config import Settings
from monitor.config.findings import did_you_mean, quoted
from monitor.config.values import duration
from monitor.daemon.clock import SystemClock
from monitor.daemon.store_only import opened_store
from monitor.errors import UsageError
from monitor.match import TopicIndex, fingerprint
from monitor.model.history import StoredMatch
from monitor.model.ids import ArticleId
from monitor.model.match import Document, Match
from monitor.model.topic import Topic
from monitor.plain_text import escaped
from monitor.spoken_language import identified_language
from monitor.store import Store
from monitor.unusable import why
from monitor.workbench import Entry, Judged, entry_of

if TYPE_CHECKING:
    from monitor.fate import Finding

Shape = TypeVar("Shape")
Asked = tuple[Entry, StoredMatch | None]


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    """The store, for reading; a daemon may be running at the same time."""
    with opened_store(settings.storage, SystemClock()) as store:
        yield store


def entries(store: Store, moment: datetime) -> Iterator[Entry]:
    """The articles first seen since `since`."""
    shared, page_of = store.boilerplate.of_all(), store.pages.reader(moment)
    return (entry_of(article, shared, page_of(article.id)) for article in store.articles.since(moment))


def topics(settings: Settings, names: Sequence[str] | None) -> tuple[Topic, ...]:
    """The topics with these names in the given order, each once; all topics if there are no names."""
    return tuple(topic(settings, name) for name in dict.fromkeys(names)) if names else settings.topics


def topics_to_try(settings: Settings, names: Sequence[str] | None) -> tuple[Topic, ...]:
    """The same for matching: a disabled topic is included only if it is named."""
    return tuple(replace(each, enabled=True) for each in topics(settings, names) if names or each.enabled)


def topic(settings: Settings, name: str) -> Topic:
    found = next((each for each in settings.topics if each.name == name), None)
    if found is None:
        hint = did_you_mean(name, [each.name for each in settings.topics]) or " All of them: news-monitor topics list"
        raise UsageError(f"There is no topic {quoted(name)} in {settings.path}.{hint}")
    return found


def moment(since: str) -> datetime:
    """The moment a span like "30d" ago, or the beginning of a date in the zone of the first digest."""
    try:
        return datetime.combine(date.fromisoformat(since), time(), zone())
    except ValueError:
        pass
    try:
        return SystemClock().now() - duration(since)
    except ValueError as error:
        raise UsageError(f"--since {error} A date such as 2026-03-01 works, too.") from error


def articles(settings: Settings, topic: Topic, article: str, title: str, text: str) -> tuple[Asked, ...]:
    """The articles to explain: the one given by --title and --text, or those stored with this id or URL."""
    if bool(article) is bool(title or text):
        raise UsageError("Give the id or URL of a stored article, or write an article with --title and --text.")
    if not article:
        return ((Entry(id="", document=_typed(title, text)), None),)
    with opened(settings) as store:
        one = store.articles.one(ArticleId(int(article))) if article.isascii() and article.isdecimal() else None
        found = (one,) if one else store.articles.at(article)
        if not found:
            raise UsageError(f"No stored article has the id or URL {quoted(article, limit=200)}.")
        shared, page_of = store.boilerplate.of_all(), store.pages.reader()
        return tuple((entry_of(each, shared, page_of(each.id)), _decided(store, topic, each.id)) for each in found)


def alerts(settings: Settings, topic: Topic, entries: Iterable[Entry]) -> "dict[object, tuple[Finding, ...]]":
    """By the id of each stored entry, what there is to say of alerts on it under this topic."""
    from monitor.cli.alerted import alert_findings

    ids = [each.id for each in entries if each.id]
    if not ids:
        return {}
    with opened(settings) as store:
        fates = {each: store.fates.of(ArticleId(int(each))) for each in ids}
        now = SystemClock().now()
        return {
            each: alert_findings(settings, store, known, (topic.name,), now)
            for each, known in fates.items()
            if known is not None
        }


def _typed(title: str, text: str) -> Document:
    left_out = left_out_of_matching(text, (), None)
    return Document(title=title, text=text, left_out=left_out, identified_language=identified_language(title, text))


def _decided(store: Store, topic: Topic, article_id: ArticleId) -> StoredMatch | None:
    found = store.matches.one(topic.name, article_id)
    return store.matches.one(topic.was, article_id) if found is None and topic.was else found


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What new rules are compared with: articles, each with its matches, and the fingerprints they were found under."""

    decided: Iterable[tuple[Entry, Sequence[Match]]]
    wordings: Mapping[str, str]


def past(store: Store, moment: datetime, old: Settings | None) -> Past:
    """The stored matches of the articles first seen since then; by the topics of `old`, if given."""
    shared, page_of = store.boilerplate.of_all(), store.pages.reader(moment)
    if old is None:
        decided = store.articles.decided_since(moment)
        stored = ((entry_of(article, shared, page_of(article.id)), found) for article, found in decided)
        return Past(decided=stored, wordings=store.topics.wordings())
    index = TopicIndex(old.topics, old.lists)
    return Past(
        decided=((entry, index.matches(entry.document)) for entry in entries(store, moment)),
        wordings={each.name: fingerprint(each, old.lists) for each in old.topics if each.enabled},
    )


def judged(store: Store, topic: Topic, wrong: Sequence[str]) -> Judged:
    """What is known of a topic's matches: judgements that are stored, and ids that are called wrong now, which win."""
    said = dict(store.judgements.of(topic.name))
    for written in ",".join(wrong).replace(",", " ").split():
        if not (written.isascii() and written.isdecimal()):
            raise UsageError(f"--wrong {quoted(written)} is not the id of an article, such as 4711.")
        said[ArticleId(int(written))] = False
    return Judged(
        right=frozenset(article for article, is_relevant in said.items() if is_relevant),
        wrong=frozenset(article for article, is_relevant in said.items() if not is_relevant),
    )


class Lines(Generic[Shape]):
    """What the JSON lines of a file say. Invalid lines are reported on stderr, counted and skipped."""

    def __init__(self, path: Path, parse: Callable[[bytes], Shape]) -> None:
        self._path = path
        self._parse = parse
        self.refused = 0

    def read(self) -> Iterator[Shape]:
        return (found for _, found in self.numbered())

    def numbered(self) -> Iterator[tuple[int, Shape]]:
        """With the number of each line."""
        with self._opened() as file:
            for number, line in enumerate(file, 1):
                if not line.strip():
                    continue
                try:
                    found = self._parse(line)
                except ValueError as error:
                    self.refuse(number, str(error))
                else:
                    yield number, found

    def refuse(self, number: int, reason: str) -> None:
        self.refused += 1
        print(escaped(f"{self._path}:{number}: {reason}"), file=sys.stderr)

    @contextmanager
    def _opened(self) -> Iterator[IO[bytes]]:
        if str(self._path) == "-":
            yield sys.stdin.buffer
            return
        try:
            file = self._path.open("rb")
        except OSError as error:
            raise UsageError(f"{self._path} cannot be read: {why(self._path, error)}") from error
        with file:
            yield file
