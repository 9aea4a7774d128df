"""What lists of feeds bring that the config does not have yet. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.model.settings import FeedSettings
from monitor.parse.opml import FeedList, Refusal, Subscription, feed_list
from monitor.url import canonical_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """The feeds of some lists, beside those of a config."""

    feeds: tuple[Subscription, ...]
    """Those that the config does not have, each once."""
    known: tuple[Subscription, ...]
    """Those that it has, each once."""
    repeated: int
    """How many entries repeat an earlier one of these lists."""
    refused: tuple[Refusal, ...]
    """The entries that are not feeds."""
    problems: tuple[tuple[str, str], ...]
    """Of each file that is not a list of feeds, its name, and why."""


def brought(configured: Iterable[FeedSettings], files: Sequence[tuple[str, bytes]]) -> Brought:
    """What the files, each with its name, bring."""
    lists: list[tuple[str, FeedList]] = [(name, feed_list(data)) for name, data in files]
    known = {canonical_url(each.url) for each in configured}
    every = [each for _, found in lists for each in found.feeds]
    once: dict[str, Subscription] = {}
    for each in every:
        once.setdefault(canonical_url(each.url), each)
    return Brought(
        feeds=tuple(each for url, each in once.items() if url not in known),
        known=tuple(each for url, each in once.items() if url in known),
        repeated=len(every) - len(once) + sum(found.repeated for _, found in lists),
        refused=tuple(each for _, found in lists for each in found.refused),
        problems=tuple((name, found.problem) for name, found in lists if found.problem),
    )
