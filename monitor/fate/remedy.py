"""What would have brought the article: a term, another number, a language, a feed. It proposes; the owner decides.

A term is a word or a name of the headline that the topic's group lacks. Each was tried: with it the topic matches.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.cluster.idf import Idf
from monitor.fate.finding import Cause
from monitor.fate.judged import cause_of, closest
from monitor.match import Explanation, TopicIndex
from monitor.match.explain import RuleFinding
from monitor.model.match import Document
from monitor.model.story import WordCounts
from monitor.model.topic import Rule, Topic
from monitor.text import STOP_WORDS, Token, glue, tokenise

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


def remedy(
    topic: Topic,
    lists: Lists,
    document: Document,
    explanation: Explanation,
    counts: WordCounts = WordCounts(),  # noqa: B008 (frozen)
) -> Remedy | None:
    """What would make the topic match; None if it matches. `counts`: how common the `title_words` are."""
    if explanation.match is not None:
        return None
    if explanation.refusal:
        key = "languages" if cause_of(explanation) is Cause.OTHER_LANGUAGE else "sources"
        return Remedy(topic=topic.name, key=key, rule=0)
    found = closest(explanation)
    key = found.unmet[0]
    if key == "all":
        return _with_terms(topic, lists, document, found, Idf(counts))
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


def _with_terms(topic: Topic, lists: Lists, document: Document, found: RuleFinding, idf: Idf) -> Remedy:
    """The group that lacks, and what of the headline could be in it. Of several the first: each needs its own term."""
    lacking = [number for number, group in enumerate(found.groups) if not group.hits]
    rule, group = topic.rules[found.rule], lacking[0]
    is_enough = len(lacking) == 1 and found.unmet == ("all",)
    own = {token.word.key for each in found.groups for hit in each.hits for token in tokenise(hit.found)}
    terms = tuple(dict.fromkeys(_candidates(document.title, own, idf)))
    if is_enough:
        terms = tuple(term for term in terms if _brings(term, topic, rule, group, lists, document))
    return Remedy(
        topic=topic.name, key="all", rule=found.rule, group=group, terms=terms[:MOST_TERMS], is_enough=is_enough
    )


def title_words(title: str) -> frozenset[str]:
    """The folded words of a headline, to be counted."""
    return frozenset(token.word.key for token in tokenise(title))


def _candidates(title: str, own: set[str], idf: Idf) -> Iterator[str]:
    """Names of several words first, then words, the rarest first. Nothing that hits already."""
    tokens = tokenise(title)
    yield from _names(title, tokens, own)
    kept = [token for token in tokens if _says_something(token) and token.word.key not in own]
    for token in sorted(kept, key=lambda token: -idf.of(token.word.key)):
        yield title[token.start : token.end]


def _says_something(token: Token) -> bool:
    key, caps = token.word.key, token.word.caps
    is_word = len(key) >= LEAST_LETTERS and key not in STOP_WORDS
    return (is_word or bool(caps)) and not key.isdigit()


def _names(title: str, tokens: Sequence[Token], own: set[str]) -> Iterator[str]:
    """Runs of words with a capital, without the first word of the headline, which has one anyway."""
    run: list[Token] = []
    for token in [*tokens[1:], None]:
        is_next = token is not None and title[token.start].isupper() and token.word.key not in own
        if is_next and token is not None and (not run or glue(title, run[-1], token)):
            run.append(token)
            continue
        if 1 < len(run) <= LONGEST_NAME:
            yield title[run[0].start : run[-1].end]
        run = [token] if is_next and token is not None else []


def _brings(term: str, topic: Topic, rule: Rule, group: int, lists: Lists, document: Document) -> bool:
    """Whether the topic matches with the term in that group."""
    groups = (*rule.all[:group], (*rule.all[group], term), *rule.all[group + 1 :])
    tried = replace(topic, rules=(replace(rule, all=groups),), enabled=True)
    return bool(TopicIndex([tried], lists).matches(document))
