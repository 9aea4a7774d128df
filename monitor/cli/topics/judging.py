"""Asks a person which articles belong to a topic, or reads what they said elsewhere. Each answer is stored at once.

A judgement is a row that the daemon does not write, so nobody needs to be asked for it: `judge` works beside a running
daemon as it does without one.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from monitor.cli import local_time, output
from monitor.cli.topics import asked
from monitor.cli.topics.nearest import name_in, nearest_of
from monitor.config import Settings
from monitor.counted import counted
from monitor.daemon.clock import SystemClock
from monitor.digest.excerpt import snippet
from monitor.model.article import Article
from monitor.model.entries import Segment
from monitor.model.ids import ArticleId
from monitor.model.match import Match, Tier
from monitor.model.perhaps import Nearest
from monitor.model.topic import Topic
from monitor.store import Store
from monitor.workbench import Candidate, Entry, Judged, candidates, entry_of

HIT = "bold yellow"
QUESTION = "Does it belong to the topic? y / n / s (skip) / q (quit) / ? (help): "
HELP = """\
  y  yes, it belongs to the topic, whether the topic matches it or not
  n  no, it does not
  s  skip: ask again another time
  q  quit; what you have said is stored
To change an answer, judge the article again: --input takes its id."""
ANSWERS = {"y": True, "yes": True, "n": False, "no": False}
QUIT = ("q", "quit", "")

Said = Mapping[ArticleId, bool]


@dataclass(frozen=True, slots=True)
class Desk:
    """A topic to be judged, with the articles first seen since a moment."""

    settings: Settings
    store: Store
    topic: Topic
    since: datetime

    def name(self, topic: Topic) -> str:
        """What the topic is called in the store: until the daemon has read a new name, by the old one."""
        return name_in(self.store, topic)

    def said(self) -> Said:
        return self.store.judgements.of(self.name(self.topic))

    def judged(self) -> Judged:
        said = self.said()
        right = frozenset(article for article, is_relevant in said.items() if is_relevant)
        return Judged(right=right, wrong=frozenset(said) - right)

    def say(self, topic: Topic, said: Said, source: str) -> None:
        self.store.judgements.add(self.name(topic), said, source=source, now=SystemClock().now())

    def entries(self) -> Iterator[Entry]:
        """The articles since the moment, then judged ones that are older."""
        yield from asked.entries(self.store, self.since)
        shared, page_of = self.store.boilerplate.of_all(), self.store.pages.reader()
        for article in self.articles(self.said()):
            if article.first_seen_at < self.since:
                yield entry_of(article, shared, page_of(article.id))

    def articles(self, ids: Said) -> Iterator[Article]:
        """Those of the articles that are still stored."""
        return filter(None, (self.store.articles.one(each) for each in ids))

    def candidates(self, limit: int) -> tuple[Candidate, ...]:
        """Articles that nobody has judged yet."""
        said = self.said()

        def unjudged() -> Iterator[Entry]:
            return (entry for entry in asked.entries(self.store, self.since) if entry.id not in said)

        nearest = nearest_of(self.settings, self.store, self.topic, self.since, limit + len(said))
        return candidates(unjudged, self.topic, self.settings.lists, limit=limit, nearest=nearest)

    def candidates_among(self, ids: Sequence[ArticleId], nearest: Nearest, limit: int) -> tuple[Candidate, ...]:
        """The same among these articles, and those that resemble the topic."""
        said, shared, page_of = self.said(), self.store.boilerplate.of_all(), self.store.pages.reader()
        among = list(dict.fromkeys((*(each.article.id for each in nearest.found), *ids)))
        found = (each for each in self.store.articles.each(among) if each.id not in said)
        unjudged = [entry_of(each, shared, page_of(each.id)) for each in found]
        return candidates(lambda: unjudged, self.topic, self.settings.lists, limit=limit, nearest=nearest)

    def passage(self, candidate: Candidate) -> tuple[Segment, ...]:
        """The sentences that matter."""
        found = candidate.finding
        article = self.store.articles.one(_id(candidate))
        if article is None:
            return ()
        tier = found.tier or Tier.PASSING
        match = Match(topic=self.topic.name, rule=0, tier=tier, evidence=found.evidence, fingerprint="")
        return snippet(article, match, self.store.boilerplate.of_all().get(article.feed_id, ()))


# ---- At the terminal


def ask(desk: Desk, limit: int) -> Said:
    """Show the candidates one at a time. Returns what was said about them."""
    found = desk.candidates(limit)
    said: dict[ArticleId, bool] = {}
    if not found:
        print("There is nothing to judge: no article since then nearly matches, resembles it, or matches in passing.")
    for number, candidate in enumerate(found, 1):
        answer = asked_about(desk, candidate, f"{number} of {len(found)}: {desk.topic.name}", "terminal")
        if answer in QUIT:
            break
        if answer in ANSWERS:
            said[_id(candidate)] = ANSWERS[answer]
    if found:
        right = sum(said.values())
        verdict = f": {right} yes, {len(said) - right} no" if said else ""
        print(f"{counted(len(said), 'article', 'articles')} judged{verdict}.")
    return said


def asked_about(desk: Desk, candidate: Candidate, heading: str, source: str) -> str:
    """Show an article and ask about it. Returns what was answered, and stores it if it is a judgement."""
    _show(desk, candidate, heading)
    answer = _answer()
    if answer in ANSWERS:
        desk.say(desk.topic, {_id(candidate): ANSWERS[answer]}, source)
    return answer


def _answer() -> str:
    """What a person answers, in small letters; "" at the end of the input."""
    while True:
        print(QUESTION, end="", flush=True)
        line = sys.stdin.readline()
        answer = line.strip().lower()
        if not line or not sys.stdin.isatty():
            print()  # nobody has typed a line break
        if not line:
            return ""
        if answer in ANSWERS or answer in ("s", "skip", *QUIT[:2]):
            return answer
        print(HELP)


def _show(desk: Desk, candidate: Candidate, heading: str) -> None:
    found, console = candidate.finding, output.console()
    console.width = min(console.width, output.TERMINAL_COLUMNS)
    date = local_time.day(found.seen_at) if found.seen_at else ""
    passage = _marked(desk.passage(candidate), console)
    console.print()
    console.print(Text(output.shown(heading), "dim"))
    console.print(Text(output.shown(found.title) or "(no headline)", "bold"))
    facts = ", ".join(filter(None, (output.shown(found.outlet), date, f"#{found.id}")))
    for line in (Text(facts, "dim"), passage, Text(f"Why: {output.shown(candidate.why)}")):
        if line:
            console.print(Padding.indent(line, 2))


def _marked(passage: Sequence[Segment], console: Console) -> Text:
    """The words that were found in bold, in a pipe in brackets."""
    text = Text()
    for piece in passage:
        shown = piece.text if not piece.is_hit or console.is_terminal else f"[{piece.text}]"
        text.append(shown, HIT if piece.is_hit else None)
    return text


# ---- For other front ends


def print_candidates(desk: Desk, limit: int) -> None:
    """Print one JSON object for each candidate, best first."""
    for candidate in desk.candidates(limit):
        output.print_json_line(written(desk, candidate))


def written(desk: Desk, candidate: Candidate) -> dict[str, Any]:
    found = candidate.finding
    return {
        "topic": desk.topic.name,
        "id": found.id,
        "url": found.link,
        "title": found.title,
        "outlet": found.outlet,
        "seen_at": found.seen_at,
        "is_paid": found.is_paid,
        "passage": "".join(piece.text for piece in desk.passage(candidate)),
        "matches": candidate.matches,
        "why": candidate.why,
    }


def read(desk: Desk, file: Path) -> int:
    """Store the judgements of a file. Returns how many lines were refused; each is reported with its line."""
    lines = asked.Lines(file, _judgement)
    stored = 0
    for number, (topic_name, article, is_relevant) in lines.numbered():
        topic = next((each for each in desk.settings.topics if each.name == (topic_name or desk.topic.name)), None)
        ids = _ids(desk.store, article)
        if topic is None:
            lines.refuse(number, f'there is no topic "{topic_name}" in {desk.settings.path}.')
        elif not ids:
            lines.refuse(number, f"no stored article has the id or URL {article!r}.")
        else:
            desk.say(topic, dict.fromkeys(ids, is_relevant), "input")
            stored += 1
    print(f"{counted(stored, 'judgement', 'judgements')} stored.")
    return lines.refused


def _judgement(line: bytes) -> tuple[str, int | str, bool]:
    """The topic, "" for the one of the command, the id or URL of an article, and whether it belongs to it."""
    try:
        written: Any = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON: {error}.") from error
    if not isinstance(written, dict):
        raise ValueError('write one JSON object per line, such as {"id": 7, "relevant": true}.')  # noqa: TRY004 (the fault of a text)
    topic, article, is_relevant = (
        written.get("topic", ""),
        written.get("id", written.get("url")),
        written.get("relevant"),
    )
    if not isinstance(topic, str):
        raise ValueError('"topic" is not a string.')  # noqa: TRY004 (the fault of a text)
    if not isinstance(article, (int, str)) or isinstance(article, bool) or article == "":
        raise ValueError('there is no "id" and no "url" of an article.')
    if not isinstance(is_relevant, bool):
        raise ValueError('"relevant" is neither true nor false.')  # noqa: TRY004 (the fault of a text)
    return topic, article, is_relevant


def _ids(store: Store, article: int | str) -> list[ArticleId]:
    if isinstance(article, str):
        return [each.id for each in store.articles.at(article)]
    one = store.articles.one(ArticleId(article)) if 0 < article < 2**63 else None
    return [one.id] if one else []


def _id(candidate: Candidate) -> ArticleId:
    return ArticleId(int(candidate.finding.id))
