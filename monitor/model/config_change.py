"""What a new config changes of the old one, table by table, and the sentence that says it. Secrets are not in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

MOST_ITEMS = 12
"""Of a list, in a sentence; the rest is counted."""

NOTHING = "not set"


class What(StrEnum):
    """What happened to a table."""

    ADDED = "added"
    REMOVED = "removed"
    PAUSED = "paused"
    """A feed, or all of a group, is no longer polled."""
    RESUMED = "resumed"
    """It is polled again."""
    DISABLED = "disabled"
    """A topic or a digest is left out."""
    ENABLED = "enabled"
    """It is used again."""
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChange:
    """One key that has another value. Of a secret, only that it has: all other fields are empty."""

    key: str
    """The key as it is written, with its place within the table, such as `rule 2, group 1`."""
    before: str = ""
    """The old value in words; "" for a list."""
    after: str = ""
    """The new value in words; "" for a list."""
    added: tuple[str, ...] = ()
    """What is new in a list."""
    removed: tuple[str, ...] = ()
    """What is no longer in it."""

    def in_words(self) -> str:
        """`interval 30m → 1h`, `to +desk@news.example −you@news.example`, or `headers changed`."""
        if self.added or self.removed:
            return " ".join([self.key, *_items(self.added, "+"), *_items(self.removed, "−")])
        return f"{self.key} {self.before} → {self.after}" if self.before or self.after else f"{self.key} changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigChange:
    """One table that is new, gone or different."""

    table: str
    """`feed`, `group`, `topic`, `list`, `digest`, `search`, or the name of a section such as `[mail]`."""
    name: str
    """Which of them; "" for a section."""
    what: What
    """What happened to it."""
    keys: tuple[KeyChange, ...] = ()
    """Which keys differ, if it was there before and still is."""
    content: str = ""
    """Of a new topic or search: what it looks for."""

    def in_words(self) -> str:
        """`feed added: Nile Post (https://nile.example/rss)`, or `[mail] changed: host a.example → b.example`."""
        said = f"{self.table} {self.what}"
        detail = "; ".join(key.in_words() for key in self.keys) or self.content
        return ": ".join(part for part in (said, self.name, detail) if part)


def _items(items: Sequence[str], sign: str) -> list[str]:
    more = [f"{sign}{len(items) - MOST_ITEMS} more"] if len(items) > MOST_ITEMS else []
    return [f"{sign}{item}" for item in items[:MOST_ITEMS]] + more
