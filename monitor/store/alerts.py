"""Instant alerts: what was noticed, for whom it waits, and the messages that went into the outbox."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, exists, func, insert, select, type_coerce, update
from sqlalchemy.dialects.sqlite import insert as upsert

from monitor.model.alert import (
    AlertCandidate,
    AlertMessage,
    AlertRecord,
    AlertState,
    Hold,
    KnownAlert,
    NewAlert,
    PendingAlert,
    SentAlert,
    WaitingAlert,
)
from monitor.model.ids import ArticleId, StoryId
from monitor.model.match import Origin, Tier
from monitor.policy.replayed_alerts import PastMatch
from monitor.store.deliveries import insert_deliveries
from monitor.store.group import Group, among, from_row
from monitor.store.match_rows import match_from_row
from monitor.store.tables import (
    alert_messages,
    alert_recipients,
    alert_topics,
    alerts,
    articles,
    deliveries,
    listings,
    matches,
    stories,
    topics,
)
from monitor.store.tables.base import UtcDateTime
from monitor.store.topics import topic_ids


class AlertStore(Group):
    """Alerts, each once per topic, story and ordinal, and once per recipient."""

    def sync(self, names: Collection[str]) -> None:
        """These topics have alerts from now on, and no others. What is matched by now alerts nothing for those that had
        none.
        """
        with self._database.write() as connection:
            ids = topic_ids(connection, names)
            connection.execute(delete(alert_topics).where(alert_topics.c.topic_id.not_in(list(ids.values()))))
            last = connection.scalar(select(func.max(matches.c.id))) or 0
            rows = [{"topic_id": topic_id, "last_match": last} for topic_id in ids.values()]
            if rows:
                connection.execute(upsert(alert_topics).on_conflict_do_nothing(), rows)

    def candidates(self, names: Collection[str]) -> tuple[AlertCandidate, ...]:
        """The matches of these topics that nobody has looked at yet, in their order."""
        story = func.coalesce(articles.c.story_id, 0)
        members = articles.alias("members")
        was_listed = exists().where(
            listings.c.topic_id == matches.c.topic_id,
            listings.c.article_id == members.c.id,
            (members.c.story_id == articles.c.story_id) | (members.c.id == articles.c.id),
        )
        is_muted = exists().where(stories.c.id == story, stories.c.muted_at.is_not(None))
        query = (
            select(matches, matches.c.id.label("match_id"))
            .add_columns(topics.c.name.label("topic"), articles.c.story_id)
            .add_columns(is_muted.label("is_story_muted"), was_listed.label("is_listed"))
            .select_from(matches.join(topics).join(articles))
            .join(alert_topics, alert_topics.c.topic_id == matches.c.topic_id)
            .where(matches.c.id > alert_topics.c.last_match, topics.c.name.in_(names), matches.c.stale_since.is_(None))
            .order_by(matches.c.id)
        )
        return tuple(
            from_row(
                AlertCandidate,
                row,
                origin=Origin(row.origin),
                tier=Tier(row.tier),
                is_by_page=match_from_row(row).is_by_page,
            )
            for row in self._all(query)
        )

    def past(
        self, topic: str, since: datetime, joining: Mapping[ArticleId, StoryId]
    ) -> tuple[tuple[PastMatch, ...], dict[ArticleId, tuple[str, str]]]:
        """The matches of a topic since then, whether it has alerts or not, and of each article headline and outlet.
        `joining`: article → story, of those that are not grouped yet.
        """
        story = func.coalesce(articles.c.story_id, 0)
        is_muted = exists().where(stories.c.id == story, stories.c.muted_at.is_not(None))
        query = (
            select(matches, topics.c.name.label("topic"))
            .add_columns(articles.c.story_id, articles.c.title, articles.c.outlet, is_muted.label("is_muted"))
            .select_from(matches.join(topics).join(articles))
            .where(topics.c.name == topic, matches.c.matched_at >= since, matches.c.stale_since.is_(None))
            .order_by(matches.c.id)
        )
        rows = self._all(query)
        found = tuple(PastMatch(at=row.matched_at, candidate=_past(row, topic, joining)) for row in rows)
        return found, {row.article_id: (row.title, row.outlet) for row in rows}

    def known(self, story_ids: Collection[StoryId]) -> Mapping[tuple[str, StoryId], tuple[KnownAlert, ...]]:
        """Topic and story → the alerts that there are, by ordinal."""
        query = (
            select(alerts, topics.c.name.label("topic"))
            .join_from(alerts, topics)
            .where(among(alerts.c.story_id, story_ids))
            .order_by(alerts.c.ordinal)
        )
        found: defaultdict[tuple[str, StoryId], tuple[KnownAlert, ...]] = defaultdict(tuple)
        for row in self._all(query):
            found[row.topic, row.story_id] += (from_row(KnownAlert, row),)
        return found

    def notice(self, new: Sequence[NewAlert], looked_at: Mapping[str, int], now: datetime) -> None:
        """Store these alerts, each waiting for its recipients, and of each topic the last match that was looked at."""
        with self._database.write() as connection:
            ids = topic_ids(connection, {*looked_at, *(each.topic for each in new)})
            for each in new:
                _insert_alert(connection, each, ids[each.topic], now)
            marks = [{"this": ids[name], "last": last} for name, last in looked_at.items()]
            if marks:
                of_this = update(alert_topics).where(alert_topics.c.topic_id == bindparam("this"))
                connection.execute(of_this.values(last_match=bindparam("last")), marks)

    def waiting(self) -> tuple[WaitingAlert, ...]:
        """What waits for recipients, in the order in which it was noticed."""
        query = (
            select(alert_recipients, alerts, topics.c.name.label("topic"))
            .select_from(alert_recipients.join(alerts).join(topics))
            .where(alert_recipients.c.state == AlertState.WAITING)
            .order_by(alerts.c.id, alert_recipients.c.recipient)
        )
        return tuple(_waiting(row) for row in self._all(query))

    def sent(self, recipient: str, since: datetime) -> tuple[SentAlert, ...]:
        """The messages of alerts that were made for a recipient since then, the oldest first."""
        names = (
            select(alert_messages.c.delivery_id, alert_messages.c.made_at, topics.c.name)
            .select_from(alert_messages.join(deliveries))
            .join(alert_recipients, alert_recipients.c.delivery_id == deliveries.c.id)
            .join(alerts)
            .join(topics)
            .where(alert_messages.c.recipient == recipient, alert_messages.c.made_at > since)
            .order_by(alert_messages.c.made_at, alert_messages.c.delivery_id)
        )
        found: dict[int, tuple[datetime, set[str]]] = {}
        for row in self._all(names):
            found.setdefault(row.delivery_id, (row.made_at, set()))[1].add(row.name)
        return tuple(SentAlert(at=at, topics=frozenset(of)) for at, of in found.values())

    def told(self, recipient: str, story_ids: Collection[StoryId]) -> Mapping[tuple[StoryId, int], str]:
        """Story and ordinal → the topic under which the recipient got it."""
        query = (
            select(alerts.c.story_id, alerts.c.ordinal, topics.c.name)
            .select_from(alert_recipients.join(alerts).join(topics))
            .where(alert_recipients.c.recipient == recipient, alert_recipients.c.state == AlertState.SENT)
            .where(among(alerts.c.story_id, story_ids))
            .order_by(alerts.c.id.desc())
        )
        return {(row.story_id, row.ordinal): row.name for row in self._all(query)}

    def thread(self, recipient: str, story_ids: Collection[StoryId]) -> Mapping[StoryId, tuple[str, ...]]:
        """Story → the ids of the messages that the recipient got about it, the oldest first."""
        query = (
            select(alerts.c.story_id, deliveries.c.message_id)
            .select_from(alert_recipients.join(alerts))
            .join(deliveries, deliveries.c.id == alert_recipients.c.delivery_id)
            .where(alert_recipients.c.recipient == recipient, among(alerts.c.story_id, story_ids))
            .order_by(deliveries.c.id)
        )
        found: defaultdict[StoryId, dict[str, None]] = defaultdict(dict)
        for row in self._all(query):
            found[row.story_id][row.message_id] = None
        return {story_id: tuple(ids) for story_id, ids in found.items()}

    def settle(
        self,
        recipient: str,
        messages: Sequence[AlertMessage],
        held: Iterable[tuple[PendingAlert, Hold]],
        dropped: Iterable[tuple[PendingAlert, str]],
        now: datetime,
    ) -> None:
        """Put these messages for a recipient into the outbox, and store why the rest waits or is never sent."""
        with self._database.write() as connection:
            for message in messages:
                _insert_message(connection, recipient, message, now)
            for alert, hold in held:
                _set(connection, recipient, [alert.alert_id], why=hold.why, until=hold.until)
            for alert, why in dropped:
                _set(connection, recipient, [alert.alert_id], state=AlertState.DROPPED, why=why, until=None)

    def alerted(self, names: Collection[str], story_ids: Collection[StoryId]) -> Mapping[tuple[str, StoryId], datetime]:
        """Topic and story → when the first message about it was made (UTC)."""
        query = (
            select(topics.c.name, alerts.c.story_id, func.min(alert_messages.c.made_at).label("at"))
            .select_from(alerts.join(topics).join(alert_recipients))
            .join(alert_messages, alert_messages.c.delivery_id == alert_recipients.c.delivery_id)
            .where(topics.c.name.in_(names), among(alerts.c.story_id, story_ids))
            .group_by(topics.c.name, alerts.c.story_id)
        )
        return {(row.name, row.story_id): row.at for row in self._all(query)}

    def records(
        self,
        *,
        topic: str = "",
        article_id: ArticleId | None = None,
        since: datetime | None = None,
        limit: int | None = None,
    ) -> tuple[AlertRecord, ...]:
        """Alerts by recipient as people look at them, the newest first; only on this topic, with this article or
        its story, or noticed since then.
        """
        query = (
            select(alerts.c.id.label("alert_id"), *(each for each in alerts.c if each.name not in {"id", "topic_id"}))
            .add_columns(*(each for each in alert_recipients.c if each.name != "alert_id"), alert_messages.c.made_at)
            .add_columns(topics.c.name.label("topic"), func.coalesce(articles.c.title, "").label("title"))
            .select_from(alerts.join(topics).join(alert_recipients))
            .outerjoin(alert_messages, alert_messages.c.delivery_id == alert_recipients.c.delivery_id)
            .outerjoin(articles, articles.c.id == alerts.c.article_id)
            .order_by(alerts.c.id.desc(), alert_recipients.c.recipient)
            .limit(limit)
        )
        if topic:
            query = query.where(topics.c.name == topic)
        if since is not None:
            query = query.where(alerts.c.noticed_at >= since)
        if article_id is not None:
            story = select(articles.c.story_id).where(articles.c.id == article_id).scalar_subquery()
            query = query.where((alerts.c.story_id == story) | (alerts.c.article_id == article_id))
        return tuple(from_row(AlertRecord, row, state=AlertState(row.state)) for row in self._all(query))

    def counts(self, since: datetime) -> Mapping[AlertState, int]:
        """How many alerts for recipients were noticed since then, by state."""
        query = (
            select(alert_recipients.c.state, func.count().label("n"))
            .join_from(alert_recipients, alerts)
            .where(alerts.c.noticed_at >= since)
            .group_by(alert_recipients.c.state)
        )
        return {AlertState(row.state): row.n for row in self._all(query)}

    def overdue_since(self, now: datetime) -> datetime | None:
        """Since when nothing holds the oldest of the alerts that wait (UTC); None if something holds each."""
        free_at = func.coalesce(alert_recipients.c.until, alerts.c.noticed_at)
        query = (
            select(func.min(type_coerce(free_at, UtcDateTime)))
            .join_from(alert_recipients, alerts)
            .where(alert_recipients.c.state == AlertState.WAITING, type_coerce(free_at, UtcDateTime) <= now)
        )
        with self._database.read() as connection:
            found: datetime | None = connection.scalar(query)
        return found


def _insert_alert(connection: Connection, new: NewAlert, topic_id: int, now: datetime) -> None:
    """One that there is already, because a process died after this transaction, stays as it is."""
    values = {
        "topic_id": topic_id,
        "story_id": new.story_id,
        "ordinal": new.ordinal,
        "article_id": new.article_id,
        "noticed_at": now,
        "publishers": new.publishers,
    }
    statement = upsert(alerts).values(values).on_conflict_do_nothing().returning(alerts.c.id)
    alert_id = connection.execute(statement).scalar()
    if alert_id is not None and new.to:
        rows = [{"alert_id": alert_id, "recipient": each, "state": AlertState.WAITING, "why": ""} for each in new.to]
        connection.execute(insert(alert_recipients), rows)


def _insert_message(connection: Connection, recipient: str, message: AlertMessage, now: datetime) -> None:
    insert_deliveries(connection, [message.delivery], now, edition_id=None)
    by_id = select(deliveries.c.id).where(deliveries.c.message_id == message.delivery.message_id)
    delivery_id = connection.execute(by_id).scalar_one()
    values = {"delivery_id": delivery_id, "recipient": recipient, "owner": message.owner, "slot": message.slot}
    connection.execute(insert(alert_messages).values(**values, made_at=now))
    _set(connection, recipient, message.alert_ids, state=AlertState.SENT, until=None, delivery_id=delivery_id)


def _set(connection: Connection, recipient: str, ids: Iterable[int], **values: Any) -> None:
    """Of those that wait: what was sent or dropped stays so."""
    chosen = update(alert_recipients).where(
        alert_recipients.c.alert_id.in_(list(ids)),
        alert_recipients.c.recipient == recipient,
        alert_recipients.c.state == AlertState.WAITING,
    )
    connection.execute(chosen.values(values))


def _past(row: Row[Any], topic: str, joining: Mapping[ArticleId, StoryId]) -> AlertCandidate:
    return AlertCandidate(
        match_id=row.id,
        topic=topic,
        article_id=row.article_id,
        story_id=joining.get(row.article_id) or row.story_id,
        origin=Origin(row.origin),
        tier=Tier(row.tier),
        is_by_page=match_from_row(row).is_by_page,
        is_story_muted=row.is_muted,
    )


def _waiting(row: Row[Any]) -> WaitingAlert:
    hold = None if row.until is None else Hold(why=row.why, until=row.until)
    return WaitingAlert(recipient=row.recipient, alert=from_row(PendingAlert, row), hold=hold)
