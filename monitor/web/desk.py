"""What pages work with: the config as it is now, the store, the time, and what the command line lends."""

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

from monitor.config import Settings
from monitor.daemon.build import looked_at
from monitor.daemon.store_only import opened_store
from monitor.errors import NewsMonitorError, StoreError
from monitor.jobs.editor import Draft
from monitor.jobs.grouping import grouping, publishers
from monitor.model.clock import Clock
from monitor.model.ids import ArticleId, StoryId
from monitor.model.perhaps import Nearest
from monitor.model.requests import AnyRequest, Outcome
from monitor.model.settings import DigestSettings
from monitor.model.topic import Topic
from monitor.model.voices import Publishers
from monitor.store import Store
from monitor.url import stored_url
from monitor.web.starting import StartCommands

Facts = dict[str, Any]
Kept = TypeVar("Kept")

KEPT_SECONDS = 30
"""How old the next edition may be that a page shows: to make it takes seconds."""


class Commands(StartCommands, Protocol):
    """What the command line lends: the same answers that its commands print as JSON."""

    def why(self, settings: Settings, store: Store, article: int) -> Facts:
        """What `why` says about a stored article."""

    def search(self, settings: Settings, store: Store, fields: Mapping[str, str]) -> Facts:
        """What `search` finds: `q`, and options by their names. Raises UsageError."""

    def feeds(self, settings: Settings, store: Store) -> list[Facts]:
        """What `feeds list` says."""

    def feed(self, settings: Settings, store: Store, number: int) -> Facts | None:
        """What `feeds show` says; None if the config has no such feed."""

    def value(self, settings: Settings, store: Store) -> list[Facts]:
        """What `feeds value` says."""

    def found_feeds(self, settings: Settings, url: str) -> list[Facts]:
        """What the feeds at an address answer now. Raises UsageError."""

    def add_feed(self, settings: Settings, url: str, outlet: str) -> Facts:
        """What was written. Raises UsageError, with the lines to paste if the file cannot be written."""

    def switch_feed(self, settings: Settings, stored: str, *, is_on: bool) -> Facts:
        """The same of a feed that is paused or resumed."""

    def ask(self, settings: Settings, request: AnyRequest) -> Outcome:
        """Have it done by whoever polls and delivers. Raises NewsMonitorError."""

    def doctor(self, settings: Settings, *, is_offline: bool) -> list[Facts]:
        """What `doctor` says."""

    def status(self, settings: Settings, store: Store) -> Facts:
        """What `status` says."""

    def written_topic(self, settings: Settings, name: str) -> Facts:
        """The table of a topic as the config has it. Raises UsageError."""

    def save_topic(self, settings: Settings, name: str, table: Mapping[str, Any]) -> Facts:
        """Write a topic, a new one without `name`. Raises UsageError, with lines to paste if nobody may write."""

    def judge(self, settings: Settings, store: Store, name: str, said: Mapping[ArticleId, bool]) -> None:
        """Store judgements, as `topics judge` does. Raises UsageError."""

    def nearest(self, settings: Settings, store: Store, topic: Topic, limit: int) -> Nearest:
        """What resembles a topic most of each of the last days."""

    def to_judge(
        self, settings: Settings, store: Store, topic: Topic, near: Nearest, ids: Sequence[ArticleId], limit: int
    ) -> list[Facts]:
        """What nobody has judged yet among these articles and what resembles a topic, or a draft of it, best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a request asks for."""

    path: Mapping[str, Any]
    """The parts of the path that are not fixed."""
    query: Mapping[str, str]
    """The fields behind the question mark, the last of each name."""
    form: Mapping[str, str]
    """The fields of the form, of a POST."""

    def number(self, name: str, default: int, most: int) -> int:
        """A field of the query as a number between 1 and `most`; the default where it is not one."""
        written = self.query.get(name, "")
        is_number = written.isascii() and written.isdecimal() and len(written) < len(str(most)) + 2
        return min(max(int(written), 1), most) if is_number else default


class Desk:
    """Opens the store once, and again after a fault; reads the config again when one of its files has changed."""

    def __init__(self, read_config: Callable[[], Settings], clock: Clock, commands: Commands) -> None:
        self.commands, self.clock = commands, clock
        self._read_config, self._lock = read_config, threading.RLock()
        self._settings = read_config()
        self._seen = _marks(self._settings)
        self._opening: Any = None
        self._making, self._kept = threading.RLock(), dict[str, tuple[Any, Any, Any]]()
        self._store: Store | None = None

    def now(self) -> datetime:
        return self.clock.now()

    @property
    def settings(self) -> Settings:
        """The newest config without mistakes: what the daemon goes on with, too."""
        with self._lock:
            marks = _marks(self._settings)
            if marks != self._seen:
                self._seen = marks
                before = self._settings.storage
                with suppress(NewsMonitorError):
                    self._settings = self._read_config()
                    self._seen = _marks(self._settings)
                if self._settings.storage != before:  # a first config may name another folder
                    self.close()
            return self._settings

    @property
    def store(self) -> Store:
        """The open store. Raises StoreError."""
        with self._lock:
            if self._store is None:
                self._opening = opened_store(self._settings.storage, self.clock)
                self._store = self._opening.__enter__()
            return self._store

    def kept(self, name: str, make: Callable[[], Kept], mark: object = None) -> Kept:
        """What `make` returns, or returned in the last `KEPT_SECONDS` under the same `mark`: several pages need what
        takes long.
        """
        with self._making:
            at, of, found = self._kept.get(name, (None, None, None))
            is_old = at is None or (self.now() - at).total_seconds() > KEPT_SECONDS or self.now() < at
            if is_old or of != mark:
                found = make()
                self._kept[name] = (self.now(), mark, found)
            return cast("Kept", found)

    def joining(self) -> Mapping[ArticleId, StoryId]:
        """The stories of articles that no edition has grouped yet."""
        return self.kept("joining", lambda: grouping(self.store))

    def publishers(self) -> Publishers:
        by_url = {stored_url(feed.url): feed for feed in self.settings.feeds}
        return publishers(self.store, by_url)

    def preview(self, digest: DigestSettings) -> Draft:
        """The next edition of a digest, as it would be sent if nothing came until then; of a draft, as it is now."""
        review = self.store.reviews.open(digest.name)

        def made() -> Draft:
            with looked_at(self.settings, self.clock) as jobs:
                return jobs.publisher.editor.preview(digest)

        return self.kept(f"preview {digest.name}", made, review and (review.id, review.version))

    def close(self) -> None:
        """Close the store; who asks for it again opens it again. It is also the way out of a fault."""
        with self._lock:
            opening, self._opening, self._store = self._opening, None, None
            if opening is not None:
                with suppress(StoreError):
                    opening.__exit__(None, None, None)


def _marks(settings: Settings) -> tuple[tuple[int, int] | None, ...]:
    return tuple(map(_mark, (settings.path, *settings.included)))


def _mark(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
