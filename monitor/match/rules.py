"""One rule against one article: which groups were found where, how close together, what speaks against it.

A rule never sees letters, only positions (`reading`). Positions run on from the title into the text, so
`near` holds across the two; a phrase never does. What is found in author, category or URL has no place among the
words: it is within every scope, near everything, and as often as asked for.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from monitor.match.pairs import side_by_side
from monitor.match.reading import Reading
from monitor.match.terms import Term, expanded, parse_term
from monitor.model.match import Evidence, Tier
from monitor.model.topic import Rule

LEAD_WORDS = 60
"""How much of the text belongs to the lead (research: what professionals filter by)."""

PAGE_LEAD_WORDS = 100
"""How much of a page counts like the text of the feed: what a longer summary would have said."""

EVIDENCE_LIMIT = 12
"""Hits kept with a match: one of each group, then others worth highlighting."""


Sign = tuple[str, tuple[frozenset[str], ...]]
"""A needle, and sets of needles of each of which one must be hit too."""


class Hit(NamedTuple):
    """A term of a group found from word `first` to word `last`."""

    first: int
    last: int
    term: Term


@dataclass(frozen=True)  # without slots, for `beginnings` to be kept
class ReadyGroup:
    """The terms of a group, or of `none`, in the order written."""

    terms: tuple[Term, ...]

    @cached_property
    def beginnings(self) -> Mapping[str, Sequence[int]]:
        """Which terms can only be found where this needle is hit: those of which a sequence begins with it."""
        numbers: dict[str, list[int]] = {}
        for number, term in enumerate(self.terms):
            for needle in {sequence[0] for sequence in term.sequences}:
                numbers.setdefault(needle, []).append(number)
        return numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyRule:
    """A rule with its lists expanded and its terms parsed; `written` is the rule itself, with all that it asks for."""

    written: Rule
    groups: tuple[ReadyGroup, ...]
    none: ReadyGroup

    @property
    def is_plain(self) -> bool:
        """Whether it holds wherever a word hits a needle of each group: its terms are single words, and nothing limits
        them. Then what it is filed under (`signs`) says all there is to ask.
        """
        terms = (term for group in self.groups for term in group.terms)
        is_single = all(
            not (term.exact or term.only) and all(len(sequence) == 1 for sequence in term.sequences) for term in terms
        )
        return is_single and self.written == Rule(all=self.written.all)

    def needles(self) -> Iterator[str]:
        """All that its terms look for, those of exclusions too; each as often as terms do."""
        for group in (*self.groups, self.none):
            for term in group.terms:
                for sequence in term.sequences:
                    yield from sequence

    def signs(self, uses: Mapping[str, int]) -> Iterator[Sign]:
        """What to file the rule under: it can only hold if a needle is hit that stands here, and what goes with it.

        `uses` says how many terms of all rules look for a needle. What few look for is taken for rare in articles too,
        as nothing else is known of them; at least no needle comes to stand for most of the rules.
        """
        groups = [
            {each: anchor(each, uses) for term in group.terms for each in term.sequences} for group in self.groups
        ]
        costs = [(sum(map(uses.__getitem__, group.values())), -min(map(len, group.values()))) for group in groups]
        rarest = costs.index(min(costs))
        others = [frozenset(group.values()) for number, group in enumerate(groups) if number != rarest]
        for sequence, needle in groups[rarest].items():
            yield needle, (*[frozenset({other}) for other in sequence if other != needle], *others)


def ready_rule(rule: Rule, lists: Mapping[str, Sequence[str]], parsed: dict[str, Term]) -> ReadyRule:
    """Expand and parse. `parsed` keeps terms from one rule to the next. ValueError: see `term_problems`."""
    groups = tuple(_ready_group(group, lists, parsed) for group in rule.all)
    if not groups or not all(group.terms for group in groups):
        raise ValueError("a rule needs a group, and a group a term")
    return ReadyRule(written=rule, groups=groups, none=_ready_group(rule.none, lists, parsed))


def _ready_group(terms: Sequence[str], lists: Mapping[str, Sequence[str]], parsed: dict[str, Term]) -> ReadyGroup:
    ready = (parsed.get(term) or parsed.setdefault(term, parse_term(term)) for term in expanded(terms, lists))
    return ReadyGroup(tuple(ready))


class Findings(NamedTuple):
    """All that was found for a rule. `groups` holds the hits of each group within its scope.

    `tier` is None if a group is missing or none of the ways to pick one hit of each is near enough.
    `is_apart`: the rule asks for a pair, and its two are named, but nowhere side by side. Where a pair is asked for,
    only hits of it that stand side by side decide: `counted` holds these, `groups` the others, too.
    """

    rule: ReadyRule
    groups: tuple[tuple[Hit, ...], ...]
    counted: tuple[tuple[Hit, ...], ...]
    excluded: tuple[Hit, ...]
    tier: Tier | None
    chosen: tuple[Hit, ...]
    is_apart: bool

    @property
    def mentions(self) -> int:
        """Of the rarest group."""
        placed = [hits for hits in self.counted if not any(hit.term.about for hit in hits)]
        return min(map(_mentions, placed), default=self.rule.written.at_least)

    @property
    def distance(self) -> int | None:
        """Words from one outermost of the closest hits to the other, neighbours being 1 apart; None if a group is
        missing.
        """
        return distance(closest(self.counted)) if all(self.counted) else None

    @property
    def unmet(self) -> tuple[str, ...]:
        """The keys of the rule that the article does not meet; `explain` has a reason for each, in this order.

        `within` is not among them: it says where the groups of `all` are looked for.
        """
        met = {
            "all": all(self.groups),
            "is_pair": not self.is_apart,
            "none": not self.excluded,
            "near": self._is_near,
            "at_least": self._is_often,
        }
        return tuple(key for key, is_met in met.items() if not is_met)

    @property
    def _is_near(self) -> bool:
        near = self.rule.written.near
        return near is None or (apart := self.distance) is None or apart <= near

    @property
    def _is_often(self) -> bool:
        least = self.rule.written.at_least
        return least <= 1 or not all(self.counted) or self.mentions >= least

    @property
    def holds(self) -> bool:
        """Whether nothing is unmet."""
        return all(self.groups) and not (self.is_apart or self.excluded) and self._is_near and self._is_often


def examine(ready: ReadyRule, reading: Reading) -> Findings:
    """The rule in full, without short cuts, so that the findings explain a no as well as a yes."""
    rule = ready.written
    lead = min(reading.title_size + LEAD_WORDS, reading.text_end)
    scopes = (
        (Tier.HEADLINE, reading.title_size),
        (Tier.LEAD, lead),
        (Tier.PASSING, reading.page_start + PAGE_LEAD_WORDS),
        (Tier.PAGE, reading.size),
    )
    groups = tuple([hits_of(group, reading) for group in ready.groups])
    if rule.within != "anywhere":
        scope = reading.title_size if rule.within == "headline" else lead
        groups = tuple(_limited(hits, scope) for hits in groups)
    counted = _paired(groups, reading) if rule.is_pair else groups
    tier, chosen = _narrowest(counted, scopes, rule.near) if all(counted) else (None, ())
    return Findings(
        rule=ready,
        groups=groups,
        counted=counted,
        excluded=hits_of(ready.none, reading) if ready.none.terms else (),
        tier=tier,
        chosen=chosen,
        is_apart=all(groups[:2]) and not all(counted[:2]),
    )


def _paired(groups: Sequence[tuple[Hit, ...]], reading: Reading) -> tuple[tuple[Hit, ...], ...]:
    """The groups, of the first two only the hits that stand side by side."""
    one, other, *rest = groups
    beside = side_by_side([hit[:2] for hit in one], [hit[:2] for hit in other], reading)
    return (*(tuple(hit for hit in group if hit[:2] in beside) for group in (one, other)), *rest)


def anchor(sequence: Sequence[str], uses: Mapping[str, int]) -> str:
    """The needle of the sequence that is least likely to be hit by chance: few look for it, and it is long."""
    return sequence[0] if len(sequence) == 1 else min(sequence, key=lambda needle: (uses[needle], -len(needle)))


def hits_of(group: ReadyGroup, reading: Reading) -> tuple[Hit, ...]:
    """Every hit of any of the terms, in the order of the article; of equals the term written first comes first.

    Only terms whose beginning is hit are looked at: groups have hundreds, and an article a few of them.
    """
    beginnings = group.beginnings
    needles = beginnings.keys() & reading.hits.keys()
    if not needles:
        return ()
    numbers = beginnings[needles.pop()] if len(needles) == 1 else _numbers(beginnings, needles)
    terms = [group.terms[number] for number in numbers]
    found = [Hit(first, last, term) for term in terms for first, last in reading.spans(term)]
    if len(found) > 1:
        found.sort(key=lambda hit: (hit.first, -hit.last))
    return tuple(found)


def _numbers(beginnings: Mapping[str, Sequence[int]], needles: Iterable[str]) -> Sequence[int]:
    return sorted({number for needle in needles for number in beginnings[needle]})


def _limited(hits: Sequence[Hit], limit: int) -> tuple[Hit, ...]:
    return tuple([hit for hit in hits if hit.last < limit or hit.term.about])


def _narrowest(
    groups: Sequence[Sequence[Hit]], scopes: Iterable[tuple[Tier, int]], near: int | None
) -> tuple[Tier | None, tuple[Hit, ...]]:
    """The first tier whose words alone make the rule hold, and a hit of each group there: the first, or
    with `near` those closest together.
    """
    for tier, limit in scopes:
        inside = [_limited(hits, limit) for hits in groups]
        if not all(inside):
            continue
        chosen = tuple(hits[0] for hits in inside) if near is None else closest(inside)
        if near is None or distance(chosen) <= near:
            return tier, chosen
    return None, ()


def closest(groups: Sequence[Sequence[Hit]]) -> tuple[Hit, ...]:
    """One hit of each group, those nearest to each other; the earliest of equals. No group may be empty.

    Of a group that is found in another field than the words, that hit.
    """
    if len(groups) == 1 and not any(hit.term.about for hit in groups[0]):
        return (min(groups[0], key=lambda hit: hit[:2]),)
    elsewhere = {group: hit for group, hits in enumerate(groups) for hit in reversed(hits) if hit.term.about}
    if elsewhere:
        placed = iter(closest([hits for group, hits in enumerate(groups) if group not in elsewhere]))
        return tuple(elsewhere.get(group) or next(placed) for group in range(len(groups)))
    in_order = sorted((hit.first, hit.last, group) for group, hits in enumerate(groups) for hit in hits)
    by_span = [{hit[:2]: hit for hit in reversed(hits)} for hits in groups]
    latest: dict[int, Hit] = {}
    best: tuple[Hit, ...] = ()
    for first, last, group in in_order:
        latest[group] = by_span[group][first, last]
        if len(latest) == len(groups):
            window = tuple(latest[each] for each in range(len(groups)))
            best = window if not best or distance(window) < distance(best) else best
    return best


def distance(hits: Sequence[Hit]) -> int:
    """Words from the end of the first hit to the start of the last; 1 for neighbours, 0 for an overlap."""
    placed = [hit for hit in hits if not hit.term.about]
    return max(0, max(hit.first for hit in placed) - min(hit.last for hit in placed)) if placed else 0


def _mentions(hits: Sequence[Hit]) -> int:
    """Hits that do not overlap: "air strike" counts once, however many terms it satisfies."""
    count, end = 0, -1
    for hit in hits:
        if hit.first > end:
            count, end = count + 1, hit.last
    return count


def evidence(findings: Findings, reading: Reading) -> tuple[Evidence, ...]:
    """The chosen hit of each group, then other words found, each wording once in title and text; by group and place."""
    picked = list(enumerate(findings.chosen))
    if sum(map(len, findings.groups)) == len(picked):  # as most: there are no others
        return tuple([reading.evidence(group, hit.term, hit.first, hit.last) for group, hit in picked])
    seen = {_wording(group, hit, reading) for group, hit in picked}
    for group, hits in enumerate(findings.groups):
        for hit in hits:
            wording = _wording(group, hit, reading)
            if len(picked) >= EVIDENCE_LIMIT or wording in seen or _overlaps(hit, group, picked):
                continue
            if _is_on_page(hit, reading) and not _is_on_page(findings.chosen[group], reading):
                continue  # what the feed says is not said again
            seen.add(wording)
            picked.append((group, hit))
    if reading.document.page and not any(_is_on_page(hit, reading) for _, hit in picked):
        all_hits = [(group, hit) for group, hits in enumerate(findings.groups) for hit in hits]
        picked += [pick for pick in all_hits if _is_on_page(pick[1], reading)][:1]  # who reads the page needs it
    in_order = sorted(picked, key=lambda pick: (pick[0], pick[1][:2]))
    return tuple(reading.evidence(group, hit.term, hit.first, hit.last) for group, hit in in_order)


def _is_on_page(hit: Hit, reading: Reading) -> bool:
    return reading.page_start <= hit.first < reading.size


def _wording(group: int, hit: Hit, reading: Reading) -> tuple[int, str, str]:
    return group, reading.field_at(hit.first), reading.found(hit.first, hit.last).casefold()


def _overlaps(hit: Hit, group: int, picked: Sequence[tuple[int, Hit]]) -> bool:
    return any(group == other and hit.first <= each.last and each.first <= hit.last for other, each in picked)
