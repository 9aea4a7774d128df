"""Conditions for the index of searches in PostgreSQL, from the expressions of `search.expression`. Pure.

The words of an article are a set there, not a row: a phrase is looked for by its words, and then in the row of words of
the articles that have them all. So no limit of PostgreSQL on positions in a text lets a phrase be missed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

TOKEN = re.compile(r'\(|\)|AND\b|OR\b|NOT\b|title : |\{title text page\} : |"[^"]*"(?: \*)?|\s+')
TITLE = "^"
"""What a word of the headline begins with in the set, beside the word itself. No word has this sign."""

COLUMNS = {
    "": ("title", "text", "extra", "page"),
    "title : ": ("title",),
    "{title text page} : ": ("title", "text", "page"),
}


@dataclass(slots=True)
class Condition:
    """SQL that is true for the articles that are found, and the values of its parameters."""

    sql: str = ""
    values: dict[str, str] = field(default_factory=dict)


def condition(expression: str) -> Condition:
    """Of an expression that is not empty."""
    made = Condition()
    parser = _Parser(list(_tokens(expression)), made)
    made.sql = parser.either("")
    return made


def _tokens(expression: str) -> Iterator[str]:
    at = 0
    while at < len(expression):
        found = TOKEN.match(expression, at)
        if found is None:
            raise ValueError(f"{expression[at:]!r} is not of the language of search.expression")
        at = found.end()
        if found[0].strip():
            yield found[0]


class _Parser:
    """`either` is what OR joins, `every` what AND joins, `each` one of these; `place` is the columns that are meant."""

    def __init__(self, tokens: list[str], made: Condition) -> None:
        self._tokens = tokens[::-1]
        self._made = made

    def either(self, place: str) -> str:
        parts = [self._every(place)]
        while self._takes("OR"):
            parts.append(self._every(place))
        return _joined(" OR ", parts)

    def _every(self, place: str) -> str:
        parts = [self._but(place)]
        while self._takes("AND"):
            parts.append(self._but(place))
        return _joined(" AND ", parts)

    def _but(self, place: str) -> str:
        found = self._each(place)
        while self._takes("NOT"):
            found = f"({found} AND NOT {self._each(place)})"
        return found

    def _each(self, place: str) -> str:
        token = self._tokens.pop()
        if token in COLUMNS:
            return self._each(place if place == "title : " else token)
        if token == "(":  # noqa: S105 (no password)
            found = self.either(place)
            self._tokens.pop()
            return found
        words, _, star = token[1:].rpartition('"')
        return self._phrase(words.split(" "), COLUMNS[place], is_prefix=bool(star))

    def _phrase(self, words: list[str], columns: tuple[str, ...], *, is_prefix: bool) -> str:
        mark = TITLE if columns == ("title",) else ""
        asked = [f"'{_quoted(mark + word)}'" for word in words]
        there = f"words @@ CAST({self._value(' & '.join(asked) + (':*' if is_prefix else ''))} AS tsquery)"
        if len(words) == 1:
            return there
        row = self._value(f"% {_plain(' '.join(words))}{'' if is_prefix else ' '}%")
        rows = [f"' ' || {column} || ' ' LIKE {row}" for column in columns]
        return f"({there} AND ({' OR '.join(rows)}))"

    def _value(self, value: str) -> str:
        name = f"v{len(self._made.values)}"
        self._made.values[name] = value
        return f":{name}"

    def _takes(self, word: str) -> bool:
        if self._tokens and self._tokens[-1] == word:
            self._tokens.pop()
            return True
        return False


def _joined(by: str, parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({by.join(parts)})"


def _quoted(word: str) -> str:
    """As a lexeme of a tsquery has it."""
    return word.replace("\\", "\\\\").replace("'", "''")


def _plain(words: str) -> str:
    """As LIKE has what stands for itself."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
