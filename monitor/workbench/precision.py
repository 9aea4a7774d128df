"""`topics suggest`, the side for precision: changes that lose wrong hits of a topic and no right one.

Each proposal is a changed topic that was tried on the same articles: one more term in `none`, the same for headlines
only (`title:`), or a smaller `near`. What it loses is counted, so nothing here knows what a term means. Which hits are
wrong a person has said; those that nobody has judged count as right when a proposal is weighed, and are shown with it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from monitor.function_words import FUNCTION_WORDS
from monitor.match import TopicIndex
from monitor.match.rule_mistakes import example_document
from monitor.match.terms import TITLE
from monitor.model.match import Document
from monitor.model.topic import Rule, Topic
from monitor.workbench.entry import Entry, Id
from monitor.workbench.probe import MARK
from monitor.workbench.runs import Runs
from monitor.workbench.suggest import FIELDS, candidates, run_candidates

ENOUGH_WRONG = 2
"""The fewest wrong hits from which anything is proposed, and that a proposal must lose: one may be chance."""

TIMES = 4
"""How much more often a proposal must lose wrong hits than those that nobody has judged, of which most may be right.
What it loses of both is shown, so that its reader decides.
"""

TRIED = 60
"""How many terms are tried, those in most wrong hits first."""

NEAR = (5, 8, 12, 16, 25, 40)
"""The values of `near` that are tried, in words: within a clause, a sentence, two sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a person said about stored articles: ids of those that belong to a topic, and of those that do not."""

    right: frozenset[Id] = frozenset()
    wrong: frozenset[Id] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """How many hits a change loses: wrong, right, and such that nobody has judged."""

    wrong: int = 0
    right: int = 0
    unjudged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A change of a topic as the config says it, the rule that it is for (0-based; None: all), and what it loses."""

    written: str
    rule: int | None
    loses: Loss


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedies:
    """What would lose wrong hits, best first. `hits`: how many there are; no proposals where `too_few` are wrong.

    `not_matching`: ids that were called wrong and are no hits.
    """

    topic: str
    hits: Loss
    enough: int
    not_matching: tuple[Id, ...]
    proposals: tuple[Proposal, ...]

    @property
    def too_few(self) -> bool:
        return self.hits.wrong < self.enough


@dataclass(frozen=True, slots=True)
class _Change:
    """A change and the topic that it makes."""

    written: str
    rule: int | None
    topic: Topic


@dataclass(slots=True)
class _Words:
    """In how many articles each word or name is: anywhere, and in the headline."""

    anywhere: Counter[str] = field(default_factory=Counter)
    title: Counter[str] = field(default_factory=Counter)
    forms: dict[str, str] = field(default_factory=dict)
    runs: Runs = field(default_factory=Runs)

    def add(self, document: Document) -> None:
        words = {field_: list(candidates(document, field_)) for field_ in FIELDS}
        runs = {field_: list(run_candidates(document, field_)) for field_ in FIELDS}
        self.runs.add(*([name for hits in each.values() for name, _ in hits] for each in (runs, words)))
        found = {field_: dict([*words[field_], *runs[field_]]) for field_ in FIELDS}
        self.anywhere.update(found["title"].keys() | found["text"].keys())
        self.title.update(found["title"].keys())
        for hits in found.values():
            self.forms |= {name: hit.found for name, hit in hits.items()}

    def shared(self) -> list[str]:
        """What several of them have, what most have first: words, and names of several words that are whole."""
        names = self.runs.names(ENOUGH_WRONG)
        shared = [name for name, count in self.anywhere.items() if count >= ENOUGH_WRONG]
        telling = [name for name in shared if name in names or (" " not in name and name not in FUNCTION_WORDS)]
        return sorted(telling, key=lambda name: (-self.anywhere[name], name))[:TRIED]


def remedies(
    read: Callable[[], Iterable[Entry]],
    topic: Topic,
    lists: Mapping[str, Sequence[str]],
    judged: Judged,
    *,
    limit: int = 10,
) -> Remedies:
    """At most `limit` changes. `read` is called twice and gives the same articles; the topic's examples are judged,
    too. Only the words of judged hits are held in memory.
    """
    name, topic = topic.name, replace(topic, enabled=True, name=MARK)
    index, right, wrong = TopicIndex([topic], lists), _Words(), _Words()
    hits: Counter[str] = Counter()
    found: set[Id] = set()
    for entry, kind in _with_examples(read(), topic, judged):
        if index.matches(entry.document):
            hits[kind] += 1
            found.add(entry.id)
            if kind != "unjudged":
                (wrong if kind == "wrong" else right).add(entry.document)
    tried = [*_terms(topic, wrong, right), *_closer(topic)] if hits["wrong"] >= ENOUGH_WRONG else []
    lost = _lost(_with_examples(read() if tried else (), topic, judged), topic, lists, tried)
    proposals = (
        Proposal(written=change.written, rule=change.rule, loses=loss) for change, loss in zip(tried, lost, strict=True)
    )
    return Remedies(
        topic=name,
        hits=Loss(**hits),
        enough=ENOUGH_WRONG,
        not_matching=tuple(sorted(judged.wrong - found, key=str)),
        proposals=tuple(_best(proposals, Loss(**hits)))[:limit],
    )


def _with_examples(entries: Iterable[Entry], topic: Topic, judged: Judged) -> Iterator[tuple[Entry, str]]:
    """The articles, each with what was said about it, and the examples."""
    for entry in entries:
        is_said = entry.id in judged.wrong or entry.id in judged.right
        yield entry, ("wrong" if entry.id in judged.wrong else "right") if is_said else "unjudged"
    for kind, texts in (("wrong", topic.must_not_match), ("right", topic.must_match)):
        for text in texts:
            yield Entry(id=text, document=example_document(text)), kind


def _terms(topic: Topic, wrong: _Words, right: _Words) -> Iterator[_Change]:
    """One more term in `none`, where no right hit has the word, or has it in the headline."""
    for name in wrong.shared():
        form = wrong.forms[name]
        if not right.anywhere[name]:
            yield _without(topic, form)
        if wrong.title[name] >= ENOUGH_WRONG and not right.title[name]:
            yield _without(topic, f"{TITLE}{form}")


def _without(topic: Topic, term: str) -> _Change:
    rules = tuple(replace(rule, none=(*rule.none, term)) for rule in topic.rules)
    return _Change(f'none = ["{term}"]', None, replace(topic, rules=rules))


def _closer(topic: Topic) -> Iterator[_Change]:
    """A smaller `near`, rule by rule."""
    for number, rule in enumerate(topic.rules):
        if len(rule.all) > 1:
            for near in NEAR:
                if rule.near is None or near < rule.near:
                    yield _Change(f"near = {near}", number, replace(topic, rules=_with(topic, number, near)))


def _with(topic: Topic, number: int, near: int) -> tuple[Rule, ...]:
    return (*topic.rules[:number], replace(topic.rules[number], near=near), *topic.rules[number + 1 :])


def _lost(
    entries: Iterable[tuple[Entry, str]], topic: Topic, lists: Mapping[str, Sequence[str]], tried: Sequence[_Change]
) -> list[Loss]:
    """What each change loses."""
    named = [replace(change.topic, name=f"{MARK}{number}") for number, change in enumerate(tried)]
    index = TopicIndex([topic, *named], lists)
    lost = [Counter[str]() for _ in tried]
    for entry, kind in entries:
        left = {match.topic for match in index.matches(entry.document)}
        for changed, counts in zip(named, lost, strict=True) if topic.name in left else ():
            counts[kind] += changed.name not in left
    return [Loss(**counts) for counts in lost]


def _best(proposals: Iterable[Proposal], hits: Loss) -> Iterator[Proposal]:
    """Those that lose wrong hits clearly more often than others, and no right one; of those that lose the same wrong
    hits at a greater cost, none: a term in headlines only where that spares something, one `near` a rule.
    """
    good = [each for each in proposals if _is_good(each.loses, hits)]
    good.sort(key=lambda each: (-each.loses.wrong, each.loses.unjudged))  # else in the order in which they were tried
    seen = set[str]()
    for each in good:
        name = each.written.replace(TITLE, "") if each.rule is None else f"near {each.rule}"
        if name not in seen:
            yield each
        seen.add(name)


def _is_good(loses: Loss, hits: Loss) -> bool:
    is_clear = loses.wrong * hits.unjudged >= TIMES * loses.unjudged * hits.wrong
    return loses.wrong >= ENOUGH_WRONG and not loses.right and is_clear
