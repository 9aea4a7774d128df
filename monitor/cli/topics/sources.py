"""`topics sources`: feeds for a topic, for people who have words and no feeds."""

from collections.abc import Mapping, Sequence
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import output
from monitor.counted import counted

if TYPE_CHECKING:
    from monitor.catalogue.proposals import Proposal
    from monitor.catalogue.search_feeds import SearchFeed
    from monitor.cli.topics.tried import Tried
    from monitor.config import Settings
    from monitor.model.topic import Topic

TITLES = 3
INSTEAD = "named by the robots.txt of an outlet whose feed does not answer"
LOSSY = "a search engine: lossy, so never the only source"


def sources(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The topic's name, or words.")],
    limit: Annotated[int, typer.Option("--limit", min=1, help="The maximum number of feeds of the catalogue.")] = 12,
    add: Annotated[
        str,
        typer.Option(
            "--add",
            metavar="N,…",
            help="Add these feeds to the config; all: with --try those that answer.",
        ),
    ] = "",
    is_tried: Annotated[
        bool,
        typer.Option("--try", help="Ask each feed now: show its newest headlines and what the topic would match."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Write to the config without asking.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Propose feeds for a topic or for words: from the catalogue, and searches of news engines.

    First feeds of the countries that the topic names, then of their regions, on its subjects, and world news. They are
    numbered: --add 1,2 writes two of them into the config.
    """
    from monitor.cli.settings import draft_of

    settings = draft_of(context)
    topic, lists, rows = proposed(settings, name, limit)
    if is_tried:
        rows = _tried(rows, settings, topic, lists)
    if add:
        _add(settings, rows, add, is_sure=yes, as_json=as_json)
    elif as_json:
        output.print_json({"topic": topic.name, "sources": [{"number": n, **row} for n, row in enumerate(rows, 1)]})
    else:
        _print(rows, name)


def proposed(
    settings: "Settings", name: str, limit: int
) -> "tuple[Topic, Mapping[str, Sequence[str]], list[dict[str, Any]]]":
    """The topic of this name or of these words, the lists that it may name, and the feeds proposed for it. Raises
    UsageError.
    """
    from monitor.catalogue.proposals import proposals
    from monitor.catalogue.search_feeds import search_feeds
    from monitor.catalogue.subject import subject_of
    from monitor.cli import catalogue
    from monitor.lists import list_names, shipped_lists

    topic, shipped = _topic(settings, name), shipped_lists(list_names())
    lists = {**shipped, **settings.lists}
    found = proposals(subject_of(topic, lists, shipped), topic.languages, limit=limit)
    engines = search_feeds(topic, lists, next(iter(topic.languages), "en"))
    return topic, lists, _rows(found, engines, catalogue.experience(settings))


def _topic(settings: "Settings", name: str) -> Any:
    """The topic with this name; else one of these words, so that words can be tried before they are a topic."""
    from monitor.cli import words
    from monitor.errors import UsageError

    known = next((each for each in settings.topics if each.name == name), None)
    try:
        return known or words.topic_of(name)
    except ValueError as error:
        raise UsageError(str(error)) from error


def _rows(
    found: "Sequence[Proposal]", engines: "Sequence[SearchFeed]", experienced: Mapping[str, str]
) -> list[dict[str, Any]]:
    from monitor.cli import catalogue
    from monitor.url import stored_url

    rows = [
        {
            **catalogue.facts(each.source, catalogue.known_of(each.source, experienced)),
            "described": catalogue.described(each.source),
            "why": each.why,
            "aggregator": False,
        }
        for each in found
    ]
    rows += [
        {
            "url": each.url,
            "outlet": each.engine,
            "language": each.language,
            "known": experienced.get(stored_url(each.url), catalogue.NOT_TRIED),
            "described": f"search: {each.query}",
            "why": LOSSY,
            "aggregator": True,
        }
        for each in engines
    ]
    return rows


def _tried(
    rows: Sequence[dict[str, Any]], settings: "Settings", topic: "Topic", lists: Mapping[str, Sequence[str]]
) -> list[dict[str, Any]]:
    """The rows, each with what its feed answers now."""
    from monitor.cli.topics.tried import tried
    from monitor.daemon.clock import SystemClock

    typer.echo(f"Asking {len(rows)} feeds …", err=True)
    found = tried([row["url"] for row in rows], topic, lists, settings.polling, SystemClock())
    return answered(rows, found)


def answered(rows: Sequence[dict[str, Any]], found: "Sequence[Tried]") -> list[dict[str, Any]]:
    """The rows, each with what its feed answered; then the news sitemaps that were found where there was no feed."""
    from dataclasses import asdict

    pairs = list(zip(rows, found, strict=True))
    asked = [{**row, "known": _said_of(each), "tried": asdict(each)} for row, each in pairs]
    instead = {
        other.url: {
            **row,
            "url": other.url,
            "described": other.kind,
            "why": INSTEAD,
            "known": _said_of(other),
            "tried": asdict(other),
        }
        for row, each in pairs
        for other in each.instead
        if not row["aggregator"]
    }
    return [*asked, *instead.values()]


def _said_of(found: "Tried") -> str:
    if found.problem:
        return f"no feed now: {found.problem}"
    return f"{counted(found.items, 'item', 'items')} now, {len(found.matching)} would match"


def _print(rows: Sequence[dict[str, Any]], name: str) -> None:
    from monitor.cli import catalogue

    for number, row in enumerate(rows, 1):
        catalogue.print_one(number, row["outlet"], f"({row['described']}) {row['why']}", row["url"], row["known"])
        found = row.get("tried") or {"matching": (), "newest": ()}
        for mark, titles in (("matches", found["matching"][:TITLES]), ("newest", found["newest"])):
            for title in titles:
                output.print_wrapped(title or "(no headline)", first=f"     {mark:7}  ")
    print()
    output.print_wrapped(f"Add some: news-monitor topics sources {quote(name)} --add 1,2")


def _add(settings: "Settings", rows: Sequence[dict[str, Any]], numbers: str, *, is_sure: bool, as_json: bool) -> None:
    """Add the feeds with these numbers, those left out that the config has already. As JSON, nothing is asked."""
    from monitor.cli import edit_config
    from monitor.config.edit import AddTable
    from monitor.url import stored_url

    known = {stored_url(feed.url) for feed in settings.feeds}
    chosen = [row for row in _chosen(rows, numbers) if stored_url(row["url"]) not in known]
    if not chosen and not as_json:
        print("The config has these feeds already.")
        return
    plan, _ = edit_config.planned(settings, [AddTable(("feeds",), table_of(row)) for row in chosen])
    if as_json:
        edit_config.write(plan)
        output.print_json({"file": str(plan.file), "added": [row["url"] for row in chosen]})
    else:
        edit_config.offer(plan, is_sure=is_sure)


def _chosen(rows: Sequence[dict[str, Any]], numbers: str) -> list[dict[str, Any]]:
    from monitor.config.findings import quoted
    from monitor.errors import UsageError

    if numbers.strip() == "all":
        return [row for row in rows if not row.get("tried", {}).get("problem")]
    found = []
    for written in numbers.replace(",", " ").split():
        if not (written.isascii() and written.isdecimal() and 0 < int(written) <= len(rows)):
            raise UsageError(f"--add takes numbers from 1 to {len(rows)}, such as 1,2, or all; not {quoted(written)}.")
        found.append(rows[int(written) - 1])
    return list({row["url"]: row for row in found}.values())


def table_of(row: dict[str, Any]) -> dict[str, Any]:
    """The keys of the feed. An outlet without a known kind is known by its domain alone: its feed has a better name."""
    if row["aggregator"]:
        return {"url": row["url"], "aggregator": True}
    return {"url": row["url"], **({"outlet": row["outlet"]} if row["kind"] else {})}
