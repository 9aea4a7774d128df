"""`lists`: which named lists have a word.

A list has it if one of its terms finds it (`Syria*` finds Syrian), or has it among its words (`talks with Oman` has
Oman), or if its name has it. Where no list has it, those count in which a word begins so. What a term finds is decided
by `match` alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.match import TopicIndex
from monitor.match.terms import expanded
from monitor.model.match import Document
from monitor.model.topic import Rule
from monitor.text import folded, normalised_title
from monitor.workbench.probe import probe


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedList:
    """A list: its terms as written, and all that it comes to; `is_own`: the config has it, not the library alone.

    `has`: of those, the ones that have the word that was looked for; none if only its name has it.
    """

    name: str
    is_own: bool
    terms: tuple[str, ...]
    expanded: tuple[str, ...]
    has: tuple[str, ...] = ()

    @property
    def family(self) -> str:
        """Its name without the language: "syria" of "syria.ar"."""
        return self.name.partition(".")[0]


def named_lists(lists: Mapping[str, Sequence[str]], own: Mapping[str, Sequence[str]]) -> tuple[NamedList, ...]:
    """All lists by name; `own` are the ones of the config, which take the place of those in `lists`."""
    merged = {**lists, **own}
    return tuple(
        NamedList(name=name, is_own=name in own, terms=tuple(terms), expanded=expanded(terms, merged))
        for name, terms in sorted(merged.items())
    )


def lists_with(lists: Sequence[NamedList], words: str) -> tuple[NamedList, ...]:
    """Those that have these words, first those in which a term finds them, then the others."""
    terms = sorted({term for each in lists for term in each.expanded})
    finding = frozenset(_finding(terms, words))
    wanted = f" {normalised_title(words)}"
    return _with(lists, words, finding, f"{wanted} ") or _with(lists, words, finding, wanted)


def _with(lists: Sequence[NamedList], words: str, finding: frozenset[str], wanted: str) -> tuple[NamedList, ...]:
    found = []
    for each in lists:
        has = tuple(term for term in each.expanded if term in finding or wanted in f" {normalised_title(term)} ")
        if has or folded(words) in each.name.split("-") or folded(words) == each.family:
            found.append((not finding.intersection(has), replace(each, has=has)))
    return tuple(hit for _, hit in sorted(found, key=lambda each: (each[0], each[1].name)))


def _finding(terms: Sequence[str], words: str) -> Iterator[str]:
    """The terms that find the words as a whole, in the headline, as a category or as an author."""
    index = TopicIndex([probe(number, Rule(all=((term,),))) for number, term in enumerate(terms)], {})
    document = Document(title=words, text="", category=words, author=words)
    for match in index.matches(document):
        hit = match.evidence[0]
        if hit.found.casefold() == words.strip().casefold():
            yield hit.term
