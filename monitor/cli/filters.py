"""What `search` and `export` choose stored articles by: the same options, read in the same way."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from monitor.model.ids import FeedId
    from monitor.store import Store

Since = Annotated[
    str, typer.Option("--since", metavar="DATE", help="Of this day (UTC) or later, as 2026-03-01; or 7d, 12h.")
]
Until = Annotated[str, typer.Option("--until", metavar="DATE", help="Of this day (UTC) or before; or 7d, 12h.")]
Feed = Annotated[str, typer.Option("--feed", metavar="FEED", help="Only of the feed with this URL or outlet.")]
TopicName = Annotated[str, typer.Option("--topic", metavar="NAME", help="Only what this topic matches.")]
Language = Annotated[str, typer.Option("--language", metavar="CODE", help="Only in this language, such as ar.")]


def days(since: str, until: str) -> tuple[date | None, date | None]:
    from monitor.errors import UsageError

    first, last = _day(since, "--since"), _day(until, "--until")
    if first and last and first > last:
        raise UsageError(f"--since {first} is after --until {last}.")
    return first, last


def _day(written: str, option: str) -> date | None:
    from monitor.config.values import duration
    from monitor.daemon.clock import SystemClock
    from monitor.errors import UsageError

    if not written:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        pass
    try:
        return (SystemClock().now() - duration(written)).date()
    except (ValueError, OverflowError):
        raise UsageError(f"{option} takes a date such as 2026-03-01, or a span such as 7d, not {written!r}.") from None


def feeds_called(store: "Store", feed: str) -> "tuple[FeedId, ...]":
    from monitor.cli.no_such_feed import no_such_feed
    from monitor.url import stored_url

    found = store.feeds.called(feed, stored_url(feed))
    if not found:
        raise no_such_feed(feed, store.feeds.names(), option="--feed")
    return found


def language_code(language: str) -> str:
    """As the config writes it; people write en_GB too."""
    from monitor.config import values
    from monitor.errors import UsageError

    try:
        return values.language(language.replace("_", "-"))
    except ValueError as error:
        raise UsageError(f"--language: {error}") from None


def primary(language: str) -> str:
    """The primary subtag of a language code, lower case: "en" finds en-GB."""
    return language.partition("-")[0].lower()
