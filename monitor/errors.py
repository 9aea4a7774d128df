"""What can go wrong, as one tree. Errors carry facts; policy reads them in one place.

    NewsMonitorError
    ├── ConfigError          the TOML file: every problem at once          exit 2
    ├── UsageError           a name on the command line does not exist     exit 2
    ├── StoreError           the database cannot be used
    │   ├── UnusablePlace    a file or folder on the way to it             exit 2
    │   ├── DamagedStore     its integrity check failed                    exit 3
    │   ├── NewerStore       written by a newer version of this program    exit 3
    │   └── NotOurTurn       other processes have what this one had        (a worker waits, or ends)
    ├── AlreadyRunning       another process owns polling and delivery     exit 4
    ├── OwnerSilent          the running daemon did not answer in time     exit 75
    └── DeliveryError        one message was not accepted

A failing feed is not here: that is expected, and is a value (`model.fetch`).
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path


class NewsMonitorError(Exception):
    """The base of all errors that this program raises on purpose; `str()` is a sentence for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake in the config: where it is, and what to do about it.

    `line` counts from 1; 0 means the file as a whole. `key` is the path a person would write,
    like `topics[1] "Syria ceasefire": all[1][2]`.
    """

    file: Path
    line: int
    key: str
    message: str
    is_warning: bool = False

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else str(self.file)
        kind = " (warning)" if self.is_warning else ""
        return f"{place}: {self.key}: {self.message}{kind}" if self.key else f"{place}: {self.message}{kind}"


class ConfigError(NewsMonitorError):
    """The config has mistakes; nothing of it was loaded."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class UsageError(NewsMonitorError):
    """The command line names a feed, topic, digest or file that does not exist."""


class StoreError(NewsMonitorError):
    """The database cannot be opened, read or written."""


class StaleDraft(StoreError):
    """Somebody has changed or released a draft meanwhile; an edition can be made of it again."""


class UnusablePlace(StoreError):
    """A file or folder cannot be used by this user, and a restart would not help. Says whose it is and what to do."""


class DamagedStore(StoreError):
    """SQLite reports that the file is damaged; the file is not changed."""


class NewerStore(StoreError):
    """The schema is newer than this program; an older program would lose what it does not know."""


class NotOurTurn(StoreError):
    """Nothing was written: this worker has been declared dead, or articles are matched by other topics by now."""


class AlreadyRunning(NewsMonitorError):
    """Another process holds the instance lock."""


class OwnerSilent(NewsMonitorError):
    """The daemon did not answer a request within the time that the command waits."""


class DeliveryError(NewsMonitorError):
    """A message was not accepted, with the facts that decide what happens next.

    `stage` is where it failed: resolve, connect, hello, tls, login, sender, recipient, data, write,
    and gone: the recipient asks for no more.
    `code` is the number of the reply, if there was one: it is shown, and means something to its
    channel alone. `answer`: the other side's own words. `permanent`: trying the same again cannot
    help. `unknown`: the message may have been accepted all the same, because the connection broke
    after its end (RFC 1047). `ours`: the fault lies in our settings or login, whatever the stage.
    `for_all`: the other side would say the same to any message now, whatever the stage.
    `retry_after`: how long the other side wants to be left alone; None if it says nothing.
    """

    def __init__(
        self,
        *,
        stage: str,
        answer: str,
        code: int | None = None,
        permanent: bool = False,
        unknown: bool = False,
        ours: bool = False,
        for_all: bool = False,
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(f"{stage}: {f'{code} ' if code else ''}{answer}")
        self.stage = stage
        self.answer = answer
        self.code = code
        self.permanent = permanent
        self.unknown = unknown
        self.ours = ours
        self.for_all = for_all
        self.retry_after = retry_after
