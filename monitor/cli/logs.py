"""The format of log events on stderr: text on a terminal, a line with a priority in systemd's journal, else JSON.

Feed text and URLs are not trusted: control characters are escaped (rule S11), so that one event
is one line and no terminal obeys it; secrets inside URLs are left out. Tracebacks come without local variables: a
password may be among them.
"""

import logging
import os
import re
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

INDENTED = "\n  "
PRIORITIES = {"critical": 2, "error": 3, "warning": 4, "info": 6, "debug": 7}
"""The priorities of syslog, which journalctl uses for colours and selection."""

_URL = re.compile(r"https?://[^\s\"'<>]+", re.IGNORECASE)


def configure_logs(*, is_verbose: bool) -> None:
    """Send log events to stderr: INFO and above, or only warnings. Events of libraries have the same format."""
    before: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        presentable,
    ]
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO if is_verbose else logging.WARNING),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    last = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else _journal if _is_journal() else _as_json()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last]
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("monitor").setLevel(logging.INFO)


def presentable(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The text without secrets in URLs and with control characters made visible. On a terminal a traceback keeps its
    lines, indented.
    """
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


def _journal(logger: WrappedLogger, method: str, event: EventDict) -> str:
    """The event without time and level: the journal adds its own."""
    event.pop("timestamp", None)
    priority = PRIORITIES.get(event.pop("level", "info"), PRIORITIES["info"])
    rest = {key: value for key, value in event.items() if key != "event"}
    pairs = structlog.processors.LogfmtRenderer()(logger, method, rest)
    return f"<{priority}>{event['event']} {pairs}".rstrip()


def _as_json() -> structlog.processors.JSONRenderer:
    return structlog.processors.JSONRenderer(ensure_ascii=False)
