"""`[[searches]]`: searches with a name, for `search --saved`, the roll-up and feeds for other programs."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator

from monitor.config import values
from monitor.config.agreement import Tables, check_unique
from monitor.config.findings import did_you_mean, quoted
from monitor.config.positions import KeyPath
from monitor.config.table import Reading, table
from monitor.config.topics import Name
from monitor.model.settings import FeedSettings, SearchSettings
from monitor.url import stored_url

SEARCH = table(SearchSettings, name=Name, language=Annotated[str, AfterValidator(values.language)])


def read_searches(
    tables: Tables, feeds: Sequence[FeedSettings], topics: Sequence[str], reading: Reading
) -> tuple[SearchSettings, ...]:
    """The saved searches that can be read. `topics`: the names of those that there are."""
    found = []
    for path, written in tables:
        search = SEARCH.read(written, path, reading)
        if search is not None:
            _check(search, path, feeds, topics, reading)
            found.append(search)
    check_unique(tables, "name", "name", reading)
    return tuple(found)


def _check(
    search: SearchSettings, path: KeyPath, feeds: Sequence[FeedSettings], topics: Sequence[str], reading: Reading
) -> None:
    if not (search.words or search.feed or search.topic or search.language):
        reading.findings.error(path, 'searches nothing; write words = "dock strike".')
    elif search.words and (problem := _problem(search)):
        reading.findings.error((*path, "words"), problem)
    if search.topic and search.topic not in topics:
        hint = did_you_mean(search.topic, topics)
        reading.findings.error((*path, "topic"), f"no topic is called {quoted(search.topic)}.{hint}")
    if search.feed and not any(_is_called(feed, search.feed) for feed in feeds):
        hint = did_you_mean(search.feed, [feed.outlet for feed in feeds if feed.outlet])
        message = f"no feed has the URL or outlet {quoted(search.feed)}.{hint} Only what is stored of it is found."
        reading.findings.warn((*path, "feed"), message)


def _is_called(feed: FeedSettings, name: str) -> bool:
    return name.casefold() == feed.outlet.casefold() or stored_url(name) in (stored_url(feed.url), stored_url(feed.was))


def _problem(search: SearchSettings) -> str:
    """Why its words cannot be looked for; "" if they can."""
    from monitor.search import QueryError, parse

    try:
        query = parse(search.words)
    except QueryError as error:
        return str(error)
    if not (query.every or search.feed or search.topic or search.language):
        return 'has no word to look for, such as "dock strike".'
    return ""
