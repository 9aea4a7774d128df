"""Learns from the texts of one feed which words they share at their start or end: pure.

What several articles share is left out of their quotes. Matching leaves out only an ending that most articles had
for a week, with the same figures, and that says nothing about them: a background sentence ("The war began in 2011 …")
is shared by the articles on one event, has their words, or sets them apart from the others. All thresholds are here.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise

from monitor.boilerplate.edges import (
    EDGE_CHARACTERS,
    LONG_WORDS,
    Word,
    first_key,
    first_words,
    is_apart,
    last_key,
    last_words,
)
from monitor.boilerplate.figures import same_figures
from monitor.boilerplate.leaving_out import cores
from monitor.content_words import content_words
from monitor.model.boilerplate import Boilerplate, Side, Specimen

RECENT_ARTICLES = 20
"""How many stored articles are examined beside the new ones: as many as most feeds carry at a time. Earlier ones are
in the counts."""

MOST_SPECIMENS = 50
"""Of a first document with thousands of items these are enough; learning takes milliseconds."""

LONGEST_TEXT = 20_000
"""The longest text that is examined: nothing is learned from longer ones, which would take too much time."""

FEWEST_ITEMS = 3
FEW_SPECIMENS = 10
SHARE, SHARE_OF_FEW = 0.25, 0.5
"""What so many articles share, and this share of the articles at hand, is not theirs alone (of fewer than ten, half). A
quote loses little by it: what several articles say is no reason to read one of them."""

MOST_KEPT = 12
"""Of each side and feed: those that were seen last. Endings that are left out of matching are kept beside them."""

FORGOTTEN_AFTER = timedelta(days=400)
"""A feed that is in use shows its footer more often; until then an old verdict can be explained."""

SAMPLE_CHARACTERS = EDGE_CHARACTERS
"""All of it: its figures are compared with those of later articles."""

COUNTED_ITEMS = 200
"""Beyond this number, counts are halved: a feed that changed its footer is not judged by last year's."""

WEEK = timedelta(days=7)
DAYS, ITEMS = 3, 7
"""For matching: the least number of days and of articles, as a feed with one a day has in a week. One busy hour at
each end of a week is not enough."""

MOST, NEARLY_ALL = 0.5, 0.9

SAID_BY_THEM, SAID_BY_NEARLY_ALL = 1 / 3, 2 / 3
"""An ending one of whose telling words stands elsewhere in so many of the articles that have it is about them. Where
nearly all articles of the feed have it, in more of them: the name of its town is in a paper's footer, and in many of
its articles."""

SETS_APART = 0.5
"""A word in the title or lead of so many of the articles that have the ending, and of half that share of the
others: it is what they are about. Two of the others at least can tell."""
FEWEST_OTHERS = 2

LEAD_CHARACTERS = 400
"""How much of a text is examined to see what it is about: as much as `cluster` reads."""


@dataclass(frozen=True, kw_only=True)
class _Sample:
    """A specimen, and its texts without known forms. The words at their edges are read when they are asked for: of most
    texts nobody shares the first one.
    """

    specimen: Specimen
    texts: tuple[str, ...]

    @cached_property
    def starts(self) -> tuple[tuple[str, list[Word]], ...]:
        return tuple((text, first_words(text, 0, len(text))) for text in self.texts)

    @cached_property
    def ends(self) -> tuple[tuple[str, list[Word]], ...]:
        return tuple((text, last_words(text, 0, len(text))) for text in self.texts)

    @cached_property
    def outermost(self) -> dict[Side, tuple[str, ...]]:
        """The first word of each edge."""
        return {Side.START: tuple(map(first_key, self.texts)), Side.END: tuple(map(last_key, self.texts))}

    def edges(self, side: Side) -> tuple[tuple[str, list[Word]], ...]:
        """Of each text, and the text, for what stands between."""
        return self.starts if side is Side.START else self.ends


def learned(
    known: Sequence[Boilerplate], new: Sequence[Specimen], recent: Sequence[Specimen], now: datetime
) -> tuple[Boilerplate, ...]:
    """All that is known of a feed after these new articles; `recent` are the latest of those before them."""
    fresh = [_sample(each) for each in _distinct(new[:MOST_SPECIMENS])]
    samples = [*fresh, *(_sample(each) for each in _distinct(recent[: MOST_SPECIMENS - len(fresh)]))]
    if not fresh:
        return tuple(known)
    kept = [_counted(each, fresh, now) for each in known]
    have = {(each.side, each.words) for each in kept}
    found = [each for side in Side for each in _found(samples, side) if (each.side, each.words) not in have]
    judged = [_judged(each, samples, now) for each in (*kept, *found)]
    return tuple(each for side in Side for each in _bounded([one for one in judged if one.side is side], now))


def _distinct(specimens: Iterable[Specimen]) -> list[Specimen]:
    """Each text once: a feed that repeats an article shares nothing but that."""
    return list({each.text: each for each in specimens if 0 < len(each.text) <= LONGEST_TEXT}.values())


def _sample(specimen: Specimen) -> _Sample:
    return _Sample(specimen=specimen, texts=tuple(text for text in cores(specimen.text) if text))


def _has(sample: _Sample, side: Side, words: str) -> bool:
    return bool(_said(sample, side, words))


def _said(sample: _Sample, side: Side, words: str) -> list[str]:
    """The words as the texts of the sample have them."""
    keys = words.split() if side is Side.START else words.split()[::-1]
    if keys[0] not in sample.outermost[side]:
        return []
    having = [
        (text, edge[: len(keys)]) for text, edge in sample.edges(side) if [w.key for w in edge[: len(keys)]] == keys
    ]
    return [text[min(edge[0].start, edge[-1].start) : max(edge[0].end, edge[-1].end)] for text, edge in having]


def _counted(known: Boilerplate, fresh: Sequence[_Sample], now: datetime) -> Boilerplate:
    items = sum(_has(each, known.side, known.words) for each in fresh)
    half = 2 if known.of_items > COUNTED_ITEMS else 1
    return replace(
        known,
        items=known.items // half + items,
        of_items=known.of_items // half + len(fresh),
        days=known.days + (items > 0 and now.date() > known.last_seen_at.date()),
        last_seen_at=max(now, known.last_seen_at) if items else known.last_seen_at,
    )


# ---- What they share


def _found(samples: Sequence[_Sample], side: Side) -> list[Boilerplate]:
    least = SHARE if len(samples) >= FEW_SPECIMENS else SHARE_OF_FEW
    need = max(FEWEST_ITEMS, least * len(samples))
    outermost = Counter(key for each in samples for key in each.outermost[side])
    common = {key for key, times in outermost.items() if times >= need}
    edges = [
        (number, text, words)
        for number, each in enumerate(samples)
        if not common.isdisjoint(each.outermost[side])
        for text, words in each.edges(side)
    ]
    found: dict[str, Boilerplate] = {}
    for depth, members in _shared([[word.key for word in words] for _, _, words in edges], need):
        of = sorted({edges[member][0] for member in members})
        _, text, words = edges[members[0]]
        sizes = _apart(text, words, depth, side)
        if not sizes and len(of) >= MOST * len(samples):
            sizes = _run_on(text, words, depth, side)
        for size in sizes if len(of) >= need else ():
            each = _boilerplate(side, text, words[:size], [samples[number] for number in of], len(samples))
            before = found.get(each.words)
            found[each.words] = each if before is None or each.items > before.items else before
    return [_recounted(each, samples) for each in found.values()]


def _shared(sequences: Sequence[Sequence[str]], need: float) -> Iterable[tuple[int, list[int]]]:
    """The longest beginnings that enough sequences share, and shorter ones that enough others do."""
    waiting = [(0, list(range(len(sequences))))]
    while waiting:
        depth, members = waiting.pop()
        following: defaultdict[str, list[int]] = defaultdict(list)
        for member in members:
            if depth < len(sequences[member]):
                following[sequences[member][depth]].append(member)
        many = [each for each in following.values() if len(each) >= need]
        if depth and (not many or len(members) - sum(map(len, many)) >= need or len(many) > 1):
            yield depth, members
        waiting += [(depth + 1, each) for each in many]


def _apart(text: str, words: Sequence[Word], depth: int, side: Side) -> Collection[int]:
    """How many of the first `depth` words end where something sets them apart: the most, and the fewest, as others may
    have the last sentence alone. Never all that a text says.
    """
    sizes = [
        size
        for size, (inner, outer) in enumerate(pairwise(words[: depth + 1]), 1)
        if is_apart(text[inner.end : outer.start] if side is Side.START else text[outer.end : inner.start])
    ]
    return {sizes[0], sizes[-1]} if sizes else ()


def _run_on(text: str, words: Sequence[Word], depth: int, side: Side) -> Collection[int]:
    """The same where no stop or line does: at a capital, as where a site's own name or an article begins."""
    for size in range(min(depth, len(words) - 1), LONG_WORDS - 1, -1):
        first = text[(words[size] if side is Side.START else words[size - 1]).start]
        if first.isalpha() and not first.islower():
            return (size,)
    return ()


def _boilerplate(side: Side, text: str, words: Sequence[Word], having: Sequence[_Sample], of_items: int) -> Boilerplate:
    times = sorted(each.specimen.seen_at for each in having)
    in_order = words if side is Side.START else words[::-1]
    return Boilerplate(
        side=side,
        words=" ".join(word.key for word in in_order),
        sample=text[in_order[0].start : in_order[-1].end][:SAMPLE_CHARACTERS],
        items=len(having),
        of_items=of_items,
        days=len({each.date() for each in times}),
        first_seen_at=times[0],
        last_seen_at=times[-1],
    )


def _recounted(found: Boilerplate, samples: Sequence[_Sample]) -> Boilerplate:
    """A stretch cut short is in more of them than the long one that led to it."""
    having = [each for each in samples if _has(each, found.side, found.words)]
    times = sorted(each.specimen.seen_at for each in having)
    days = len({each.date() for each in times})
    return replace(found, items=len(having), days=days, first_seen_at=times[0], last_seen_at=times[-1])


# ---- What is left out of matching


def _judged(each: Boilerplate, samples: Sequence[_Sample], now: datetime) -> Boilerplate:
    if each.left_out_since or each.side is Side.START or not _is_habit(each):
        return each
    having = [one for one in samples if _has(one, each.side, each.words)]
    others = [one for one in samples if not _has(one, each.side, each.words)]
    if len(having) <= MOST * len(samples) or _is_theirs(each, having, others):
        return each
    said = [words for one in having for words in _said(one, each.side, each.words)]
    return replace(each, left_out_since=now) if all(same_figures(words, each.sample) for words in said) else each


def _is_habit(each: Boilerplate) -> bool:
    """Whether most articles had it, on several days of at least a week."""
    lasted = each.last_seen_at - each.first_seen_at
    return each.items >= ITEMS and each.days >= DAYS and lasted >= WEEK and each.items > MOST * each.of_items


def _is_theirs(each: Boilerplate, having: Sequence[_Sample], others: Sequence[_Sample]) -> bool:
    """Whether it says something about the articles that have it."""
    about = _mentions(having, len(each.sample))
    least = SAID_BY_NEARLY_ALL if each.items >= NEARLY_ALL * each.of_items else SAID_BY_THEM
    if any(about[word] >= least * len(having) for word in set(content_words(each.sample))):
        return True
    if len(others) < FEWEST_OTHERS:
        return False
    elsewhere = _mentions(others, 0)
    return any(
        times >= SETS_APART * len(having) and elsewhere[word] * 2 * len(having) <= times * len(others)
        for word, times in about.items()
    )


def _mentions(samples: Sequence[_Sample], ending: int) -> Counter[str]:
    """In how many titles or leads each telling word is; so many characters at the end of each text are left aside."""
    counts: Counter[str] = Counter()
    for each in samples:
        title, text = each.specimen.title, each.specimen.text
        lead = text[: max(0, len(text) - ending)][:LEAD_CHARACTERS]
        counts.update({*content_words(title[:LEAD_CHARACTERS]), *content_words(lead)})
    return counts


def _bounded(found: Iterable[Boilerplate], now: datetime) -> Iterable[Boilerplate]:
    """What is left out of matching stays: old verdicts rest on it, and a week of most articles allows but a few."""
    recent = [each for each in found if each.last_seen_at > now - FORGOTTEN_AFTER]
    recent.sort(key=lambda each: (each.last_seen_at, each.items, each.words), reverse=True)
    return [
        *(each for each in recent if each.left_out_since),
        *[each for each in recent if not each.left_out_since][:MOST_KEPT],
    ]
