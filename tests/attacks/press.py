"""The honest feeds: what each publishes and edits, how it answers, and which items its reader certainly has.

An item leaves the window only after that. A reader that sends back a validator has stored the document it came with,
for both are one transaction. Of feeds without validators an item stays until its document was answered whole three
times, each time followed by the next request of the same undisturbed process.
"""

import gzip
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256
from random import Random  # noqa: TID251 (seeded)
from typing import Literal

from origin import Asked, Step, head
from simulation.documents import FORMATS, Entry, Hints

WINDOW = 10
NEW_ITEM, ANOTHER, EDIT, SAME_EVENT = 0.25, 0.3, 0.06, 0.15
SURE = 3
SOUNDS = ("ba", "de", "fi", "go", "lu", "mar", "nel", "ost", "pri", "qua", "ser", "tov", "und", "vax", "wim", "zel")
WORDS = tuple(first + second + third for first in SOUNDS for second in SOUNDS for third in SOUNDS)
TOPICS = {"Harbours": "harbour", "Orchards": "orchard"}
"""Name of a topic → the word that it looks for."""

Validating = Literal["etag", "date", "none"]
Identity = Literal["both", "guid", "link", "words"]
Key = tuple[str, int]
"""An item's mark, and which version of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A piece of news, known everywhere by its mark, a word of its own in the title."""

    mark: str
    words: str
    topics: frozenset[str]
    dated: datetime | None
    version: int = 1

    @property
    def key(self) -> Key:
        return self.mark, self.version

    @property
    def title(self) -> str:
        return " ".join([self.words.capitalize(), *(TOPICS[name] for name in sorted(self.topics)), self.mark])

    @property
    def text(self) -> str:
        return f"Report {self.mark}." + (f" Amended {self.version}." if self.version > 1 else "")


@dataclass(kw_only=True)
class Press:
    """What all honest feeds share. `disturbances` counts what may have kept the reader from storing a document."""

    seed: int
    disturbances: Callable[[], int]
    is_open: bool = True
    """Whether anything new is published, or edited."""
    items: dict[str, Item] = field(default_factory=dict)
    """The newest version of each, by mark."""
    homes: dict[str, int] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    events: deque[str] = field(default_factory=lambda: deque(maxlen=20))
    lock: threading.RLock = field(default_factory=threading.RLock)

    def keep(self, feed: int, item: Item) -> None:
        self.items[item.mark] = item
        self.homes[item.mark] = feed

    def next_mark(self) -> str:
        number, letters = len(self.items), ""
        for _ in range(4):
            number, rest = divmod(number, 26)
            letters = chr(ord("a") + rest) + letters
        return f"mark{letters}"


@dataclass(slots=True)
class Shown:
    """A document as it was sent: its items, and whether all of it went out."""

    keys: tuple[Key, ...]
    disturbances: int
    is_whole: bool = False


@dataclass(kw_only=True)
class HonestFeed:
    """One feed: its form and habits, its window, and what its reader has. `is_dated`: its items tell their time."""

    number: int
    press: Press
    format: str
    identity: Identity
    validating: Validating
    is_dated: bool
    is_packed: bool

    def __post_init__(self) -> None:
        self.address = f"127.0.1.{self.number + 1}"
        self.path = f"/feed/{self.number}"
        self.asked_at: list[float] = []
        self.window: list[Item] = []
        self._chance = Random(f"{self.press.seed} {self.number}")
        self._sure: set[Key] = set()
        self._whole: Counter[Key] = Counter()
        self._vouched: dict[bytes, tuple[Key, ...]] = {}
        self._latest: Shown | None = None
        self._dates: dict[str, bytes] = {}

    def script(self, asked: Asked) -> Iterator[Step]:
        with self.press.lock:
            self.asked_at.append(asked.at)
            self._learn(asked)
            self._go_on()
            shown = self._latest = Shown(tuple(item.key for item in self.window), self.press.disturbances())
            answer = self._answer(asked, shown.keys)
        yield answer
        shown.is_whole = True

    def _learn(self, asked: Asked) -> None:
        """Which items the reader has, as this request shows."""
        given = asked.header({"etag": "if-none-match", "date": "if-modified-since"}.get(self.validating, ""))
        self._sure.update(self._vouched.get(given or b"", ()))
        before = self._latest
        if self.validating == "none" and before and before.is_whole:
            if before.disturbances == self.press.disturbances():
                self._whole.update(before.keys)
            self._sure.update(key for key in before.keys if self._whole[key] >= SURE)

    def _go_on(self) -> None:
        """Publish and edit now and then; let go of what is old and known to the reader."""
        if not self.window:
            for _ in range(3):
                self._publish()
        if not self.press.is_open:
            return
        if self._chance.random() < NEW_ITEM:
            self._publish()
            while self._chance.random() < ANOTHER:
                self._publish()
        if self.identity != "words" and self._chance.random() < EDIT:
            self._edit()
        self.window = [item for place, item in enumerate(self.window) if place < WINDOW or item.key not in self._sure]

    def _publish(self) -> None:
        press, chance = self.press, self._chance
        again = bool(press.events) and chance.random() < SAME_EVENT
        words = chance.choice(press.events) if again else " ".join(chance.sample(WORDS, 6))
        press.events.append(words)
        # What a feed without dates has at first is not mailed: that must not match.
        is_wanted = self.is_dated or bool(self._sure)
        topics = frozenset(name for name in TOPICS if is_wanted and chance.random() < 0.4)
        dated = datetime.now(UTC).replace(microsecond=0) if self.is_dated else None  # noqa: TID251 (a publisher's clock)
        item = Item(mark=press.next_mark(), words=words, topics=topics, dated=dated)
        press.keep(self.number, item)
        self.window.insert(0, item)

    def _edit(self) -> None:
        place = self._chance.randrange(min(5, len(self.window)))
        old = self.window[place]
        is_wanted = self.is_dated or bool(self._sure)
        more = {name for name in TOPICS if is_wanted and self._chance.random() < 0.2}
        self.window[place] = replace(old, topics=old.topics | more, version=old.version + 1)
        self.press.keep(self.number, self.window[place])

    def _answer(self, asked: Asked, keys: tuple[Key, ...]) -> bytes:
        body = FORMATS[self.format](
            f"Paper {self.number}", [self._entry(item) for item in self.window], Hints()
        ).encode()
        validator, headers = self._validator(body)
        if validator:
            name = "if-none-match" if self.validating == "etag" else "if-modified-since"
            self._vouched[validator] = keys
            if asked.header(name) == validator:
                self.press.answers["not modified"] += 1
                return head(304, list(headers.items()))
        self.press.answers["documents"] += 1
        if self.is_packed:
            body = gzip.compress(body, mtime=0)
            headers["Content-Encoding"] = b"gzip"
        return head(200, [*headers.items(), ("Content-Length", str(len(body)))]) + body

    def _validator(self, body: bytes) -> tuple[bytes, dict[str, bytes]]:
        mark = sha256(body).hexdigest()[:16]
        if self.validating == "etag":
            return f'"{mark}"'.encode(), {"ETag": f'"{mark}"'.encode()}
        if self.validating == "date":
            state = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=len(self._dates))
            date = self._dates.setdefault(mark, format_datetime(state, usegmt=True).encode())
            return date, {"Last-Modified": date}
        return b"", {}

    def _entry(self, item: Item) -> Entry:
        guid = f"item-{item.mark}" if self.identity in {"both", "guid"} else ""
        link = f"http://paper{self.number}.example/{item.mark}" if self.identity in {"both", "link"} else ""
        return Entry(guid=guid, link=link, title=item.title, text=item.text, published=item.dated)


def honest_feeds(count: int, press: Press) -> list[HonestFeed]:
    """So many feeds, of every form, identity and validator."""
    forms, identities = tuple(FORMATS), ("both", "guid", "link", "both", "words")
    validators = ("etag", "date", "etag", "none")
    return [
        HonestFeed(
            number=number,
            press=press,
            format=forms[number % len(forms)],
            identity=identities[number % len(identities)],  # type: ignore[arg-type]  # of a tuple of literals
            validating=validators[number // 2 % len(validators)],  # type: ignore[arg-type]  # likewise
            is_dated=number % 7 != 3,
            is_packed=number % 3 == 1,
        )
        for number in range(count)
    ]


def marks_of(items: Mapping[str, Item], topic: str) -> set[str]:
    """The items that this topic wants."""
    return {mark for mark, item in items.items() if topic in item.topics}
