"""Publishers: what each prints and when, and how it answers whoever asks. It knows the true time.

A publisher is data: a rhythm, a format, habits of identity, a kind of validators, and troubles that begin and end.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256
from typing import Literal

from simulation.documents import FORMATS, Entry, Hints

DAY = timedelta(days=1)
LOGIN_PAGE = b"<!doctype html><html><head><title>Sign in</title></head><body><p>Welcome to our network.</body></html>"

Pair = tuple[bytes | None, bytes | None]
"""ETag and Last-Modified as sent; (None, None) is what a first request carries."""

NOTHING: Pair = (None, None)

Validating = Literal["etag", "weak", "odd", "gzip", "date", "both", "restless", "drifting", "none"]
Trouble = Literal[
    "429", "429 date", "503", "500", "404", "410", "login", "empty", "cut off", "timeout", "no name", "refused",
    "portal", "stuck",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A piece of news, recognisable wherever it appears by its mark, a word of its own in the title."""

    mark: str
    title: str
    text: str
    at: datetime
    dated: datetime | None
    is_wanted: bool
    """Whether the topics of the simulation want it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletBoilerplate:
    """How a publisher names its items. Those with a time begin then; None: never."""

    churns_guids: bool = False
    """A new guid for every item every day; links and titles stay."""
    https_from: datetime | None = None
    tracking_from: datetime | None = None
    is_aggregator: bool = False
    """A new guid and an opaque new link every day; titles stay."""
    is_live_blog: bool = False
    """The newest item's text tells the hour."""
    mends_after: timedelta | None = None
    """Each item's text is edited once, so long after it appeared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`shown` has the items of a document that is whole; None if there is none. `fault` is no answer at all."""

    status: int = 200
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""
    shown: tuple[Item, ...] | None = None
    validators: Pair = NOTHING
    rest: timedelta = timedelta()
    """How long headers and document ask not to be asked again; the judge's own reading."""
    quiet: timedelta | None = None
    """Retry-After, if one was sent."""
    location: str = ""
    fault: str = ""


@dataclass(slots=True, kw_only=True)
class Publisher:
    """One feed: its items in order of time, and all that can be odd about it."""

    number: int
    host: str
    items: Sequence[Item]
    window: int = 5
    format: str = "rss"
    validating: Validating = "etag"
    obeys_conditions: bool = True
    bare_304: bool = True
    max_age: int = 0
    hints: Hints = field(default_factory=Hints)
    habits: OutletBoilerplate = field(default_factory=OutletBoilerplate)
    troubles: Sequence[tuple[datetime, datetime, Trouble]] = ()
    moves_at: datetime | None = None
    interval: timedelta = timedelta(hours=1)
    has_own_interval: bool = True
    """Whether the reader's owner has set it; else it is the usual one, and the reader goes by what is asked for."""
    _answers: int = 0
    _cached: tuple[tuple[object, ...], bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://{self.host}/feed{self.number}"

    @property
    def new_url(self) -> str:
        return f"http://{self.host}/moved{self.number}"

    @property
    def name(self) -> str:
        return f"feed {self.number:02}"

    def trouble(self, now: datetime) -> Trouble | None:
        return next((kind for start, end, kind in self.troubles if start <= now < end), None)

    def visible(self, now: datetime) -> tuple[Item, ...]:
        """The newest first, as many as the document holds."""
        out = bisect_right(self.items, now, key=lambda item: item.at)
        return tuple(reversed(self.items[max(0, out - self.window) : out]))

    def answer(self, path: str, headers: Mapping[bytes, bytes], now: datetime) -> Answer:
        """What comes back for `path`; `headers` has lower-case names."""
        self._answers += 1
        trouble = self.trouble(now)
        if path.startswith("/portal"):
            return Answer(body=LOGIN_PAGE, headers=((b"Content-Type", b"text/html"),))
        if trouble is not None and trouble != "stuck":
            return self._troubled(trouble, now)
        if self.moves_at is not None and now >= self.moves_at and path == f"/feed{self.number}":
            return Answer(status=301, location=self.new_url, headers=((b"Location", self.new_url.encode()),))
        return self._document(headers, now, is_stuck=trouble == "stuck")

    def _troubled(self, trouble: Trouble, now: datetime) -> Answer:
        match trouble:
            case "429" | "503":
                wait = timedelta(hours=3)
                return Answer(status=int(trouble), headers=((b"Retry-After", b"10800"),), quiet=wait)
            case "429 date":
                date = format_datetime(now + timedelta(hours=2), usegmt=True).encode()
                return Answer(status=429, headers=((b"Retry-After", date),), quiet=timedelta(hours=2, seconds=-1))
            case "500" | "404" | "410":
                return Answer(status=int(trouble))
            case "login":
                return Answer(body=LOGIN_PAGE, headers=((b"ETag", b'"login"'),))
            case "empty":
                return Answer(headers=((b"ETag", b'"empty"'),))
            case "cut off":
                body = self._body(now)
                return Answer(body=body[: len(body) * 2 // 3], headers=((b"ETag", b'"cut"'),))
            case "portal":
                portal = f"http://portal.example/portal{self.number}"
                return Answer(status=301, location=portal, headers=((b"Location", portal.encode()),))
            case _:
                return Answer(fault=trouble)

    def _document(self, headers: Mapping[bytes, bytes], now: datetime, *, is_stuck: bool) -> Answer:
        body = self._body(now)
        validators = self._validators(body, now)
        rest = max(timedelta(seconds=self.max_age), self._asked_rest())
        fresh = ((b"Cache-Control", b"max-age=%d" % self.max_age),) if self.max_age else ()
        given = headers.get(b"if-none-match"), headers.get(b"if-modified-since")
        if self._is_current(given, validators, is_stuck=is_stuck):
            kept = given if self.bare_304 else validators
            return Answer(
                status=304,
                headers=fresh if self.bare_304 else (*fresh, *_fields(validators)),
                validators=kept,
                rest=rest,
                shown=None if is_stuck else self.visible(now),
            )
        all_headers = (*fresh, *_fields(validators))
        return Answer(body=body, headers=all_headers, shown=self.visible(now), validators=validators, rest=rest)

    def _is_current(self, given: Pair, validators: Pair, *, is_stuck: bool) -> bool:
        if given == NOTHING or not self.obeys_conditions:
            return False
        if is_stuck:
            return True
        if self.validating == "drifting":  # any tag of this body will do, and each answer brings another
            return bool(given[0] and validators[0] and given[0].partition(b"-")[0] == validators[0].partition(b"-")[0])
        return given[0] == validators[0] if validators[0] is not None else given == validators

    def _asked_rest(self) -> timedelta:
        period = {"daily": DAY, "hourly": timedelta(hours=1), "": timedelta()}[self.hints.update_period]
        return max(period, timedelta(minutes=self.hints.ttl_minutes))

    def _validators(self, body: bytes, now: datetime) -> Pair:
        mark = sha256(body).hexdigest()[:12].encode()
        latest = next((item.at for item in self.visible(now)), now - DAY)
        date = format_datetime(latest, usegmt=True).encode()
        every: dict[Validating, Pair] = {
            "etag": (b'"%s"' % mark, None),
            "weak": (b'W/"%s"' % mark, date),
            "odd": (b'"x\xe9 %s' % mark, b"Sat, 16 Nov 2041 19:11:%02d GMT" % (body[-40] % 60)),
            "gzip": (b'"%s-gzip"' % mark, None),
            "date": (None, b"around %s" % mark),
            "both": (b'"%s"' % mark, date),
            "restless": (b'"%s-%d"' % (mark, self._answers), date),
            "drifting": (b'"%s-%d"' % (mark, self._answers), None),
            "none": NOTHING,
        }
        return every[self.validating]

    def _body(self, now: datetime) -> bytes:
        shown = self.visible(now)
        state = (shown, self._phase(now), tuple(self._is_mended(i, now) for i in shown))
        if self._cached is None or self._cached[0] != state:
            entries = [self._entry(item, now, is_newest=place == 0) for place, item in enumerate(shown)]
            self._cached = state, FORMATS[self.format](f"Paper {self.number}", entries, self.hints).encode()
        return self._cached[1]

    def _phase(self, now: datetime) -> tuple[object, ...]:
        """What of the time shows in every entry."""
        habits = self.habits
        daily = now.date() if habits.churns_guids or habits.is_aggregator else None
        hour = now.replace(minute=0, second=0, microsecond=0) if habits.is_live_blog else None
        return daily, hour, _is_since(habits.https_from, now), _is_since(habits.tracking_from, now)

    def _is_mended(self, item: Item, now: datetime) -> bool:
        return self.habits.mends_after is not None and now >= item.at + self.habits.mends_after

    def _entry(self, item: Item, now: datetime, *, is_newest: bool) -> Entry:
        habits = self.habits
        scheme = "https" if _is_since(habits.https_from, now) else "http"
        link = f"{scheme}://{self.host}/{item.mark}"
        guid = link if habits.https_from else item.mark
        if _is_since(habits.tracking_from, now):
            link += "?utm_source=feed&utm_medium=rss"
        if habits.churns_guids or habits.is_aggregator:
            guid = f"{item.mark}-{now:%Y%m%d}"
        if habits.is_aggregator:
            link = f"{scheme}://{self.host}/out/{sha256(guid.encode()).hexdigest()[:16]}"
        text = item.text
        if habits.is_live_blog and is_newest:
            text += f" Updated at {now:%d %B %H}."
        if self._is_mended(item, now):
            text += " This text has been corrected."
        return Entry(guid=guid, link=link, title=item.title, text=text, published=item.dated)


def _is_since(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and now >= moment


def _fields(validators: Pair) -> tuple[tuple[bytes, bytes], ...]:
    named = ((b"ETag", validators[0]), (b"Last-Modified", validators[1]))
    return tuple((name, value) for name, value in named if value is not None)
