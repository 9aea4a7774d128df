"""How an article came, and what was edited of it since."""

from collections.abc import Iterator, Sequence

from monitor.fate.finding import Cause, Finding, Stage, at
from monitor.fate.page import of_page
from monitor.model.article import Arrival
from monitor.model.fate import Fate
from monitor.model.ids import ArticleId

ARRIVED = {
    Arrival.NEW: (Cause.SEEN_AS_NEWS, "as news"),
    Arrival.BASELINE: (Cause.SEEN_AT_FIRST_POLL, "at the first poll of the feed: it was there before"),
    Arrival.LATE: (Cause.SEEN_LATE, "late: its date is long before the poll that brought it"),
}
EDITS_SHOWN = 3


def came(fate: Fate, others: Sequence[ArticleId] = ()) -> Iterator[Finding]:
    """`others`: the other articles of the same page."""
    article = fate.article
    cause, words = ARRIVED[article.arrival]
    published = f"published {at(article.published_at)}" if article.published_at else "without a credible date"
    seen = f"In the feed {fate.feed} ({fate.feed_url}) on {at(article.first_seen_at)}, {words}; {published}."
    yield Finding(stage=Stage.SEEN, cause=cause, sentence=seen)
    if not fate.is_feed_configured:
        gone = "That feed has left the config since and is not polled."
        yield Finding(stage=Stage.SEEN, cause=Cause.FEED_REMOVED, sentence=gone)
    sentence = f"As article {article.id}."
    yield Finding(stage=Stage.STORED, cause=Cause.STORED, sentence=sentence)
    if article.text_removed_at:
        sentence = (
            f"Its text was removed on {at(article.text_removed_at)} for the licence of its feed; headline, link and "
            "what topics found in it are left. What topics say below is by the headline."
        )
        yield Finding(stage=Stage.STORED, cause=Cause.TEXT_REMOVED, sentence=sentence)
    yield from of_page(fate.page)
    yield from _edits(fate)
    if others:
        numbers = ", ".join(map(str, others))
        sentence = f"The same page is also stored as {'article' if len(others) == 1 else 'articles'} {numbers}."
        yield Finding(stage=Stage.STORED, cause=Cause.SAME_PAGE, sentence=sentence)


def _edits(fate: Fate) -> Iterator[Finding]:
    """What it said before: people may remember that."""
    for until, title, link in fate.earlier[-EDITS_SHOWN:]:
        before = f"its headline was “{title}”" if title != fate.article.title else "its headline was the same"
        place = f", its address {link}" if link != fate.article.link else ""
        sentence = f"Edited by its publisher on {at(until)}; before, {before}{place}."
        yield Finding(stage=Stage.STORED, cause=Cause.EDITED, sentence=sentence)
