"""What the first run asks of the command line: topics from words, sources for them, the way of mails."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from monitor.config import Settings

Facts = dict[str, Any]


class StartCommands(Protocol):
    """The same functions that `init`, `topics import`, `topics sources` and `mail test` call."""

    def start(self, settings: "Settings") -> Facts:
        """How far the config is: `topics`, `feeds`, `digest`, `mail`, and the `command` that starts the daemon."""

    def add_topics(self, settings: "Settings", words: str) -> Facts:
        """What was written; without a config, one is. Raises UsageError."""

    def sources(self, settings: "Settings", topic: str) -> list[Facts]:
        """Feeds proposed for a topic; nobody is asked. Raises UsageError."""

    def add_sources(self, settings: "Settings", topic: str, urls: Sequence[str]) -> Facts:
        """Ask these of the proposed feeds, and add those that answer. Raises UsageError."""

    def set_mail(self, settings: "Settings", fields: Mapping[str, str]) -> Facts:
        """Write to whom, when and how the digest goes. Raises UsageError."""

    def test_mail(self, settings: "Settings", to: str) -> Facts:
        """Send a test message; what was answered at each stage. Raises UsageError."""
