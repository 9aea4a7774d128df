"""How log events look: text on a terminal, one JSON object a line elsewhere, always on stderr.

Feed text and URLs are a stranger's: control characters are escaped (rule S11), so that one event
is one line and no terminal obeys it. Tracebacks come without local variables: a password may be among them.
"""

import logging
import sys

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

KEPT_IN_TRACEBACKS = "\n"


def configure_logs(*, is_verbose: bool) -> None:
    """Send log events to stderr: all from INFO on, or only warnings. Libraries' own events look the same."""
    before: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        escape_controls,
    ]
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO if is_verbose else logging.WARNING),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    last = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else _as_json()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last]
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("monitor").setLevel(logging.INFO)


def escape_controls(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Make every control character in a string value visible; a traceback keeps its lines on a terminal."""
    is_terminal = sys.stderr.isatty()
    return {
        key: _visible(value, KEPT_IN_TRACEBACKS if key == "exception" and is_terminal else "")
        if isinstance(value, str)
        else value
        for key, value in event.items()
    }


def _visible(value: str, kept: str) -> str:
    return "".join(char if char.isprintable() or char in kept else repr(char)[1:-1] for char in value)


def _as_json() -> structlog.processors.JSONRenderer:
    return structlog.processors.JSONRenderer(ensure_ascii=False)
