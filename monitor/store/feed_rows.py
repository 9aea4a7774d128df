"""Rows of feeds, as the rest of the program knows them, and back."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from monitor.model.feed import PollHints
from monitor.model.feed_update import FeedState
from monitor.model.fetch import FetchProblem, Validators
from monitor.model.sitemap_index import PartState
from monitor.policy.standing import feed_name
from monitor.store.group import from_row, names_of
from monitor.url import host_of, origin_of

NOT_OF_POLLS = frozenset({"id", "url", "validators", "off_since", "off_until"})
OF_EACH_POLL = ("polled_at", "succeeded_at", "next_poll_at", "hold_until")
"""Also what `policy.polling.believed` takes back of what is stored: a poll may leave it as it found it."""

WRITTEN_OTHERWISE = ("validators", "hints", "arrivals", "parts", "moved_to")
"""Those of which columns of other names or forms are made; of `turnover`, too."""

AS_THEY_ARE = tuple({*names_of(FeedState)} - NOT_OF_POLLS - {*OF_EACH_POLL, *WRITTEN_OTHERWISE, "turnover"})
MOMENTS = ("changed_at", "read_at", "whole_at", "pending_since")
VALIDATORS = ("etag", "last_modified")


def name_of(row: Row[Any]) -> str:
    """What people call the feed of a row."""
    return feed_name(row.outlet, row.title, row.url)


def state_from_row(row: Row[Any]) -> FeedState:
    return from_row(
        FeedState,
        row,
        validators=from_row(Validators, row),
        problem=None if row.problem is None else FetchProblem(row.problem),
        hints=_hints_from_json(row.hints or {}),
        window=row.window or b"",
        arrivals=tuple(datetime.fromisoformat(each) for each in row.arrivals or ()),
        turnover=_span(row.turnover),
        parts=tuple(map(_part_from_json, row.parts or ())),
    )


def row_from_state(state: FeedState) -> dict[str, Any]:
    """All columns that a poll may change; the URL and the config's own are not among them."""
    kept = {name: getattr(state, name) for name in names_of(FeedState) if name not in NOT_OF_POLLS}
    return kept | {
        "parts": [_json_from_part(each) for each in state.parts],
        "host": host_of(state.moved_to or state.url),
        "origin": origin_of(state.moved_to or state.url),
        "etag": state.validators.etag,
        "last_modified": state.validators.last_modified,
        "hints": _json_from_hints(state.hints),
        "arrivals": [each.isoformat() for each in state.arrivals],
        "turnover": _seconds(state.turnover),
    }


def changed_columns(before: FeedState, after: FeedState) -> dict[str, Any]:
    """Those that a poll changed of a feed, and the times and the turnover that nearly each changes: so the rows of many
    feeds have the same.
    """
    if any(getattr(before, name) != getattr(after, name) for name in WRITTEN_OTHERWISE):
        return row_from_state(after)
    alike = {name: getattr(after, name) for name in AS_THEY_ARE if getattr(before, name) != getattr(after, name)}
    return {**alike, **{name: getattr(after, name) for name in OF_EACH_POLL}, "turnover": _seconds(after.turnover)}


def placed(url: str) -> dict[str, str]:
    """The columns that follow from the URL of a feed."""
    return {"url": url, "host": host_of(url), "origin": origin_of(url)}


def fresh_start(next_poll_at: datetime) -> dict[str, Any]:
    """The columns of a feed under another URL: what was said of the old address, and by it, does not hold there."""
    return {
        "next_poll_at": next_poll_at,
        "etag": None,
        "last_modified": None,
        "validators_from": "",
        "moving_to": "",
        "moving_since": None,
        "moving_sightings": 0,
        "moved_to": "",
        "moved_at": None,
        "paused_at": None,
        "failures": 0,
        "failing_since": None,
        "problem": None,
        "problem_detail": "",
        "gone_since": None,
        "hold_until": None,
    }


def _part_from_json(part: dict[str, Any]) -> PartState:
    etag, last_modified = (None if part.get(key) is None else part[key].encode("latin-1") for key in VALIDATORS)
    return PartState(
        url=part["url"],
        validators=Validators(etag=etag, last_modified=last_modified),
        body_hash=part.get("body_hash", ""),
        **{name: part.get(name) and datetime.fromisoformat(part[name]) for name in MOMENTS},
        is_plain=part.get("is_plain", False),
        is_pending=part.get("is_pending", False),
        postponed=part.get("postponed", 0),
    )


def _json_from_part(part: PartState) -> dict[str, Any]:
    """Validators as Latin-1, in which each byte is a character; what is not set is left out."""
    sent = {name: getattr(part.validators, name) for name in VALIDATORS}
    validators = {name: value.decode("latin-1") for name, value in sent.items() if value is not None}
    moments = {name: moment.isoformat() for name in MOMENTS if (moment := getattr(part, name))}
    facts = {
        "body_hash": part.body_hash,
        "is_plain": part.is_plain,
        "is_pending": part.is_pending,
        "postponed": part.postponed,
    }
    return {"url": part.url, **validators, **moments, **{name: fact for name, fact in facts.items() if fact}}


def _hints_from_json(hints: dict[str, Any]) -> PollHints:
    return PollHints(
        ttl=_span(hints.get("ttl")),
        update_every=_span(hints.get("update_every")),
        skip_hours=frozenset(hints.get("skip_hours", ())),
        skip_days=frozenset(hints.get("skip_days", ())),
    )


def _json_from_hints(hints: PollHints) -> dict[str, Any]:
    """Durations in seconds, hours and weekdays as lists."""
    return {
        "ttl": hints.ttl and hints.ttl.total_seconds(),
        "update_every": hints.update_every and hints.update_every.total_seconds(),
        "skip_hours": sorted(hints.skip_hours),
        "skip_days": sorted(hints.skip_days),
    }


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else int(span.total_seconds())


def _span(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
