"""`alerts list` and `preview`: which alerts went out or wait, and what a topic would have alerted in past days."""

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import local_time, output

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from monitor.model.alert import AlertRecord, AlertRules
    from monitor.model.ids import ArticleId
    from monitor.model.topic import Topic
    from monitor.policy.replayed_alerts import Replay
    from monitor.store import Store

    Titles = Mapping[ArticleId, tuple[str, str]]

app = typer.Typer(help="Instant alerts: what was sent, what waits, what a topic would have sent.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print it as one JSON object.")]
MOST_DAYS = 31


@app.command("list")
def list_(
    context: typer.Context,
    topic: Annotated[str, typer.Option("--topic", metavar="NAME", help="Only alerts on this topic.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="The maximum number of lines.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List alerts, newest first: story, recipient, and whether it was sent, waits or is never sent, and why."""
    from monitor.cli.settings import outline_of
    from monitor.daemon.clock import SystemClock
    from monitor.daemon.store_only import opened_store

    with opened_store(outline_of(context).storage, SystemClock()) as store:
        records = store.alerts.records(topic=topic, limit=limit)
    if as_json:
        output.print_json({"alerts": [asdict(record) for record in records]})
    else:
        _print_list(records)


@app.command()
def preview(
    context: typer.Context,
    topic: Annotated[str, typer.Argument(metavar="TOPIC", help="The name of the topic, with or without alerts.")],
    days: Annotated[int, typer.Option("--days", min=1, max=MOST_DAYS, help="How many past days to look at.")] = 7,
    as_json: AsJson = False,
) -> None:
    """Show which alerts a topic would have sent in the last days, and why not more. Nothing is sent.

    A topic without alerts is tried with the limits of `alert = true`. Second alerts, of stories that grew, are left
    out.
    """
    from monitor.cli.settings import draft_of
    from monitor.cli.topics import asked
    from monitor.daemon.clock import SystemClock
    from monitor.daemon.store_only import opened_store
    from monitor.model.alert import AlertSettings
    from monitor.policy.alerts import rules_with

    settings = draft_of(context)
    found = asked.topic(settings, topic)
    clock = SystemClock()
    now = clock.now()
    digests = [each for each in settings.digests if each.enabled]
    rules = rules_with(found, found.alert or AlertSettings(), digests, now)
    with opened_store(settings.storage, clock) as store:
        replay, titles = _replay(store, found, rules, timedelta(days=days), now)
    if as_json:
        output.print_json(_as_json(found, replay, titles, days))
    else:
        _print_replay(found, replay, titles, days)


def _replay(
    store: "Store", topic: "Topic", rules: "AlertRules", span: timedelta, now: "datetime"
) -> "tuple[Replay, Titles]":
    """What would have been sent, and of each article its headline and outlet."""
    from monitor.jobs.grouping import grouping
    from monitor.policy.replayed_alerts import replayed

    past, titles = store.alerts.past(topic.name, now - span, grouping(store))
    return replayed(past, rules, now), titles


def _print_list(records: "tuple[AlertRecord, ...]") -> None:
    table = output.table("Noticed", "Topic", "To", "State", ">Story", "Headline", "Held by, or why not")
    for each in records:
        headline = f"({each.publishers} publishers) {each.title}" if each.ordinal > 1 else each.title
        facts = (each.topic, each.recipient, each.state.value, str(each.story_id), headline, each.why)
        output.add_row(table, local_time.stamp(each.noticed_at), *facts)
    if records:
        output.print_table(table)
    else:
        print("There are no alerts.")


def _print_replay(topic: "Topic", replay: "Replay", titles: "Titles", days: int) -> None:
    from monitor.counted import counted

    print(f"{topic.name}: {counted(len(replay.messages), 'message', 'messages')} in {counted(days, 'day', 'days')}")
    for message in replay.messages:
        held = f", {message.held} of them held" if message.held else ""
        size = f" {len(message.alerts)} stories{held}" if len(message.alerts) > 1 else " held" if held else ""
        print(f"\n{local_time.stamp(message.at)}{size}")
        for each in message.alerts:
            title, outlet = titles[each.candidate.article_id]
            print(f"  {output.shown(title)} – {output.shown(outlet)} ({each.candidate.tier})")
    if replay.waiting:
        print(f"\n{counted(replay.waiting, 'alert waits', 'alerts wait')} still.")
    if replay.refused:
        print("\nNo alert:")
        for why, number in replay.refused:
            print(f"  {counted(number, 'match', 'matches')}: {why}")
    if topic.alert is None:
        print("\nThe topic has no alerts. To switch them on write alert = true in its [[topics]] table.")


def _as_json(topic: "Topic", replay: "Replay", titles: "Titles", days: int) -> dict[str, Any]:
    return {
        "topic": topic.name,
        "has_alerts": topic.alert is not None,
        "days": days,
        "messages": [
            {
                "at": message.at,
                "held": message.held,
                "stories": [
                    {
                        "story_id": each.candidate.story_id,
                        "article_id": each.candidate.article_id,
                        "title": titles[each.candidate.article_id][0],
                        "outlet": titles[each.candidate.article_id][1],
                        "tier": each.candidate.tier,
                        "matched_at": each.at,
                    }
                    for each in message.alerts
                ],
            }
            for message in replay.messages
        ],
        "waiting": replay.waiting,
        "refused": [{"why": why, "matches": number} for why, number in replay.refused],
    }
