"""What topics say of an article: the verdicts of `match`, the nearest first, and what was stored of them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from monitor.fate.finding import Cause, Finding, Stage, at
from monitor.fate.page import is_unread
from monitor.match import Explanation
from monitor.match.explain import RuleFinding, place_of
from monitor.model.fate import Fate, FatedMatch
from monitor.model.match import Match
from monitor.model.topic import Topic
from monitor.plain_text import one_line

CAUSES = {
    "all": Cause.LACKS_A_GROUP,
    "is_pair": Cause.NOT_A_PAIR,
    "none": Cause.EXCLUDED,
    "near": Cause.TOO_FAR_APART,
    "at_least": Cause.TOO_FEW_MENTIONS,
}
"""By the key of a rule that is not met."""

OTHER_KEY = 0.1
"""What another key than `all` that is not met counts, where a group that is missing counts as its share of the groups:
one of three groups is nearer than one of one, and an exclusion is nearer still."""

OF_LANGUAGE = "the language of the article"
"""How a refusal begins that is for the language; others are for the outlet."""


def judged(
    fate: Fate, explanations: Sequence[Explanation], topics: Mapping[str, Topic], today: date, *, is_all: bool = True
) -> Iterator[Finding]:
    """A finding for each topic: those that match first, then the nearest. `is_all`: all that are enabled were asked."""
    stored = {each.stored.match.topic: each for each in fate.matches}
    if not explanations:
        none = "No topic is enabled, so nothing can match."
        yield Finding(stage=Stage.TOPIC, cause=Cause.NO_TOPIC, sentence=none)
    for each in nearest(explanations):
        topic = topics[each.topic]
        kept = stored.get(each.topic) or stored.get(topic.was)
        once = _read_once(fate, each, kept)
        yield _found_once(once) if once else _verdict(each, kept)
        until = topic.mute_until
        if each.match and until is not None and today < until:
            sentence = f"{each.topic} is muted until {until}: what it matches is counted, and not reported."
            yield Finding(stage=Stage.TOPIC, cause=Cause.MUTED, sentence=sentence, topic=each.topic)
    asked = {name for each in explanations for name in (each.topic, topics[each.topic].was)}
    for name in sorted(stored.keys() - asked) if is_all else ():
        sentence = f"{name} matched it on {at(stored[name].stored.matched_at)}; that topic is not enabled now."
        yield Finding(stage=Stage.TOPIC, cause=Cause.TAKEN_BACK, sentence=sentence, topic=name)


def nearest(explanations: Sequence[Explanation]) -> list[Explanation]:
    """What matches first, then what has the fewest requirements that are not met."""
    return sorted(explanations, key=_distance)


def _distance(each: Explanation) -> tuple[bool, float]:
    """Of groups that are missing each counts by its share: one of three is nearer than one of one."""
    return each.match is None, min(map(_missing, each.rules), default=0.0) + bool(each.refusal)


def _missing(rule: RuleFinding) -> float:
    lacking = sum(not group.hits for group in rule.groups)
    return lacking / len(rule.groups) + OTHER_KEY * len(set(rule.unmet) - {"all"})


def closest(each: Explanation) -> RuleFinding:
    """The rule that comes nearest to a match."""
    return min(each.rules, key=_missing)


def _verdict(each: Explanation, stored: FatedMatch | None) -> Finding:
    name, is_kept = each.topic, stored is not None and stored.stale_since is None
    if each.match and is_kept:
        sentence = f"{name} matches ({each.match.tier}): {each}"
        return Finding(stage=Stage.TOPIC, cause=Cause.MATCHES, sentence=sentence, topic=name)
    if each.match:
        sentence = (
            f"{name} would match now ({each.match.tier}): {each}. It did not when the article came; the topic or the "
            "article has changed since, and nothing that old was matched again."
        )
        return Finding(stage=Stage.TOPIC, cause=Cause.NOT_MATCHED_AGAIN, sentence=sentence, topic=name)
    said = f"{name} does not match: {each}."
    if stored is not None:
        when = f"It did on {at(stored.stored.matched_at)}, before the topic or the article changed."
        return Finding(stage=Stage.TOPIC, cause=Cause.TAKEN_BACK, sentence=f"{said} {when}", topic=name)
    return Finding(stage=Stage.TOPIC, cause=cause_of(each), sentence=said, topic=name)


def _read_once(fate: Fate, each: Explanation, stored: FatedMatch | None) -> Match | None:
    """The stored match that can be found no longer, because the text was removed, or that of the page; None if there is
    none.
    """
    if stored is None or stored.stale_since or each.match:
        return None
    match = stored.stored.match
    is_gone = fate.article.text_removed_at is not None or (match.is_by_page and is_unread(fate.page))
    return match if is_gone else None


def _found_once(match: Match) -> Finding:
    """What was found in a text that was removed: which terms, and where."""
    found = dict.fromkeys(
        f"“{one_line(item.term)}” {place_of('page') if item.field == 'page' else f'in the {item.field}'}"
        for item in match.evidence
    )
    text = "the text of the page" if match.is_by_page else "the text"
    sentence = f"{match.topic} matches ({match.tier}): {', '.join(found)}, before {text} was removed."
    return Finding(stage=Stage.TOPIC, cause=Cause.MATCHES, sentence=sentence, topic=match.topic)


def cause_of(each: Explanation) -> Cause:
    """Why a topic does not match: of the rule that comes nearest, its first reason."""
    if each.refusal:
        return Cause.OTHER_LANGUAGE if each.refusal.startswith(OF_LANGUAGE) else Cause.OTHER_SOURCE
    return CAUSES[closest(each).unmet[0]]
