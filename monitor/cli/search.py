"""`search`: the stored articles that have certain words, newest or best first, with these words marked."""

import re
import sys
from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from monitor.cli import filters, output
from monitor.cli.frame import Command

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from monitor.config import Settings
    from monitor.model.article import Article
    from monitor.search import Marked, Query
    from monitor.store import Store
    from monitor.store.searching import Built, Found, Sought

MOST_LISTED = 1_000
PAGE_LISTED = 50
TEXT_SHOWN = 240
OWN_LETTERS = ("-h", "-c", "-v")
"""Options of one letter that are not words to leave out."""

CATCH_UP_BATCHES = 20
"""What a search indexes first where no daemon does it: 4,000 articles, some seconds."""


class WordsCommand(Command):
    """A command whose words may begin with a minus: `-football` is a word to leave out, not seven options."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, [f"−{each[1:]}" if _is_left_out(each) else each for each in args])


def _is_left_out(argument: str) -> bool:
    return argument not in OWN_LETTERS and re.match(r"-[^-]", argument) is not None


def search(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="WORDS", help='Words; "in a row", a OR b, -without, begin*.', show_default=False),
    ] = None,
    since: filters.Since = "",
    until: filters.Until = "",
    feed: filters.Feed = "",
    topic: filters.TopicName = "",
    language: filters.Language = "",
    saved: Annotated[
        str, typer.Option("--saved", metavar="NAME", help="What a saved search of the config finds; WORDS narrow it.")
    ] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=MOST_LISTED, help="List so many at most.")] = 20,
    best: Annotated[bool, typer.Option("--best", help="The best first; otherwise the newest.")] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Build the index of searches again.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Search all stored articles for words, whether a topic matches them or not. The newest come first.

    All words must be there, in any case, with or without accents. "peace talks" is exactly this phrase,
    truce OR ceasefire either word, -football not this word, and refug* all words that begin so.
    """
    from monitor.cli.settings import outline_of, settings_of

    if rebuild:
        if words:
            from monitor.errors import UsageError

            raise UsageError("--rebuild takes no words: it builds the index and searches nothing.")
        _rebuild(settings_of(context), as_json=as_json)
        return
    settings = outline_of(context)
    query, days = _query(" ".join(words or ())), filters.days(since, until)
    with _opened(settings) as store:
        of_saved = _of_saved(settings, store, saved)
        sought = _narrowed(of_saved, _sought(settings, store, query, feed, topic, language, days))
        query = sought.query
        built = _caught_up(settings, store)
        found = store.searching.best(sought, limit) if best else store.searching.newest(sought, limit)
        shown = _shown(store, found, query)
    if as_json:
        output.print_json(_plain(found, shown, built))
    else:
        _print_found(found, shown, built, limit)


def facts_of(settings: "Settings", store: "Store", fields: "Mapping[str, str]") -> dict[str, Any]:
    """What the options with these names find, as JSON has it; `q` has the words. Raises UsageError."""
    options = {name: fields.get(name, "").strip() for name in ("feed", "topic", "language")}
    query, days = _query(fields.get("q", "")), filters.days(fields.get("since", ""), fields.get("until", ""))
    sought = _sought(settings, store, query, **options, days=days)
    sought = _narrowed(_of_saved(settings, store, fields.get("saved", "")), sought)
    built = _caught_up(settings, store)
    find = store.searching.best if fields.get("order") == "best" else store.searching.newest
    found = find(sought, PAGE_LISTED)
    return _plain(found, _shown(store, found, sought.query), built)


def _opened(settings: "Settings") -> Any:
    from monitor.cli.topics import asked

    return asked.opened(settings)


def _query(written: str) -> "Query":
    from monitor.errors import UsageError
    from monitor.search import QueryError, parse

    try:
        return parse(written)
    except QueryError as error:
        raise UsageError(str(error)) from error


def _sought(
    settings: "Settings",
    store: "Store",
    query: "Query",
    feed: str,
    topic: str,
    language: str,
    days: "tuple[date | None, date | None]",
) -> "Sought":
    """What is searched. Raises UsageError, which names the option at fault."""
    from monitor.cli.topics import asked
    from monitor.daemon.clock import SystemClock
    from monitor.search import feed_token, language_token, tokens_between
    from monitor.store.searching import Sought

    facts = [tokens_between(*days, SystemClock().now().date())]
    if feed:
        facts.append(tuple(feed_token(each) for each in filters.feeds_called(store, feed)))
    if language:
        facts.append((language_token(filters.language_code(language)),))
    if topic:
        asked.topic(settings, topic)  # report a mistyped name
    return Sought(query=query, facts=tuple(each for each in facts if each), topics=(topic,) if topic else ())


def _of_saved(settings: "Settings", store: "Store", name: str) -> "Sought | None":
    from monitor.config.findings import did_you_mean, quoted
    from monitor.errors import UsageError

    if not name:
        return None
    search = next((each for each in settings.searches if each.name.casefold() == name.casefold()), None)
    if search is None:
        hint = did_you_mean(name, [each.name for each in settings.searches])
        raise UsageError(f"--saved: there is no [[searches]] named {quoted(name)} in {settings.path}.{hint}")
    return store.searching.sought(search)


def _narrowed(saved: "Sought | None", sought: "Sought") -> "Sought":
    """What both find. Raises UsageError if nothing must be there."""
    from monitor.errors import UsageError
    from monitor.search import both
    from monitor.store.searching import Sought

    if saved is not None:
        topics = tuple(dict.fromkeys((*saved.topics, *sought.topics)))
        sought = Sought(query=both(saved.query, sought.query), facts=saved.facts + sought.facts, topics=topics)
    if not (sought.query.every or sought.facts or sought.topics):
        kind = "besides those to leave out" if sought.query.never else "to look for"
        raise UsageError(
            f"Name at least one word {kind}: news-monitor search WORDS. Filters such as --feed work alone."
        )
    return sought


def _caught_up(settings: "Settings", store: "Store") -> "Built":
    """How far the index is; where no daemon keeps it, some of what is missing is indexed first."""
    from monitor.errors import NewsMonitorError
    from monitor.search.columns import Memory
    from monitor.store.place import place_of

    built = store.searching.built()
    is_idle = not (built.waiting or built.because)
    if is_idle or place_of(settings.storage).is_owned():
        return built
    memory: Memory = {}
    with suppress(NewsMonitorError):
        for _ in range(CATCH_UP_BATCHES):
            if not store.searching.advance(memory):
                break
    return store.searching.built()


def _rebuild(settings: "Settings", *, as_json: bool) -> None:
    """Ask the daemon to, or do it here, to the end."""
    from monitor.cli.ask_daemon import done_by_owner
    from monitor.daemon.requests import Context, done
    from monitor.jobs import Jobs
    from monitor.model.requests import AnyRequest, Outcome, ReindexRequest

    def here(jobs: Jobs, request: AnyRequest) -> Outcome:
        done(Context(jobs=jobs), request)
        while not jobs.indexer.run():
            if sys.stderr.isatty():
                print(f"\r{jobs.store.searching.built().percent} % indexed", end="", file=sys.stderr, flush=True)
        if sys.stderr.isatty():
            print(file=sys.stderr)
        return {"is_whole": True}

    outcome = done_by_owner(settings, ReindexRequest(), here)
    is_whole = bool(outcome.get("is_whole"))
    if as_json:
        output.print_json({"is_whole": is_whole})
    elif is_whole:
        print("The index was built again.")
    else:
        print("The daemon builds the index again, the newest articles first; `search` says how far it is.")


# ---- What is printed


class _Shown(NamedTuple):
    """An article that was found, with the words marked that were looked for."""

    article: "Article"
    title: "Marked"
    text: "Marked"
    page: "Marked | None"
    """Of the page behind it, where nothing is marked in headline and text; None if nothing is found there either."""


def _shown(store: "Store", found: "Found", query: "Query") -> "list[_Shown]":
    from monitor.search import Marker

    marker = Marker(query.wanted)
    shown = [
        _Shown(each, marker.marked(each.title, len(each.title)), marker.marked(each.text, TEXT_SHOWN), None)
        for each in found.articles
    ]
    bare = [each.article.id for each in shown if query.wanted and not (each.title.marks or each.text.marks)]
    pages = {each: marker.marked(text, TEXT_SHOWN) for each, text in store.pages.all_texts(bare).items()}
    return [each._replace(page=page if (page := pages.get(each.article.id)) and page.marks else None) for each in shown]


def _plain(found: "Found", shown: "Sequence[_Shown]", built: "Built") -> dict[str, Any]:
    """As JSON has it."""
    return {
        "articles": [_plain_article(each) for each in shown],
        "has_more": found.has_more,
        "index": {"percent": built.percent, "waiting": built.waiting, "because": built.because},
    }


def _plain_article(shown: _Shown) -> dict[str, Any]:
    article, page = shown.article, shown.page
    names = ("id", "title", "outlet", "link", "published_at", "first_seen_at", "is_paid")
    return {name: getattr(article, name) for name in names} | {
        "language": article.shown_language,
        "title_marks": shown.title.marks,
        "excerpt": shown.text.text,
        "excerpt_marks": shown.text.marks,
        "page_excerpt": page.text if page else "",
        "page_marks": page.marks if page else (),
    }


def _print_found(found: "Found", shown: "Sequence[_Shown]", built: "Built", limit: int) -> None:
    console = output.console()
    for each in shown:
        _print_article(each, console)
    if not found.articles:
        print("No stored article was found.")
    elif found.has_more:
        print(f"There are more than these {limit}; --limit {min(limit * 5, MOST_LISTED)} lists more of them.")
    if built.because:
        print(built.because)
    elif not built.is_whole:
        print(f"The index is {built.percent} % built, the newest articles first; older ones may be missing above.")
        print("The daemon builds the rest. Without a daemon: news-monitor search --rebuild")


def _print_article(shown: _Shown, console: Any) -> None:
    from monitor.search import Marked

    article = shown.article
    title = shown.title if article.title else Marked(text="(no headline)", marks=())
    console.print(_with_marks(title, "bold"))
    language = article.shown_language
    paid = "paid" if article.is_paid else ""
    facts = (_dated(article.dated), article.outlet, paid, language, f"article {article.id}", article.link)
    console.print(output.shown(", ".join(filter(None, facts))), style="dim", soft_wrap=True)
    if article.text:
        console.print(_with_marks(shown.text, ""))
    if shown.page is not None:
        console.print(_with_marks(shown.page, "", before="on the page: "))
    print()


def _dated(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _with_marks(marked: "Marked", style: str, *, before: str = "") -> Any:
    """The text with what was found in another colour; on paper and in a pipe it is plain."""
    from rich.text import Text

    from monitor.plain_text import one_line

    text, place = Text(before, style=style), 0
    for start, end in marked.marks:
        text.append(one_line(marked.text[place:start], None, is_piece=True))
        text.append(one_line(marked.text[start:end], None, is_piece=True), style="bold yellow")
        place = end
    text.append(one_line(marked.text[place:], None, is_piece=True))
    return text
