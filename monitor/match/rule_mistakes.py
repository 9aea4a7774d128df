"""Every error and warning about topics and lists, all at once, each with what to write instead.

A problem has the path of keys and indexes; `config` finds its place in the file. Keys and
types have been checked before. The examples of a topic are run here too: they are part of its rules.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.match.explain import why
from monitor.match.index import TopicIndex
from monitor.match.term_mistakes import doubts, mistake
from monitor.match.terms import ABOUT, ListError, Term, expanded, listed_names, parse_term, split_field
from monitor.model.match import Document
from monitor.model.topic import Rule, Topic

Path = tuple[str | int, ...]
Lists = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermProblem:
    """`path` leads to the key or array element, like ("topics", 1, "rules", 0, "all", 1, 2)."""

    path: Path
    message: str
    is_warning: bool = False


def term_problems(topics: Sequence[Topic], lists: Lists) -> tuple[TermProblem, ...]:
    """Mistakes of lists, then of topics in the order given. Examples of a topic run once it has no mistake."""
    found = [problem for name in lists for problem in _of_terms(("lists", name), lists[name], lists)]
    for number, topic in enumerate(topics):
        found += _of_topic(("topics", number), topic, lists)
    return tuple(dict.fromkeys(found))


def spelling_problems(topics: Sequence[Topic], lists: Lists) -> tuple[TermProblem, ...]:
    """What is wrong with single terms: all that can be said of topics of which a part could not be read."""
    found: list[TermProblem] = []
    for number, topic in enumerate(topics):
        for place, rule in enumerate(topic.rules):
            path = ("topics", number, "rules", place)
            for group, terms in enumerate(rule.all):
                found += _of_terms((*path, "all", group), terms, lists)
            found += _of_terms((*path, "none"), rule.none, lists)
    return tuple(dict.fromkeys(found))


def _of_topic(path: Path, topic: Topic, lists: Lists) -> Iterator[TermProblem]:
    if not topic.rules:
        yield TermProblem(path=(*path, "rules"), message="the topic has no rule. Add any or all.")
        return
    for number, rule in enumerate(topic.rules):
        yield from _of_rule((*path, "rules", number), rule, lists)
    yield from _of_examples(path, topic, lists)


def _of_rule(path: Path, rule: Rule, lists: Lists) -> Iterator[TermProblem]:
    for number, group in enumerate(rule.all):
        yield from _of_terms((*path, "all", number), group, lists)
        if not group:
            yield TermProblem(path=(*path, "all", number), message="an empty group is never found; delete it.")
    yield from _of_terms((*path, "none"), rule.none, lists)
    yield from _of_numbers(path, rule)
    yield from _of_pair(path, rule, lists)
    yield from _of_contradictions(path, rule, lists)


def _of_terms(path: Path, terms: Sequence[str], lists: Lists) -> Iterator[TermProblem]:
    for index, term in enumerate(terms):
        names_a_list = bool(listed_names(term, lists))
        problem = _of_list(path, term, lists) if names_a_list else mistake(term)
        if problem:
            yield TermProblem(path=(*path, index), message=problem)
        elif not names_a_list:
            yield from (TermProblem(path=(*path, index), message=doubt, is_warning=True) for doubt in doubts(term))


def _of_list(path: Path, reference: str, lists: Lists) -> str:
    """Why the list cannot be used here. A mistake inside another list is reported there, and only there."""
    within = str(path[1]) if path[0] == "lists" else ""
    try:
        terms = expanded((reference,), lists, (within,) if within else ())
    except ListError as error:
        return str(error) if error.within == within else ""
    return "" if terms else f'"{reference}" – the list is empty. Add a term to it.'


def _of_numbers(path: Path, rule: Rule) -> Iterator[TermProblem]:
    if not rule.all:
        message = "the rule has only `none`: it would match every article. Add any or all."
        yield TermProblem(path=(*path, "none"), message=message if rule.none else "the rule is empty. Add any or all.")
    if rule.near is not None and rule.near < 1:
        yield TermProblem(
            path=(*path, "near"), message=f"near = {rule.near} – write a distance in words of at least 1."
        )
    if rule.near is not None and len(rule.all) == 1:
        message = f"near = {rule.near} with one group has no effect."
        yield TermProblem(path=(*path, "near"), message=message, is_warning=True)
    if rule.near is not None and rule.is_pair and len(rule.all) == 2:
        message = f"near = {rule.near} beside a pair alone has no effect: the two stand side by side."
        yield TermProblem(path=(*path, "near"), message=message, is_warning=True)
    if rule.at_least < 1:
        message = f"at_least = {rule.at_least} – write a number of mentions of at least 1."
        yield TermProblem(path=(*path, "at_least"), message=message)


def _of_pair(path: Path, rule: Rule, lists: Lists) -> Iterator[TermProblem]:
    """Who stands side by side does so in the words of an article."""
    for number, group in enumerate(rule.all[:2] if rule.is_pair else ()):
        if other := next((term.written for term in _parsed(group, lists) if term.about), ""):
            message = f'"{other}" cannot stand in a pair, which is looked for in the headline and the text. Use all.'
            yield TermProblem(path=(*path, "all", number), message=message)


def _of_contradictions(path: Path, rule: Rule, lists: Lists) -> Iterator[TermProblem]:
    """Terms that are wanted and excluded at once: an error if a group consists of nothing else."""
    if not rule.none:
        return
    barred = {_essence(term): term.written for term in _parsed(rule.none, lists)}
    for number, group in enumerate(rule.all):
        terms = _parsed(group, lists)
        both = [term.written for term in terms if _essence(term) in barred]
        if not both:
            continue
        is_hopeless = len(both) == len(terms)
        ending = "the rule can never match" if is_hopeless else "finding it never helps"
        message = f'"{both[0]}" appears in both all[{number}] and none: {ending}. Take it out of one of them.'
        yield TermProblem(path=(*path, "all", number), message=message, is_warning=not is_hopeless)


def _parsed(terms: Sequence[str], lists: Lists) -> tuple[Term, ...]:
    """The terms that are right; the others are reported elsewhere."""
    try:
        return tuple(parse_term(term) for term in expanded(terms, lists) if not mistake(term))
    except ValueError:
        return ()


def _essence(term: Term) -> Term:
    return replace(term, written="")


def _of_examples(path: Path, topic: Topic, lists: Lists) -> Iterator[TermProblem]:
    if not (topic.must_match or topic.must_not_match):
        return
    try:
        index = TopicIndex((topic,), lists)
    except ValueError:
        return
    for number, example in enumerate(topic.must_match):
        explanation = index.explain(topic.name, example_document(example))
        if not explanation.match:
            message = f'"{example}" does not match: {explanation}. Change the rule or the example.'
            yield TermProblem(path=(*path, "must_match", number), message=message)
    for number, example in enumerate(topic.must_not_match):
        explanation = index.explain(topic.name, example_document(example))
        if explanation.match:
            message = f'"{example}" matches: {why(explanation.match.evidence)}. Change the rule or the example.'
            yield TermProblem(path=(*path, "must_not_match", number), message=message)


def example_document(example: str) -> Document:
    """An example is a headline; lines after its first are the text. Those that begin with author:, category: or url:
    are that, once each.
    """
    title, *lines = example.strip().split("\n")
    said = dict(map(split_field, lines))
    text = "\n".join(line for line in lines if not line.startswith(tuple(ABOUT)))
    author, category, url = (said.get(field, "") for field in ABOUT)
    return Document(title=title, text=text, author=author, category=category, url=url)
