"""The articles nearest to a topic, as the jobs score them; apart from `asked`, because it imports the jobs."""

from dataclasses import replace
from datetime import datetime

from monitor.config import Settings
from monitor.daemon.clock import SystemClock
from monitor.jobs.likeness import Likeness
from monitor.match import TopicIndex
from monitor.model.perhaps import Nearest
from monitor.model.topic import Topic
from monitor.store import Store
from monitor.workbench import entry_of


def name_in(store: Store, topic: Topic) -> str:
    """What the topic is called in the store: until the daemon has read a new name, by the old one."""
    known = store.topics.wordings()
    return topic.was if topic.was in known and topic.name not in known else topic.name


def nearest_of(
    settings: Settings, store: Store, topic: Topic, since: datetime, limit: int, *, is_floored: bool = True
) -> Nearest:
    """What resembles what the topic has matched, as far as the rule that is written now does not match it either."""
    name = name_in(store, topic)
    index = TopicIndex([replace(topic, enabled=True)], settings.lists)
    likeness = Likeness(store, [replace(topic, name=name, enabled=True)], settings.lists)
    found = likeness.nearest(name, since, SystemClock().now(), limit, is_floored=is_floored)
    shared, page_of = store.boilerplate.of_all(), store.pages.reader(since)
    return replace(
        found,
        found=tuple(
            each
            for each in found.found
            if each.article.first_seen_at >= since
            and not index.matches(entry_of(each.article, shared, page_of(each.article.id)).document)
        ),
    )
