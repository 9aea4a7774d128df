"""Terms as written and what they look for.

    word        whole word, whatever its case, accents, possessive; its regular plural; air strike = airstrike
    two words   the words in a row, within one sentence
    word*       every word that begins so (at least 3 letters before *)
    US          all capitals: only capitals or U.S., never us
    =Turkey     exactly so: this case, no plural, no compound
    title:term  any of these, in the headline only; text: in what the feed has of the article, headline included; page:
                in the text of its page; author:, category: and url: in what the feed says about the article
    @list       every term of a named list
    halt @fire  every phrase that begins with halt and goes on with a term of the list

What a term looks for is made of needles, each standing for one word: `talk`, `syria*`, or `US` for
capitals. Which words of a text hit which needle is `vocabulary`'s business; mistakes are found in `term_mistakes`.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from itertools import islice, pairwise, product
from math import prod

from monitor.match.letters import twins
from monitor.match.term_mistakes import MEMORY_TERMS, PLAIN, mistake
from monitor.match.word_reading import (
    INITIALS,
    SHORTEST_COMPOUND,
    glue,
    is_plate,
    other_readings,
    read,
    shortest_compound,
    tokens,
    word_in,
)
from monitor.text import STOP_WORDS, Token, Word, bare, is_acronym, is_unspaced

TITLE = "title:"
WORDS: Mapping[str, frozenset[str]] = {
    TITLE: frozenset({"title"}),
    "text:": frozenset({"title", "text"}),
    "page:": frozenset({"page"}),
}
"""Prefixes for some of the words of an article, and the fields of a document where these stand."""
ABOUT = {"author:": "author", "category:": "category", "url:": "url"}
"""Prefixes for what is said about an article, and the field of a document where that stands."""
FIELDS = (*WORDS, *ABOUT)
EXACT = "="
LIST = "@"
PREFIX = "*"
QUOTES = '"“”„‟«»'
HYPHENATING = ("-", "'")
"""What `text.glue` says between the halves of one word."""

MOST_NESTED = 100
"""How deep lists may name each other: Python itself gives up at some three hundred."""

MOST_PHRASES = 2_000
"""What one term with lists in it may come to: more would cost seconds at every start."""

MOST_SPELLINGS = 16
"""So many ways to spell the words of one term are looked for: four words that may be spelled in two ways each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A term made ready: it is found where any of its `sequences` of needles stands in a row.

    `about` is the field it is looked for in, if that is not the words of the article; then its needles begin with it.
    `only` are the fields of its words where it counts; none: all of them.
    `exact` holds the words that must be there letter by letter (`=Turkey`); empty for other terms.
    """

    written: str
    sequences: tuple[tuple[str, ...], ...]
    only: frozenset[str] = frozenset()
    about: str = ""
    exact: tuple[str, ...] = ()


class ListError(ValueError):
    """A reference that leads nowhere or in a circle; `within` names the list to correct, "" the topic itself."""

    def __init__(self, message: str, *, within: str) -> None:
        super().__init__(message)
        self.within = within


def expanded(terms: Sequence[str], lists: Mapping[str, Sequence[str]], above: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The terms with every `@list` replaced by what it holds, each once, in the order written.

    `above` names the lists these terms stand in, outermost first. Raises ListError.
    """
    return _expanded(terms, _Lists(lists), above)


@dataclass(frozen=True, slots=True)
class _Lists:
    """The lists as written, and what is known of their content: each is written out once, or lists that name each other
    twice would take for ever.
    """

    written: Mapping[str, Sequence[str]]
    known: dict[str, tuple[str, ...]] = field(default_factory=dict)


def _expanded(terms: Sequence[str], lists: _Lists, above: tuple[str, ...]) -> tuple[str, ...]:
    if not any(LIST in term for term in terms):
        return tuple(dict.fromkeys(terms))
    return tuple(dict.fromkeys(each for term in terms for each in _written_out(term, lists, above)))


def _content(name: str, lists: _Lists, above: tuple[str, ...]) -> tuple[str, ...]:
    """What a list holds in the end. Raises ListError."""
    if name not in lists.known:
        if len(above) >= MOST_NESTED:
            message = f"the lists below it are more than {MOST_NESTED} deep; write the terms of the inner ones instead."
            raise ListError(message, within=above[0])
        lists.known[name] = _expanded(_list_named(name, lists.written, above), lists, (*above, name))
    return lists.known[name]


def _written_out(term: str, lists: _Lists, above: tuple[str, ...]) -> Sequence[str]:
    prefix, body = split_field(term.strip())
    name = _whole_name(body, lists.written)
    if name:
        inner = _content(name, lists, above)
        return [item if item.startswith(FIELDS) else prefix + item for item in inner]
    if not listed_names(term):
        return (term,)
    ways = [_in_a_phrase(word, term, lists, above) if _is_list(word) else (word,) for word in body.split()]
    count = prod(map(len, ways))
    if count > MOST_PHRASES:
        message = f'"{term}" comes to {count:,} phrases, {MOST_PHRASES:,} are allowed. Use shorter lists.'
        raise ListError(message, within=above[-1] if above else "")
    phrases = [" ".join(words) for words in product(*ways)]
    if bad := next((each for each in phrases if PREFIX in each[:-1]), ""):
        message = f'"{term}" – it comes to "{bad}", and * is allowed only at the end of a term.'
        raise ListError(message, within=above[-1] if above else "")
    return [prefix + phrase for phrase in phrases]


def _in_a_phrase(word: str, term: str, lists: _Lists, above: tuple[str, ...]) -> Sequence[str]:
    """The terms that take the place of `@list` between other words. `=` is dropped: the phrase is exact enough."""
    name = word.removeprefix(LIST)
    found = _content(name, lists, above)
    if unfit := next((each for each in found if each.startswith(FIELDS)), ""):
        message = f'"{term}" – "{word}" has "{unfit}", which cannot stand inside a phrase.'
        raise ListError(message, within=above[-1] if above else "")
    return [each.removeprefix(EXACT) for each in found]


def listed_names(term: str, lists: Container[str] = ()) -> tuple[str, ...]:
    """The lists that a term names, alone (`@us`, `title:@us`) or within a phrase (`deal with @russia`).

    `lists` are those that are known: one whose name has a space can only be distinguished from a phrase by its name.
    """
    _, body = split_field(term.strip())
    name = _whole_name(body, lists)
    return (name,) if name else tuple(word.removeprefix(LIST) for word in body.split() if _is_list(word))


def _whole_name(body: str, lists: Container[str]) -> str:
    """The list that is all there is to a term; "" if it is something else."""
    name = body[1:].strip() if body.startswith(LIST) else ""
    return name if name in lists or len(name.split()) == 1 else ""


def _is_list(word: str) -> bool:
    return word.startswith(LIST) and word != LIST


def _list_named(name: str, lists: Mapping[str, Sequence[str]], above: tuple[str, ...]) -> Sequence[str]:
    if name in above:
        circle = (*above[above.index(name) :], name)
        loop = " → ".join(f"lists.{each}" for each in circle)
        raise ListError(f"{loop} is a loop; take one of them out.", within=name)
    if name not in lists:
        close = get_close_matches(name, lists, n=1)
        key = f'"{name}"' if "." in name else name
        hint = f'Did you mean "{LIST}{close[0]}"?' if close else f"Define it under [lists]: {key} = [ … ]."
        raise ListError(f'"{LIST}{name}" – no such list. {hint}', within=above[-1] if above else "")
    return lists[name]


@lru_cache(MEMORY_TERMS)
def parse_term(written: str) -> Term:
    """What one term looks for. Raises ValueError, with what to write instead, if it is none."""
    if PLAIN.fullmatch(written):
        return Term(written=written, sequences=_plain_sequences(written.lower().split(" ")))
    problem = mistake(written)
    if problem:
        raise ValueError(problem)
    field, body = split_field(written.strip().strip(QUOTES))
    about, is_exact = ABOUT.get(field, ""), body.startswith(EXACT)
    words = tokens(body, {}, word_in(about))
    raws = [body[token.start : token.end] for token in words]
    sequences = (tuple(read(raw).key for raw in raws),) if is_exact else _sequences(body, words, raws)
    return Term(
        written=written,
        sequences=tuple(tuple(needle_about(about, needle) for needle in each) for each in sequences),
        only=WORDS.get(field, frozenset()),
        about=about,
        exact=tuple(bare(raw) for raw in raws) if is_exact else (),
    )


def needle_about(about: str, needle: str) -> str:
    """The needle as it is looked for in the field `about`: no word has a colon."""
    return f"{about}:{needle}" if about else needle


def _plain_sequences(words: list[str]) -> tuple[tuple[str, ...], ...]:
    """The result of `_sequences` for letters and spaces, in a tenth of the time: most terms have nothing else."""
    ways = [tuple(words)]
    for place, (left, right) in enumerate(pairwise(words)):
        if len(left) + len(right) >= SHORTEST_COMPOUND and STOP_WORDS.isdisjoint((left, right)):
            ways.append((*words[:place], left + right, *words[place + 2 :]))
    return tuple(ways)


def split_field(body: str) -> tuple[str, str]:
    """The prefix that says where a term is looked for, "" for anywhere, and the rest."""
    field = next((each for each in FIELDS if body.startswith(each)), "")
    return field, body[len(field) :].lstrip()


def anywhere(term: str) -> str:
    """The term without a prefix that says in which of the words of an article it is looked for; those for what is said
    about an article stay.
    """
    prefix, body = split_field(term)
    return body if prefix in WORDS else term


def _sequences(body: str, words: Sequence[Token], raws: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The words as written, and with halves of a compound written as one: cease-fire, ceasefire.

    In Chinese, Japanese and Thai a * changes nothing: there a term is found inside longer words anyway.
    """
    star = PREFIX if body.endswith(PREFIX) and not is_unspaced(words[-1]) else ""
    parts, words = _with_initials_joined(body, words, raws)
    glued = [_is_hyphenated(body, left, right) for left, right in pairwise(words)]
    ways = [parts]
    for place, hyphenated in enumerate(glued):
        if _may_close(words[place], words[place + 1], parts[place : place + 2], hyphenated=hyphenated):
            ways.append([*parts[:place], parts[place] + parts[place + 1], *parts[place + 2 :]])
    if len(glued) > 1 and all(glued):
        ways.append(["".join(parts)])
    return tuple(dict.fromkeys(spelling for way in ways for spelling in _spellings(way, star)))


def _with_initials_joined(body: str, words: Sequence[Token], raws: Sequence[str]) -> tuple[list[str], Sequence[Token]]:
    """The raw words and their tokens, of an abbreviation written apart one for all of it: J. D. is the word JD."""
    parts: list[str] = []
    kept: list[Token] = []
    end = 0
    runs = {found.start(): found.end() for found in INITIALS.finditer(body) if found[0].isupper()}
    for raw, token in zip(raws, words, strict=True):
        if token.start < end:
            parts[-1] += raw
            kept[-1] = Token(read(parts[-1]), kept[-1].start, token.end)
        else:
            parts.append(raw)
            kept.append(token)
        end = max(end, runs.get(token.start, 0))
    return parts, kept


def _spellings(way: Sequence[str], star: str) -> Iterable[tuple[str, ...]]:
    """Every way to spell these words, as needles."""
    spelled = [_needles(raw, star if place == len(way) - 1 else "", len(way)) for place, raw in enumerate(way)]
    return islice(product(*spelled), MOST_SPELLINGS)


def _needles(raw: str, star: str, count: int) -> tuple[str, ...]:
    """What one of the `count` words of a term looks for: itself, and how else people spell it."""
    word = read(raw)
    keys = twins(word.key, is_open=bool(star), is_alone=count == 1)
    first = _needle(word, star)
    spelled = (_needle(other, star) for other in other_readings(raw))
    return tuple(dict.fromkeys((first, *(key + star for key in keys[1:]), *spelled)))


def _needle(word: Word, star: str) -> str:
    return word.caps if word.caps and not star and word.caps == word.key.upper() else word.key + star


def _is_hyphenated(body: str, left: Token, right: Token) -> bool:
    return glue(body, left, right) in HYPHENATING


def _may_close(left: Token, right: Token, raws: Sequence[str], *, hyphenated: bool) -> bool:
    """Whether two neighbours may be found as one word. Capitals are kept: "US aid" is not USAID."""
    if is_unspaced(left) or is_unspaced(right):
        return False
    if hyphenated:
        return is_acronym(bare("".join(raws))) or not (left.word.caps or right.word.caps)
    if is_plate(*raws):
        return True
    is_function_word = left.word.key in STOP_WORDS or right.word.key in STOP_WORDS
    closed = "".join(raws)
    return not (is_function_word or left.word.caps or right.word.caps) and len(closed) >= shortest_compound(closed)
