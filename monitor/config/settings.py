"""The settings in a config. The other modules of this package read and check them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from monitor.deliver import Channel
from monitor.deliver.routes import Route, Routes
from monitor.errors import Problem
from monitor.model.settings import (
    DigestSettings,
    FeedSettings,
    HealthSettings,
    MailSettings,
    OperatorSettings,
    PollingSettings,
    RecipientSettings,
    SearchSettings,
    StorageSettings,
)
from monitor.model.topic import Topic
from monitor.model.web import UserSettings, WebSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a config says, checked. `mail` is the channel, `mailing` what `[mail]` says of any channel.
    `shipped`: which of the lists come with the program.
    `channels` are those of `[channels]`; `routes` the ways to recipients who have one of these, by their name;
    `recipients` what is set for recipients with a name, by what messages to them are stored under, and `names` the
    latter by their name.
    `included`: the files that it includes, in their order, `absent` those of them that are not there yet, and `blank`
    those that hold nothing.
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
    channels: Mapping[str, Channel] = field(default_factory=dict)
    routes: Mapping[str, Route] = field(default_factory=dict)
    recipients: Mapping[str, RecipientSettings] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    searches: tuple[SearchSettings, ...] = ()
    shipped: frozenset[str] = frozenset()
    mailing: MailSettings = MailSettings()
    operator: OperatorSettings = OperatorSettings()
    health: HealthSettings = HealthSettings()
    web: WebSettings = WebSettings()
    users: tuple[UserSettings, ...] = ()
    included: tuple[Path, ...] = ()
    absent: tuple[Path, ...] = ()
    blank: tuple[Path, ...] = ()
    warnings: tuple[Problem, ...] = ()
    missing: tuple[Problem, ...] = ()

    @property
    def channel(self) -> Routes:
        """The way of every message: by the channel of its recipient."""
        return Routes(mail=self.mail, named=self.routes)

    def recipient(self, text: str) -> str:
        """What messages to a recipient are stored under, whom a person calls by a name or an address. Raises
        ValueError.
        """
        return self.names.get(text) or self.channel.recipient(text)
