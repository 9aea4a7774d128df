"""From `digest` to `render` and the store: an edition, decided and in order, not yet worded.

This is the object that the templates receive, as `edition`. All text in it is plain, of one line
and clean of control characters, but still a stranger's: it is escaped where it is printed.
Datetimes are UTC; the templates get a `calendar` to say them in `edition.timezone`.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal

from monitor.model.clock import LATE
from monitor.model.edition_input import Coverage, PreviousEdition
from monitor.model.settings import STORIES_IN_FULL
from monitor.model.voices import Voices

ONE_DAY = timedelta(days=1)
HEARTBEAT = timedelta(days=7) - timedelta(hours=2)
"""A week as slots count it: clocks may have gone forward, and the last edition may have been made late."""

Direction = Literal["ltr", "rtl"]


def spoken_at(due_at: datetime, made_at: datetime) -> datetime:
    """When it was due, so that a tick more or less changes no byte (rule E13); when it was made if that was late."""
    return made_at if made_at - due_at >= LATE else due_at


class Form(StrEnum):
    """In what form an edition lists a match: in full, as another outlet's version of that, folded
    into one line (mentioned in passing, dated long ago, found by a changed topic, in a feed before its first
    poll, of a topic that is muted), or as a pointer to where the reader has it in full.
    """

    STORY = "story"
    ALSO = "also"
    PASSING = "passing"
    LATE = "late"
    BACKFILL = "backfill"
    BASELINE = "baseline"
    MUTED = "muted"
    POINTER = "pointer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One match that an edition lists; `form` is a `Form`. Once listed it is in no later edition of the digest."""

    topic: str
    article_id: int
    form: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A piece of a passage; the pieces joined are the passage. A hit is what the topic matched."""

    text: str
    is_hit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why an article is there: the `term` of the topic, the words `found`, and `place`:
    "headline", "lead", "text", or "earlier wording" if an edit took the words away. `term` and `found` may be equal.
    """

    term: str
    found: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An article as a line. `url` is http(s) or "". `dated`: what it claims, else when it was first seen.

    `language` is a BCP 47 tag or "" (unknown); `direction` follows the first strong letter of the title. `under`:
    the topics that list it, where it stands in a story of another topic, which it does not match; else none.
    """

    article_id: int
    title: str
    url: str
    outlet: str
    dated: datetime
    language: str
    direction: Direction
    under: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """An outlet that carries a headline: its first article, and how many it has in these words."""

    item: Item
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """A headline that says something of its own, with the first article that has it, and who else has it in the same
    words. `more`: further articles of the same outlet; `carriers`: the other outlets.
    """

    item: Item
    more: int
    carriers: tuple[Carrier, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A story in full, under one topic.

    `also`: its other articles that this edition lists, those of the topic first, then those of other topics, with
    `under`; `headlines`: what all of them say, each once, the lead's first; `other_outlets`: the first one of each
    outlet that is not the lead's. `outlets` counts all who carry the story, the lead's and those of earlier editions
    too; `voices`: how many publishers and texts these are. `day` counts local dates since it was first seen: 1 is
    today. `continues`: an earlier edition told it. `also_under`: the other topics of this edition that have it, as a
    pointer here or in one line. `sentence`: what the lead says first beyond its headline, "" if nothing.
    """

    story_id: int
    lead: Item
    tier: str
    snippet: tuple[Segment, ...]
    reasons: tuple[Reason, ...]
    also: tuple[Item, ...]
    other_outlets: tuple[Item, ...]
    outlets: int
    voices: Voices
    day: int
    continues: bool
    headlines: tuple[Headline, ...]
    also_under: tuple[str, ...] = ()
    sentence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A story in one line: its lead, its other articles, and their `headlines` as in `Told`. `told_under`: the topic
    under which this edition tells it in full, "" if none does; `told_as`: the headline it has there, "" if it is the
    same; `also_under`: the other topics that have it in one line too.
    """

    story_id: int
    lead: Item
    headlines: tuple[Headline, ...]
    also: tuple[Item, ...] = ()
    told_under: str = ""
    told_as: str = ""
    also_under: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointer:
    """A story in one line, because the reader has it under `topic` ("": under this one).

    `told_as`: the headline it has there in this edition, "" if it is the same. `told_at`: when an earlier edition told
    it in full; None for this edition, and if it was only mentioned.
    """

    story_id: int
    lead: Item
    headlines: tuple[Headline, ...]
    also: tuple[Item, ...] = ()
    topic: str = ""
    told_as: str = ""
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Stories a day on one topic, in full or not, the oldest day first; the last day is the one up to this edition.

    None stands for a day of which nothing is known. `usual` is the mean of the days before the last, None
    while too few of them are known. `is_unusual`: more came on the last day than chance would bring.
    """

    days: tuple[int | None, ...] = ()
    usual: float | None = None
    is_unusual: bool = False

    @property
    def latest(self) -> int:
        return (self.days[-1] if self.days else None) or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What is new for one topic, best first. `pointers` lead to other topics, where this edition tells
    the story in full; `earlier` to earlier editions. `count` is the number of its stories of today: those
    in full here or there. `anchor` is unique here and fit for an HTML id.
    """

    topic: str
    anchor: str
    count: int
    trend: Trend = Trend()
    stories: tuple[Told, ...] = ()
    pointers: tuple[Pointer, ...] = ()
    earlier: tuple[Pointer, ...] = ()
    passing: tuple[Mention, ...] = ()
    late: tuple[Mention, ...] = ()
    backfill: tuple[Mention, ...] = ()
    baseline: tuple[Mention, ...] = ()
    muted: tuple[Mention, ...] = ()


class CorrectionKind(StrEnum):
    """The publisher marked the article as withdrawn or corrected; for a headline that changed in meaning it said
    nothing.
    """

    WITHDRAWN = "withdrawn"
    CORRECTED = "corrected"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What an earlier edition showed and is otherwise now. `kind` is a `CorrectionKind`; `before`: the headline that
    was shown at `shown_at`, in `direction`; `item`: the article as it is now, with the same headline if only its text
    says so; `note`: the sentence of the text that does, "" if none.
    """

    item: Item
    kind: str
    before: str
    direction: Direction
    shown_at: datetime
    note: str = ""

    @property
    def has_new_headline(self) -> bool:
        return self.before != self.item.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """A topic with nothing to list. `last_match` is None if it has never matched; `days` counts local dates since.
    `muted_until`: the day on which it is reported again, if it is muted.

    What was in a feed before its first poll counts by its own date. `baseline`: so many articles of it match, which
    this edition speaks of for the first time and does not list.
    """

    topic: str
    last_match: datetime | None
    days: int = 0
    trend: Trend = Trend()
    muted_until: date | None = None
    baseline: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What was in feeds before their first poll; said by the first edition after it, and by no other.

    `feeds` are the names of the feeds it speaks of, none where it is all of them. Of `articles` so many are `matching`
    the topics of the digest; of these so many are `shown` in this edition, so many of the shown were `fresh` then (at
    most 24 hours old), and so many are `muted`. `command` shows the others, "" if there are none.
    """

    feeds: tuple[str, ...]
    articles: int
    matching: int
    shown: int
    fresh: int
    muted: int
    command: str = ""

    @property
    def left_out(self) -> int:
        """Those that match and are not mailed, because they were old or undated."""
        return self.matching - self.shown - self.muted


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """`stories` of today, how many of them under several topics, and stories that are mentioned in passing alone;
    `articles` and `outlets` are those of all these, `publishers` those of the outlets.
    """

    stories: int
    in_several_topics: int
    passing: int
    articles: int
    outlets: int
    publishers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One instance of a digest, complete: a mail shows as much as fits, the archive page all of it.

    `kind`: scheduled, manual or test. `slot`: what it is called, a scheduled one by its local date, and its time if
    its digest has several a day (`is_one_of_several`). `language` is that of its dates. `dated`: the moment it is for,
    when it was due if it is scheduled. `covers`: earlier local dates that it covers, because nothing ran then;
    `skipped`: the moments at which those editions were due. `in_short`: the three stories to know, if any.
    `full`: how many stories of a topic a mail shows in full; the others are headlines.
    `listings` has every match this edition lists exactly once. `unmailed_since`: of an empty edition whose digest
    skips these, when its last mail was. `baseline`: what it says about feeds that are new to it, if anything.
    `corrections`: of what earlier editions showed, each reported once.
    """

    digest: str
    kind: str
    slot: str
    timezone: str
    language: str
    dated: datetime
    made_at: datetime
    next_at: datetime | None
    previous: PreviousEdition | None
    covers: tuple[date, ...]
    counts: Counts
    in_short: tuple[Told, ...]
    sections: tuple[Section, ...]
    quiet: tuple[Quiet, ...]
    coverage: Coverage
    listings: tuple[Listing, ...]
    unmailed_since: datetime | None = None
    is_one_of_several: bool = False
    skipped: tuple[datetime, ...] = ()
    full: int = STORIES_IN_FULL
    baseline: Baseline | None = None
    corrections: tuple[Correction, ...] = ()

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
    """An earlier edition that did not reach the reader of this message. `dated`: its local date, or the moment it
    was made by hand; `clock`: its time of day, where its digest had several; `reason`: the mail server's words;
    `page`: the address of its archive page, "" if its reader can open none.
    """

    dated: date | datetime
    reason: str
    page: str
    clock: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """An edition in words, fit for a mail: the subject is one line of at most 78 characters. `rest`: what did not fit
    in it, as plain text that is attached as `REST_FILE`; "" if nothing was left out, or the archive has it.
    """

    subject: str
    text: str
    html: str
    rest: str = ""
