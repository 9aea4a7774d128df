"""How log events look: text on a terminal, one JSON object a line elsewhere, always on stderr.

Feed text and URLs are a stranger's: control characters are escaped (rule S11), so that one event
is one line and no terminal obeys it. Tracebacks come without local variables: a password may be among them.
"""

import logging
import sys

import structlog
from structlog.typing import EventDict, WrappedLogger


def configure_logs(*, is_verbose: bool) -> None:
    """Send log events of this level and above to stderr: all from INFO on, or only warnings."""
    level = logging.INFO if is_verbose else logging.WARNING
    is_terminal = sys.stderr.isatty()
    final: list[structlog.typing.Processor] = (
        [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
        if is_terminal
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            escape_controls,
            *final,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)


def escape_controls(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Make every control character in a string value visible."""
    return {key: _visible(value) if isinstance(value, str) else value for key, value in event.items()}


def _visible(value: str) -> str:
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in value)
