"""What `search` and `export` choose stored articles by: the same options, read in the same way."""

import re
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
    from monitor.errors import UsageError
    from monitor.url import shown_url, stored_url

    found = store.feeds.called(feed, stored_url(feed))
    if not found:
        raise UsageError(f'--feed: no feed has the URL or outlet "{shown_url(feed)}"; see `news-monitor feeds list`.')
    return found


def language_code(language: str) -> str:
    from monitor.errors import UsageError

    if not re.fullmatch(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]+)*", language):
        raise UsageError(f"--language takes a code such as en, ar or zh, not {language!r}.")
    return language


def primary(language: str) -> str:
    """The primary subtag of a language code, lower case: "en" finds en-GB."""
    return re.split("[-_]", language)[0].lower()
