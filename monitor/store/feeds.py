"""Feeds: which there are, which are due, and what a poll left behind."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from monitor.model.feed import PollHints, StoredFeed
from monitor.model.feed_update import FeedState
from monitor.model.fetch import FetchProblem, Validators
from monitor.model.settings import FeedSettings
from monitor.policy.clock import latest_credible
from monitor.policy.standing import feed_name
from monitor.store.database import Database
from monitor.store.holds import binds, holds_by_origin
from monitor.store.tables import feeds, former_urls, holds, polls
from monitor.url import host_of, origin_of, registrable_domain


class FeedStore:
    """The feeds of the config and their state; a feed that left the config keeps its row."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self) -> tuple[StoredFeed, ...]:
        """Every stored feed, the one that answered last first."""
        by_feed: defaultdict[int, list[str]] = defaultdict(list)
        with self._database.read() as connection:
            for row in connection.execute(select(former_urls).order_by(former_urls.c.url)):
                by_feed[row.feed_id].append(row.url)
            query = select(feeds).order_by(feeds.c.succeeded_at.desc(), feeds.c.id)
            return tuple(
                StoredFeed(id=row.id, url=row.url, moved_to=row.moved_to, former_urls=tuple(by_feed[row.id]))
                for row in connection.execute(query)
            )

    def windows(self) -> Mapping[int, bytes]:
        """By id, what the latest document of each feed held (`reconcile.window`)."""
        with self._database.read() as connection:
            return {row.id: row.window or b"" for row in connection.execute(select(feeds.c.id, feeds.c.window))}

    def departed(self, domain: str) -> tuple[FeedState, ...]:
        """The feeds with a history that left the config and are of this registrable domain, the latest first."""
        query = select(feeds).where(feeds.c.is_configured.is_(False), feeds.c.baseline_at.is_not(None))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(feeds.c.succeeded_at.desc(), feeds.c.id)).all()
        return tuple(state_from_row(row) for row in rows if registrable_domain(row.url) == domain)

    def merge(self, old: FeedState, new: FeedState) -> FeedState:
        """`old` from now on, under the URL of `new`, of which nothing is kept but the ledger of its polls."""
        with self._database.write() as connection:
            row = connection.execute(select(feeds).where(feeds.c.id == new.id)).one()
            connection.execute(update(polls).where(polls.c.feed_id == new.id).values(feed_id=old.id))
            connection.execute(former_urls.delete().where(former_urls.c.feed_id == new.id))
            connection.execute(feeds.delete().where(feeds.c.id == new.id))
            _move(connection, old.id, new.url, row.next_poll_at)
            connection.execute(update(feeds).where(feeds.c.id == old.id).values(is_configured=True, outlet=row.outlet))
            return state_from_row(connection.execute(select(feeds).where(feeds.c.id == old.id)).one())

    def sync(
        self, configured: Iterable[FeedSettings], now: datetime, moved: Mapping[str, int] = MappingProxyType({})
    ) -> None:
        """Make the stored feeds those of the config; new ones are due at once, old ones keep their state.

        `moved`: the URLs with which feeds that are stored under others go on, by their ids.
        """
        rows = [
            {
                "url": feed.url,
                "host": host_of(feed.url),
                "origin": origin_of(feed.url),
                "outlet": feed.outlet,
                "is_configured": True,
                "next_poll_at": now,
            }
            for feed in configured
            if feed.enabled
        ]
        statement = insert(feeds)
        keep = {"is_configured": True, "outlet": statement.excluded.outlet}
        with self._database.write() as connection:
            for url, feed_id in moved.items():
                _move(connection, feed_id, url, now)
            connection.execute(update(feeds).values(is_configured=False))
            if rows:
                connection.execute(statement.on_conflict_do_update(index_elements=["url"], set_=keep), rows)

    def due(self, now: datetime) -> tuple[FeedState, ...]:
        """The feeds that are due and whose origin is not on hold, the longest overdue first.

        What was decided while the clock was wrong does not bind: a poll that lies in the future, a feed
        that was added then and never polled, a hold longer than any is given.
        """
        held = select(holds.c.origin).where(binds(now))
        is_slip = or_(feeds.c.polled_at > latest_credible(now), feeds.c.polled_at.is_(None))
        is_due = or_(feeds.c.next_poll_at <= now, is_slip)
        return self._select(and_(is_due, feeds.c.origin.not_in(held), feeds.c.paused_at.is_(None)))

    def some_hosts(self, feeds_wanted: int, hosts_wanted: int, well_at: datetime | None = None) -> tuple[str, ...]:
        """The hosts of so many of the feeds that are polled and did not fail at that moment, and more feeds until there
        are so many different hosts; of all, if there are not so many. What is read does not grow with the number of
        feeds unless all are of fewer hosts than that.
        """
        query = select(feeds.c.host).where(feeds.c.is_configured, feeds.c.paused_at.is_(None))
        if well_at is not None:
            query = query.where(or_(feeds.c.failing_since.is_(None), feeds.c.failing_since >= well_at))
        with self._database.read() as connection:
            found = list(connection.scalars(query.limit(feeds_wanted)))
            while len(found) >= feeds_wanted and len(set(found)) < hosts_wanted:
                other = connection.scalar(query.where(feeds.c.host.not_in(set(found))).limit(1))
                if other is None:
                    break
                found.append(other)
            return tuple(found)

    def postpone(self, feed_id: int, until: datetime) -> None:
        """Postpone the feed until then: a server that it redirects to asks for quiet."""
        with self._database.write() as connection:
            connection.execute(update(feeds).where(feeds.c.id == feed_id).values(next_poll_at=until))

    def configured(self, urls: Sequence[str] = ()) -> tuple[FeedState, ...]:
        """All feeds of the config, or those of `urls`."""
        return self._select(feeds.c.url.in_(urls) if urls else feeds.c.id.is_not(None))

    def holds(self, now: datetime) -> Mapping[str, datetime]:
        """Until when each origin that asked for quiet is left alone."""
        with self._database.read() as connection:
            return {origin: hold.until for origin, hold in holds_by_origin(connection, now).items()}

    def claim(self, next_poll_at: Mapping[int, datetime], now: datetime) -> None:
        """Commit before the first request opens that these feeds are being asked, and when next at the earliest.

        A crash on the way then costs a publisher nothing: the feed is not asked again before that (P6).
        """
        rows = [{"this": feed_id, "polled_at": now, "next_poll_at": at} for feed_id, at in next_poll_at.items()]
        with self._database.write() as connection:
            connection.execute(update(feeds).where(feeds.c.id == bindparam("this")), rows)

    def forget_polls(self, before: datetime) -> int:
        """Drop records of polls older than this. Returns how many rows were dropped."""
        with self._database.write() as connection:
            return connection.execute(polls.delete().where(polls.c.polled_at < before)).rowcount

    def _select(self, condition: ColumnElement[bool]) -> tuple[FeedState, ...]:
        query = select(feeds).where(feeds.c.is_configured, condition).order_by(feeds.c.next_poll_at, feeds.c.id)
        with self._database.read() as connection:
            return tuple(state_from_row(row) for row in connection.execute(query))


def _move(connection: Connection, feed_id: int, url: str, next_poll_at: datetime) -> None:
    """Give a feed another URL. Its history stays; what was said of the old address, and by it, does not hold here."""
    this = feeds.c.id == feed_id
    old = connection.execute(select(feeds.c.url).where(this)).scalar_one()
    connection.execute(former_urls.delete().where(former_urls.c.url == url))
    former = insert(former_urls).values(url=old, feed_id=feed_id)
    connection.execute(former.on_conflict_do_update(index_elements=["url"], set_={"feed_id": feed_id}))
    connection.execute(update(feeds).where(this).values(**_placed(url), **_fresh_start(next_poll_at)))


def _placed(url: str) -> dict[str, str]:
    return {"url": url, "host": host_of(url), "origin": origin_of(url)}


def _fresh_start(next_poll_at: datetime) -> dict[str, Any]:
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


def state_from_row(row: Row[Any]) -> FeedState:
    return FeedState(
        id=row.id,
        url=row.url,
        title=row.title,
        language=row.language,
        validators=Validators(etag=row.etag, last_modified=row.last_modified),
        body_hash=row.body_hash,
        next_poll_at=row.next_poll_at,
        polled_at=row.polled_at,
        succeeded_at=row.succeeded_at,
        baseline_at=row.baseline_at,
        is_baseline_open=row.is_baseline_open,
        failures=row.failures,
        failing_since=row.failing_since,
        problem=None if row.problem is None else FetchProblem(row.problem),
        problem_detail=row.problem_detail,
        gone_since=row.gone_since,
        hints=_hints_from_json(row.hints or {}),
        window=row.window or b"",
        validators_from=row.validators_from,
        fetched_at=row.fetched_at,
        probed_at=row.probed_at,
        arrivals=tuple(datetime.fromisoformat(each) for each in row.arrivals or ()),
        turnover=_span(row.turnover),
        moving_to=row.moving_to,
        moving_since=row.moving_since,
        moving_sightings=row.moving_sightings,
        moved_to=row.moved_to,
        moved_at=row.moved_at,
        paused_at=row.paused_at,
        hold_until=row.hold_until,
        shows_several=row.shows_several,
    )


def row_from_state(state: FeedState) -> dict[str, Any]:
    """All columns that a poll may change; the URL and the config's own are not among them."""
    return {
        "host": host_of(state.moved_to or state.url),
        "origin": origin_of(state.moved_to or state.url),
        "title": state.title,
        "language": state.language,
        "etag": state.validators.etag,
        "last_modified": state.validators.last_modified,
        "body_hash": state.body_hash,
        "next_poll_at": state.next_poll_at,
        "polled_at": state.polled_at,
        "succeeded_at": state.succeeded_at,
        "baseline_at": state.baseline_at,
        "is_baseline_open": state.is_baseline_open,
        "failures": state.failures,
        "failing_since": state.failing_since,
        "problem": state.problem,
        "problem_detail": state.problem_detail,
        "gone_since": state.gone_since,
        "hints": _json_from_hints(state.hints),
        "window": state.window,
        "validators_from": state.validators_from,
        "fetched_at": state.fetched_at,
        "probed_at": state.probed_at,
        "arrivals": [each.isoformat() for each in state.arrivals],
        "turnover": state.turnover and int(state.turnover.total_seconds()),
        "moving_to": state.moving_to,
        "moving_since": state.moving_since,
        "moving_sightings": state.moving_sightings,
        "moved_to": state.moved_to,
        "moved_at": state.moved_at,
        "paused_at": state.paused_at,
        "hold_until": state.hold_until,
        "shows_several": state.shows_several,
    }


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


def _span(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def name_of(row: Row[Any]) -> str:
    """What people call the feed of a row."""
    return feed_name(row.outlet, row.title, row.url)
