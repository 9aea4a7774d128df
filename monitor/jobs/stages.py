"""What the flow runs on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from monitor.archive import Archive
from monitor.deliver import Channel
from monitor.fetch import Fetcher
from monitor.match import TopicIndex
from monitor.model.clock import Clock
from monitor.model.settings import (
    DigestSettings,
    FeedSettings,
    MailSettings,
    OperatorSettings,
    PollingSettings,
    StorageSettings,
)
from monitor.model.topic import Topic
from monitor.progress import Progress
from monitor.render import Environment
from monitor.store import Store
from monitor.workers import ParserPool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """All that the flow runs on; `daemon.build` makes it, a reload makes another. `own_templates`: by digest, the
    owner's templates before ours. `fingerprints` say what the enabled topics mean, `written` what their owner wrote,
    both by name. `chance` gives numbers in [0, 1).
    """

    clock: Clock
    progress: Progress
    chance: Callable[[], float]
    store: Store
    fetcher: Fetcher
    parsers: ParserPool
    feeds: Mapping[str, FeedSettings]
    polling: PollingSettings
    index: TopicIndex
    lists: Mapping[str, Sequence[str]]
    topics: tuple[Topic, ...]
    fingerprints: Mapping[str, str]
    written: Mapping[str, str]
    backfill: timedelta
    storage: StorageSettings
    digests: tuple[DigestSettings, ...]
    channel: Channel
    mailing: MailSettings
    operator: OperatorSettings
    templates: Environment
    own_templates: Mapping[str, Environment]
    archive: Archive
