"""The error for a feed that is not there, with the one that was probably meant."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.errors import UsageError

SEE_LIST = "See `news-monitor feeds list`."


def no_such_feed(
    asked: str, known: Iterable[tuple[str, str]], advice: str = SEE_LIST, option: str = ""
) -> "UsageError":
    """`known`: the name and the URL of each feed that is there. `option`: the one that names a feed, if one does."""
    from monitor.errors import UsageError
    from monitor.url import shown_url

    where = f"{option}: no" if option else "No"
    return UsageError(f'{where} feed has the URL or outlet "{shown_url(asked)}".{_guess(asked, known)} {advice}')


def _guess(asked: str, known: Iterable[tuple[str, str]]) -> str:
    """A host stands for the URL of its feed, which cannot be typed if it has a secret: then for its name."""
    from difflib import get_close_matches

    from monitor.config.findings import quoted
    from monitor.url import host_of, shown_url

    typed: dict[str, str] = {}
    for name, url in known:
        address = url if shown_url(url) == url else name
        for key, meant in ((name, name), (url, address), (host_of(url), address)):
            if key and meant:
                typed.setdefault(key.casefold(), meant)
    close = get_close_matches(asked.strip().casefold(), typed, n=1)
    return f" Did you mean {quoted(typed[close[0]])}?" if close else ""
