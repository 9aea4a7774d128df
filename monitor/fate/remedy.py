"""What would have brought the article: a term, another number, a language, a feed. It proposes; the owner decides.

A term is a word or a name of the headline that the topic's group lacks. Each was tried: with it the topic matches.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.fate.finding import Cause
from monitor.fate.judged import cause_of, closest
from monitor.match import Explanation, TopicIndex
from monitor.match.explain import RuleFinding
from monitor.model.match import Document
from monitor.model.topic import Rule, Topic
from monitor.text import STOP_WORDS, Token, same_sentence, tokenise

MOST_TERMS = 5
LEAST_LETTERS = 4
LONGEST_NAME = 3
"""Words of a name that is proposed as one term."""

Lists = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What to change of a topic. `key`: the key of the rule or topic that is in the way, `group` the one that lacks a
    term, `terms` those that could be added, best first; `number`: what `near` or `at_least` would have to be.
    """

    topic: str
    key: str
    rule: int
    group: int = 0
    terms: tuple[str, ...] = ()
    number: int | None = None
    is_enough: bool = True
    """Whether nothing else of the rule is in the way."""


def remedy(topic: Topic, lists: Lists, document: Document, explanation: Explanation) -> Remedy | None:
    """What would make the topic match; None if it matches."""
    if explanation.match is not None:
        return None
    if explanation.refusal:
        key = "languages" if cause_of(explanation) is Cause.OTHER_LANGUAGE else "sources"
        return Remedy(topic=topic.name, key=key, rule=0)
    found = closest(explanation)
    key = found.unmet[0]
    if key == "all":
        return _with_terms(topic, lists, document, found)
    number = {"near": found.distance, "at_least": found.mentions}.get(key)
    is_enough = len(found.unmet) == 1
    excluding = found.exclusions[0].term if key == "none" else ""
    return Remedy(
        topic=topic.name,
        key="pair" if key == "is_pair" else key,
        rule=found.rule,
        terms=(excluding,) if excluding else (),
        number=number,
        is_enough=is_enough,
    )


def _with_terms(topic: Topic, lists: Lists, document: Document, found: RuleFinding) -> Remedy:
    """The group that lacks, and what of the headline could be in it. Of several the first: each needs its own term."""
    lacking = [number for number, group in enumerate(found.groups) if not group.hits]
    rule, group = topic.rules[found.rule], lacking[0]
    is_enough = len(lacking) == 1 and found.unmet == ("all",)
    own = {token.word.key for each in found.groups for hit in each.hits for token in tokenise(hit.found)}
    terms = tuple(dict.fromkeys(_candidates(document.title, own)))
    if is_enough:
        terms = tuple(term for term in terms if _brings(term, topic, rule, group, lists, document))
    return Remedy(
        topic=topic.name, key="all", rule=found.rule, group=group, terms=terms[:MOST_TERMS], is_enough=is_enough
    )


def _candidates(title: str, own: set[str]) -> Iterator[str]:
    """Names of several words first, then words by their length: rare ones are long. Nothing that hits already."""
    tokens = tokenise(title)
    yield from _names(title, tokens, own)
    words = [(token, title[token.start : token.end]) for token in tokens]
    kept = [written for token, written in words if _says_something(token) and token.word.key not in own]
    yield from sorted((each for each in kept if not each.isdigit()), key=len, reverse=True)


def _says_something(token: Token) -> bool:
    return token.word.key not in STOP_WORDS and (len(token.word.key) >= LEAST_LETTERS or bool(token.word.caps))


def _names(title: str, tokens: Sequence[Token], own: set[str]) -> Iterator[str]:
    """Runs of words with a capital, without the first word of the headline, which has one anyway."""
    run: list[Token] = []
    for token in [*tokens[1:], None]:
        is_next = token is not None and title[token.start].isupper() and token.word.key not in own
        if is_next and token is not None and (not run or same_sentence(title, run[-1], token)):
            run.append(token)
            continue
        if 1 < len(run) <= LONGEST_NAME:
            yield title[run[0].start : run[-1].end]
        run = [token] if is_next and token is not None else []


def _brings(term: str, topic: Topic, rule: Rule, group: int, lists: Lists, document: Document) -> bool:
    """Whether the topic matches with the term in that group. What cannot be a term brings nothing."""
    groups = (*rule.all[:group], (*rule.all[group], term), *rule.all[group + 1 :])
    tried = replace(topic, rules=(replace(rule, all=groups),), enabled=True)
    try:
        return bool(TopicIndex([tried], lists).matches(document))
    except ValueError:
        return False
