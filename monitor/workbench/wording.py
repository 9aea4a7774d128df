"""`topics check` and `topics list`: the meaning of a topic, in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from monitor.match import TopicIndex, fingerprint, rule_from_name
from monitor.match.rule_mistakes import example_document
from monitor.match.terms import expanded
from monitor.model.topic import Rule, Topic

TERMS_IN_BRIEF = 2
PLACES = {"lead": "all in the headline or the first 60 words", "headline": "all in the headline"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleWording:
    """A rule with its lists expanded, and the same in `sentences`, one for each thing it asks for."""

    groups: tuple[tuple[str, ...], ...]
    none: tuple[str, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """An example of the topic: whether it is as its owner `expects` ("match" or "no match"), and why."""

    text: str
    expects: str
    is_right: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A topic in words. `notes` say what holds for all its rules; `fingerprint` names this very wording."""

    topic: str
    fingerprint: str
    notes: tuple[str, ...]
    rules: tuple[RuleWording, ...]
    examples: tuple[Example, ...]


def in_words(topic: Topic, lists: Mapping[str, Sequence[str]]) -> Wording:
    """Everything a topic asks for, and the results of its examples."""
    return Wording(
        topic=topic.name,
        fingerprint=fingerprint(topic, lists),
        notes=tuple(_notes(topic)),
        rules=tuple(_rule(rule, lists) for rule in topic.rules),
        examples=tuple(_examples(topic, lists)),
    )


def brief(topic: Topic) -> str:
    """The rules on one line, lists by their names: (Syria*, Aleppo, +3) and @truce, not title:podcast."""
    return " | ".join(map(_brief_rule, topic.rules))


def _brief_rule(rule: Rule) -> str:
    groups = list(map(_brief_group, rule.all))
    if rule.is_pair:
        groups[:2] = [f"pair of {groups[0]} and {groups[1]}"]
    parts = [" and ".join(groups)]
    parts += [f"near {rule.near}"] if rule.near is not None else []
    parts += [f"in {rule.within}"] if rule.within != "anywhere" else []
    parts += [f"{rule.at_least}×"] if rule.at_least > 1 else []
    parts += [f"not {_brief_group(rule.none)}"] if rule.none else []
    return ", ".join(parts)


def _brief_group(terms: Sequence[str]) -> str:
    if len(terms) == 1:
        return terms[0]
    more = [f"+{len(terms) - TERMS_IN_BRIEF}"] if len(terms) > TERMS_IN_BRIEF else []
    return f"({', '.join([*terms[:TERMS_IN_BRIEF], *more])})"


def _notes(topic: Topic) -> Iterator[str]:
    if not topic.enabled:
        yield "disabled: nothing is looked for"
    if _is_bare(topic):
        yield f"nothing but a name: each of its words must be found: {', '.join(_words(topic))}"
    if len(topic.rules) > 1:
        yield f"one of {len(topic.rules)} rules must match"
    if topic.languages:
        yield f"only articles in {_listed(topic.languages)}, or in a language they do not name"
    if wanted := [source for source in topic.sources if not source.startswith("!")]:
        yield f"only from {_listed(wanted)}"
    if barred := [source[1:] for source in topic.sources if source.startswith("!")]:
        yield f"not from {_listed(barred)}"


def _is_bare(topic: Topic) -> bool:
    """Whether its only rule is what its name alone would make: so it means the same, however it was written."""
    return len(topic.rules) == 1 and not topic.rules[0].none and topic.rules[0].all == rule_from_name(topic.name).all


def _words(topic: Topic) -> list[str]:
    return [word for group in topic.rules[0].all for word in group]


def _rule(rule: Rule, lists: Mapping[str, Sequence[str]]) -> RuleWording:
    groups = tuple(expanded(group, lists) for group in rule.all)
    none = expanded(rule.none, lists)
    return RuleWording(groups=groups, none=none, sentences=tuple(_sentences(rule, groups, none)))


def _sentences(rule: Rule, groups: Sequence[Sequence[str]], none: Sequence[str]) -> Iterator[str]:
    for number, group in enumerate(groups):
        yield f"{'and ' if number else ''}{_one_of(group)}"
    if rule.is_pair:
        yield "the first two side by side"
    if rule.near is not None and len(groups) > 1:
        yield f"all within {rule.near} words of each other"
    if rule.within in PLACES:
        yield PLACES[rule.within]
    if rule.at_least > 1:
        yield f"each group mentioned at least {rule.at_least} times"
    if none:
        yield f"but not {none[0]}" if len(none) == 1 else f"but none of {', '.join(none)}"


def _one_of(terms: Sequence[str]) -> str:
    return terms[0] if len(terms) == 1 else f"one of {', '.join(terms)}"


def _listed(names: Sequence[str]) -> str:
    return " or ".join(names)


def _examples(topic: Topic, lists: Mapping[str, Sequence[str]]) -> Iterator[Example]:
    index = TopicIndex([topic], lists)
    for expects, texts in (("match", topic.must_match), ("no match", topic.must_not_match)):
        for text in texts:
            explanation = index.explain(topic.name, example_document(text))
            is_right = bool(explanation.match) is (expects == "match")
            yield Example(text=text, expects=expects, is_right=is_right, reason=str(explanation))
