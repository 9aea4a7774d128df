"""How much of an edition a mail shows, and what that leaves out: the same for its text and its HTML."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from monitor.model.edition import Correction, Edition, Section
from monitor.model.entries import Headline, Mention, PerhapsLine, Pointer, Told

Entry = Told | Mention | Pointer

FOLDED = ("pointers", "earlier", "passing", "late", "backfill", "baseline", "muted")
"""The lists of a section after its stories, in the order in which they are printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a template may show. None: everything. The number of omitted entries is given in words.

    `topics`: sections; `stories`: stories in full per topic, the others are headlines; `lines`: headlines in each
    list, and other headlines of one story; `outlets`: outlets named for one headline; `basis`: lines in each list of
    what the edition rests on, and quiet topics; `corrections`: of those; `perhaps`: lines of a topic below
    "Perhaps also".
    """

    topics: int | None = None
    stories: int | None = None
    lines: int | None = None
    outlets: int | None = None
    basis: int | None = None
    corrections: int | None = None
    perhaps: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """What a mail omits from one section: whole entries, and further headlines of stories that it shows."""

    topic: str
    entries: tuple[Entry, ...]
    further: tuple[Headline, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a mail of `edition` shows under `limits`."""

    edition: Edition
    limits: Limits
    in_full: frozenset[int] = field(init=False)
    in_line: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        limits, sections = self.limits, self.edition.sections[: self.limits.topics]
        full = (story.story_id for section in sections for story in section.stories[: limits.stories])
        line = (story.story_id for section in sections for story in further_stories(section, limits)[: limits.lines])
        object.__setattr__(self, "in_full", frozenset(full))
        object.__setattr__(self, "in_line", frozenset(line))

    def place(self, entry: Mention | Pointer) -> str:
        """How this mail shows the story of `entry` under its main topic: "shown in full", "listed", or "" if
        there is no room for it.
        """
        if entry.story_id in self.in_full:
            return "shown in full"
        return "listed" if entry.story_id in self.in_line else ""

    def perhaps(self, topic: str) -> Sequence[PerhapsLine]:
        """What this mail shows below "Perhaps also" of a topic."""
        return self._perhaps.get(topic, ())

    def explains_perhaps(self, topic: str) -> bool:
        """Whether "Perhaps also" of this topic is the first one in this mail, which says what that is."""
        return topic == next(iter(self._perhaps), None)

    @property
    def perhaps_alone(self) -> tuple[str, ...]:
        """The topics with such lines that nothing matched: they have no section."""
        with_section = {section.topic for section in self.edition.sections}
        return tuple(topic for topic in self._perhaps if topic not in with_section)

    @property
    def perhaps_left(self) -> int:
        """The number of such lines for which this mail has no room; 0 if it has room for none, where every byte is for
        stories.
        """
        return bool(self._perhaps) * sum(
            len(each.lines) - len(self.perhaps(each.topic)) for each in self.edition.perhaps
        )

    @property
    def _perhaps(self) -> dict[str, Sequence[PerhapsLine]]:
        """Topic → lines, in the order in which they are printed."""
        most = self.limits.perhaps
        return {each.topic: each.lines[:most] for each in self.edition.perhaps if each.lines[:most]}

    def rest(self, addresses: Collection[str]) -> tuple[Rest, ...]:
        """Everything that a mail with links to these `addresses` omits, section by section: what does not fit, and
        what the owner's templates do not link.
        """
        rests = (self._rest(number, section, addresses) for number, section in enumerate(self.edition.sections))
        return tuple(rest for rest in rests if rest.entries or rest.further)

    def rest_of_corrections(self, addresses: Collection[str]) -> tuple[Correction, ...]:
        """The corrections that a mail with links to these `addresses` omits."""
        most = self.limits.corrections
        return tuple(
            each
            for place, each in enumerate(self.edition.corrections)
            if (most is not None and place >= most) or (each.item.url and each.item.url not in addresses)
        )

    def _rest(self, number: int, section: Section, addresses: Collection[str]) -> Rest:
        is_out = self.limits.topics is not None and number >= self.limits.topics
        kept = [] if is_out else [*section.stories[: self.limits.stories], *listed(section, self.limits)]
        seen = {id(entry) for entry in kept if not entry.lead.url or entry.lead.url in addresses}
        return Rest(
            topic=section.topic,
            entries=tuple(entry for entry in all_entries(section) if id(entry) not in seen),
            further=tuple(each for entry in kept if id(entry) in seen for each in self._further(entry, addresses)),
        )

    def _further(self, entry: Entry, addresses: Collection[str]) -> Iterator[Headline]:
        for place, headline in enumerate(entry.headlines[1:]):
            is_out = self.limits.lines is not None and place >= self.limits.lines
            if is_out or (headline.item.url and headline.item.url not in addresses):
                yield headline


def further_stories(section: Section, limits: Limits) -> Sequence[Told]:
    """The stories of a section that are headlines only."""
    return () if limits.stories is None else section.stories[limits.stories :]


def all_entries(section: Section) -> tuple[Entry, ...]:
    """The entries of a section, of all kinds."""
    return (*section.stories, *chain.from_iterable(getattr(section, kind) for kind in FOLDED))


def _lists(section: Section, limits: Limits) -> list[list[Entry]]:
    """The lists that `limits.lines` bounds."""
    return [[*further_stories(section, limits)], *([*getattr(section, kind)] for kind in FOLDED)]


def listed(section: Section, limits: Limits) -> Iterator[Entry]:
    """The entries that a mail shows as lines."""
    for entries in _lists(section, limits):
        yield from entries[: limits.lines]
