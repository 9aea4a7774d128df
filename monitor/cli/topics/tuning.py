"""What the workbench of the page asks of the commands: a topic as it is written, judgements, and a saved config."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from monitor.cli.topics import asked, judging
from monitor.cli.topics.nearest import nearest_of
from monitor.config import Settings, joined
from monitor.config.document import Document
from monitor.config.edit import plan as plans
from monitor.config.edit.whole_topic import edits_between, new_topic
from monitor.daemon.clock import SystemClock
from monitor.errors import UsageError
from monitor.model.ids import ArticleId
from monitor.model.perhaps import Nearest
from monitor.model.topic import Topic
from monitor.policy.news import WEEK
from monitor.store import Store

RESEMBLING = 3_000
"""Of the days of so many newest articles, of a week at most, the page asks what resembles: each takes a third of a
millisecond."""


def written_topic(settings: Settings, name: str) -> dict[str, Any]:
    """The table of the topic, as the config has it at this moment. Raises UsageError, ConfigError."""
    document, number = _placed(settings, name)
    table: dict[str, Any] = document.content["topics"][number]
    return table


def saved(settings: Settings, name: str, table: Mapping[str, Any]) -> dict[str, Any]:
    """Write the topic, a new one without a name. Returns the file, which is "" if nothing changed, and the diff.

    Raises UsageError, NotWritten with the lines to paste, and ConfigError if the config would have a mistake.
    """
    document, number = _placed(settings, name) if name else (joined(settings.path, os.environ), 0)
    edits = edits_between(number, document.content["topics"][number], table) if name else new_topic(table)
    if not edits:
        return {"file": "", "diff": []}
    plan = plans.planned_in(document, edits)
    plans.checked(plan, settings.path, os.environ)
    plans.write(plan)
    return {"file": str(plan.file), "diff": plans.diff(plan)}


def _placed(settings: Settings, name: str) -> tuple[Document, int]:
    """The config as it is written, and the number of the topic in it. Somebody may have edited it a moment ago."""
    document = joined(settings.path, os.environ)
    tables = document.content.get("topics", ())
    for number, each in enumerate(tables if isinstance(tables, list) else ()):
        if isinstance(each, dict) and each.get("name") == name:
            return document, number
    raise UsageError(f"The config has no topic named {name} any more.")


def judge(settings: Settings, store: Store, name: str, said: Mapping[ArticleId, bool]) -> None:
    """Store judgements on articles that are stored. Raises UsageError."""
    gone = [each for each in said if store.articles.one(each) is None]
    if gone:
        raise UsageError(f"There is no article {gone[0]}; it may have been removed.")
    desk = _desk(settings, store, asked.topic(settings, name))
    desk.say(desk.topic, said, "page")


def nearest(settings: Settings, store: Store, topic: Topic, limit: int) -> Nearest:
    """What resembles a topic most of each of the last days, of some thousand articles at most."""
    bound = store.articles.newest_bound(RESEMBLING, SystemClock().now() - WEEK)
    since = bound or SystemClock().now() - WEEK
    return nearest_of(settings, store, topic, since, limit, is_floored=False)


def to_judge(
    settings: Settings, store: Store, topic: Topic, near: Nearest, ids: Sequence[ArticleId], limit: int
) -> list[dict[str, Any]]:
    """What nobody has judged yet among these articles and what resembles the topic, best first."""
    desk = _desk(settings, store, topic)
    return [judging.written(desk, each) for each in desk.candidates_among(ids, near, limit)]


def _desk(settings: Settings, store: Store, topic: Topic) -> judging.Desk:
    return judging.Desk(settings, store, topic, SystemClock().now() - WEEK)
