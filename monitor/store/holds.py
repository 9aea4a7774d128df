"""Holds: which origins have asked to be left alone, until when, and the feed that got that answer (rule P8)."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Column, ColumnElement, Connection, and_, or_, select
from sqlalchemy.dialects.sqlite import insert

from monitor.model.feed_update import Hold
from monitor.model.ids import FeedId
from monitor.model.overview import HeldFeeds
from monitor.policy.clock import latest_credible
from monitor.policy.polling import HOLD_CAP
from monitor.store.group import from_row
from monitor.store.tables import feeds, holds


def binds(now: datetime) -> ColumnElement[bool]:
    """Of a hold: whether it is on. One that ends later than any can was given while the clock was ahead."""
    return _is_on(holds.c.until, now)


def holds_by_origin(connection: Connection, now: datetime) -> Mapping[str, Hold]:
    """The holds that are on."""
    rows = connection.execute(select(holds).where(binds(now)).order_by(holds.c.asked_at, holds.c.origin))
    return {row.origin: from_row(Hold, row) for row in rows}


def holds_by_feed(connection: Connection, now: datetime) -> Mapping[FeedId, Hold]:
    """For each feed of the config that waits: the hold of its origin, or the one it was asked for alone."""
    of_origins = holds_by_origin(connection, now)
    is_asked = _is_on(feeds.c.hold_until, now)
    waits = or_(is_asked, feeds.c.origin.in_(of_origins))
    found = {}
    columns = (feeds.c.id, feeds.c.url, feeds.c.origin, feeds.c.hold_until, feeds.c.polled_at)
    for row in connection.execute(select(*columns, is_asked.label("is_asked")).where(feeds.c.is_configured, waits)):
        own = Hold(origin="", until=row.hold_until, asked_by=row.url, asked_at=row.polled_at) if row.is_asked else None
        every = of_origins.get(row.origin)
        found[row.id] = max((each for each in (every, own) if each is not None), key=lambda hold: hold.until)
    return found


def save_hold(connection: Connection, hold: Hold, now: datetime) -> None:
    """A hold is never shortened; one that was given while the clock was ahead is replaced."""
    values = {"until": hold.until, "asked_by": hold.asked_by, "asked_at": hold.asked_at}
    statement = insert(holds).values(origin=hold.origin, **values)
    is_replaced = or_(holds.c.until < hold.until, holds.c.until > latest_credible(now, HOLD_CAP))
    connection.execute(statement.on_conflict_do_update(index_elements=["origin"], set_=values, where=is_replaced))


def _is_on(until: Column[datetime], now: datetime) -> ColumnElement[bool]:
    return and_(until > now, until <= latest_credible(now, HOLD_CAP))


def held_feeds(connection: Connection, now: datetime) -> tuple[HeldFeeds, ...]:
    """The holds that keep feeds waiting, the longest first."""
    waiting = Counter(holds_by_feed(connection, now).values())
    found = [HeldFeeds(hold=hold, feeds=count) for hold, count in waiting.items()]
    return tuple(sorted(found, key=lambda each: (each.hold.until, each.hold.asked_by), reverse=True))
