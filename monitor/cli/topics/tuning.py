"""What the workbench of the page asks of the commands: a topic as it is written, judgements, and a saved config."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from monitor.cli import edit_config
from monitor.cli.topics import asked, judging
from monitor.cli.topics.nearest import nearest_of
from monitor.config import Settings, joined
from monitor.config.edit.plan import diff
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
    """The table of the topic, as the config has it. Raises UsageError."""
    number = _number(settings, name)
    table: dict[str, Any] = joined(settings.path, os.environ).content["topics"][number]
    return table


def saved(settings: Settings, name: str, table: Mapping[str, Any]) -> dict[str, Any]:
    """Write the topic, a new one without a name. Returns the file, which is "" if nothing changed, and the diff.

    Raises UsageError, NotWritten with the lines to paste, and ConfigError if the config would have a mistake.
    """
    edits = edits_between(_number(settings, name), written_topic(settings, name), table) if name else new_topic(table)
    if not edits:
        return {"file": "", "diff": []}
    plan, _ = edit_config.planned(settings, edits)
    edit_config.write(plan)
    return {"file": str(plan.file), "diff": diff(plan)}


def _number(settings: Settings, name: str) -> int:
    return settings.topics.index(asked.topic(settings, name))


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
