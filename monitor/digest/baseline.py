"""What an edition says about feeds that are new to a digest: how much was in them, and what happens to it."""

from collections.abc import Collection
from shlex import quote

from monitor.model.edition import Baseline
from monitor.model.edition_input import BaselineFacts
from monitor.model.settings import DigestSettings
from monitor.plain_text import one_line

COMMAND = "news-monitor feeds baseline"
NAME_CHARACTERS = 80


def baseline_of(
    facts: BaselineFacts,
    digest: DigestSettings,
    topics: Collection[str],
    *,
    shown: Collection[int],
    muted: Collection[int],
) -> Baseline | None:
    """The numbers, which add up; None if no feed is new. `topics`: the enabled topics of the digest; `shown` and
    `muted`: the articles that the edition shows, and those that it only counts.
    """
    if not facts.articles:
        return None
    matching = {match.article_id: match.is_fresh for match in facts.matches if match.topic in topics}
    seen = matching.keys() & set(shown)
    silent = (matching.keys() & set(muted)) - seen
    return Baseline(
        feeds=() if facts.is_all else tuple(one_line(name, NAME_CHARACTERS) for name in facts.feeds),
        articles=facts.articles,
        matching=len(matching),
        shown=len(seen),
        fresh=sum(matching[article_id] for article_id in seen),
        muted=len(silent),
        command=_command(facts, digest) if matching.keys() - seen - silent else "",
    )


def _command(facts: BaselineFacts, digest: DigestSettings) -> str:
    """The command that lists them, quoted for a shell because names are foreign text."""
    feed = [quote(one_line(facts.feeds[0], NAME_CHARACTERS))] if len(facts.feeds) == 1 and not facts.is_all else []
    chosen = ["--digest", quote(digest.name)] if digest.topics else []
    return " ".join([COMMAND, *feed, *chosen])
