"""From `digest` to `render` and the store: an edition, decided and in order, not yet worded.

This is the object that the templates receive, as `edition`. All text in it is plain, of one line
and clean of control characters, but still a stranger's: it is escaped where it is printed.
Datetimes are UTC; the templates get a `calendar` to say them in `edition.timezone`.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from monitor.model.clock import LATE
from monitor.model.edition_input import Coverage, PreviousEdition
from monitor.model.entries import Direction, Item, Mention, PerhapsLine, Pointer, Told
from monitor.model.ids import ArticleId
from monitor.model.settings import STORIES_IN_FULL

ONE_DAY = timedelta(days=1)
HEARTBEAT = timedelta(days=7) - timedelta(hours=2)
"""A week as slots count it: clocks may have gone forward, and the last edition may have been made late."""


def spoken_at(due_at: datetime, made_at: datetime) -> datetime:
    """When it was due, so that a tick more or less changes no byte (rule E13); when it was made if that was late."""
    return made_at if made_at - due_at >= LATE else due_at


class Form(StrEnum):
    """In what form an edition lists a match: in full, as another outlet's version of that, folded
    into one line (mentioned in passing, dated long ago, found by a changed topic, in a feed before its first
    poll, of a topic that is muted), as a pointer to where the reader has it in full, or not at all, because a
    person dropped it.
    """

    STORY = "story"
    ALSO = "also"
    PASSING = "passing"
    LATE = "late"
    BACKFILL = "backfill"
    BASELINE = "baseline"
    MUTED = "muted"
    POINTER = "pointer"
    DROPPED = "dropped"


UNSEEN = (Form.MUTED, Form.DROPPED)
"""The forms in which readers do not see the article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One match that an edition lists; no later edition of the digest lists it again."""

    topic: str
    """The name of the topic."""
    article_id: ArticleId
    """The article."""
    form: str
    """In what form (`Form`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Stories a day on one topic."""

    days: tuple[int | None, ...] = ()
    """The oldest day first, the last one up to this edition; None is a day of which nothing is known."""
    usual: float | None = None
    """The mean of the days before the last; None while too few of them are known."""
    is_unusual: bool = False
    """Whether more came on the last day than chance would bring."""

    @property
    def latest(self) -> int:
        return (self.days[-1] if self.days else None) or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What is new for one topic, best first."""

    topic: str
    """The name of the topic."""
    anchor: str
    """A name for an HTML id, unique in this edition."""
    count: int
    """The number of its stories of today, in full here or elsewhere."""
    trend: Trend = Trend()
    """Its stories a day."""
    stories: tuple[Told, ...] = ()
    """Those in full."""
    pointers: tuple[Pointer, ...] = ()
    """Those that this edition has in full under other topics."""
    earlier: tuple[Pointer, ...] = ()
    """Those that earlier editions had in full."""
    passing: tuple[Mention, ...] = ()
    """Those that mention the topic in passing."""
    late: tuple[Mention, ...] = ()
    """Those that came long after their date."""
    backfill: tuple[Mention, ...] = ()
    """Those that match because a topic changed or more of their text is read."""
    baseline: tuple[Mention, ...] = ()
    """Those that were in a feed before its first poll."""
    muted: tuple[Mention, ...] = ()
    """Those that are muted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Perhaps:
    """What resembles a topic and does not match it. It counts as nothing: neither as news, nor in any number."""

    topic: str
    """The name of the topic."""
    lines: tuple[PerhapsLine, ...]
    """The articles, the most alike first."""


class CorrectionKind(StrEnum):
    """The publisher marked the article as withdrawn or corrected; for a headline that changed in meaning it said
    nothing.
    """

    WITHDRAWN = "withdrawn"
    CORRECTED = "corrected"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What an earlier edition showed and is otherwise now."""

    item: Item
    """The article as it is now, with the same headline if only its text says so."""
    kind: str
    """What happened (`CorrectionKind`)."""
    before: str
    """The headline that was shown."""
    direction: Direction
    """The direction of that headline."""
    shown_at: datetime
    """When it was shown (UTC)."""
    note: str = ""
    """The sentence of the text that reports the correction; "" if none."""

    @property
    def has_new_headline(self) -> bool:
        return self.before != self.item.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """A topic with nothing to list."""

    topic: str
    """The name of the topic."""
    last_match: datetime | None
    """Its latest match (UTC), of what a baseline brought by its own date; None if it never matched."""
    days: int = 0
    """Local dates since then."""
    trend: Trend = Trend()
    """Its stories a day."""
    muted_until: date | None = None
    """The day on which it is reported again; None if it is not muted."""
    baseline: int = 0
    """How many articles of a baseline match that this edition counts for the first time and does not list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What was in feeds before their first poll; reported by the first edition after it, and by no other."""

    feeds: tuple[str, ...]
    """The names of these feeds; none where it is all of them."""
    articles: int
    """The number of their articles."""
    matching: int
    """Of these, those that match topics of the digest."""
    shown: int
    """Of these, those that this edition shows."""
    fresh: int
    """Of the shown, those that were at most 24 hours old then."""
    muted: int
    """Of the matching, those that are muted."""
    command: str = ""
    """The command that shows the others; "" if there are none."""

    @property
    def left_out(self) -> int:
        """Those that match and are not mailed, because they were old or undated."""
        return self.matching - self.shown - self.muted


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The numbers of an edition."""

    stories: int
    """Its stories of today."""
    in_several_topics: int
    """Of these, those under several topics."""
    passing: int
    """Stories that are only mentioned in passing."""
    articles: int
    """The articles of all these."""
    outlets: int
    """The outlets of all these."""
    publishers: int
    """The publishers of these outlets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One instance of a digest, complete: a mail shows as much as fits, the archive page all of it."""

    digest: str
    """The name of the digest."""
    kind: str
    """Scheduled, manual or test."""
    slot: str
    """What it is called among its kind: a scheduled one by its local date, and its time if its digest has several a
    day.
    """
    timezone: str
    """The IANA time zone of its dates."""
    language: str
    """The language of its dates."""
    dated: datetime
    """The moment that it is for (UTC): when it was due, if it is scheduled."""
    made_at: datetime
    """When it was made (UTC)."""
    next_at: datetime | None
    """When the next one is due (UTC); None if none is."""
    previous: PreviousEdition | None
    """The edition before it; None if there is none."""
    covers: tuple[date, ...]
    """Earlier local dates that it covers, because nothing ran then."""
    counts: Counts
    """Its numbers."""
    in_short: tuple[Told, ...]
    """The three stories to know, if any."""
    sections: tuple[Section, ...]
    """What is new, by topic."""
    quiet: tuple[Quiet, ...]
    """The topics with nothing to list."""
    coverage: Coverage
    """The feeds and articles that it is based on."""
    listings: tuple[Listing, ...]
    """Every match that it lists, exactly once."""
    unmailed_since: datetime | None = None
    """Of an empty edition whose digest skips these, when its last mail was (UTC); else None."""
    is_one_of_several: bool = False
    """Whether its digest has several a day."""
    skipped: tuple[datetime, ...] = ()
    """When the editions of the dates in `covers` were due (UTC)."""
    full: int = STORIES_IN_FULL
    """How many stories of a topic a mail shows in full; the others are headlines."""
    baseline: Baseline | None = None
    """What it says about feeds that are new to it; None if there is nothing to say."""
    corrections: tuple[Correction, ...] = ()
    """Corrections of what earlier editions showed, each reported once."""
    perhaps: tuple[Perhaps, ...] = ()
    """What resembles its topics and does not match them: topics with a section first, in the order of the sections."""
    dropped: tuple[Mention, ...] = ()
    """Stories that a person has left out, for who reviews it: no template prints them."""

    @property
    def is_late(self) -> bool:
        """Whether it was made so long after it was due that a reader may wonder (rule D2)."""
        return self.moment != self.dated

    @property
    def moment(self) -> datetime:
        """The moment from which it speaks: see `spoken_at`."""
        return spoken_at(self.dated, self.made_at)

    @property
    def days(self) -> int:
        """How many days it covers: those since the edition before it, in whole ones."""
        if self.previous is None:
            return len(self.covers) + 1
        return max(round((self.moment - self.previous.made_at) / ONE_DAY), 1)

    @property
    def is_mailed(self) -> bool:
        """False for an empty one of a digest that skips these, unless a week has brought no mail at all."""
        return self.unmailed_since is None or self.moment - self.unmailed_since >= HEARTBEAT

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say at all (`when_empty` decides then). A correction is something."""
        return not self.sections and not self.corrections


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """An earlier edition that did not reach the reader of this message."""

    dated: date | datetime
    """Its local date, or the moment it was made by hand (UTC)."""
    reason: str
    """The mail server's words; of one that its reader had paused, since when."""
    page: str
    """The address of its archive page; "" if its reader can open none."""
    clock: str = ""
    """Its time of day where its digest had several; else ""."""
    is_paused: bool = False
    """Whether it was not sent because its reader had paused these mails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """An edition in words, fit for a mail."""

    subject: str
    """The subject: one line of at most 78 characters."""
    text: str
    """The text."""
    html: str
    """The same as HTML."""
    rest: str = ""
    """What had no room in it, as plain text that is attached as `REST_FILE`; "" if nothing was left out, or the archive
    has it.
    """
