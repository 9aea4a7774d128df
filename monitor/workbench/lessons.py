"""Terms from judgements: words of articles that belong to a topic and are not found, tried on all stored articles.

Each proposal is the topic with one more term in one group, asked about the same articles as the topic itself: what it
finds more is counted, with what a person has said about it. Which terms to try is taken from the articles alone; the
rule stays the judge. Changes that lose wrong hits are proposed by `precision`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from monitor.function_words import FUNCTION_WORDS
from monitor.match import TopicIndex, term_problems
from monitor.match.plural import singular
from monitor.match.term_mistakes import doubts, mistake
from monitor.model.match import Document
from monitor.model.rule_change import Effect
from monitor.model.topic import Rule, Topic
from monitor.workbench.entry import Entry, Id
from monitor.workbench.misses import misses
from monitor.workbench.precision import Judged
from monitor.workbench.probe import MARK, probe
from monitor.workbench.runs import Runs
from monitor.workbench.suggest import FIELDS, run_candidates
from monitor.workbench.suggest import candidates as word_candidates

Lists = Mapping[str, Sequence[str]]
Place = tuple[int, int]
"""A group: the number of its rule, and its own in that (both 0-based)."""

TRIED = 60
"""Terms tried of each group, those in most of the articles first."""

MOST_UNJUDGED = 20
"""A term may bring so many articles that nobody has judged, or as many as the topic has hits: more would be another
topic, and nobody reads them all before saying yes.
"""

ALIKE = 2
"""Terms shown that bring the very same right articles: an article has many words, of which one is the reason."""


FEWEST_WITH_NAME = 2
"""Articles that have a name of several words: of one text nobody can say where a name in it ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """What a change finds more: articles in all, and how many of them were judged right and wrong."""

    articles: int = 0
    right: int = 0
    wrong: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTerm:
    """A term for a group of a rule (both 0-based), and what it brings."""

    term: str
    rule: int
    group: int
    gain: Gain


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """Of the articles that a person said belong to the topic, so many are `missed`; terms that find them, best first.

    `hits`: how many articles the topic matches.
    """

    hits: int
    missed: int
    terms: tuple[NewTerm, ...]


@dataclass(slots=True)
class _Trial:
    """A term in its place, and what the topic with it finds more. `near_by`: the index of the changed rule alone, made
    when it is first needed.
    """

    term: str
    place: Place
    found: list[Id] = field(default_factory=list)
    near_by: TopicIndex | None = None


def lessons(
    read: Callable[[], Iterable[Entry]], topic: Topic, lists: Lists, judged: Judged, *, limit: int = 10
) -> Lessons:
    """At most `limit` terms. `read` is called twice and gives the same articles, the judged ones among them."""
    topic = replace(topic, enabled=True)
    own = TopicIndex([topic], lists)
    missed = [entry for entry in read() if entry.id in judged.right and not own.matches(entry.document)]
    tried = [each for place, among in _lacking(missed, topic, lists) for each in _trials(place, among, topic, lists)]
    hits = _try(read(), topic, lists, tried)
    return Lessons(hits=hits, missed=len(missed), terms=tuple(_best(tried, judged, hits, topic, lists))[:limit])


def with_term(topic: Topic, place: Place, term: str) -> Topic:
    """The topic with one more term in a group."""
    number, group = place
    rule = topic.rules[number]
    groups = tuple((*each, term) if index == group else each for index, each in enumerate(rule.all))
    return _with_rule(topic, number, replace(rule, all=groups))


def effect(entries: Iterable[Entry], old: Topic, new: Topic, lists: Lists) -> Effect:
    """What replacing a topic by another wording of it does to its matches."""
    named = [replace(each, enabled=True, name=f"{MARK}{number}") for number, each in enumerate((old, new))]
    index, counts = TopicIndex(named, lists), Counter[frozenset[str]]()
    for entry in entries:
        counts[frozenset(match.topic for match in index.matches(entry.document))] += 1
    before, after = (sum(count for found, count in counts.items() if each.name in found) for each in named)
    stays = counts[frozenset(each.name for each in named)]
    return Effect(before=before, after=after, entered=after - stays, left=before - stays)


def _with_rule(topic: Topic, number: int, rule: Rule) -> Topic:
    return replace(topic, rules=(*topic.rules[:number], rule, *topic.rules[number + 1 :]))


def _lacking(missed: Sequence[Entry], topic: Topic, lists: Lists) -> Iterator[tuple[Place, list[Entry]]]:
    """By group, the articles that lack only it. A rule of one group lacks it in all of them."""
    for group in misses(missed, topic, lists, samples=len(missed)).groups:
        lacking = {each.id for each in group.samples}
        yield (group.rule, group.group), [entry for entry in missed if entry.id in lacking]
    for number, rule in enumerate(topic.rules):
        if len(rule.all) == 1:
            yield (number, 0), list(missed)


def _trials(place: Place, among: Sequence[Entry], topic: Topic, lists: Lists) -> Iterator[_Trial]:
    """Words that the topic has somewhere else say nothing new."""
    terms = tuple(term for rule in topic.rules for group in rule.all for term in group)
    own = TopicIndex([probe(0, Rule(all=(terms,)))], lists)
    new = (term for term in _terms(among) if not own.matches(Document(title=term, text="")))
    return (_Trial(term, place) for term in islice(new, TRIED))


def _terms(entries: Sequence[Entry]) -> list[str]:
    """Words and whole names of the articles, as they are written, those of most articles and of headlines first."""
    holders, headlines, forms, runs = Counter[str](), Counter[str](), dict[str, str](), Runs()
    for entry in entries:
        document = entry.document
        words = {each: list(word_candidates(document, each)) for each in FIELDS}
        names = {each: list(run_candidates(document, each)) for each in FIELDS}
        runs.add(*([name for hits in each.values() for name, _ in hits] for each in (names, words)))
        found = {each: dict([*words[each], *names[each]]) for each in FIELDS}
        holders.update(found["title"].keys() | found["text"].keys())
        headlines.update(found["title"].keys())
        forms |= {name: hit.found for each in FIELDS for name, hit in found[each].items()}
    whole = runs.names(FEWEST_WITH_NAME)
    telling = [name for name in holders if name in whole or (" " not in name and name not in FUNCTION_WORDS)]
    telling.sort(key=lambda name: (-holders[name], -headlines[name], name))
    terms = dict.fromkeys(singular(forms[name]) or forms[name] for name in telling)
    return [term for term in terms if not mistake(term) and not doubts(term)]


def _try(entries: Iterable[Entry], topic: Topic, lists: Lists, tried: Sequence[_Trial]) -> int:
    """Let each trial note what it finds beyond the topic. Returns how many articles the topic finds.

    An index of each changed topic with the long lists of the example config took 30 s to build. So the rule without its
    group and each term alone are asked (3.5 s), and where it matters how close or how often they are, the changed rule
    about the few articles that have both.
    """
    rest = {place: _without(number, topic, place) for number, place in enumerate({each.place for each in tried})}
    alone = [_alone(len(rest) + number, topic, each) for number, each in enumerate(tried)]
    index, hits = TopicIndex([topic, *filter(None, rest.values()), *alone], lists), 0
    for entry in entries:
        found = {match.topic for match in index.matches(entry.document)}
        if topic.name in found:
            hits += 1
            continue
        for each, term in zip(tried, alone, strict=True) if found else ():
            others = rest[each.place]
            if term.name in found and (others is None or others.name in found) and _matches(each, topic, lists, entry):
                each.found.append(entry.id)
    return hits


def _without(number: int, topic: Topic, place: Place) -> Topic | None:
    """The rule without the group, as a topic; None if nothing is left of it."""
    rule, group = topic.rules[place[0]], place[1]
    rest = rule.all[:group] + rule.all[group + 1 :]
    return probe(number, replace(rule, all=rest, is_pair=rule.is_pair and group > 1), like=topic) if rest else None


def _alone(number: int, topic: Topic, trial: _Trial) -> Topic:
    """The term as a topic, with what limits the only group of a rule."""
    rule = topic.rules[trial.place[0]]
    if len(rule.all) == 1:
        return probe(number, replace(rule, all=((trial.term,),)), like=topic)
    return probe(number, Rule(all=((trial.term,),), within=rule.within))


def _matches(trial: _Trial, topic: Topic, lists: Lists, entry: Entry) -> bool:
    """Whether the changed rule matches an article that has the term and all other groups."""
    rule = topic.rules[trial.place[0]]
    if rule.near is None and rule.at_least == 1 and not rule.is_pair:
        return True
    if trial.near_by is None:
        changed = with_term(topic, trial.place, trial.term)
        trial.near_by = TopicIndex([replace(changed, rules=(changed.rules[trial.place[0]],))], lists)
    return bool(trial.near_by.matches(entry.document))


def _best(tried: Sequence[_Trial], judged: Judged, hits: int, topic: Topic, lists: Lists) -> Iterator[NewTerm]:
    """Those that find more that is right than wrong, and not too much that nobody has judged. Something missed weighs
    twice as much as something wrong; of what weighs the same, whole names come first.
    """
    gains = [(each, _gain(each.found, judged)) for each in tried]
    good = [(each, gain) for each, gain in gains if _is_good(gain, hits)]
    good = [
        (each, gain) for each, gain in good if gain.articles > 1
    ] or good  # what finds its own article alone says little
    good.sort(key=lambda pair: (pair[1].wrong - 2 * pair[1].right, pair[1].articles, -len(pair[0].term.split())))
    shown: dict[tuple[Place, frozenset[Id]], list[str]] = {}
    for each, gain in good:
        alike = shown.setdefault((each.place, frozenset(each.found) & judged.right), [])
        is_new = len(alike) < ALIKE and not any(each.term in other.split() for other in alike)
        if is_new and not _breaks(with_term(topic, each.place, each.term), lists):
            alike.append(each.term)
            yield NewTerm(term=each.term, rule=each.place[0], group=each.place[1], gain=gain)


def _gain(found: Sequence[Id], judged: Judged) -> Gain:
    return Gain(
        articles=len(found),
        right=sum(each in judged.right for each in found),
        wrong=sum(each in judged.wrong for each in found),
    )


def _is_good(gain: Gain, hits: int) -> bool:
    return gain.right > gain.wrong and gain.articles - gain.right - gain.wrong <= max(MOST_UNJUDGED, hits)


def _breaks(topic: Topic, lists: Lists) -> bool:
    """Whether the changed topic would be refused: by an example that it must not match, above all."""
    return any(not each.is_warning and each.path[0] == "topics" for each in term_problems([topic], lists))
