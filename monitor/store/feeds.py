"""Feeds: which there are, which are due, and how they are."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, func, null, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from monitor.model.edition_input import Coverage, FeedTrouble
from monitor.model.feed import StoredFeed
from monitor.model.feed_update import FeedState
from monitor.model.ids import FeedId
from monitor.model.ledger import FeedStanding
from monitor.model.overview import FailingFeed
from monitor.model.settings import PAID, FeedSettings
from monitor.policy.clock import latest_credible
from monitor.policy.news import WEEK
from monitor.policy.notes import is_nothing_read
from monitor.store.arrivals import at_first_poll, new_by_feed, seen_by_feed
from monitor.store.coverage import coverage_since, idle_feeds, since_moment
from monitor.store.feed_rows import fresh_start, name_of, placed, state_from_row
from monitor.store.group import Group
from monitor.store.holds import binds, holds_by_feed, holds_by_origin
from monitor.store.tables import articles, feeds, former_urls, holds, outages, polls
from monitor.url import host_of, origin_of, registrable_domain

LICENCE = ("keep_text", "is_quotable")


class FeedStore(Group):
    """The feeds of the config and their state; a feed that left the config keeps its row."""

    def known(self) -> tuple[StoredFeed, ...]:
        """Every stored feed, the one that answered last first."""
        with self._database.read() as connection:
            by_feed = _former_urls(connection)
            query = select(feeds).order_by(feeds.c.succeeded_at.desc(), feeds.c.id)
            return tuple(
                StoredFeed(id=row.id, url=row.url, moved_to=row.moved_to, former_urls=tuple(by_feed[row.id]))
                for row in connection.execute(query)
            )

    def called(self, name: str, url: str) -> tuple[FeedId, ...]:
        """The feeds that people call so, whatever the case, or that have or had this address."""
        wanted = name.strip().casefold()
        with self._database.read() as connection:
            former = _former_urls(connection)
            return tuple(
                row.id
                for row in connection.execute(select(feeds).order_by(feeds.c.id))
                if wanted in (name_of(row).casefold(), row.outlet.casefold())
                or (url and url in (row.url, row.moved_to, *former[row.id]))
            )

    def count(self) -> int:
        """How many feeds have a row, those that left the config among them. Any schema has this."""
        with self._database.read() as connection:
            return connection.scalar(select(func.count()).select_from(feeds)) or 0

    def names(self) -> tuple[tuple[str, str], ...]:
        """The name and the URL of every stored feed, in the order in which they came."""
        return tuple((name_of(row), row.url) for row in self._all(select(feeds).order_by(feeds.c.id)))

    def articles_of(self, url: str) -> int:
        """How many articles are stored of the feed at this address, as it is stored; whether it is polled or not."""
        query = select(func.count()).select_from(articles).join(feeds, articles.c.feed_id == feeds.c.id)
        with self._database.read() as connection:
            return connection.scalar(query.where(feeds.c.url == url)) or 0

    def windows(self) -> Mapping[FeedId, bytes]:
        """By id, what the latest document of each feed held (`reconcile.window`)."""
        return {row.id: row.window or b"" for row in self._all(select(feeds.c.id, feeds.c.window))}

    def departed(self, domain: str) -> tuple[FeedState, ...]:
        """The feeds with a history that left the config and are of this registrable domain, the latest first."""
        query = select(feeds).where(feeds.c.is_configured.is_(False), feeds.c.baseline_at.is_not(None))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(feeds.c.succeeded_at.desc(), feeds.c.id)).all()
        return tuple(state_from_row(row) for row in rows if registrable_domain(row.url) == domain)

    def merge(self, old: FeedState, new: FeedState) -> FeedState | None:
        """`old` from now on, under the URL of `new`, of which nothing is kept but the ledger of its polls. None, and
        nothing is done, if meanwhile a new config has `old` again, or has `new` no more.
        """
        with self._database.write() as connection:
            row = connection.execute(select(feeds).where(feeds.c.id == new.id)).one()
            is_old_back = connection.execute(select(feeds.c.is_configured).where(feeds.c.id == old.id)).scalar_one()
            if is_old_back or not row.is_configured:
                return None
            paid = _paid(connection)
            connection.execute(update(polls).where(polls.c.feed_id == new.id).values(feed_id=old.id))
            connection.execute(former_urls.delete().where(former_urls.c.feed_id == new.id))
            connection.execute(feeds.delete().where(feeds.c.id == new.id))
            _move(connection, old.id, new.url, row.next_poll_at)
            own = {name: getattr(row, name) for name in ("outlet", *LICENCE, "is_paid")}
            values = {**own, "is_configured": True, "texts_removed_to": 0}
            connection.execute(update(feeds).where(feeds.c.id == old.id).values(**values))
            _mark_paid(connection, paid)
            return state_from_row(connection.execute(select(feeds).where(feeds.c.id == old.id)).one())

    def sync(
        self, configured: Iterable[FeedSettings], now: datetime, moved: Mapping[str, FeedId] = MappingProxyType({})
    ) -> None:
        """Make the stored feeds those of the config; new ones are due at once, old ones keep their state, and disabled
        ones are known and not polled.

        `moved`: the URLs with which feeds that are stored under others go on, by their ids.
        """
        rows = [
            {
                "url": feed.url,
                "host": host_of(feed.url),
                "origin": origin_of(feed.url),
                "outlet": feed.outlet,
                "is_configured": feed.enabled,
                "next_poll_at": now,
                "off_since": None if feed.enabled else now,
                **_allowed(feed),
            }
            for feed in configured
        ]
        statement = insert(feeds)
        new = statement.excluded
        keep: dict[str, Any] = {name: new[name] for name in ("is_configured", "outlet", *LICENCE, "is_paid")}
        keep |= _pauses(new.is_configured, new.next_poll_at) | {"texts_removed_to": _removed_to(new)}
        with self._database.write() as connection:
            paid = _paid(connection)
            for url, feed_id in moved.items():
                _move(connection, feed_id, url, now)
            connection.execute(update(feeds).values(is_configured=False))
            if rows:
                connection.execute(statement.on_conflict_do_update(index_elements=["url"], set_=keep), rows)
            _mark_paid(connection, paid)

    def due(self, now: datetime) -> tuple[FeedState, ...]:
        """The feeds that are due and whose origin is not on hold, the longest overdue first.

        What was decided while the clock was wrong does not bind: a poll that lies in the future, a feed
        that was added then and never polled, a hold longer than any is given.
        """
        return self._select(is_due(now))

    def due_of(self, hosts: Collection[str], now: datetime) -> tuple[FeedState, ...]:
        """Those of these hosts."""
        return self._select(and_(is_due(now), feeds.c.host.in_([*hosts]))) if hosts else ()

    def has_due(self, now: datetime) -> bool:
        """Whether there are any."""
        with self._database.read() as connection:
            query = select(feeds.c.id).where(feeds.c.is_configured, is_due(now)).limit(1)
            return connection.scalar(query) is not None

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

    def postpone(self, feed_id: FeedId, until: datetime) -> None:
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

    def claim(self, next_poll_at: Mapping[FeedId, datetime], now: datetime) -> None:
        """Commit before the first request opens that these feeds are being asked, and when next at the earliest.

        A crash on the way then costs a publisher nothing: the feed is not asked again before that (P6).
        """
        rows = [{"this": feed_id, "polled_at": now, "next_poll_at": at} for feed_id, at in next_poll_at.items()]
        with self._database.write() as connection:
            connection.execute(update(feeds).where(feeds.c.id == bindparam("this")), rows)

    def standings(self, now: datetime, off: Collection[str] = ()) -> tuple[FeedStanding, ...]:
        """Every feed that is polled, and those stored under the URLs of `off`, which the config says not to poll, in
        the order in which they were added.
        """
        shown = or_(feeds.c.is_configured, feeds.c.url.in_(off))
        with self._database.read() as connection:
            former = _former_urls(connection)
            rows = connection.execute(select(feeds).where(shown).order_by(feeds.c.id)).all()
            held, seen = holds_by_feed(connection, now), seen_by_feed(connection, now)
            new, there = new_by_feed(connection, WEEK, now), at_first_poll(connection)
        return tuple(
            FeedStanding(
                name=name_of(row),
                outlet=row.outlet,
                state=state_from_row(row),
                new_in_7_days=new.get(row.id, 0),
                at_first_poll=there.get(row.id, 0),
                former_urls=tuple(former[row.id]),
                hold=held.get(row.id),
                seen_at=seen.get(row.id, ()),
            )
            for row in rows
        )

    def coverage(self, since: datetime, now: datetime) -> Coverage:
        """What happened since then, and the feeds that need attention now."""
        with self._database.read() as connection:
            return coverage_since(connection, since_moment(since), now)

    def idle(self, now: datetime) -> tuple[FeedTrouble, ...]:
        """Feeds that have failed for two weeks, or have brought nothing new for two months."""
        with self._database.read() as connection:
            return idle_feeds(connection, now)

    def nothing_read(self, now: datetime) -> bool:
        """Whether nothing at all could be read for so long that the operator should know."""
        polled = select(feeds.c.failing_since).where(feeds.c.is_configured)
        outage = select(outages.c.began_at).where(outages.c.ended_at.is_(None))
        with self._database.read() as connection:
            failing = connection.scalars(polled).all()
            return is_nothing_read(failing, connection.scalars(outage).all(), now)

    def _select(self, condition: ColumnElement[bool]) -> tuple[FeedState, ...]:
        query = select(feeds).where(feeds.c.is_configured, condition).order_by(feeds.c.next_poll_at, feeds.c.id)
        return tuple(state_from_row(row) for row in self._all(query))


def is_due(now: datetime) -> ColumnElement[bool]:
    """Of a feed: whether it is to be asked now."""
    held = select(holds.c.origin).where(binds(now))
    is_slip = or_(feeds.c.polled_at > latest_credible(now), feeds.c.polled_at.is_(None))
    is_due = or_(feeds.c.next_poll_at <= now, is_slip)
    return and_(is_due, feeds.c.origin.not_in(held), feeds.c.paused_at.is_(None))


def _allowed(feed: FeedSettings) -> dict[str, Any]:
    """What the config says of the rights to its articles. A feed that leaves the config keeps it."""
    return {
        "is_paid": feed.access == PAID,
        "keep_text": feed.keep_text and int(feed.keep_text.total_seconds()),
        "is_quotable": feed.quote,
    }


def _removed_to(new: Any) -> ColumnElement[int]:
    """Up to which article texts were removed; from the first one on, if the licence has changed."""
    is_same = and_(*(feeds.c[name].is_not_distinct_from(new[name]) for name in LICENCE))
    return case((is_same, feeds.c.texts_removed_to), else_=0)


def _paid(connection: Connection) -> set[FeedId]:
    return set(connection.scalars(select(feeds.c.id).where(feeds.c.is_paid)))


def _mark_paid(connection: Connection, before: set[FeedId]) -> None:
    """Articles are as their feeds are now; `before`: the feeds that were paid for until now."""
    now = _paid(connection)
    for feed_id in now ^ before:
        connection.execute(update(articles).where(articles.c.feed_id == feed_id).values(is_paid=feed_id in now))


def _pauses(is_on: ColumnElement[bool], now: ColumnElement[datetime]) -> dict[str, ColumnElement[Any]]:
    """When its owner paused a feed the last time: a pause begins, goes on or ends as the config is read."""
    since, until = feeds.c.off_since, feeds.c.off_until
    begins = and_(~is_on, or_(since.is_(None), until.is_not(None)))
    return {
        "off_since": case((begins, now), else_=since),
        "off_until": case((~is_on, null()), (since.is_not(None), func.coalesce(until, now)), else_=until),
    }


def _move(connection: Connection, feed_id: FeedId, url: str, next_poll_at: datetime) -> None:
    """Give a feed another URL. Its history stays; what was said of the old address, and by it, does not hold here."""
    this = feeds.c.id == feed_id
    old = connection.execute(select(feeds.c.url).where(this)).scalar_one()
    connection.execute(former_urls.delete().where(former_urls.c.url == url))
    former = insert(former_urls).values(url=old, feed_id=feed_id)
    connection.execute(former.on_conflict_do_update(index_elements=["url"], set_={"feed_id": feed_id}))
    connection.execute(update(feeds).where(this).values(**placed(url), **fresh_start(next_poll_at)))


def failing_feeds(connection: Connection) -> tuple[FailingFeed, ...]:
    """Those whose last poll failed, the longest failing first."""
    query = select(feeds).where(feeds.c.is_configured, feeds.c.failures > 0).order_by(feeds.c.failing_since, feeds.c.id)
    return tuple(
        FailingFeed(url=row.url, name=name_of(row), since=row.failing_since, reason=row.problem_detail)
        for row in connection.execute(query)
    )


def _former_urls(connection: Connection) -> Mapping[FeedId, list[str]]:
    """By feed, the URLs it had before."""
    found: defaultdict[FeedId, list[str]] = defaultdict(list)
    for row in connection.execute(select(former_urls).order_by(former_urls.c.url)):
        found[row.feed_id].append(row.url)
    return found
