"""The coverage of an edition, made safe for one line: names and errors are foreign text."""

from collections.abc import Iterable
from dataclasses import replace

from monitor.model.edition_input import Coverage, FeedTrouble
from monitor.model.silence import SilentFeed
from monitor.plain_text import one_line


def plain_coverage(coverage: Coverage, silent: Iterable[SilentFeed] = ()) -> Coverage:
    """The coverage as safe text, with the silent feeds."""
    return replace(
        coverage,
        failing=tuple(plain_trouble(trouble) for trouble in coverage.failing),
        silent=tuple(replace(feed, name=one_line(feed.name, 80)) for feed in silent),
        gaps=tuple(replace(gap, name=one_line(gap.name, 80)) for gap in coverage.gaps),
        closed_gaps=tuple(replace(gap, name=one_line(gap.name, 80)) for gap in coverage.closed_gaps),
        left_out=tuple(replace(left, name=one_line(left.name, 80)) for left in coverage.left_out),
        moved=tuple(replace(move, name=one_line(move.name, 80), to=one_line(move.to, 160)) for move in coverage.moved),
    )


def plain_trouble(trouble: FeedTrouble) -> FeedTrouble:
    return replace(trouble, name=one_line(trouble.name, 80), reason=one_line(trouble.reason, 160))
