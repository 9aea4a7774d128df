"""`feeds list` and `show`: the state of each feed, and its polls; they only read. Others have their own files."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from monitor.cli import local_time, output
from monitor.cli.baseline import baseline
from monitor.cli.feeds.add import add
from monitor.cli.feeds.attempt import try_
from monitor.cli.feeds.change import pause, remove, resume
from monitor.cli.feeds.find import find
from monitor.cli.feeds.transfer import export, import_
from monitor.cli.feeds.value import value_
from monitor.cli.poll import poll

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.model.ledger import FeedStanding, PollRecord
    from monitor.model.overview import DoubtfulFeed
    from monitor.model.settings import FeedSettings
    from monitor.model.sitemap_index import PartState
    from monitor.store import Store

app = typer.Typer(help="See how the feeds are, find new ones, and change which are polled.", no_args_is_help=True)
app.command()(baseline)
app.command()(find)
app.command()(add)
app.command("try")(try_)
app.command()(pause)
app.command()(resume)
app.command()(remove)
app.command()(poll)
app.command("import")(import_)
app.command()(export)
app.command("value")(value_)

NAME_COLUMNS = 28
"""The maximum width of names in columns: a line must fit into 80."""

PAGES_COUNTED = timedelta(days=7)

AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List the feeds: state, last and next poll, new articles in 7 days, and how many were there at first."""
    with _looked_at(context) as (store, now, known):
        standings = store.feeds.standings(now, known.off)
    if as_json:
        output.print_json([_facts(each, now, known) for each in standings])
        return
    if not standings:
        print("No feed has been polled yet. Poll them now: news-monitor poll")
        return
    table = output.table("Feed", "State", ">Polled", ">Next", ">New in 7 d", ">At first")
    feed = table.columns[0]
    feed.overflow, feed.no_wrap, feed.max_width = "ellipsis", True, NAME_COLUMNS
    for each in standings:
        state, facts = each.state, _facts(each, now, known)
        style = "red" if facts["state"] in {"failing", "paused"} else None
        times = _ago(state.polled_at, now), "–" if facts["state"] == "disabled" else _ahead(each, now)
        output.add_row(table, each.name, facts["says"], *times, each.new_in_7_days, each.at_first_poll, style=style)
    output.print_table(table)


@app.command()
def show(
    context: typer.Context,
    feed: Annotated[str, typer.Argument(metavar="FEED", help="The feed's URL or outlet, as `feeds list` has them.")],
    limit: Annotated[int, typer.Option(help="How many of the latest polls to show.", min=1)] = 20,
    as_json: AsJson = False,
) -> None:
    """Show all that is known of a feed, and its latest polls.

    Of a poll, the fetched items are the new, the known, the duplicate and the refused ones together.
    """
    from monitor.cli.no_such_feed import no_such_feed
    from monitor.url import stored_url

    with _looked_at(context) as (store, now, known):
        standings = store.feeds.standings(now, known.off)
        found = [each for each in standings if feed in (each.name, each.outlet) or stored_url(feed) == each.state.url]
        if not found:
            raise no_such_feed(feed, store.feeds.names())
        ledger = store.polls.of_feed(found[0].state.id, limit)
        facts = _all_facts(found[0], store, now, known)
    if as_json:
        output.print_json({**facts, "polls": [_poll_facts(each) for each in ledger]})
    else:
        _print(facts, ledger)


def facts_of_all(settings: "Settings", store: "Store", now: datetime) -> list[dict[str, Any]]:
    """What `feeds list --json` says, with the number of each feed."""
    known = _known(settings, store)
    return [{"id": each.state.id, **_facts(each, now, known)} for each in store.feeds.standings(now, known.off)]


def facts_of_one(settings: "Settings", store: "Store", now: datetime, number: int, limit: int) -> dict[str, Any] | None:
    """What `feeds show --json` says of the feed with this number; None if there is none in the config."""
    known = _known(settings, store)
    found = next((each for each in store.feeds.standings(now, known.off) if each.state.id == number), None)
    if found is None:
        return None
    polls = [_poll_facts(each) for each in store.polls.of_feed(found.state.id, limit)]
    return {"id": number, **_all_facts(found, store, now, known), "polls": polls}


def _known(settings: "Settings", store: "Store") -> "_Known":
    from monitor.url import stored_url

    by_url = {stored_url(feed.url): feed for feed in settings.feeds}
    return _Known(store.overview.unmarked_aggregators(settings.feeds), by_url)


def _languages(unnamed: int, identified: int) -> str:
    """Nothing of a feed that names the language of all its articles, or of which the owner does."""
    return f"identified in {identified:,} of {unnamed:,} stored articles that name none" if unnamed else ""


def _print(facts: dict[str, Any], ledger: "Sequence[PollRecord]") -> None:
    console = output.console()
    console.print(output.shown(facts["name"]), style="bold")
    for label, value in facts.items():
        if value not in (None, "", []) and label not in {"name", "state", "page_counts"}:
            said = {True: "yes", False: "no"}[value] if isinstance(value, bool) else output.shown(value)
            console.print(f"{label.replace('_', ' ')}: {said}", soft_wrap=True)
    table = output.table(
        f"Polled ({local_time.zone_name()})", "Outcome", ">Fetched", ">New", ">Known", ">Chg", ">Dup", ">Ref"
    )
    table.columns[0].no_wrap = True
    for each in ledger:
        counts = each.counts
        numbers = (counts.fetched, counts.new, counts.known, counts.changed, counts.duplicate, counts.refused)
        output.add_row(table, local_time.minute(each.polled_at)[5:], _outcome(each), *numbers)
    console.print(table)


def _outcome(record: "PollRecord") -> str:
    parts = [record.status, record.reason]
    if record.gap_since:
        parts.append(f"gap {'closed' if record.is_gap_closed else f'since {local_time.minute(record.gap_since)[5:]}'}")
        parts.append(f"{record.counts.recovered:,} recovered" if record.counts.recovered else "")
    if record.counts.left_out:
        parts.append(f"{record.counts.left_out:,} left out")
    return "; ".join(filter(None, parts))


class _Known(NamedTuple):
    """What is known of feeds besides their standing."""

    advice: "Mapping[str, DoubtfulFeed]"
    """By stored URL, those that should be aggregators."""
    by_url: "Mapping[str, FeedSettings]"
    """By stored URL, what the config says of them."""

    @property
    def off(self) -> frozenset[str]:
        """The stored URLs of those that the config says not to poll."""
        return frozenset(url for url, feed in self.by_url.items() if not feed.enabled)


@contextmanager
def _looked_at(context: typer.Context) -> "Iterator[tuple[Store, datetime, _Known]]":
    """The store, the time, and what else is known of feeds."""
    from monitor.cli.settings import outline_of
    from monitor.daemon.clock import SystemClock
    from monitor.daemon.store_only import opened_store

    clock = SystemClock()
    settings = outline_of(context)
    with opened_store(settings.storage, clock) as store:
        yield store, clock.now(), _known(settings, store)


def _facts(standing: "FeedStanding", now: datetime, known: "_Known") -> dict[str, Any]:
    from monitor.policy.standing import standing_of
    from monitor.url import shown_url

    state = standing.state
    kind, says = standing_of(state, now, standing.hold, standing.seen_at)
    advice, is_off = known.advice, state.url in known.off
    if is_off:
        since = f" since {state.off_since:%Y-%m-%d}" if state.off_since and state.off_until is None else ""
        kind, says = "disabled", f"paused by you{since}: enabled = false"
    return {
        "name": standing.name,
        "url": shown_url(state.url),
        "state": kind,
        "says": f"{says}; {advice[state.url].reason}" if state.url in advice else says,
        "last_poll": _iso(state.polled_at),
        "last_success": _iso(state.succeeded_at),
        "next_poll": None if state.paused_at or is_off else _iso(_next(standing)),
        "new_in_7_days": standing.new_in_7_days,
        "at_first_poll": standing.at_first_poll,
        **_rights(known.by_url.get(state.url)),
    }


def _all_facts(standing: "FeedStanding", store: "Store", now: datetime, known: "_Known") -> dict[str, Any]:
    """All that is known of one feed but its polls."""
    languages = _languages(*store.overview.languages_of(standing.state.id))
    return {
        **_facts(standing, now, known),
        **_more(standing),
        "languages": languages,
        **_pages(standing, store, now, known),
    }


def _pages(standing: "FeedStanding", store: "Store", now: datetime, known: "_Known") -> dict[str, Any]:
    """What became of the pages behind its articles; nothing if none are read and none were."""
    from dataclasses import asdict

    from monitor.policy.page_tally import tally, tally_words
    from monitor.url import shown_url

    feed, of_feed = known.by_url.get(standing.state.url), standing.state.id
    wanted = feed.pages if feed else ""
    counts = store.page_counts.counts(now - PAGES_COUNTED, of_feed)
    hosts = store.page_counts.left_alone(now, of_feed)
    return {
        "pages": wanted,
        f"pages_in_{PAGES_COUNTED.days}_days": tally_words(tally(counts)) if counts else "",
        "page_counts": asdict(tally(counts)),
        "pages_not_asked_for": [
            f"{shown_url(each.origin)} until {_iso(each.until)}: it blocked {each.blocks} requests in a row"
            for each in hosts
        ],
    }


def _rights(feed: "FeedSettings | None") -> dict[str, Any]:
    """What the config says of a feed for its owner, and of the rights to its articles."""
    if feed is None:
        return {"note": "", "access": "", "keep_text": None, "quote": True}
    keep = feed.keep_text and output.span(feed.keep_text)
    return {"note": feed.note, "access": feed.access, "keep_text": keep, "quote": feed.quote}


def _more(standing: "FeedStanding") -> dict[str, Any]:
    from monitor.policy.silence import usual_gap
    from monitor.url import shown_url

    state, hold = standing.state, standing.hold
    gap = usual_gap(standing.seen_at) or usual_gap(state.arrivals)
    hints = {
        "ttl": state.hints.ttl and str(state.hints.ttl),
        "update_every": state.hints.update_every and str(state.hints.update_every),
        "skip_hours": sorted(state.hints.skip_hours),
        "skip_days": sorted(state.hints.skip_days),
    }
    return {
        "title": state.title,
        "kind": state.kind,
        "parts": [_part(each) for each in state.parts if not each.is_plain],
        "reason": state.problem_detail,
        "etag": "yes" if state.validators.etag is not None else "no",
        "last_modified": "yes" if state.validators.last_modified is not None else "no",
        "asked_for_by_the_feed": ", ".join(f"{key} {value}" for key, value in hints.items() if value),
        "usual_gap": None if gap is None else str(timedelta(seconds=int(gap.total_seconds()))),
        "read_at": shown_url(state.moved_to),
        "moving_to": shown_url(state.moving_to),
        "moving_since": _iso(state.moving_since),
        "on_hold_until": _iso(hold.until) if hold else None,
        "hold_asked_at": _iso(hold.asked_at) if hold else None,
        "hold_asked_of": shown_url(hold.asked_by) if hold else None,
        "hold_binds": (hold.origin or "this feed alone") if hold else None,
        "former_urls": [shown_url(url) for url in standing.former_urls],
    }


def _part(part: "PartState") -> str:
    from monitor.url import shown_url

    if part.postponed:
        return f"{shown_url(part.url)} (waits for one of the next polls, which asks it first)"
    return f"{shown_url(part.url)}{' (could not be read at the latest poll)' if part.is_pending else ''}"


def _poll_facts(record: "PollRecord") -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "polled_at": _iso(record.polled_at),
        "status": record.status,
        "reason": record.reason,
        **asdict(record.counts),
        "gap_since": _iso(record.gap_since),
        "gap_closed": record.is_gap_closed,
        "seconds": record.elapsed.total_seconds(),
    }


def _iso(moment: datetime | None) -> str | None:
    return output.iso(moment, "seconds")


def _ago(moment: datetime | None, now: datetime) -> str:
    return "never" if moment is None else f"{output.span(now - moment)} ago"


def _ahead(standing: "FeedStanding", now: datetime) -> str:
    if standing.state.paused_at:
        return "–"
    at = _next(standing)
    return f"in {output.span(at - now)}" if at > now else "now"


def _next(standing: "FeedStanding") -> datetime:
    """When the feed is polled next. A hold of its origin may be later than its own due time."""
    at = standing.state.next_poll_at
    return max(at, standing.hold.until) if standing.hold else at
