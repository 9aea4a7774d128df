"""`status` and `doctor`: the state of the service, and of the machine around it."""

from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from monitor.cli import local_time, output

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from rich.console import Console

    from monitor.health.status import NextEdition, Status
    from monitor.model.alert import AlertStanding
    from monitor.model.overview import Overview
    from monitor.model.people import Pause
    from monitor.model.setback import Setback
    from monitor.model.settings import StorageSettings
    from monitor.model.stored_page import PageStanding
    from monitor.model.worker import WorkerStanding

STYLES = {"ok": "green", "warning": "yellow", "problem": "bold red"}
FEEDS_SHOWN, PAUSES_SHOWN = 10, 3


def status(
    context: typer.Context,
    live: Annotated[
        bool,
        typer.Option("--live", help="Only whether the service lives, which a restart can fix."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as one JSON object.")] = False,
) -> None:
    """Show on one screen how the service is; exit 1 if a person should look."""
    from monitor.cli.settings import outline_of, place_for
    from monitor.daemon.clock import SystemClock
    from monitor.daemon.store_only import opened_store
    from monitor.health.other_daemons import other_daemons
    from monitor.health.status import notices, problems, status_of

    clock = SystemClock()
    if live:
        _print_live(place_for(context), clock.now(), as_json=as_json)
    settings = outline_of(context)
    with opened_store(settings.storage, clock) as store:
        found = status_of(settings, store, clock.now(), others=other_daemons(settings.storage.folder))
    wrong, notable = problems(found), notices(found)
    if as_json:
        output.print_json(facts_of(found))
    else:
        _print(found, wrong, notable)
    raise typer.Exit(1 if wrong else 0)


def _print_live(storage: "StorageSettings", now: "datetime", *, as_json: bool) -> NoReturn:
    from monitor.health.live import not_live

    wrong = not_live(storage, now)
    if as_json:
        output.print_json({"live": not wrong, "problems": wrong})
    else:
        print("\n".join(map(output.shown, wrong)) or "The service lives.")
    raise typer.Exit(1 if wrong else 0)


def doctor(
    context: typer.Context,
    offline: Annotated[bool, typer.Option("--offline", help="Skip checks that need the network.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as one JSON object.")] = False,
) -> None:
    """Check config, network, mail server, clock, versions, permissions and disk; exit 1 if there is a problem."""
    from rich.text import Text

    from monitor.cli.settings import draft_of
    from monitor.daemon.clock import SystemClock
    from monitor.health.doctor import Level, examined

    findings = []
    console = output.console()
    for finding in examined(draft_of(context), SystemClock().now(), is_offline=offline):
        findings.append(finding)
        if not as_json:
            what_to_do = f"\n         {output.shown(finding.advice)}" if finding.advice else ""
            said = f" {output.shown(f'{finding.about}: {finding.said}')}{what_to_do}"
            console.print(Text.assemble((f"{finding.level:8}", STYLES[finding.level]), said), soft_wrap=True)
    if as_json:
        lines = [
            {"about": each.about, "level": each.level, "said": each.said, "advice": each.advice} for each in findings
        ]
        output.print_json({"findings": lines})
    raise typer.Exit(1 if any(each.level is Level.PROBLEM for each in findings) else 0)


def _print(found: "Status", wrong: tuple[str, ...], notable: tuple[str, ...]) -> None:
    console = output.console()
    table = output.table("", "", has_header=False)
    for row in _rows(found):
        output.add_row(table, *row)
    console.print(table)
    for feed in found.overview.troubles[:FEEDS_SHOWN]:
        since = output.ago(feed.since, found.at)
        output.print_wrapped(f"{feed.name}: {feed.reason} (since {since})", first="  ")
    if len(found.overview.troubles) > FEEDS_SHOWN:
        console.print(f"  + {len(found.overview.troubles) - FEEDS_SHOWN} more")
    for work in found.aside:
        console.print(f"  {_work(work)} is {output.shown(work.sentence)}.")
    _print_verdict(console, wrong, notable)


def _print_verdict(console: "Console", wrong: tuple[str, ...], notable: tuple[str, ...]) -> None:
    for line in wrong:
        console.print(f"! {output.shown(line)}", style="bold red")
    for line in notable[:FEEDS_SHOWN]:
        console.print(output.shown(line), style="yellow")
    if len(notable) > FEEDS_SHOWN:
        console.print(f"+ {len(notable) - FEEDS_SHOWN} more")
    if not wrong and not notable:
        console.print("All is well.")


def _due(edition: "NextEdition") -> str:
    at = f"{edition.at.astimezone(local_time.zone()):%a %d %b %H:%M} {local_time.zone_name()}"
    return f"its draft waits until {at} (news-monitor digest review)" if edition.drafted_at else at


def _rows(found: "Status") -> list[tuple[str, str]]:
    overview = found.overview
    free, database, log = map(output.size, (found.free_bytes, found.database_bytes, found.log_bytes))
    polled, answered = (output.ago(moment, found.at) for moment in (overview.polled_at, overview.succeeded_at))
    return [
        ("daemon", "runs" if found.is_running else "does not run"),
        *((f"worker {each.id}", each.sentence) for each in found.workers),
        ("folder", f"{found.folder}"),
        ("last poll", polled if polled == answered else f"{polled}; a feed answered {answered}"),
        ("feeds", f"{overview.feeds} polled, {len(overview.failing)} failing; {overview.articles:,} articles"),
        *(
            (
                f"next {each.digest}",
                f"overdue since {output.ago(each.overdue_since, found.at)}" if each.overdue_since else _due(each),
            )
            for each in found.editions
        ),
        (
            "mail",
            f"{overview.unsent} unsent"
            + (f", the oldest since {output.ago(overview.oldest_unsent_at, found.at)}" if overview.unsent else "")
            + f"; {overview.given_up} lost or held this week",
        ),
        *([("alerts", _alerts(found.alerts))] if found.alerts.topics else []),
        *([("paused", _pauses(found.pauses))] if found.pauses else []),
        *([("pages", _pages(found.pages))] if found.pages.feeds else []),
        ("backup", output.ago(found.backed_up_at, found.at)),
        (
            "disk",
            f"{free} free; database {database}, its log {log}",
        ),
        ("versions", f"news-monitor {found.version}, schema {found.schema}, SQLite {found.sqlite}"),
    ]


def _alerts(alerts: "AlertStanding") -> str:
    from monitor.counted import counted

    topics = counted(alerts.topics, "topic", "topics")
    waiting = "1 waits" if alerts.waiting == 1 else f"{alerts.waiting} wait"
    return f"on {topics}; in 24 hours {alerts.sent} sent, {waiting}, {alerts.dropped} dropped"


def _pauses(pauses: "Sequence[Pause]") -> str:
    shown = [f"{each.what} by {each.recipient}" for each in pauses[:PAUSES_SHOWN]]
    more = f" and {len(pauses) - PAUSES_SHOWN} more" if len(pauses) > PAUSES_SHOWN else ""
    return f"{', '.join(shown)}{more} (news-monitor deliveries paused)"


def _pages(pages: "PageStanding") -> str:
    from monitor.counted import counted
    from monitor.policy.page_tally import tally_words

    return f"of {counted(pages.feeds, 'feed', 'feeds')}; in 24 hours {tally_words(pages.lately)}"


def facts_of(found: "Status") -> dict[str, Any]:
    """The status as JSON has it."""
    from monitor.cli import pauses
    from monitor.health.status import notices, problems

    overview, wrong, notable = found.overview, problems(found), notices(found)
    return {
        "healthy": not wrong,
        "problems": wrong,
        "notices": notable,
        "at": output.iso(found.at),
        "running": found.is_running,
        "folder": str(found.folder),
        "workers": [_worker_as_json(each) for each in found.workers],
        "other_daemons": [str(each) for each in found.others],
        "feeds": overview.feeds,
        **_troubles_as_json(overview),
        "set_aside": [_aside_as_json(each) for each in found.aside],
        "last_poll": output.iso(overview.polled_at),
        "last_answer": output.iso(overview.succeeded_at),
        "articles": overview.articles,
        "editions": [
            {
                "digest": each.digest,
                "next": output.iso(each.at),
                "overdue_since": output.iso(each.overdue_since),
                "drafted": output.iso(each.drafted_at),
            }
            for each in found.editions
        ],
        "unsent": overview.unsent,
        "oldest_unsent": output.iso(overview.oldest_unsent_at),
        "given_up": overview.given_up,
        "alerts": {
            "topics": found.alerts.topics,
            "sent": found.alerts.sent,
            "waiting": found.alerts.waiting,
            "dropped": found.alerts.dropped,
            "overdue_since": output.iso(found.alerts.overdue_since),
        },
        "paused": [pauses.facts_of(each) for each in found.pauses],
        "pages": _pages_as_json(found.pages),
        "backup": output.iso(found.backed_up_at),
        "bytes": {"free": found.free_bytes, "database": found.database_bytes, "log": found.log_bytes},
        "versions": {"news-monitor": found.version, "schema": found.schema, "sqlite": found.sqlite},
    }


def _worker_as_json(worker: "WorkerStanding") -> dict[str, Any]:
    return {
        "id": worker.id,
        "name": worker.name,
        "leads": worker.leads,
        "duties": list(worker.duties),
        "waiting": worker.is_waiting,
        "hosts": worker.hosts,
        "version": worker.version,
        "started": output.iso(worker.started_at),
        "silent_seconds": round(worker.silent_for.total_seconds()),
        "says": worker.sentence,
    }


def _aside_as_json(setback: "Setback") -> dict[str, Any]:
    return {
        "work": setback.kind,
        "of": _shown(setback.key),
        "because": setback.because,
        "times": setback.times,
        "at": output.iso(setback.at),
    }


def _troubles_as_json(overview: "Overview") -> dict[str, Any]:
    """Feeds that fail or wait: each by itself, incidents of a host, and holds."""
    return {
        "failing": [
            {"url": _shown(feed.url), "name": feed.name, "since": output.iso(feed.since), "reason": feed.reason}
            for feed in overview.failing
        ],
        "incidents": [
            {"origin": each.url, "feeds": each.feeds, "since": output.iso(each.since), "reason": each.reason}
            for each in overview.troubles
            if each.feeds > 1
        ],
        "held": [
            {
                "origin": each.hold.origin,
                "until": output.iso(each.hold.until),
                "asked_by": _shown(each.hold.asked_by),
                "asked_at": output.iso(each.hold.asked_at),
                "feeds": each.feeds,
            }
            for each in overview.held
        ],
    }


def _pages_as_json(pages: "PageStanding") -> dict[str, Any]:
    from dataclasses import asdict

    left_alone = [
        {"origin": _shown(each.origin), "until": output.iso(each.until), "blocks": each.blocks}
        for each in pages.left_alone
    ]
    return {"feeds": pages.feeds, **asdict(pages.lately), "left_alone": left_alone}


def _work(setback: "Setback") -> str:
    """The work in words: the poll of a feed, the edition of a digest, matching an article again, or its page."""
    names = {
        "poll": "The poll of",
        "edition": "The edition of",
        "rematch": "Matching again article",
        "page": "Matching the page of article",
    }
    name = names[setback.kind]
    return f"{name} {output.shown(_shown(setback.key) if setback.kind == 'poll' else setback.key)}"


def _shown(url: str) -> str:
    from monitor.url import shown_url

    return shown_url(url)
