"""`python -m benchmarks.searching N [FOLDER]`: how long searches take in N made-up articles of five languages.

The news have words as unevenly frequent as those of a language. Each kind of query is asked many times, each time of
other words, as the command does it: typed words → query → index → articles → marks. Beside it stands what one would
write without an index: LIKE over all texts, the newest first. Wall time, in milliseconds. FOLDER keeps the store for
the next run; without one it is made in a temporary folder.
"""

import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, islice
from pathlib import Path
from random import Random  # noqa: TID251 (seeded: every run has the same news)
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from sqlalchemy import insert

from benchmarks.measure import table
from monitor.cli.why import sought
from monitor.config import load
from monitor.model.ids import ArticleId, FeedId
from monitor.model.settings import FeedSettings
from monitor.search import Marker, feed_token, language_token, parse, tokens_between
from monitor.store import Store, open_store
from monitor.store.schema import migrate
from monitor.store.search_file import index_file
from monitor.store.searching import Sought
from monitor.store.tables import articles, matches, topics

SEED = 11
START = datetime(2024, 1, 1, tzinfo=UTC)
TODAY = date(2026, 12, 31)
DAYS = 1_000
FEEDS = 200
TITLE_WORDS, TEXT_WORDS = 9, 90
ROWS = 2_000
LIMIT = 20
SLOW = 3
"""So often the baseline is asked: it may take seconds."""

LETTERS = {
    "en": "etaoinsrhldcumfpgwybvk",
    "ru": "оеаинтсрвлкмдпуяыьгзбчйхжшю",
    "ar": "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
}
SHARES = {"en": 50, "ru": 15, "ar": 15, "zh": 10, "ja": 10}
KINDS = {"common": (15, 60), "usual": (300, 3_000), "rare": (12_000, 30_000)}
"""The ranks of words among the most frequent ones of their language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """The words of a language, the most frequent first."""

    code: str
    words: Sequence[str]
    weights: Sequence[float]
    joined_by: str

    def text(self, chance: Random, words: int) -> str:
        return self.joined_by.join(chance.choices(self.words, cum_weights=self.weights, k=words))

    def word(self, chance: Random, kind: str) -> str:
        first, last = KINDS[kind]
        return self.words[min(len(self.words) - 1, chance.randrange(first, last))]


def languages(chance: Random, words: int = 40_000) -> dict[str, Language]:
    """Five of them."""
    found = {}
    for code in SHARES:
        distinct = list(islice(dict.fromkeys(_words(chance, code)), words))
        weights = list(accumulate(1 / (rank + 3) for rank in range(len(distinct))))
        found[code] = Language(code=code, words=distinct, weights=weights, joined_by=" " if code in LETTERS else "")
    return found


def _words(chance: Random, code: str) -> Iterator[str]:
    if code in LETTERS:
        letters = LETTERS[code]
        seen: set[str] = set()
        for _ in range(200_000):
            word = "".join(chance.choices(letters, k=min(2 + len(seen).bit_length() // 2, chance.randint(2, 12))))
            if word not in seen:
                seen.add(word)
                yield word
        return
    signs = [chr(0x4E00 + place) for place in range(3_500)]
    kana = [chr(0x3042 + place) for place in range(80)] if code == "ja" else []
    for _ in range(200_000):
        yield "".join(chance.choices(kana if kana and chance.random() < 0.5 else signs, k=chance.randint(1, 3)))


def filled(folder: Path, number: int, spoken: dict[str, Language], chance: Random) -> tuple[Store, str]:
    """A store of so many articles, with its index, and its size in words; what is there already is used again."""
    file = folder / f"searching-{number}.db"
    is_there = file.exists()
    store = open_store(f"sqlite:///{file}", is_owner=True)
    if not is_there:
        migrate(store.database)
        fill(store, number, spoken, chance)
    began = time.monotonic()
    memory: dict[str, tuple[str, tuple[str, ...]]] = {}
    while store.searching.advance(memory):
        pass
    took = time.monotonic() - began
    while store.searching.tidy():
        pass
    joined = time.monotonic() - began - took
    sizes = [path.stat().st_size / 1e6 for path in (file, index_file(file))]
    rate = "it was there" if is_there else f"{took / number * 1e6:,.0f} µs an article"
    said = f"{number:,} articles, database {sizes[0]:,.0f} MB, index {sizes[1]:,.0f} MB."
    return store, f"{said} Indexed: {rate}; joined in {joined:.1f} s."


def fill(store: Store, number: int, spoken: dict[str, Language], chance: Random) -> None:
    feeds = [FeedSettings(url=f"https://f{each}.example/f", outlet=f"F{each}") for each in range(FEEDS)]
    store.feeds.sync(feeds, START)
    with store.database.write() as connection:
        for place, name in enumerate(("Few", "Many"), 1):
            connection.execute(insert(topics).values(id=place, name=name, fingerprint="", written=""))
    codes = chance.choices(list(SHARES), weights=list(SHARES.values()), k=number)
    for first in range(0, number, ROWS):
        rows = [
            _article(place, number, spoken[codes[place]], chance) for place in range(first, min(first + ROWS, number))
        ]
        with store.database.write() as connection:
            connection.execute(insert(articles), rows)
            found = [
                {"topic_id": topic, "article_id": row["id"], "rule": 0, "tier": "lead", "origin": "new", "evidence": []}
                | {"fingerprint": "", "matched_at": START}
                for row in rows
                for topic, share in ((1, 500 / number), (2, 0.03))
                if chance.random() < share
            ]
            if found:
                connection.execute(insert(matches), found)


def _article(place: int, number: int, language: Language, chance: Random) -> dict[str, object]:
    return {
        "id": place + 1,
        "feed_id": 1 + int(FEEDS * chance.random() ** 2),
        "key": f"{place}",
        "link": f"https://f.example/{place}",
        "title": language.text(chance, TITLE_WORDS),
        "text": language.text(chance, TEXT_WORDS),
        "language": language.code,
        "first_seen_at": START + timedelta(days=DAYS) * place / number,
        "arrival": "new",
        "is_mailable": True,
        "content_hash": "",
    }


# ---- Queries

Question = tuple[str, Sought, bool]
"""A word for the baseline ("" if it has none), what is searched, and whether the best are wanted first."""


def questions(spoken: dict[str, Language], chance: Random) -> dict[str, Callable[[], Question]]:
    """By the kind of query, what makes one."""

    def one(code: str, kind: str, form: str = "{}", *, is_best: bool = False, **more: object) -> Question:
        word = spoken[code].word(chance, kind)
        written = form.format(word, *(spoken[code].word(chance, "usual") for _ in range(4)))
        return word, Sought(query=parse(written), **more), is_best  # type: ignore[arg-type]

    def month() -> tuple[str, ...]:
        since = (START + timedelta(days=chance.randrange(DAYS - 30))).date()
        return tokens_between(since, since + timedelta(days=29), TODAY)

    kinds: dict[str, Callable[[], Question]] = {}
    for code in SHARES:
        for kind in KINDS:
            kinds[f"{code}, {kind} word"] = lambda code=code, kind=kind: one(code, kind)  # type: ignore[misc]
        kinds[f"{code}, two usual words"] = lambda code=code: one(code, "usual", "{} {}")  # type: ignore[misc]
        kinds[f"{code}, phrase"] = lambda code=code: one(code, "usual", '"{} {}"')  # type: ignore[misc]
    kinds["phrase of two common words"] = lambda: one("en", "common", f'"{{}} {spoken["en"].word(chance, "common")}"')
    kinds["beginning of a word"] = lambda: one("en", "usual", f"{_beginning(spoken['en'], chance)}*")
    kinds["OR of five, without one"] = lambda: one("en", "usual", "{} OR {} OR {} OR {} -{}")
    kinds["common word in a month"] = lambda: one("en", "common", facts=(month(),))
    kinds["rare word in a month"] = lambda: one("en", "rare", facts=(month(),))
    kinds["common word since a year ago"] = lambda: one(
        "ru", "common", facts=(tokens_between(date(2025, 6, 7), None, TODAY),)
    )
    kinds["common word in a small feed"] = lambda: one(
        "en", "common", facts=((feed_token(FeedId(chance.randint(150, FEEDS))),),)
    )
    kinds["common word in a language that has none"] = lambda: one("en", "common", facts=((language_token("zh"),),))
    kinds["common word in a small topic"] = lambda: one("en", "common", topics=("Few",))
    kinds["common word in a large topic"] = lambda: one("en", "common", topics=("Many",))
    kinds["usual word in a large topic"] = lambda: one("zh", "usual", topics=("Many",))
    kinds["common word of another language in a large topic"] = lambda: one("ar", "common", topics=("Many",))
    kinds["best: common word"] = lambda: one("en", "common", is_best=True)
    kinds["best: two usual words"] = lambda: one("en", "usual", "{} {}", is_best=True)
    kinds["a word that is nowhere"] = lambda: ("qqzzqq", Sought(query=parse("qqzzqq")), False)
    return kinds


def _beginning(language: Language, chance: Random) -> str:
    """The first four letters of a word."""
    return next(word for word in iter(lambda: language.word(chance, "usual"), "") if len(word) > 5)[:4]


def report(store: Store, spoken: dict[str, Language], chance: Random, times: int) -> str:
    """A table in Markdown."""
    rows, all_ = [], []
    for name, make in questions(spoken, chance).items():
        made = [make() for _ in range(times)]
        taken = [_taken(store, each) for each in made]
        all_ += taken
        slow = median(_baseline(store, word) for word, _, _ in made[:SLOW]) if made[0][0] else 0.0
        rows.append(
            (name, f"{median(taken):.1f}", f"{_p95(taken):.1f}", f"{slow:,.0f}", f"{slow / median(taken):,.1f}")
        )
    rows.append(("all", f"{median(all_):.1f}", f"{_p95(all_):.1f}", "", ""))
    return table(("query", "median, ms", "p95, ms", "LIKE, ms", "LIKE / ours"), rows)


CONFIG = """
[[feeds]]
url = "https://f1.example/f"
outlet = "F1"

[[topics]]
name = "Few"
any = ["ceasefire"]

[[topics]]
name = "Many"
all = [["dock", "port"], ["strike"]]

[[digests]]
name = "Daily"
to = ["you@reader.example"]

[mail]
kind = "maildir"

[storage]
folder = "{folder}"
"""


def why_report(store: Store, folder: Path, number: int, chance: Random, times: int) -> str:
    """The same for `why`: by number, by an address that is stored, by one that is not, and by words of a headline."""
    config = folder / "searching.toml"
    config.write_text(CONFIG.format(folder=folder), "utf-8")
    settings = load(config, {})
    ids = [chance.randint(1, number) for _ in range(times)]
    titles = [store.articles.one(ArticleId(each)).title for each in ids]  # type: ignore[union-attr]
    asked = {
        "number": [f"{each}" for each in ids],
        "address": [f"https://f.example/{each}" for each in ids],
        "address of no article": [f"https://f1.example/none/{each}" for each in ids],
        "all words of a headline": titles,
        "half of its words, and a wrong one": [f"{each[: len(each) // 2]} qqzzqq" for each in titles],
    }
    rows = []
    sought(settings, store, "1", "", None)  # imports what it needs
    for name, subjects in asked.items():
        taken = []
        for subject in subjects:
            began = time.perf_counter()
            sought(settings, store, subject, "", None)
            taken.append((time.perf_counter() - began) * 1_000)
        rows.append((name, f"{median(taken):.1f}", f"{_p95(taken):.1f}"))
    return table(("why, by", "median, ms", "p95, ms"), rows)


def _p95(taken: Sequence[float]) -> float:
    return quantiles(taken, n=20)[-1]


def _taken(store: Store, question: Question) -> float:
    _, sought, is_best = question
    began = time.perf_counter()
    found = store.searching.best(sought, LIMIT) if is_best else store.searching.newest(sought, LIMIT)
    marker = Marker(sought.query.wanted)
    for each in found.articles:
        marker.marked(each.title, 200)
        marker.marked(each.text, 240)
    return (time.perf_counter() - began) * 1_000


def _baseline(store: Store, word: str) -> float:
    query = "SELECT * FROM articles WHERE title LIKE ?1 OR text LIKE ?1 ORDER BY id DESC LIMIT ?2"
    began = time.perf_counter()
    with sqlite3.connect(store.database.file) as connection:
        connection.execute(query, (f"%{word}%", LIMIT + 1)).fetchall()
    connection.close()
    return (time.perf_counter() - began) * 1_000


def measured(number: int, folder: Path) -> str:
    """All of it for a store of so many articles, which is kept in the folder."""
    chance = Random(SEED)
    spoken = languages(chance)
    store, sizes = filled(folder, number, spoken, chance)
    try:
        tables = report(store, spoken, Random(SEED + 1), 40), why_report(store, folder, number, Random(SEED + 2), 20)
    finally:
        store.close()
    return "\n\n".join((sizes, *tables))


def in_passing(number: int) -> str:
    """The same, and nothing is kept."""
    with TemporaryDirectory() as folder:
        return measured(number, Path(folder))


def main(arguments: Sequence[str]) -> int:
    """Exit code 2 if N is missing."""
    if not arguments or not arguments[0].replace("_", "").isdecimal():
        print(__doc__, file=sys.stderr)
        return 2
    number = int(arguments[0])
    print(measured(number, Path(arguments[1])) if len(arguments) > 1 else in_passing(number))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
