"""An article that is not stored: whether it was, and if not, what the feeds of its outlet did around its day."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from monitor.counted import counted
from monitor.fate.asked import Asked
from monitor.fate.finding import Cause, Finding, Stage, at
from monitor.fate.reading import HEADLINES_READ
from monitor.model.fate import Absence, Dropped, FeedThen, Removed
from monitor.model.settings import FeedSettings
from monitor.policy.retention import LEDGER_KEPT
from monitor.policy.silence import is_silent
from monitor.text import normalised_title
from monitor.url import registrable_domain, shown_url

FEEDS_EXPLAINED = 10
Said = tuple[Cause, str]


def absent(
    absence: Absence, domain: str, max_items: int, now: datetime, disabled: Sequence[str] = ()
) -> Iterator[Finding]:
    """`domain`: the registrable domain of the address. `disabled`: the feeds of the outlet that the config has switched
    off, as URLs for people.
    """
    if absence.removed or absence.dropped:
        yield from map(removed, absence.removed) if absence.removed else map(_dropped, absence.dropped)
        return
    never = f"No stored article has this address. Looked at: {at(absence.since)} to {at(absence.until)}."
    yield Finding(stage=Stage.SEEN, cause=Cause.NEVER_SEEN, sentence=never)
    for outage in absence.outages:
        until = f"to {at(outage.until)}" if outage.until else "on"
        sentence = f"No server could be reached from {at(outage.since)} {until}."
        yield Finding(stage=Stage.FEED, cause=Cause.OUTAGE, sentence=sentence)
    polled = [each for each in absence.feeds if each.is_configured]
    if not polled:
        yield _without_feed(absence, domain, disabled)
    for feed in absence.feeds[:FEEDS_EXPLAINED]:
        for cause, words in _of_feed(feed, absence, max_items, now, disabled):
            yield Finding(stage=Stage.FEED, cause=cause, sentence=f"{feed.name} ({feed.url}): {words}.")
    left = len(absence.feeds) - FEEDS_EXPLAINED
    if left > 0:
        sentence = f"The outlet has {counted(left, 'more feed', 'more feeds')}; `feeds list` has them all."
        yield Finding(stage=Stage.FEED, cause=Cause.NEVER_SEEN, sentence=sentence)


def removed(article: Removed) -> Finding:
    """An article that the owner removed."""
    sentence = (
        f"It came from the feed {article.feed} on {at(article.first_seen_at)} and was removed by the owner on "
        f"{at(article.removed_at)}, with its text, its matches and what editions said of it. That feed does not bring "
        "it back as news."
    )
    return Finding(stage=Stage.STORED, cause=Cause.REMOVED, sentence=sentence)


def _dropped(article: Dropped) -> Finding:
    sentence = (
        f"An article at this address was stored from the feed {article.feed} ({article.url}). It has been dropped "
        "since, because it was older than [storage] keep; its words, matches and editions are not known any more. "
        f"The feed last had it in about {article.seen_at:%B %Y}."
    )
    return Finding(stage=Stage.STORED, cause=Cause.DROPPED, sentence=sentence)


def left_out(feeds: Iterable[FeedSettings], domain: str) -> Iterator[Finding]:
    """Of feeds that collect from many outlets, those whose owner does not want this one (`publishers`)."""
    name = normalised_title(domain)
    for feed in feeds:
        lists = feed.publishers
        if lists is None or not feed.aggregator or not feed.enabled:
            continue
        if name in map(normalised_title, lists.deny):
            said = f"its publishers.deny names {domain}"
        elif lists.allow and name not in map(normalised_title, lists.allow):
            said = f"its publishers.allow does not name {domain}"
        else:
            continue
        sentence = f"{feed.outlet or shown_url(feed.url)} leaves out articles of other publishers: {said}."
        yield Finding(stage=Stage.FEED, cause=Cause.REFUSED, sentence=sentence)


def not_found(asked: Asked, *, is_whole: bool = False) -> Finding:
    """Nothing has that number, or has these words. `is_whole`: all headlines were looked at, not the newest alone."""
    sentence = f"No stored article has the number {asked.number}."
    if asked.number is None:
        newest = f"None of the newest {HEADLINES_READ:,} headlines has these words. An older article, or one"
        looked_at = "No stored headline has these words. An article" if is_whole else newest
        sentence = f"{looked_at} that was never seen is found by its address."
    return Finding(stage=Stage.SEEN, cause=Cause.NOT_FOUND, sentence=sentence)


def of_outlet(feeds: Iterable[FeedSettings], domain: str) -> tuple[FeedSettings, ...]:
    """The feeds of the config that are of the outlet of this domain: by their address, by the publisher of one that is,
    or because their outlet or publisher is called like the domain ("Coast Wire" of coastwire.example).
    """
    feeds = tuple(feeds)
    name = domain.partition(".")[0].replace("-", "")
    here = {feed.url for feed in feeds if registrable_domain(feed.url) == domain}
    publishers = {normalised_title(feed.publisher) for feed in feeds if feed.url in here and feed.publisher}
    return tuple(
        feed
        for feed in feeds
        if feed.url in here
        or (feed.publisher and normalised_title(feed.publisher) in publishers)
        or name in {normalised_title(each).replace(" ", "") for each in (feed.outlet, feed.publisher) if each}
    )


def _without_feed(absence: Absence, domain: str, disabled: Sequence[str]) -> Finding:
    if disabled or absence.feeds:
        urls = [*disabled, *(each.url for each in absence.feeds)]
        sentence = f"No feed of {domain} is polled. Known, but not polled: {', '.join(dict.fromkeys(urls))}."
        return Finding(stage=Stage.FEED, cause=Cause.NOT_POLLED, sentence=sentence)
    sentence = (
        f"No feed of {domain} is in the config, and no other feed has brought an article from there. Find its feed on "
        f"https://{domain}/ and add it with [[feeds]]."
    )
    return Finding(stage=Stage.FEED, cause=Cause.NO_FEED, sentence=sentence)


def _of_feed(
    feed: FeedThen, absence: Absence, max_items: int, now: datetime, disabled: Sequence[str]
) -> Iterator[Said]:
    """What a feed did in that time; if nothing odd, that it was read."""
    if not feed.is_configured:
        is_off = feed.url in disabled
        why = "paused by you (enabled = false)" if is_off else "not in the config any more"
        yield Cause.NOT_POLLED, f"{why}, so it is not polled"
        return
    if feed.paused_at is not None and feed.paused_at <= absence.until:
        yield Cause.NOT_POLLED, f"not polled since {at(feed.paused_at)}, because its publisher says that it is gone"
    if feed.baseline_at is None or feed.baseline_at > absence.until:
        first = f"first read on {at(feed.baseline_at)}" if feed.baseline_at else "never read so far"
        why = f"; {feed.reason}" if feed.baseline_at is None and feed.reason else ""
        yield Cause.FEED_IS_NEW, f"{first}{why}. What had left the feed before that is not known"
        return
    odd = list(_odd(feed, absence, max_items))
    yield from odd
    if not odd:
        yield _as_usual(feed, absence, now)


def _odd(feed: FeedThen, absence: Absence, max_items: int) -> Iterator[Said]:
    if feed.failures:
        polls = counted(feed.polls, "poll", "polls")
        still = f"; failing since {at(feed.failing_since)}" if feed.failing_since else ""
        yield Cause.FEED_FAILED, f"{feed.failures:,} of {polls} failed then{still}: {feed.last_failure.rstrip('.')}"
    if feed.gap_since is not None and feed.gap_until is not None:
        between = f"between {at(feed.gap_since)} and {at(feed.gap_until)}"
        yield Cause.GAP, f"a gap {between}: the feed dropped articles before they could be read"
    if feed.left_out:
        items = counted(feed.left_out, "item", "items")
        yield (
            Cause.LEFT_OUT,
            f"at one poll {items} beyond the first {max_items:,} were left out (max_items in [polling])",
        )
    if feed.refused:
        items = counted(feed.refused, "item", "items")
        yield Cause.REFUSED, f"at one poll {items} had nothing to store: neither guid nor link, title or text"
    if is_silent(feed.seen_at, absence.until):
        yield Cause.FEED_SILENT, f"it answers, but has brought nothing new since {at(feed.seen_at[-1])}"


def _as_usual(feed: FeedThen, absence: Absence, now: datetime) -> Said:
    if not feed.polls and absence.until < now - LEDGER_KEPT:
        return Cause.NOT_REMEMBERED, f"what its polls brought is kept for {LEDGER_KEPT.days} days only"
    if not feed.polls:
        return Cause.NOT_POLLED, "not polled in that time; the monitor was not running, or asked for nothing"
    also = f" It is also known as {', '.join(feed.former_urls)}." if feed.former_urls else ""
    whose = "" if feed.is_of_outlet else " It is not the outlet's own, but has brought articles from there."
    polls = counted(feed.polls, "poll", "polls")
    brought = counted(feed.new, "new article", "new articles")
    return Cause.NOT_IN_FEED, f"{polls} then brought {brought}, and not this one.{also}{whose}".rstrip(".")
