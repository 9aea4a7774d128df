"""What was in the feeds before they were first read, in a sentence."""

from collections.abc import Iterator, Sequence

from monitor.counted import counted
from monitor.model.edition import Baseline
from monitor.render.columns import isolated

FEEDS_NAMED = 3


def already(baseline: Baseline, done: str = "listed") -> str:
    """56 articles were in your feeds already; 13 match; 4 were less than 24 hours old and are listed below, 9
    are not mailed. `done`: what happens to those that the edition shows, "listed" or "counted".
    """
    start = f"{counted(baseline.articles, 'article was', 'articles were')} in {_place(baseline.feeds)} already"
    if not baseline.matching:
        return f"{start}; none matches your topics."
    return f"{start}; {_matching(baseline.matching)}; {', '.join(_fates(baseline, done))}."


def _matching(number: int) -> str:
    return f"{number:,} {'matches' if number == 1 else 'match'} your topics"


def _fates(baseline: Baseline, done: str) -> Iterator[str]:
    if baseline.shown:
        is_news = baseline.fresh == baseline.shown
        age = f"{_were(baseline.shown)} less than 24 hours old and " if is_news else ""
        yield f"{baseline.shown:,} {age}{_are(baseline.shown)} {done} below"
    if baseline.muted:
        yield f"{baseline.muted:,} {_are(baseline.muted)} muted"
    if baseline.left_out:
        yield f"{baseline.left_out:,} {_are(baseline.left_out)} not {'mailed' if done == 'listed' else done}"


def _place(feeds: Sequence[str]) -> str:
    """The feeds by name, the first few of many; all of them are "your feeds"."""
    if not feeds:
        return "your feeds"
    named = [isolated(name) for name in feeds[:FEEDS_NAMED]]
    if len(feeds) > FEEDS_NAMED:
        named.append(counted(len(feeds) - FEEDS_NAMED, "more feed", "more feeds"))
    return " and ".join(filter(None, [", ".join(named[:-1]), named[-1]]))


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"
