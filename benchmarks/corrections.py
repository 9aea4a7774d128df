"""`python -m benchmarks.corrections FOLDER…`: which of the edits in recorded snapshots of feeds count as corrections.

Replays the folders as `replay` does and judges each edit that was stored: its words against the next ones. Beside that
it counts what a digest of every article with an edition a day would report. Prints the corrections, and a line per
folder.
"""

import logging
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from benchmarks.replay import program, snapshots_in
from monitor.digest.corrections import corrections_of
from monitor.model.article import Arrival, Article
from monitor.model.edition_input import Edit
from monitor.model.ids import ArticleId, FeedId

NOW = datetime(2020, 1, 1, tzinfo=UTC)
LAST = datetime.max.replace(tzinfo=UTC)
Words = tuple[datetime, str, str]
"""Until when an article had this headline and this text."""


def histories(folder: Path) -> list[list[Words]]:
    """Of each article, its wordings in order; the last one lasts."""
    snapshots = snapshots_in(folder)
    with TemporaryDirectory() as place, program(Path(place), snapshots[0].at) as replay:
        replay.play(snapshots)
        connection = sqlite3.connect(replay.jobs.keeper.storage.database_file)
        found: dict[int, list[Words]] = {}
        for row in connection.execute("SELECT article_id, replaced_at, title, text FROM revisions ORDER BY id"):
            found.setdefault(row[0], []).append((datetime.fromisoformat(row[1]).replace(tzinfo=UTC), row[2], row[3]))
        for row in connection.execute("SELECT id, title, text FROM articles"):
            if row[0] in found:
                found[row[0]].append((LAST, row[1], row[2]))
        connection.close()
    return list(found.values())


def is_correction(before: Words, after: Words) -> bool:
    article = Article(
        id=ArticleId(1),
        feed_id=FeedId(1),
        key="",
        link="",
        title=after[1],
        text=after[2],
        outlet="",
        language="en",
        published_at=None,
        first_seen_at=NOW,
        arrival=Arrival.NEW,
        is_mailable=True,
    )
    return bool(
        corrections_of([Edit(article=article, title=before[1], text=before[2], shown_at=NOW, topics=("",))], ())
    )


def reported(history: list[Words]) -> Iterator[tuple[Words, Words]]:
    """What a daily digest would say: the words at one 07:00 against those at a later one."""
    at = history[0][0].replace(hour=7, minute=0, second=0)
    shown = next(words for words in history if words[0] > at)
    while shown[0] < LAST:
        at += timedelta(days=1)
        now = next(words for words in history if words[0] > at)
        if is_correction(shown, now):
            yield shown, now
            shown = now
        if now[0] == LAST:
            return


def main(folders: Sequence[str]) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    for folder in folders:
        found = histories(Path(folder))
        steps = [(one, other) for history in found for one, other in pairwise(history)]
        corrections = [step for step in steps if is_correction(*step)]
        daily = [each for history in found for each in reported(history)]
        headlines = sum(one[1] != other[1] for one, other in steps)
        for one, other in corrections:
            print(f"  {one[1]}\n    → {other[1]}")
        said = f"{len(corrections)} corrections, {len(daily)} in an edition a day"
        print(f"{folder}: {len(steps)} edits, {headlines} of headlines; {said}")


if __name__ == "__main__":
    main(sys.argv[1:])
