"""The format of log events on stderr: text on a terminal, a line with a priority in systemd's journal, else JSON.

Feed text and URLs are not trusted: control characters are escaped (rule S11), so that one event
is one line and no terminal obeys it; secrets inside URLs are left out. Tracebacks come without local variables: a
password may be among them.
"""

import logging
import os
import re
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from monitor.log import configure_later

if TYPE_CHECKING:
    from structlog.stdlib import ProcessorFormatter
    from structlog.typing import EventDict, Processor, WrappedLogger

INDENTED = "\n  "
PRIORITIES = {"critical": 2, "error": 3, "warning": 4, "info": 6, "debug": 7}
"""The priorities of syslog, which journalctl uses for colours and selection."""

_URL = re.compile(r"https?://[^\s\"'<>]+", re.IGNORECASE)


def configure_logs(*, is_verbose: bool) -> None:
    """Send log events to stderr: all from INFO on, or only warnings. Libraries' own events look the same.

    structlog is imported with the first event or the first logger: most commands have neither.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("monitor").setLevel(logging.INFO)
    configure_later(partial(_configure, is_verbose=is_verbose))


class _Formatter(logging.Formatter):
    """The one of structlog, made when there is something to format."""

    _made: "ProcessorFormatter | None" = None

    def format(self, record: logging.LogRecord) -> str:
        self._made = self._made or _formatter()
        return self._made.format(record)


def _configure(*, is_verbose: bool) -> None:
    import structlog

    structlog.configure(
        processors=[*_processors(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO if is_verbose else logging.WARNING),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


def _processors() -> "list[Processor]":
    import structlog

    return [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        presentable,
    ]


def _formatter() -> "ProcessorFormatter":
    import structlog

    last = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else _journal if _is_journal() else _as_json()
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_processors(),
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
    )


def presentable(_logger: "WrappedLogger", _method: str, event: "EventDict") -> "EventDict":
    """Without secrets in URLs, every control character visible; on a terminal a traceback keeps its lines, indented."""
    shown = {key: _shown(value) for key, value in event.items() if key != "exception"}
    if "exception" in event:
        lines = [_shown(line) for line in event["exception"].splitlines()]
        shown["exception"] = (INDENTED if sys.stderr.isatty() else "\\n").join(lines)
    return shown


def _shown(value: Any) -> Any:
    from monitor.plain_text import escaped
    from monitor.url import shown_url

    match value:
        case str():
            return escaped(_URL.sub(lambda found: shown_url(found[0]), value))
        case list() | tuple():
            return [_shown(each) for each in value]
    return value


def _is_journal() -> bool:
    """Whether stderr is connected to systemd's journal (systemd.exec(5), $JOURNAL_STREAM)."""
    try:
        there = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError):  # no file behind it
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{there.st_dev}:{there.st_ino}"


def _journal(logger: "WrappedLogger", method: str, event: "EventDict") -> str:
    """The journal has its own times and levels."""
    import structlog

    event.pop("timestamp", None)
    priority = PRIORITIES.get(event.pop("level", "info"), PRIORITIES["info"])
    rest = {key: value for key, value in event.items() if key != "event"}
    pairs = structlog.processors.LogfmtRenderer()(logger, method, rest)
    return f"<{priority}>{event['event']} {pairs}".rstrip()


def _as_json() -> "Processor":
    import structlog

    return structlog.processors.JSONRenderer(ensure_ascii=False)
