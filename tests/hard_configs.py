"""Configs that are hard to edit: every way to write TOML that a person may have, mixed by a seeded random generator.

Each is known table by table, with its place in bytes, without anything of the editor: a test can say which bytes an
edit may have touched.
"""

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from random import Random  # noqa: TID251 (seeded)
from typing import Any

Path = tuple[str | int, ...]

WORDS = (
    "truce", "Zabadani", "ceas*", "=Turkey", "title:podcast", "café", "停戦", "перемири*", "آتش‌بس",
    'say "when"', "back\\slash", "a # b", "[x]", "k = v", "it's", "tab\there", "two\nlines", "🛰 dish", "", "'''", "1e5",
    '[[feeds]]\nurl = "https://in.example/text"\nenabled = true\n', "\n[groups.sham]\n# no comment\n",
)  # fmt: skip
COMMENTS = ("", " # why", "# tight", " # [[topics]]", ' # "quoted", ]', "\t# tab", " # 停戦 = x", " # }")


@dataclass(frozen=True)
class Written:
    """A table of the file: its path, and the bytes that are its own."""

    path: Path
    start: int
    end: int


@dataclass
class Hard:
    """A config, and where its tables stand."""

    source: bytes
    tables: list[Written]

    @property
    def data(self) -> dict[str, Any]:
        return tomllib.loads(self.source.removeprefix(b"\xef\xbb\xbf").decode())


@dataclass
class Author:
    """Somebody with habits, who writes one file."""

    chance: Random
    eol: str = field(init=False)
    indent: str = field(init=False)
    text: str = ""
    tables: list[Written] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.eol = self.chance.choice(("\n", "\n", "\r\n"))
        self.indent = self.chance.choice(("", "", "  ", "\t", "    "))

    def one(self, *choices: str) -> str:
        return self.chance.choice(choices)

    # ---- Words of TOML

    def comment(self) -> str:
        return self.chance.choice(COMMENTS) if self.chance.random() < 0.4 else ""

    def string(self, word: str, *, is_flat: bool = False) -> str:
        basic = '"' + "".join(self.letter(sign) for sign in word) + '"'
        ways = [basic, basic]
        if "'" not in word and "\n" not in word and word.isprintable():
            ways.append(f"'{word}'")
        if not is_flat and "'''" not in word and not word.endswith("'"):
            ways.append(f"'''{self.eol}{word}'''" if "\n" not in word else f"'''{word}'''")
        if not is_flat and "\\" not in word and '"' not in word:
            ways.append(f'"""{self.eol}{word}"""')
            ways.append(f'"""\\{self.eol}   {word}"""' if word and not word[0].isspace() else basic)
        return self.chance.choice(ways)

    def letter(self, sign: str) -> str:
        plain = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}
        return plain.get(sign) or (f"\\U{ord(sign):08X}" if self.chance.random() < 0.03 else sign)

    def key(self, name: str) -> str:
        ways = [f'"{name}"', f"'{name}'"]
        return self.chance.choice([name, name, name, *ways] if name.isascii() and name.isidentifier() else ways)

    def equals(self) -> str:
        return self.one(" = ", "=", "  =\t", " = ")

    def array(self, items: Sequence[str], depth: int = 0, *, is_flat: bool = False) -> str:
        style = self.chance.randrange(5) if not is_flat else 0
        trailing = self.one("", ",", " ,") if items else ""
        if style == 0 or (not items and style < 3):
            return f"[{self.one('', ' ')}{self.one(', ', ',', ' , ').join(items)}{trailing}{self.one('', ' ')}]"
        pad = self.indent + "  " * (depth + 1)
        if style == 1 and items:  # wrapped, several a line
            return f"[{self.eol}{pad}{', '.join(items)}{trailing}{self.comment()}{self.eol}]"
        if style == 2 and items:  # commas first
            lines = f"{self.comment()}{self.eol}{pad}, ".join(items)
            return f"[ {lines}{self.comment()}{self.eol}{pad}]"
        if style == 3 and items:  # the closing bracket behind the last item
            return "[" + f",{self.comment()}{self.eol}{pad}".join(items) + "]"
        lines = self.eol.join(
            f"{pad}{item}{',' if number + 1 < len(items) or trailing else ''}{self.comment()}"
            for number, item in enumerate(items)
        )
        own = f"{pad}# a line of its own, ]{self.eol}" if self.chance.random() < 0.3 else ""
        body = f"{lines}{self.eol}" if items else ""
        return f"[{self.comment()}{self.eol}{own}{body}{own}{self.indent}]"

    def words(self, *, is_flat: bool = False) -> str:
        chosen = self.chance.sample(WORDS, self.chance.randrange(4))
        return self.array([self.string(word, is_flat=is_flat) for word in chosen], is_flat=is_flat)

    def groups(self, *, is_flat: bool = False) -> str:
        chosen = [
            self.string(self.chance.choice(WORDS), is_flat=is_flat)
            if self.chance.random() < 0.4
            else self.words(is_flat=is_flat)
            for _ in range(self.chance.randrange(1, 4))
        ]
        return self.array(chosen, is_flat=is_flat)

    # ---- Tables

    def rule(self, *, is_flat: bool = False) -> dict[str, str]:
        ways: dict[str, Callable[[], str]] = {
            "all": lambda: self.groups(is_flat=is_flat),
            "any": lambda: self.words(is_flat=is_flat),
            "none": lambda: self.words(is_flat=is_flat),
            "must_match": lambda: self.words(is_flat=is_flat),
            "near": lambda: str(self.chance.randrange(9)),
            "within": lambda: self.string("lead", is_flat=is_flat),
            "ratio": lambda: self.one("1.0", "nan", "-inf", "1_000.5e-3"),
            "since": lambda: self.one("2016-09-21", "2016-09-21T07:00:00Z", "07:30:00"),
            "limits.most": lambda: self.one("0x1F", "true"),
            "langues d'été": lambda: self.string("été", is_flat=is_flat),
        }
        names = self.chance.sample(sorted(ways), self.chance.randrange(1, 6))
        return {name: ways[name]() for name in names}

    def dotted(self, name: str) -> str:
        return name if name == "limits.most" else self.quoted(name)

    def quoted(self, name: str) -> str:
        return f'"{name}"' if "'" in name else self.key(name)

    def lines(self, pairs: dict[str, str]) -> str:
        made = ""
        for name, value in pairs.items():
            if self.chance.random() < 0.15:
                made += self.one("", f"{self.indent}# {name} = off") + self.eol
            made += f"{self.indent}{self.dotted(name)}{self.equals()}{value}{self.comment()}{self.eol}"
        return made

    def inline(self, pairs: dict[str, str]) -> str:
        body = self.one(", ", ",").join(f"{self.dotted(name)}{self.equals()}{value}" for name, value in pairs.items())
        return self.one("{ ", "{") + body + self.one(" }", "}")

    def table(self, header: str, path: Path, pairs: dict[str, str]) -> None:
        start = len(self.text.encode())
        self.text += f"{self.indent}{header}{self.comment()}{self.eol}{self.lines(pairs)}"
        self.tables.append(Written(path, start, len(self.text.encode())))
        self.gap()

    def gap(self) -> None:
        for _ in range(self.chance.randrange(3)):
            self.text += self.one("", "", "# ---- next ----", "#[[topics]]", "   ") + self.eol

    def header(self, *names: str, is_array: bool = False) -> str:
        name = self.one(".", " . ", ".").join(self.key(each) for each in names)
        left, right = ("[[", "]]") if is_array else ("[", "]")
        return left + self.one("", " ") + name + self.one("", " ") + right

    # ---- Parts of a config

    def root(self) -> None:
        start = len(self.text.encode())
        self.text += f"include{self.equals()}{self.words()}{self.comment()}{self.eol}"
        if self.chance.random() < 0.5:
            self.text += f'polling.interval = "1h"{self.eol}polling . timeout = 3 # s{self.eol}'
        self.tables.append(Written((), start, len(self.text.encode())))
        self.gap()

    def inline_topics(self) -> None:
        """All topics as an array of inline tables, at the top."""
        self.text += "topics = ["
        for number in range(self.chance.randrange(1, 4)):
            self.text += self.one("", f"{self.eol}  ", f"  # next{self.eol}")
            start = len(self.text.encode())
            self.text += self.inline({"name": self.string(f"Topic {number}", is_flat=True), **self.rule(is_flat=True)})
            self.tables.append(Written(("topics", number), start, len(self.text.encode())))
            self.text += self.one(",", " ,")
        self.text += f"{self.comment()}{self.eol}]{self.comment()}{self.eol}"
        self.tables[0] = replace(self.tables[0], end=len(self.text.encode()))  # they stand in the root table

    def topics(self) -> None:
        for number in range(self.chance.randrange(1, 4)):
            name = {"name": self.string(f"Topic {number}")}
            pairs = {**name, **self.rule()} if self.chance.random() < 0.7 else {**self.rule(), **name}
            self.table(self.header("topics", is_array=True), ("topics", number), pairs)
            for inner in range(self.chance.randrange(3)):
                header = self.header("topics", "rule", is_array=True)
                self.table(header, ("topics", number, "rule", inner), self.rule())
            if self.chance.random() < 0.2:
                self.table(self.header("topics", "more"), ("topics", number, "more"), self.rule())

    def others(self) -> None:
        self.table(self.header("lists"), ("lists",), {"mine": self.words(), "syria.ar": self.words()})
        if self.chance.random() < 0.5:
            self.table(self.header("storage"), ("storage",), {"folder": self.string("data")})
        if self.chance.random() < 0.5:
            inline = self.inline({"host": self.string("mx.example", is_flat=True), "tries": self.words(is_flat=True)})
            self.table(self.header("mail"), ("mail",), {"server": inline})

    def inline_feeds(self) -> None:
        """All feeds as an array of inline tables, at the top."""
        self.text += "feeds = ["
        for number in range(self.chance.randrange(1, 4)):
            self.text += self.one("", f"{self.eol}\t", f" # [[feeds]]{self.eol}")
            start = len(self.text.encode())
            url = self.string(f"https://post.example/{number}", is_flat=True)
            self.text += self.inline({"url": url, **self.rule(is_flat=True)})
            self.tables.append(Written(("feeds", number), start, len(self.text.encode())))
            self.text += self.one(",", " ,")
        self.text += f"{self.comment()}{self.eol}]{self.comment()}{self.eol}"
        self.tables[0] = replace(self.tables[0], end=len(self.text.encode()))

    def feeds(self) -> None:
        for number in range(self.chance.randrange(3)):
            pairs = {"url": self.string(f"https://post.example/{number}"), **self.rule()}
            self.table(self.header("feeds", is_array=True), ("feeds", number), pairs)
            if self.chance.random() < 0.3:
                self.table(self.header("feeds", "auth"), ("feeds", number, "auth"), {"token_env": self.string("NO")})

    def groups_of_feeds(self) -> None:
        for name in self.chance.sample(("gulf", "Middle East", "a.b", "停戦"), self.chance.randrange(3)):
            self.table(self.header("groups", name), ("groups", name), {"language": self.string("ar"), **self.rule()})


def hard_config(seed: int) -> Hard:
    """One of the files; the same seed gives the same one."""
    author = Author(Random(seed))
    author.text = author.one("", "# News, by hand\n", "\n\n")
    author.root()
    has_inline = author.chance.random() < 0.25
    if has_inline:
        author.inline_topics()
    has_inline_feeds = author.chance.random() < 0.2
    if has_inline_feeds:
        author.inline_feeds()
    parts = [author.others, author.groups_of_feeds]
    parts += [author.topics] * (not has_inline) + [author.feeds] * (not has_inline_feeds)
    author.chance.shuffle(parts)
    for part in parts:
        part()
    text = author.text
    if author.chance.random() < 0.3:
        text = text.rstrip()  # no line break at the end
    source = text.encode()
    tables = [Written(each.path, each.start, min(each.end, len(source))) for each in author.tables]
    if author.chance.random() < 0.3:
        source = b"\xef\xbb\xbf" + source
        tables = [Written(each.path, each.start + 3, each.end + 3) for each in tables]
    return Hard(source, tables)
