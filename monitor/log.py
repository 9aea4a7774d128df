"""Where every module gets its logger. What events look like is the command line's word (`cli.logs`).

Nothing is configured before somebody wants a logger: structlog takes a sixth of the time of a short command, which
has no events.
"""

import sys
from collections.abc import Callable
from typing import Any

_waiting: list[Callable[[], None]] = []


def configure_later(configure: Callable[[], None]) -> None:
    """Run `configure` before the first logger is made; at once if there may be some already."""
    if "structlog" in sys.modules:
        configure()
    else:
        _waiting.append(configure)


def logger(name: str) -> Any:
    """The logger of a module, for log events with fields: `log.warning("poll failed", url=…)`."""
    import structlog  # noqa: PLC0415 (see above)

    while _waiting:
        _waiting.pop()()
    return structlog.get_logger(name)
