"""One rule against one article: which groups were found where, how close together, what speaks against it.

A rule never sees letters, only positions (`reading`). Positions run on from the title into the text, so
`near` holds across the two; a phrase never does. What is found in author, category or URL has no place among the
words: it is within every scope, near everything, and as often as asked for.
"""

from collections.abc import Iterator, Mapping, Sequence
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
        """Whether it holds wherever a needle of each group is hit: its terms are single words, and nothing limits them.

        Then what it is filed under (`signs`) says all there is to ask.
        """
        terms = (term for group in self.groups for term in group.terms)
        is_single = all(
            not (term.exact or term.title_only) and all(len(sequence) == 1 for sequence in term.sequences)
            for term in terms
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """All that was found for a rule. `groups` holds the hits of each group within its scope.

    `tier` is None if a group is missing or none of the ways to pick one hit of each is near enough.
    `distance` counts words from one outermost hit to the other, neighbours being 1 apart; None if a
    group is missing. `is_apart`: the rule asks for a pair, and its two are named, but nowhere side by side. Where a
    pair is asked for, only hits of it that stand side by side decide; `groups` holds the others, too.
    """

    rule: ReadyRule
    groups: tuple[tuple[Hit, ...], ...]
    excluded: tuple[Hit, ...]
    mentions: int
    distance: int | None
    tier: Tier | None
    chosen: tuple[Hit, ...]
    is_apart: bool

    @property
    def unmet(self) -> tuple[str, ...]:
        """The keys of the rule that the article does not meet; `explain` has a reason for each, in this order.

        `within` is not among them: it says where the groups of `all` are looked for.
        """
        asked, apart = self.rule.written, self.distance
        met = {
            "all": all(self.groups),
            "is_pair": not self.is_apart,
            "none": not self.excluded,
            "near": asked.near is None or apart is None or apart <= asked.near,
            "at_least": apart is None or self.mentions >= asked.at_least,
        }
        return tuple(key for key, is_met in met.items() if not is_met)

    @property
    def holds(self) -> bool:
        return not self.unmet


def examine(ready: ReadyRule, reading: Reading) -> Findings:
    """The rule in full, without short cuts, so that the findings explain a no as well as a yes."""
    rule = ready.written
    scopes = {
        Tier.HEADLINE: reading.title_size,
        Tier.LEAD: reading.title_size + LEAD_WORDS,
        Tier.PASSING: reading.size,
    }
    scope = {"headline": scopes[Tier.HEADLINE], "lead": scopes[Tier.LEAD], "anywhere": scopes[Tier.PASSING]}
    groups = tuple(_limited(hits_of(group, reading), scope[rule.within]) for group in ready.groups)
    counted = _paired(groups, reading) if rule.is_pair else groups
    placed = [hits for hits in counted if not any(hit.term.about for hit in hits)]
    tier, chosen = _narrowest(counted, scopes, rule.near)
    return Findings(
        rule=ready,
        groups=groups,
        excluded=hits_of(ready.none, reading),
        mentions=min(map(_mentions, placed), default=rule.at_least),
        distance=distance(closest(counted)) if all(counted) else None,
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
    numbers = {number for needle in beginnings.keys() & reading.hits.keys() for number in beginnings[needle]}
    terms = (group.terms[number] for number in sorted(numbers))
    found = [Hit(*span, term) for term in terms for span in reading.spans(term)]
    return tuple(sorted(found, key=lambda hit: (hit.first, -hit.last)))


def _limited(hits: Sequence[Hit], limit: int) -> tuple[Hit, ...]:
    return tuple(hit for hit in hits if hit.last < limit or hit.term.about)


def _narrowest(
    groups: Sequence[Sequence[Hit]], scopes: Mapping[Tier, int], near: int | None
) -> tuple[Tier | None, tuple[Hit, ...]]:
    """The first tier whose words alone make the rule hold, and a hit of each group there: the first, or
    with `near` those closest together.
    """
    for tier, limit in scopes.items():
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
    seen = {_wording(group, hit, reading) for group, hit in picked}
    for group, hits in enumerate(findings.groups):
        for hit in hits:
            wording = _wording(group, hit, reading)
            if len(picked) >= EVIDENCE_LIMIT or wording in seen or _overlaps(hit, group, picked):
                continue
            seen.add(wording)
            picked.append((group, hit))
    in_order = sorted(picked, key=lambda pick: (pick[0], pick[1][:2]))
    return tuple(reading.evidence(group, hit.term, (hit.first, hit.last)) for group, hit in in_order)


def _wording(group: int, hit: Hit, reading: Reading) -> tuple[int, str, str]:
    return group, reading.field_at(hit.first), reading.found(hit.first, hit.last).casefold()


def _overlaps(hit: Hit, group: int, picked: Sequence[tuple[int, Hit]]) -> bool:
    return any(group == other and hit.first <= each.last and each.first <= hit.last for other, each in picked)
