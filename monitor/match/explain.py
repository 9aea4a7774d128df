"""Why a topic matches an article or does not, in facts and in sentences.

It decides nothing: `rules` has found everything before.
"""

from dataclasses import dataclass

from monitor.match.reading import Reading
from monitor.match.rules import EVIDENCE_LIMIT, Findings
from monitor.model.match import Evidence, Field, Match

TERMS_SHOWN = 5
ON_PAGE = "on the page"
PLACES = {"anywhere": "", "lead": " in the headline or the lead", "headline": " in the headline"}


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFinding:
    """What one group asks for (lists expanded), and the first hits; without `hits` it is missing."""

    terms: tuple[str, ...]
    hits: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFinding:
    """One rule of the topic. `reasons` say why it does not match; there are none if it does. `unmet`: the keys of the
    rule that they are about, each once.

    `distance`: words between the outermost of the closest hits, None if a group is missing.
    `mentions`: of the rarest group. `exclusions`: hits of `none`, their `group` being its index there. `is_apart`: the
    two of the pair that the rule asks for are named, but nowhere side by side.
    """

    rule: int
    groups: tuple[GroupFinding, ...]
    exclusions: tuple[Evidence, ...]
    distance: int | None
    mentions: int
    is_apart: bool
    unmet: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The verdict on one article: `match` or None. `refusal` names the language or outlet that rules it out."""

    topic: str
    match: Match | None
    refusal: str
    rules: tuple[RuleFinding, ...]

    def __str__(self) -> str:
        if self.refusal or self.match:
            return self.refusal or why(self.match.evidence if self.match else ())
        lines = [
            f"rules[{rule.rule}]: {'; '.join(rule.reasons)}" if len(self.rules) > 1 else "; ".join(rule.reasons)
            for rule in self.rules
        ]
        return ". ".join(lines)


def why(hits: tuple[Evidence, ...]) -> str:
    """The hits on one line: Syria* → "Syrian" (title) · ceasefire → "cease-fire" (text)."""
    return " · ".join(f'{hit.term} → "{hit.found}" ({place_of(hit.field)})' for hit in hits)


def place_of(field: Field) -> str:
    """Where a hit is, as people read it."""
    return ON_PAGE if field == "page" else field


def rule_finding(index: int, findings: Findings, reading: Reading) -> RuleFinding:
    """The findings of `rules.examine` as they are shown."""
    rule = findings.rule
    groups = tuple(
        GroupFinding(
            terms=tuple(term.written for term in ready.terms),
            hits=tuple(reading.evidence(group, hit.term, *hit[:2]) for hit in hits[:EVIDENCE_LIMIT]),
        )
        for group, (ready, hits) in enumerate(zip(rule.groups, findings.groups, strict=True))
    )
    exclusions = tuple(
        reading.evidence(rule.none.terms.index(hit.term), hit.term, *hit[:2]) for hit in findings.excluded
    )
    return RuleFinding(
        rule=index,
        groups=groups,
        exclusions=exclusions,
        distance=findings.distance,
        mentions=findings.mentions,
        is_apart=findings.is_apart,
        unmet=findings.unmet,
        reasons=_reasons(findings, groups, exclusions),
    )


def _reasons(findings: Findings, groups: tuple[GroupFinding, ...], exclusions: tuple[Evidence, ...]) -> tuple[str, ...]:
    """One or more sentences for each key of the rule that is not met."""
    rule = findings.rule.written
    reasons = {
        "all": [
            f"nothing of all[{index}] ({_some(group.terms)}) was found{PLACES[rule.within]}"
            for index, group in enumerate(groups)
            if not group.hits
        ],
        "is_pair": ["both terms of the pair were found, but never side by side"],
        "none": [
            f'the exclusion "{hit.term}" was found: "{hit.found}" ({place_of(hit.field)})' for hit in exclusions[:1]
        ],
        "near": [f"the groups are {findings.distance} words apart at the closest, near allows {rule.near}"],
        "at_least": [
            f"the rarest group has {findings.mentions} of the {rule.at_least} mentions asked for (at_least)",
        ],
    }
    return tuple(reason for key in findings.unmet for reason in reasons[key])


def _some(terms: tuple[str, ...]) -> str:
    return ", ".join(terms[:TERMS_SHOWN]) + (", …" if len(terms) > TERMS_SHOWN else "")
