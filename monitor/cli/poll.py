"""`poll`: poll feeds once, now, and report the result."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import output

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.jobs import Jobs
    from monitor.model.requests import AnyRequest, Outcome


def poll(
    context: typer.Context,
    feeds: Annotated[
        list[str] | None, typer.Argument(metavar="[FEED]…", help="URLs or outlets of feeds; default: all.")
    ] = None,
    due: Annotated[bool, typer.Option("--due", help="Only feeds that are due.")] = False,
    whole: Annotated[
        bool, typer.Option("--whole", help="Fetch the whole document, also where it has not changed.")
    ] = False,
    max_failures: Annotated[
        int | None, typer.Option(metavar="N", help="Exit 1 if more feeds than this fail; default: if all fail.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as one JSON object.")] = False,
) -> None:
    """Ask feeds for new articles, now.

    A document that has not changed is not fetched again, unless with --whole, and no feed is asked too often.
    """
    from monitor.cli.ask_daemon import done_by_owner
    from monitor.cli.settings import draft_of
    from monitor.model.requests import PollRequest

    settings = _with_feeds(draft_of(context))
    request = PollRequest(urls=tuple(_urls(settings, feeds or [])), due=due, whole=whole)
    outcome = done_by_owner(settings, request, lambda jobs, asked: _poll_here(jobs, asked, is_quiet=as_json))
    reports = outcome["reports"]
    if as_json:
        output.print_json(outcome)
    else:
        _print(reports)
        _print_baseline(reports, settings)
    failures = sum(report["is_failure"] for report in reports)
    is_bad = failures > max_failures if max_failures is not None else 0 < len(reports) == failures
    raise typer.Exit(1 if is_bad else 0)


def _with_feeds(settings: "Settings") -> "Settings":
    """The settings for a poll, which needs feeds. If other parts are still missing, it prints what will not be done."""
    from monitor.errors import ConfigError

    if not settings.feeds:
        raise ConfigError(settings.missing)
    for problem in settings.missing:
        typer.echo(f"{problem} (warning)", err=True)
    return settings


def _urls(settings: "Settings", names: list[str]) -> list[str]:
    from monitor.cli.feeds.asked import all_configured
    from monitor.cli.no_such_feed import no_such_feed
    from monitor.url import stored_url

    chosen = []
    for name in names:
        found = [stored_url(settings.feeds[number].url) for number in all_configured(settings, name)]
        if not found:
            known = ((each.outlet, each.url) for each in settings.feeds)
            raise no_such_feed(name, known, f"The feeds are in {settings.path}.")
        chosen += found
    return chosen


def _poll_here(jobs: "Jobs", request: "AnyRequest", *, is_quiet: bool) -> "Outcome":
    from rich.console import Console
    from rich.progress import Progress

    from monitor.daemon.requests import Context, done

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=is_quiet or not console.is_terminal) as progress:
        bar = progress.add_task("Polling", total=_count(jobs, request))
        return done(Context(jobs=jobs, on_polled=lambda _: progress.advance(bar)), request)


def _count(jobs: "Jobs", request: "AnyRequest") -> int | None:
    """How many feeds will be polled; None if that is not known in advance."""
    from monitor.model.requests import PollRequest

    if not isinstance(request, PollRequest) or request.due:
        return None
    return len(request.urls or jobs.poller.feeds)


def _print(reports: list[dict[str, Any]]) -> None:
    from monitor.counted import counted

    table = output.table("Feed", "Outcome", ">Fetched", ">New", ">Changed", ">Flagged")
    for report in reports:
        counts = report["counts"]
        outcome = f"{report['status']}: {report['reason']}" if report["reason"] else report["status"]
        numbers = (counts["fetched"], counts["new"], counts["changed"], report["matches"])
        output.add_row(table, report["name"], outcome, *numbers, style="red" if report["is_failure"] else None)
    failed = sum(report["is_failure"] for report in reports)
    new, changed = (sum(report["counts"][key] for report in reports) for key in ("new", "changed"))
    flagged = sum(report["matches"] for report in reports)
    news = f"{counted(new, 'new article', 'new articles')}, {changed} changed, {flagged} flagged"
    console = output.console()
    output.print_table(table)
    console.print(f"{counted(len(reports), 'feed', 'feeds')}, {failed} failed; {news}.")


def _print_baseline(reports: list[dict[str, Any]], settings: "Settings") -> None:
    """Print what was in the feeds before their first poll, which this is: most of it is not news."""
    from monitor.counted import counted

    found = [report["baseline"] for report in reports if report["baseline"]]
    if not found:
        return
    there, matching, fresh = (sum(each[key] for each in found) for key in ("articles", "matching", "fresh"))
    start = f"{counted(there, 'article was', 'articles were')} in {_whose(found, reports)} already"
    if not matching:
        print(f"{start}; none matches a topic.")
        return
    from monitor.digest.baseline import COMMAND  # with it come all stages of a digest

    news = [f"{fresh:,} from the last 24 hours will be listed"] if fresh else []
    old = [f"{matching - fresh:,} {_fate(matching - fresh, settings)}"] if matching > fresh else []
    fates = f"{matching:,} {'matches' if matching == 1 else 'match'} a topic; {', '.join([*news, *old])}."
    print(f"{start}; {fates}{f' Show them: {COMMAND}' if old else ''}")


def _whose(found: list[Any], reports: list[dict[str, Any]]) -> str:
    if len(found) == len(reports):
        return "your feeds" if len(found) > 1 else "this feed"
    return "a new feed" if len(found) == 1 else f"{len(found)} new feeds"


def _fate(number: int, settings: "Settings") -> str:
    """What happens to old or undated articles: each digest decides."""
    digests = [digest for digest in settings.digests if digest.enabled and digest.kind == "news"]
    listing = [digest.name for digest in digests if digest.baseline == "list"]
    if not listing:
        return f"{'is' if number == 1 else 'are'} not mailed"
    if len(listing) == len(digests):
        return "will be listed once, as old"
    return f"will be listed once, as old, by {', '.join(map(output.shown, listing))} only"
