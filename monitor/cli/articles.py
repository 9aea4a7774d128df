"""`articles show` and `forget`: one stored article as it is, and articles that are to go."""

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import local_time, output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from monitor.config import Settings
    from monitor.model.article import Article
    from monitor.model.fate import Fate
    from monitor.model.ids import ArticleId
    from monitor.model.requests import Outcome
    from monitor.store import Store

app = typer.Typer(help="See what is stored of an article, and remove articles.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
TITLES_SHOWN = 10
TITLE_CHARACTERS = 100
A_REQUEST = 5_000
"""So many articles are removed by one request to the daemon, which answers within minutes."""

FIELDS = (
    ("outlet", "Outlet"),
    ("is_paid", "Paid"),
    ("via", "Via"),
    ("author", "Author"),
    ("link", "Address"),
    ("published_at", "Published"),
    ("first_seen_at", "First seen"),
    ("arrival", "Came"),
    ("text_removed_at", "Text removed"),
    ("language", "Language"),
    ("identified_language", "Identified language"),
    ("categories", "Categories"),
    ("key", "Key"),
)


@app.command()
def show(
    context: typer.Context,
    article: Annotated[str, typer.Argument(metavar="ID-OR-URL", help="The article's number, or its address.")],
    as_json: AsJson = False,
) -> None:
    """Show what is stored of an article: its fields, text, edits and matches. Nothing is calculated; `why` does that.

    Several feeds may have brought one address; then all are shown.
    """
    from monitor.cli.settings import outline_of
    from monitor.cli.topics import asked

    with asked.opened(outline_of(context)) as store:
        fates = [store.fates.of(each.id) for each in _stored(store, [article])]
    known = [each for each in fates if each is not None]
    if as_json:
        output.print_json({"articles": [_plain(each) for each in known]})
        return
    for each in known:
        _print(each)


@app.command()
def forget(
    context: typer.Context,
    articles: Annotated[
        list[str] | None,
        typer.Argument(metavar="URL-OR-ID", help="Addresses or numbers of articles.", show_default=False),
    ] = None,
    feed: Annotated[
        str, typer.Option("--feed", metavar="FEED", help="All articles of the feed with this URL or outlet.")
    ] = "",
    between: Annotated[
        tuple[str, str] | None,
        typer.Option("--between", metavar="DATE DATE", help="Those first seen on these days (UTC) or in between."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove articles for good: text, matches, index, and what stored editions and messages say of them.

    Their feeds do not bring them back, and `why` says that you removed them. Mails that were sent and backups still
    have them; the command lists which. With --json nothing is asked, and nothing is removed unless --yes is given too.
    """
    from monitor.cli.settings import settings_of
    from monitor.cli.topics import asked

    settings = settings_of(context)
    with asked.opened(settings) as store:
        ids = _chosen(store, articles or (), feed, between)
        plan = _plan(settings, store, ids)
    if not as_json:
        _print_plan(plan)
        if not (yes or typer.confirm("Remove?" if len(ids) == 1 else f"Remove {len(ids):,} articles?")):
            print("Nothing was removed.")
            return
    done = _removed(settings, ids) if yes or not as_json else None
    if as_json:
        output.print_json({**plan, "done": done})
    elif done is not None:
        _print_done(done)


# ---- Which articles


def _stored(store: "Store", named: "Sequence[str]") -> "tuple[Article, ...]":
    """The articles with these numbers and addresses, each once. Raises UsageError."""
    from monitor import fate
    from monitor.errors import UsageError
    from monitor.plain_text import escaped

    found: dict[ArticleId, Article] = {}
    for each in named:
        asked = fate.asked(each)
        one = store.articles.one(asked.number) if asked.number is not None else None
        here = (one,) if one else store.articles.at(asked.url) if asked.url else ()
        if not here:
            said = escaped(each, 200)
            raise UsageError(f"No stored article has the number or address {said}. `search` finds one by its words.")
        found |= {article.id: article for article in here}
    return tuple(found.values())


def _chosen(
    store: "Store", named: "Sequence[str]", feed: str, between: tuple[str, str] | None
) -> "tuple[ArticleId, ...]":
    from monitor.cli.filters import feeds_called
    from monitor.errors import UsageError

    if bool(named) is bool(feed or between):
        raise UsageError("Name articles by address or number, or use --feed FEED --between DATE DATE.")
    if named:
        return tuple(each.id for each in _stored(store, named))
    if not (feed and between):
        raise UsageError("--feed and --between belong together: which feed, and which days.")
    feeds = feeds_called(store, feed)
    first, last = _days(between)
    ids = store.removal.of_feeds(feeds, _start(first), _start(last) + timedelta(days=1))
    if not ids:
        raise UsageError(f"No stored article of that feed was first seen between {first} and {last}.")
    return ids


def _days(between: tuple[str, str]) -> "tuple[date, date]":
    from monitor.errors import UsageError

    try:
        first, last = map(date.fromisoformat, between)
    except ValueError:
        raise UsageError("--between takes two dates, such as --between 2026-03-01 2026-03-31.") from None
    if first > last:
        raise UsageError(f"--between: {first} is after {last}.")
    return first, last


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


# ---- What goes, and what stays elsewhere


def _plan(settings: "Settings", store: "Store", ids: "Sequence[ArticleId]") -> dict[str, Any]:
    """How much would be removed, and what is beyond reach."""
    first = [store.articles.one(each) for each in ids[:TITLES_SHOWN]]
    editions, sent = store.removal.mailed(ids)
    return {
        "articles": len(ids),
        "first": [{"id": each.id, "title": each.title, "link": each.link} for each in first if each],
        "editions": editions,
        "sent": sent,
        "backups": [*_holding(settings, store, ids)],
    }


def _holding(settings: "Settings", store: "Store", ids: "Sequence[ArticleId]") -> "tuple[str, ...]":
    """The backups that have one of these articles, and databases that a restore has set aside."""
    from monitor.store.place import place_of

    keys = {int(each.known.id): each.known.key for each in store.removal.going(ids)}
    return place_of(settings.storage).holding(keys)


def _removed(settings: "Settings", ids: "Sequence[ArticleId]") -> "Outcome":
    """What was done, in all requests together."""
    from monitor.cli.ask_daemon import done_by_owner
    from monitor.model.requests import ForgetRequest

    total: dict[str, int] = {}
    for start in range(0, len(ids), A_REQUEST):
        done = done_by_owner(settings, ForgetRequest(ids=tuple(ids[start : start + A_REQUEST])))
        total = {name: total.get(name, 0) + number for name, number in done.items()}
    return total


# ---- What is printed


def _plain(known: "Fate") -> dict[str, Any]:
    """As JSON has it."""
    from dataclasses import asdict

    return {
        **{name: value for name, value in asdict(known.article).items() if name != "text_runs"},
        "feed": known.feed,
        "feed_url": known.feed_url,
        "earlier": [{"replaced_at": at, "title": title, "link": link} for at, title, link in known.earlier],
        "matches": [_plain_match(each) for each in known.matches],
        "story_id": known.story.id if known.story else None,
        "editions": [{"id": each.edition_id, "digest": each.digest, "slot": each.slot} for each in known.shown],
    }


def _plain_match(match: Any) -> dict[str, Any]:
    stored = match.stored
    return {
        "topic": stored.match.topic,
        "tier": stored.match.tier,
        "origin": stored.origin,
        "matched_at": stored.matched_at,
        "stale_since": match.stale_since,
    }


def _print(known: "Fate") -> None:
    article = known.article
    output.console().print(f"Article {article.id}: {output.shown(article.title or '(no headline)')}", style="bold")
    output.console().print(_table(known))
    if article.text:
        print()
        for line in article.text.split("\n"):
            output.print_wrapped(line) if line.strip() else print()
    print()


def _table(known: "Fate") -> "Table":
    """All but its text."""
    table, article = output.table("Field", "Value", has_header=False), known.article
    table.columns[0].no_wrap = True
    output.add_row(table, "Feed", f"{known.feed} ({known.feed_url})")
    for name, label in FIELDS:
        value = getattr(article, name)
        if value:
            output.add_row(table, label, _cell(value))
    for at, title, _ in known.earlier:
        output.add_row(table, "Before an edit", f"{local_time.stamp(at)}: {title}")
    for match in known.matches:
        stale = f", taken back {local_time.stamp(match.stale_since)}" if match.stale_since else ""
        output.add_row(table, "Matches", f"{match.stored.match.topic} ({match.stored.match.tier}){stale}")
    if known.story:
        output.add_row(table, "Story", f"{known.story.id}: {known.story.title}")
    for edition in known.shown:
        output.add_row(table, "Shown by", f"{edition.digest} {edition.slot}, under {edition.topic}")
    return table


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return local_time.stamp(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, tuple) else f"{value}"


def _print_plan(plan: dict[str, Any]) -> None:
    from monitor.counted import counted
    from monitor.plain_text import one_line

    print(f"{counted(plan['articles'], 'article', 'articles')} would be removed:")
    for each in plan["first"]:
        print(f"  {each['id']}  {one_line(each['title'] or each['link'], TITLE_CHARACTERS)}")
    if plan["articles"] > len(plan["first"]):
        print(f"  and {plan['articles'] - len(plan['first']):,} more")
    if plan["editions"]:
        print(f"{counted(plan['editions'], 'edition shows', 'editions show')} them: their words go there, too.")
    if plan["sent"]:
        print(f"{counted(plan['sent'], 'mail that was sent has', 'mails that were sent have')} them, beyond our reach.")
    for path in plan["backups"]:
        print(f"Still in the backup {output.shown(path)}")


def _print_done(done: "Outcome") -> None:
    from monitor.counted import counted

    said = f"{counted(done['removed'], 'article was removed', 'articles were removed')}"
    if done["editions"]:
        where = counted(done["editions"], "edition", "editions")
        said += f", and its words in {where} and {counted(done['messages'], 'stored message', 'stored messages')}"
    print(f"{said}.")
    if done["unwritten"]:
        pages = counted(done["unwritten"], "archive page", "archive pages")
        print(f"{pages} could not be written again; the daemon tries to every hour.")
