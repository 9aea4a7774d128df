"""Articles from JSON lines, and the stories that a reader put them into.

    {"id": "7", "title": "…", "text": "…", "published": "2014-03-10T16:52:50Z", "source": "…", "story": "…"}

All but the id and the title may be missing. Without a date an article came with the one before it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from monitor.model.ids import ArticleId
from monitor.model.story import StoryArticle
from monitor.workbench import Entry, entry_from_line

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stories:
    """`stream`: the articles in the order they came, numbered by their lines from 1. By number: what their
    lines call them (`names`), and the stories they belong to (`gold`, if their lines say so).
    """

    stream: tuple[StoryArticle, ...]
    names: Mapping[int, object]
    gold: Mapping[int, str]

    def only(self, numbers: Iterable[int]) -> "Stories":
        """The same with these articles only, a store of their own."""
        wanted = set(numbers)
        stream = tuple(article for article in self.stream if article.id in wanted)
        return Stories(stream=stream, names=self.names, gold=self.gold)

    def labels(self) -> list[str]:
        return [self.gold[article.id] for article in self.stream]

    def numbers_of(self, stories: Iterable[str]) -> list[int]:
        wanted = set(stories)
        return [article.id for article in self.stream if self.gold[article.id] in wanted]


def stories_in(file: Path) -> Stories:
    """Raises ValueError with the line that cannot be read."""
    entries: dict[int, Entry] = {}
    gold: dict[int, str] = {}
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    entries[number] = entry_from_line(line)
                except ValueError as error:
                    raise ValueError(f"{file}:{number}: {error}") from error
                story = json.loads(line.decode("utf-8-sig")).get("story")
                if story is not None:
                    gold[number] = str(story)
    return Stories(stream=_stream(entries), names={number: entry.id for number, entry in entries.items()}, gold=gold)


def _stream(entries: Mapping[int, Entry]) -> tuple[StoryArticle, ...]:
    seen_at = BEGINNING
    articles = []
    for number, entry in entries.items():
        seen_at = entry.seen_at or seen_at
        document = entry.document
        articles.append(
            StoryArticle(
                id=ArticleId(number),
                title=document.title,
                text=document.text,
                outlet=document.outlet,
                first_seen_at=seen_at,
            )
        )
    return tuple(sorted(articles, key=lambda article: (article.first_seen_at, article.id)))


def halves(stories: Stories) -> tuple[Stories, Stories]:
    """The half that thresholds were chosen on, and the one that is reported: no story is in both."""
    labels: Sequence[str] = sorted(set(stories.gold.values()))
    tuning, reporting = (stories.only(stories.numbers_of(labels[first::2])) for first in (0, 1))
    return tuning, reporting
