"""`feeds baseline`: matching articles that were in the feeds before their first poll, so they are
not news. Reads only.
"""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import local_time, output
from monitor.model.ids import FeedId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.config import Settings
    from monitor.model.ledger import BaselineArticle, FeedStanding

TITLE_SHOWN = 100


def baseline(
    context: typer.Context,
    feeds: Annotated[
        list[str] | None, typer.Argument(metavar="[FEED]…", help="URLs, outlets or names of feeds; default: all.")
    ] = None,
    digest: Annotated[str, typer.Option("--digest", metavar="NAME", help="Only the topics of this digest.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """List articles that match and were in a feed before its first poll.

    No digest lists them, unless it has `baseline = "list"`.
    """
    from monitor.cli.settings import draft_of
    from monitor.daemon.clock import SystemClock
    from monitor.daemon.store_only import opened_store

    settings, clock = draft_of(context), SystemClock()
    names = _topics(settings, digest)
    with opened_store(settings.storage, clock) as store:
        found = store.articles.baseline(names, _chosen(store.feeds.standings(clock.now()), feeds or []))
    if as_json:
        output.print_json({"articles": [_facts(each) for each in found]})
    else:
        _print(found)


def _topics(settings: "Settings", digest: str) -> list[str]:
    from monitor.config.findings import did_you_mean, quoted
    from monitor.errors import UsageError

    enabled = [topic.name for topic in settings.topics if topic.enabled]
    if not digest:
        return enabled
    for each in settings.digests:
        if each.name == digest:
            return [name for name in enabled if not each.topics or name in each.topics]
    hint = did_you_mean(digest, [each.name for each in settings.digests])
    raise UsageError(f"There is no digest {quoted(digest)} in {settings.path}.{hint}")


def _chosen(standings: "Sequence[FeedStanding]", names: list[str]) -> "list[FeedId]":
    """The ids of the feeds with these names (names as written in mails work, too); all feeds if there are no names."""
    from monitor.cli.no_such_feed import no_such_feed
    from monitor.digest.baseline import NAME_CHARACTERS
    from monitor.plain_text import one_line
    from monitor.url import stored_url

    if not names:
        return [each.state.id for each in standings]
    chosen = []
    for name in names:
        called = [(each, (each.outlet, each.name, one_line(each.name, NAME_CHARACTERS))) for each in standings]
        found = [each.state.id for each, known in called if name in known or stored_url(name) == each.state.url]
        if not found:
            raise no_such_feed(name, ((each.name, each.state.url) for each in standings))
        chosen += found
    return chosen


def _facts(found: "BaselineArticle") -> dict[str, Any]:
    article = found.article
    return {
        "id": article.id,
        "feed": found.feed,
        "title": article.title,
        "link": article.link,
        "outlet": article.outlet,
        "is_paid": article.is_paid,
        "published_at": output.iso(article.published_at, "seconds"),
        "first_seen_at": output.iso(article.first_seen_at, "seconds"),
        "topics": list(found.topics),
    }


def _print(articles: "Sequence[BaselineArticle]") -> None:
    from itertools import groupby

    from monitor.counted import counted
    from monitor.plain_text import one_line

    if not articles:
        print(
            "No matching articles were in the feeds before their first poll, except those that were news at the time."
        )
        return
    for number, (feed, of_feed) in enumerate(groupby(articles, key=lambda each: each.feed)):
        group = list(of_feed)
        print(f"{chr(10) * bool(number)}{one_line(feed)}: {counted(len(group), 'article', 'articles')}")
        for each in group:
            date = local_time.day(each.article.published_at) if each.article.published_at else "undated   "
            print(f"  {date}  {one_line(each.article.title, TITLE_SHOWN) or '(no title)'}")
            print(f"              {one_line(each.article.outlet)} · {', '.join(each.topics)} · #{each.article.id}")
