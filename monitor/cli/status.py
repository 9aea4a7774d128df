"""`status` and `doctor`: how the service is, and how its surroundings are."""

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from monitor.health.status import Status
    from monitor.model.setback import Setback

STYLES = {"ok": "green", "warning": "yellow", "problem": "bold red"}
FEEDS_SHOWN = 10


def status(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as one JSON object.")] = False,
) -> None:
    """Say on one screen how the service is; exit 1 if something is wrong."""
    from monitor.cli.settings import draft_of
    from monitor.daemon.clock import SystemClock
    from monitor.daemon.store_only import opened_store
    from monitor.health.status import notices, problems, status_of

    settings = draft_of(context)
    clock = SystemClock()
    with opened_store(settings.storage, clock) as store:
        found = status_of(settings, store, clock.now())
    wrong, notable = problems(found), notices(found)
    if as_json:
        print(json.dumps(_as_json(found, wrong, notable), ensure_ascii=False, indent=2))
    else:
        _print(found, wrong, notable)
    raise typer.Exit(1 if wrong else 0)


def doctor(
    context: typer.Context,
    offline: Annotated[bool, typer.Option("--offline", help="Leave out what needs the network.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as one JSON object.")] = False,
) -> None:
    """Examine config, network, mail server, clock, versions, permissions and disk; exit 1 if there is a problem."""
    from rich.console import Console
    from rich.markup import escape

    from monitor.cli.settings import draft_of
    from monitor.daemon.clock import SystemClock
    from monitor.health.doctor import Level, examined

    findings = []
    console = Console(soft_wrap=True, highlight=False)
    for finding in examined(draft_of(context), SystemClock().now(), is_offline=offline):
        findings.append(finding)
        if not as_json:
            what_to_do = f"\n         {finding.advice}" if finding.advice else ""
            said = f"{finding.about}: {finding.said}{what_to_do}"
            console.print(f"[{STYLES[finding.level]}]{finding.level:8}[/] {escape(_plain(said))}")
    if as_json:
        lines = [
            {"about": each.about, "level": each.level, "said": each.said, "advice": each.advice} for each in findings
        ]
        print(json.dumps({"findings": lines}, ensure_ascii=False, indent=2))
    raise typer.Exit(1 if any(each.level is Level.PROBLEM for each in findings) else 0)


def _print(found: "Status", wrong: tuple[str, ...], notable: tuple[str, ...]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(soft_wrap=True, highlight=False, markup=False)
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, text in _rows(found):
        table.add_row(name, _plain(text))
    console.print(table)
    for feed in found.overview.failing[:FEEDS_SHOWN]:
        console.print(f"  {_plain(feed.name)}: {_plain(feed.reason)} (since {_when(feed.since, found.at)})")
    if len(found.overview.failing) > FEEDS_SHOWN:
        console.print(f"  + {len(found.overview.failing) - FEEDS_SHOWN} more")
    for work in found.aside:
        console.print(f"  {_work(work)} is {_plain(work.sentence)}.")
    _print_verdict(console, wrong, notable)


def _print_verdict(console: "Console", wrong: tuple[str, ...], notable: tuple[str, ...]) -> None:
    for line in wrong:
        console.print(f"! {line}", style="bold red")
    for line in notable[:FEEDS_SHOWN]:
        console.print(_plain(line), style="yellow")
    if len(notable) > FEEDS_SHOWN:
        console.print(f"+ {len(notable) - FEEDS_SHOWN} more")
    if not wrong and not notable:
        console.print("All is well.")


def _rows(found: "Status") -> list[tuple[str, str]]:
    overview = found.overview
    return [
        ("daemon", "runs" if found.is_running else "does not run"),
        (
            "last poll",
            f"{_when(overview.polled_at, found.at)}; a feed answered {_when(overview.succeeded_at, found.at)}",
        ),
        ("feeds", f"{overview.feeds} polled, {len(overview.failing)} failing; {overview.articles:,} articles"),
        *(
            (
                f"next {each.digest}",
                f"overdue since {_when(each.overdue_since, found.at)}"
                if each.overdue_since
                else f"{each.at:%a %d %b %H:%M} UTC",
            )
            for each in found.editions
        ),
        (
            "mail",
            f"{overview.unsent} unsent"
            + (f", the oldest since {_when(overview.oldest_unsent_at, found.at)}" if overview.unsent else "")
            + f"; {overview.given_up} lost or held this week",
        ),
        ("backup", _when(found.backed_up_at, found.at)),
        (
            "disk",
            f"{_mb(found.free_bytes)} free; database {_mb(found.database_bytes)}, its log {_mb(found.log_bytes)}",
        ),
        ("versions", f"news-monitor {found.version}, schema {found.schema}, SQLite {found.sqlite}"),
    ]


def _as_json(found: "Status", wrong: tuple[str, ...], notable: tuple[str, ...]) -> dict[str, Any]:
    overview = found.overview
    return {
        "healthy": not wrong,
        "problems": wrong,
        "notices": notable,
        "at": found.at.isoformat(),
        "running": found.is_running,
        "feeds": overview.feeds,
        "failing": [
            {"url": _shown(feed.url), "name": feed.name, "since": _iso(feed.since), "reason": feed.reason}
            for feed in overview.failing
        ],
        "held": [
            {
                "origin": each.hold.origin,
                "until": _iso(each.hold.until),
                "asked_by": _shown(each.hold.asked_by),
                "asked_at": _iso(each.hold.asked_at),
                "feeds": each.feeds,
            }
            for each in overview.held
        ],
        "set_aside": [
            {
                "work": each.kind,
                "of": _shown(each.key),
                "because": each.because,
                "times": each.times,
                "at": _iso(each.at),
            }
            for each in found.aside
        ],
        "last_poll": _iso(overview.polled_at),
        "last_answer": _iso(overview.succeeded_at),
        "articles": overview.articles,
        "editions": [
            {"digest": each.digest, "next": _iso(each.at), "overdue_since": _iso(each.overdue_since)}
            for each in found.editions
        ],
        "unsent": overview.unsent,
        "oldest_unsent": _iso(overview.oldest_unsent_at),
        "given_up": overview.given_up,
        "backup": _iso(found.backed_up_at),
        "bytes": {"free": found.free_bytes, "database": found.database_bytes, "log": found.log_bytes},
        "versions": {"news-monitor": found.version, "schema": found.schema, "sqlite": found.sqlite},
    }


def _work(setback: "Setback") -> str:
    """In words: the poll of a feed, the edition of a digest, matching an article again."""
    name = {"poll": "The poll of", "edition": "The edition of", "rematch": "Matching again article"}[setback.kind]
    return f"{name} {_plain(_shown(setback.key) if setback.kind == 'poll' else setback.key)}"


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _when(moment: datetime | None, now: datetime) -> str:
    """How long ago, as a person would say it."""
    if moment is None:
        return "never"
    ago = now - moment
    if ago < timedelta(minutes=2):
        return "just now"
    if ago < timedelta(hours=2):
        return f"{ago // timedelta(minutes=1)} minutes ago"
    if ago < timedelta(days=2):
        return f"{ago // timedelta(hours=1)} hours ago"
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _mb(size: int) -> str:
    return f"{size / 10**6:,.1f} MB"


def _shown(url: str) -> str:
    from monitor.url import shown_url

    return shown_url(url)


def _plain(text: str) -> str:
    """Without control characters, which a feed could use to rule the terminal."""
    return "".join(char if char.isprintable() or char == "\n" else " " for char in text)
