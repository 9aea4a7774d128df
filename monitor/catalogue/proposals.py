"""Feeds of the catalogue for a topic, the nearest first: its countries, their regions, its subjects, world news."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from monitor.catalogue.sources import Source, places, sources
from monitor.catalogue.subject import SUBJECTS, Subject

PER_OUTLET = 2
WORLD = "World"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A feed of the catalogue, and `why` it may have news on the topic, in words."""

    source: Source
    why: str


def proposals(subject: Subject, languages: Sequence[str] = (), *, limit: int) -> tuple[Proposal, ...]:
    """At most `limit` feeds, half of them of the topic's countries where there are so many.

    `languages`: the topic's, if it is read in some alone; a feed whose language is not known is not left out.
    """
    wanted = [each for each in sources() if not languages or each.language in {"", *languages}]
    near = list(_of_places(subject, wanted))
    far = list(_interleaved([[*_of_regions(subject, wanted)], [*_of_subjects(subject, wanted)], [*_of_world(wanted)]]))
    half = min(len(near), limit - min(len(far), limit // 2))
    return tuple(_few_of_each([*near[:half], *far, *near[half:]], limit))


def _of_places(subject: Subject, wanted: Sequence[Source]) -> Iterator[Proposal]:
    """Of each country in turn; a part of a country only if the topic names that part."""
    parts = [
        Proposal(source=each, why=f"reports on {each.covers}")
        for each in _known_first(wanted)
        if each.covers and each.covers not in SUBJECTS and each.covers.casefold() in subject.words
    ]
    countries = [
        [
            Proposal(source=each, why=f"reports on {places()[code].name}")
            for each in _known_first(wanted)
            if each.place == code and each.covers in {"", places()[code].region, *subject.subjects}
        ]
        for code in subject.places
    ]
    return _interleaved([parts, *countries])


def _of_regions(subject: Subject, wanted: Sequence[Source]) -> Iterator[Proposal]:
    return (
        Proposal(source=each, why=f"reports on the region: {each.covers}")
        for region in subject.regions
        for each in _known_first(wanted)
        if each.covers == region
    )


def _of_subjects(subject: Subject, wanted: Sequence[Source]) -> Iterator[Proposal]:
    return _interleaved(
        [
            [Proposal(source=each, why=f"reports on {name}") for each in _known_first(wanted) if each.covers == name]
            for name in subject.subjects
        ]
    )


def _of_world(wanted: Sequence[Source]) -> Iterator[Proposal]:
    return (Proposal(source=each, why="world news") for each in wanted if each.covers == WORLD)


def _known_first(wanted: Sequence[Source]) -> list[Source]:
    """Outlets that the list knows first."""
    return sorted(wanted, key=lambda each: (not each.kind, each.url))


def _interleaved(groups: Sequence[Sequence[Proposal]]) -> Iterator[Proposal]:
    """The first of each group, then the second of each, and so on."""
    return (each for each in chain.from_iterable(zip_longest(*groups)) if each is not None)


def _few_of_each(found: Sequence[Proposal], limit: int) -> Iterator[Proposal]:
    """Each feed once, and at most two of one outlet."""
    taken: Counter[str] = Counter()
    urls: set[str] = set()
    for each in found:
        if len(urls) < limit and each.source.url not in urls and taken[each.source.outlet] < PER_OUTLET:
            taken[each.source.outlet] += 1
            urls.add(each.source.url)
            yield each
