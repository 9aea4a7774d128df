"""The settings in a config. The other modules of this package read and check them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from monitor.deliver import Channel
from monitor.errors import Problem
from monitor.model.settings import (
    DigestSettings,
    FeedSettings,
    HealthSettings,
    MailSettings,
    OperatorSettings,
    PollingSettings,
    SearchSettings,
    StorageSettings,
)
from monitor.model.topic import Topic
from monitor.model.web import WebSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a config says, checked. `mail` is the channel, `mailing` what `[mail]` says of any channel.
    `shipped`: which of the lists come with the program.
    `included`: the files that it includes, in their order, and `absent` those of them that are not there yet.
    `warnings` did not keep it from being loaded; `missing` is what a draft still lacks, and is empty otherwise.
    """

    path: Path
    feeds: tuple[FeedSettings, ...]
    lists: Mapping[str, tuple[str, ...]]
    topics: tuple[Topic, ...]
    digests: tuple[DigestSettings, ...]
    mail: Channel
    polling: PollingSettings
    storage: StorageSettings
    searches: tuple[SearchSettings, ...] = ()
    shipped: frozenset[str] = frozenset()
    mailing: MailSettings = MailSettings()
    operator: OperatorSettings = OperatorSettings()
    health: HealthSettings = HealthSettings()
    web: WebSettings = WebSettings()
    included: tuple[Path, ...] = ()
    absent: tuple[Path, ...] = ()
    warnings: tuple[Problem, ...] = ()
    missing: tuple[Problem, ...] = ()
