"""All topics at once. From the words of an article the index picks the few rules that could match.

Each rule is filed under the anchors of its rarest group, with what else must be hit; a rule of which the article
lacks that is never looked at. It does not check topics: `term_problems` does, before an index is built.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property

from monitor.match.explain import Explanation, rule_finding
from monitor.match.fingerprint import fingerprint
from monitor.match.quick_look import QuickLook
from monitor.match.reading import Reading
from monitor.match.rules import Findings, ReadyRule, Sign, evidence, examine, ready_rule
from monitor.match.terms import Term
from monitor.match.vocabulary import Vocabulary, bounded
from monitor.model.match import Document, Match, Tier
from monitor.model.topic import Topic
from monitor.text import normalised_title


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyTopic:
    """A topic with its rules made ready, and whom it listens to; an empty set means anyone."""

    topic: Topic
    rules: tuple[ReadyRule, ...]
    fingerprint: str
    languages: frozenset[str]
    wanted: frozenset[str]
    barred: frozenset[str]

    def refusal(self, document: Document) -> str:
        """Why the topic ignores the article; "" if it does not. An unknown language or outlet is not a reason."""
        if not (self.languages or self.wanted or self.barred):
            return ""
        language = _primary(document.language) if self.languages else ""
        if language and language not in self.languages:
            return f"the language of the article is {language}, languages asks for {', '.join(sorted(self.languages))}"
        outlet = normalised_title(document.outlet) if self.wanted or self.barred else ""
        if outlet and (outlet in self.barred or (self.wanted and outlet not in self.wanted)):
            return f'the outlet is "{document.outlet}", which sources rules out'
        return ""


def _ready_topic(topic: Topic, lists: Mapping[str, Sequence[str]], parsed: dict[str, Term]) -> ReadyTopic:
    return ReadyTopic(
        topic=topic,
        rules=tuple(ready_rule(rule, lists, parsed) for rule in topic.rules),
        fingerprint=fingerprint(topic, lists),
        languages=frozenset(map(_primary, topic.languages)),
        wanted=frozenset(normalised_title(source) for source in topic.sources if not source.startswith("!")),
        barred=frozenset(normalised_title(source) for source in topic.sources if source.startswith("!")),
    )


def _primary(language: str) -> str:
    """The first subtag: en for en-GB."""
    return language.replace("_", "-").partition("-")[0].strip().lower()


Filed = tuple[tuple[frozenset[str], ...], tuple[int, int]]
"""What must be hit beside the needle it is filed under (`ReadyRule.signs`), and the numbers of a topic and its rule."""


class TopicIndex:
    """Build once from checked topics, ask for every article.

    Raises ValueError if a topic is wrong (see `term_problems`).
    """

    def __init__(self, topics: Sequence[Topic], lists: Mapping[str, Sequence[str]]) -> None:
        parsed: dict[str, Term] = {}
        self._build([_ready_topic(topic, lists, parsed) for topic in sorted(topics, key=lambda topic: topic.name)])

    def only(self, names: Collection[str]) -> "TopicIndex":
        """An index of those of its topics that have these names: less to look for in each article."""
        narrow = copy(self)
        narrow._build([ready for ready in self._topics if ready.topic.name in names])  # noqa: SLF001 (its own kind)
        return narrow

    def _build(self, topics: Sequence[ReadyTopic]) -> None:
        self._topics = topics
        uses = Counter(needle for ready in self._topics for rule in ready.rules for needle in rule.needles())
        self._vocabulary = Vocabulary(uses)
        self._look = QuickLook(self._vocabulary)
        self._filed: dict[str, list[Filed]] = {}
        for number, ready in enumerate(self._topics):
            for index, rule in enumerate(ready.rules if ready.topic.enabled else ()):
                self._file(rule.signs(uses), (number, index))

    def _file(self, signs: Iterable[Sign], place: tuple[int, int]) -> None:
        for needle, others in signs:
            self._filed.setdefault(needle, []).append((others, place))

    def forget_words(self) -> None:
        """Empty the memories of words, for work that takes much memory of its own; they fill again by themselves."""
        self._vocabulary.forget()
        self._look.forget()

    def matches(self, document: Document) -> tuple[Match, ...]:
        """The enabled topics that match, in the order of their names; of several rules, the one with the best tier.

        The page is read for topics that do not match without it: it takes no match away, nor does it change one.
        """
        if not document.page:
            return self._matches(document)
        found = self._matches(replace(document, page=""))
        known = {match.topic for match in found}
        more = [match for match in self._matches(document) if match.topic not in known]
        return tuple(sorted((*found, *more), key=lambda match: match.topic))

    def _matches(self, document: Document) -> tuple[Match, ...]:
        document = bounded(document)
        possible = self._look.possible(document)
        candidates = None if possible is None else self._candidates(possible)
        if candidates is not None and not candidates:
            self._look.has_paid()
            return ()
        reading = self._vocabulary.read(document)
        if candidates is None:
            candidates = self._candidates(reading.needles)
        best: dict[int, tuple[int, Findings]] = {}
        for number, index in sorted(candidates):
            ready = self._topics[number]
            if ready.refusal(document):
                continue
            findings = examine(ready.rules[index], reading)
            if findings.tier and findings.holds and (number not in best or _is_better(findings, best[number][1])):
                best[number] = index, findings
        return tuple(_match(self._topics[number], *found, reading) for number, found in best.items())

    def matching(self, document: Document) -> frozenset[str]:
        """The names of the topics that `matches` would give, for counting: what was found where is not asked for."""
        found = self._matching(replace(document, page="") if document.page else document)
        if document.page:
            found |= self._matching(document)
        return frozenset(self._topics[number].topic.name for number in found)

    def _matching(self, document: Document) -> set[int]:
        reading = self._vocabulary.read(document)
        candidates = self._candidates(reading.needles)
        sure = self._plain & (candidates if reading.alone == reading.needles else self._candidates(reading.alone))
        found: set[int] = set()
        for number, index in candidates:
            ready = self._topics[number]
            if number in found or ready.refusal(document):
                continue
            findings = None if (number, index) in sure else examine(ready.rules[index], reading)
            if findings is None or (findings.holds and findings.tier):
                found.add(number)
        return found

    @cached_property
    def _plain(self) -> frozenset[tuple[int, int]]:
        """The rules that hold wherever single words make them candidates."""
        return frozenset(
            (number, index)
            for number, ready in enumerate(self._topics)
            for index, rule in enumerate(ready.rules)
            if rule.is_plain
        )

    def _candidates(self, hit: frozenset[str]) -> set[tuple[int, int]]:
        """The few rules that could match when these needles are hit."""
        filed = self._filed
        return {
            place
            for needle in hit
            if needle in filed
            for others, place in filed[needle]
            if not any(map(hit.isdisjoint, others))
        }

    def explain(self, name: str, document: Document) -> Explanation:
        """Rule by rule and group by group, for an enabled topic or not; with the page, if it needs that to match, or
        does not match at all. Raises KeyError if there is no such topic.
        """
        if document.page and (found := self.explain(name, replace(document, page=""))).match:
            return found
        ready = next((ready for ready in self._topics if ready.topic.name == name), None)
        if ready is None:
            raise KeyError(name)
        reading, refusal = self._vocabulary.read(document), ready.refusal(document)
        examined = [examine(rule, reading) for rule in ready.rules]
        holding = [(each.tier.rank, index) for index, each in enumerate(examined) if each.holds and each.tier]
        held = min(holding)[1] if holding and not refusal else None
        return Explanation(
            topic=name,
            match=None if held is None else _match(ready, held, examined[held], reading),
            refusal=refusal,
            rules=tuple(rule_finding(index, each, reading) for index, each in enumerate(examined)),
        )


def _is_better(findings: Findings, than: Findings) -> bool:
    """Whether the rule has the better tier: of equal ones that which is written first counts."""
    return bool(findings.tier and than.tier and findings.tier.rank < than.tier.rank)


def _match(ready: ReadyTopic, index: int, findings: Findings, reading: Reading) -> Match:
    """The match. What is read with its page needs that, if not for a group then for a number of mentions: no place in
    the words of the feed makes it more than a mention.
    """
    tier = findings.tier or Tier.PASSING
    return Match(
        topic=ready.topic.name,
        rule=index,
        tier=max(tier, Tier.PASSING, key=lambda each: each.rank) if reading.document.page else tier,
        evidence=evidence(findings, reading),
        fingerprint=ready.fingerprint,
    )
