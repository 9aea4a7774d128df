"""What the store knows of how things are, at one moment and in one transaction."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ScalarSelect, Select, func, select, type_coerce

from monitor.model.delivery import DeliveryState
from monitor.model.edition_input import FeedTrouble
from monitor.model.ids import EditionId, FeedId
from monitor.model.new_edition import EditionKind
from monitor.model.overview import DoubtfulFeed, Overview
from monitor.model.settings import FeedSettings
from monitor.policy.aggregators import LATEST, Carried, advice
from monitor.policy.clock import latest_credible
from monitor.policy.hosts import as_incidents
from monitor.policy.news import WEEK
from monitor.policy.retry import UNSENT
from monitor.store.deliveries import given_up
from monitor.store.feed_rows import name_of
from monitor.store.feeds import failing_feeds
from monitor.store.group import Group
from monitor.store.holds import held_feeds
from monitor.store.hosts import failing_from_row, polled_by_origin
from monitor.store.tables import articles, attempts, deliveries, editions, feeds
from monitor.store.tables.base import UtcDateTime
from monitor.url import stored_url


class OverviewStore(Group):
    """Reads only."""

    def overview(self, now: datetime) -> Overview:
        with self._database.read() as connection:
            polled = connection.execute(
                select(func.count(), func.max(feeds.c.polled_at), func.max(feeds.c.succeeded_at)).where(
                    feeds.c.is_configured
                )
            ).one()
            unsent = connection.execute(
                select(func.count(), func.min(deliveries.c.queued_at)).where(deliveries.c.state.in_(UNSENT))
            ).one()
            tried = _tried(connection, now)
            return Overview(
                feeds=polled[0],
                polled_at=polled[1],
                succeeded_at=polled[2],
                failing=failing_feeds(connection),
                doubtful=_doubtful(connection),
                troubles=_troubles(connection),
                articles=_count(connection, select(func.count()).select_from(articles)),
                unsent=unsent[0],
                oldest_unsent_at=unsent[1],
                tried=tried[0],
                passed_over=tried[1],
                given_up=given_up(connection, now - WEEK),
                held=held_feeds(connection, now),
                editions=_count(connection, select(func.count()).select_from(editions)),
            )

    def unmarked_aggregators(self, configured: Iterable[FeedSettings]) -> Mapping[str, DoubtfulFeed]:
        """The feeds that seem to collect from many outlets although their settings do not say so, by their URLs as
        stored. A few articles of each feed are read: it is asked often.
        """
        single = {stored_url(feed.url) for feed in configured if not feed.aggregator}
        with self._database.read() as connection:
            query = select(feeds, _carried().label("carried")).where(feeds.c.is_configured).order_by(feeds.c.id)
            rows = [row for row in connection.execute(query) if row.url in single]
        said = ((row, advice(row.url, [Carried(*each) for each in json.loads(row.carried)])) for row in rows)
        return {row.url: DoubtfulFeed(name=name_of(row), reason=reason) for row, reason in said if reason}

    def languages_of(self, feed_id: FeedId) -> tuple[int, int]:
        """Of its stored articles: how many whose language nobody names, and of how many of them the text shows it."""
        query = select(func.count(), func.count().filter(articles.c.identified_language != "")).where(
            articles.c.feed_id == feed_id, articles.c.language == ""
        )
        with self._database.read() as connection:
            unnamed, identified = connection.execute(query).one()
        return unnamed, identified

    def good_edition_since(self, moment: datetime) -> EditionId | None:
        """The newest scheduled edition whose every message was accepted, or that had none, finished since then.

        Made no more than a week before: it is asked every few seconds, and must not read the mail of years.
        """
        finished = func.max(func.coalesce(deliveries.c.finished_at, editions.c.made_at))
        unsent = func.count().filter(deliveries.c.state != DeliveryState.SENT)
        query = (
            select(editions.c.id)
            .select_from(editions.outerjoin(deliveries))
            .where(editions.c.kind == EditionKind.SCHEDULED, editions.c.made_at > moment - WEEK)
            .group_by(editions.c.id)
            .having(unsent == 0, finished > moment)
            .order_by(editions.c.id.desc())
            .limit(1)
        )
        with self._database.read() as connection:
            return connection.scalar(query)


def _troubles(connection: Connection) -> tuple[FeedTrouble, ...]:
    rows = connection.execute(select(feeds).where(feeds.c.is_configured).order_by(feeds.c.failing_since, feeds.c.id))
    polled = rows.all()
    failing = [failing_from_row(row, is_named=True) for row in polled if row.failures > 0]
    return tuple(as_incidents(failing, polled_by_origin(polled)))


def _doubtful(connection: Connection) -> tuple[DoubtfulFeed, ...]:
    query = select(feeds).where(feeds.c.is_configured, feeds.c.failures == 0, feeds.c.problem_detail != "")
    return tuple(
        DoubtfulFeed(name=name_of(row), reason=row.problem_detail)
        for row in connection.execute(query.order_by(feeds.c.id))
    )


def _carried() -> ScalarSelect[str]:
    """Of the latest articles of a feed, as JSON. So nothing else is read of them: a join would go through them all."""
    mine = select(articles.c.link, articles.c.via).where(articles.c.feed_id == feeds.c.id).correlate(feeds)
    latest = mine.order_by(articles.c.id.desc()).limit(LATEST).subquery()
    return select(func.json_group_array(func.json_array(latest.c.link, latest.c.via))).scalar_subquery()


def _tried(connection: Connection, now: datetime) -> tuple[int, int]:
    """The most attempts of an unsent message since the first of which no message was accepted, and of any other."""
    is_sent = (deliveries.c.state == DeliveryState.SENT, deliveries.c.finished_at <= latest_credible(now))
    sent_at = connection.scalar(select(func.max(deliveries.c.finished_at)).where(*is_sent))
    first_at = func.coalesce(func.min(attempts.c.first_at), deliveries.c.queued_at)
    query = (
        select(deliveries.c.attempts, type_coerce(first_at, UtcDateTime))
        .select_from(deliveries.outerjoin(attempts, attempts.c.delivery_id == deliveries.c.id))
        .where(deliveries.c.state.in_(UNSENT))
        .group_by(deliveries.c.id)
    )
    rows = [(times, sent_at is None or at > sent_at) for times, at in connection.execute(query)]
    in_vain, passed_over = ([times for times, is_down in rows if is_down is each] for each in (True, False))
    return max(in_vain, default=0), max(passed_over, default=0)


def _count(connection: Connection, query: Select[Any]) -> int:
    return connection.scalar(query) or 0
