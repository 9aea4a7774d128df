"""Pages behind articles: which may be asked for, the attempts, what was read, and what their hosts said.

An attempt is committed before its request: after a crash at any line no page is asked for twice on a day.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, delete, func, literal, or_, select, type_coerce, update
from sqlalchemy.dialects.sqlite import insert as upsert

from monitor.model.ids import ArticleId, FeedId
from monitor.model.match import Match, Origin
from monitor.model.stored_page import PageCandidate, PageHost, PageResult, PageState, StoredPage
from monitor.policy.clock import latest_credible
from monitor.policy.licences import is_over
from monitor.policy.pages import MAY_ASK_AGAIN, MOST_TRIES
from monitor.store.article_rows import KEPT_SECONDS, kept_of
from monitor.store.group import Group, among, from_row
from monitor.store.matches import save_matches
from monitor.store.removal import overwrite
from monitor.store.tables import articles, feeds, matches, page_hosts, pages
from monitor.store.tables.base import UtcDateTime

DAY = timedelta(days=1)


class PageStore(Group):
    """The pages behind articles. None of it touches the row of an article."""

    def candidates(
        self,
        feed_ids: Iterable[FeedId],
        beyond: ArticleId,
        since: datetime,
        limit: int,
        *,
        with_matched: Iterable[FeedId] = (),
    ) -> tuple[PageCandidate, ...]:
        """Articles of these feeds first seen from `since` on, in the order of their ids, which are greater than
        `beyond`: with a link, free, that were news, match nothing (but those of the feeds `with_matched`), and whose
        page was never asked for.
        """
        query = _candidates(with_matched).where(
            among(articles.c.feed_id, feed_ids),
            articles.c.id > beyond,
            articles.c.first_seen_at >= since,
            ~select(pages.c.article_id).where(pages.c.article_id == articles.c.id).exists(),
        )
        rows = self._all(query.order_by(articles.c.id).limit(limit))
        return tuple(from_row(PageCandidate, row) for row in rows)

    def newest(self) -> ArticleId:
        """The greatest id of an article; 0 if there is none."""
        with self._database.read() as connection:
            return ArticleId(connection.scalar(select(func.max(articles.c.id))) or 0)

    def candidate(self, article_id: ArticleId, *, with_matched: Iterable[FeedId] = ()) -> PageCandidate | None:
        """The article, if its page may still be wanted, whether or not it was asked for."""
        for row in self._all(_candidates(with_matched).where(articles.c.id == article_id)):
            return from_row(PageCandidate, row)
        return None

    def to_ask_again(
        self,
        feed_ids: Iterable[FeedId],
        now: datetime,
        since: datetime,
        limit: int,
        *,
        with_matched: Iterable[FeedId] = (),
    ) -> tuple[PageCandidate, ...]:
        """Articles of these feeds first seen from `since` on whose page was asked for once, in vain, more than a day
        ago, and may be asked for again; the newest first.
        """
        is_open = pages.c.state.in_((PageState.ASKED, PageState.FAILED)), pages.c.tries < MOST_TRIES
        query = (
            _candidates(with_matched)
            .join(pages, pages.c.article_id == articles.c.id)
            .where(among(articles.c.feed_id, feed_ids), articles.c.first_seen_at >= since)
            .where(*is_open, pages.c.asked_at <= now - MAY_ASK_AGAIN)
        )
        rows = self._all(query.order_by(articles.c.id.desc()).limit(limit))
        return tuple(from_row(PageCandidate, row) for row in rows)

    def begin(self, article_id: ArticleId, host: str, now: datetime, budget: int) -> bool:
        """Commit that the page is about to be asked for. False, and nothing is written, if it was asked for within a
        day or often enough, if `budget` pages of its host were within 24 hours, or if the article is gone.
        """
        with self._database.write() as connection:
            if not connection.execute(select(articles.c.id).where(articles.c.id == article_id)).all():
                return False
            before = connection.execute(select(pages).where(pages.c.article_id == article_id)).one_or_none()
            if before is not None and (before.tries >= MOST_TRIES or now - before.asked_at < MAY_ASK_AGAIN):
                return False
            if _asked(connection, host, now) >= budget:
                return False
            values: dict[str, Any] = {"host": host, "asked_at": now, "state": PageState.ASKED, "kind": "", "reason": ""}
            statement = upsert(pages).values(article_id=article_id, tries=1, **values)
            again = {**values, "tries": pages.c.tries + 1}
            connection.execute(statement.on_conflict_do_update(index_elements=["article_id"], set_=again))
            return True

    def refuse(self, article_id: ArticleId, host: str, result: PageResult, now: datetime) -> None:
        """Note why the page is not asked for; nothing is written if it was, or if the article is gone."""
        values = {"host": host, "asked_at": now, "state": result.state, "kind": result.kind, "reason": result.reason}
        given = [literal(each) for each in (article_id, 0, *values.values())]
        stored = select(*given).where(select(articles.c.id).where(articles.c.id == article_id).exists())
        names = ["article_id", "tries", *values]
        with self._database.write() as connection:
            connection.execute(upsert(pages).from_select(names, stored).on_conflict_do_nothing())

    def finish(self, article_id: ArticleId, result: PageResult, now: datetime) -> None:
        """The result of the attempt; nothing is written if there was none, or if the article went meanwhile."""
        values = {name: getattr(result, name) for name in ("state", "kind", "reason", "text", "keep_until")}
        digest = sha256(result.text.encode()).hexdigest() if result.text else ""
        with self._database.write() as connection:
            this = update(pages).where(pages.c.article_id == article_id, pages.c.tries > 0)
            connection.execute(this.values(**values, text_hash=digest, fetched_at=now))

    def fresh(self, most: int) -> tuple[tuple[ArticleId, str], ...]:
        """The texts that no topic has looked at, with their articles; the oldest first."""
        query = select(pages.c.article_id, pages.c.text).where(pages.c.state == PageState.FRESH)
        rows = self._all(query.order_by(pages.c.fetched_at, pages.c.article_id).limit(most))
        return tuple((row.article_id, row.text) for row in rows)

    def settle(self, article_id: ArticleId, found: Sequence[Match], origin: Origin, now: datetime) -> None:
        """Topics have looked at a fresh page: store what matches, in one transaction."""
        with self._database.write() as connection:
            this = update(pages).where(pages.c.article_id == article_id, pages.c.state == PageState.FRESH)
            if connection.execute(this.values(state=PageState.READ)).rowcount:
                save_matches(connection, {article_id: (found, origin)}, now)

    def texts(self, ids: Iterable[ArticleId]) -> Mapping[ArticleId, str]:
        """The texts at which topics have looked, of those of these articles that have one, and whose licence is not
        over, as if it was removed already.
        """
        return self._shown(among(pages.c.article_id, ids), pages.c.state == PageState.READ)

    def all_texts(self, ids: Iterable[ArticleId]) -> Mapping[ArticleId, str]:
        """The same, whether topics have looked at them or not: what searches find."""
        return self._shown(among(pages.c.article_id, ids))

    def with_text(self, since: datetime | None = None) -> frozenset[ArticleId]:
        """The articles first seen from then on, or all, that have such a text."""
        query = select(pages.c.article_id).where(pages.c.state == PageState.READ, pages.c.text != "")
        if since is not None:
            query = query.join(articles, articles.c.id == pages.c.article_id).where(articles.c.first_seen_at >= since)
        return frozenset(row.article_id for row in self._all(query))

    def reader(self, since: datetime | None = None) -> Callable[[ArticleId], str]:
        """Reads such texts one by one, of articles first seen from then on, or of any: "" where there is none, which
        asks the database nothing.
        """
        known = self.with_text(since)
        return lambda article_id: self.texts([article_id]).get(article_id, "") if article_id in known else ""

    def of(self, article_id: ArticleId) -> StoredPage | None:
        """What is stored of the page of an article; None if it was not asked for."""
        for row in self._all(select(pages).where(pages.c.article_id == article_id)):
            return from_row(StoredPage, row, state=PageState(row.state))
        return None

    def asked(self, host: str, now: datetime) -> int:
        """How many pages of this host were asked for in the last 24 hours."""
        with self._database.read() as connection:
            return _asked(connection, host, now)

    def last_asked(self, host: str) -> datetime | None:
        """When a page of this host was last asked for; None if none was."""
        query = select(func.max(pages.c.asked_at)).where(pages.c.host == host, pages.c.tries > 0)
        with self._database.read() as connection:
            latest: datetime | None = connection.scalar(query)
        return latest

    def host(self, origin: str) -> PageHost:
        """What is known of an origin; all of it unknown if it was never asked."""
        for row in self._all(select(page_hosts).where(page_hosts.c.origin == origin)):
            memory = tuple((int(mark), int(count)) for mark, count in row.memory)
            return from_row(PageHost, row, licences=tuple(row.licences), memory=memory)
        return PageHost(origin=origin)

    def save_host(self, host: PageHost) -> None:
        """What is known of an origin from now on."""
        values = asdict(host)
        with self._database.write() as connection:
            statement = upsert(page_hosts).values(**values)
            others = {each.name: values[each.name] for each in fields(PageHost) if each.name != "origin"}
            connection.execute(statement.on_conflict_do_update(index_elements=["origin"], set_=others))

    def drop_texts(self, now: datetime, read_before: datetime, *, limit: int) -> int:
        """Remove texts whose time is over, or that were read before that; they are overwritten. What became of the page
        stays. Returns how many.
        """
        is_over = or_(pages.c.keep_until <= now, pages.c.fetched_at < read_before)
        over = select(pages.c.article_id).where(is_over, pages.c.text != "").limit(limit)
        with self._database.write() as connection:
            overwrite(connection)
            gone = update(pages).where(pages.c.article_id.in_(over.scalar_subquery()))
            return connection.execute(gone.values(text="", keep_until=None)).rowcount

    def forget_hosts(self, before: datetime, now: datetime) -> int:
        """Drop what is known of origins that were last asked before then, unless they are left alone. Returns how
        many.
        """
        latest = func.max(
            func.coalesce(page_hosts.c.asked_at, page_hosts.c.robots_asked_at),
            func.coalesce(page_hosts.c.robots_asked_at, page_hosts.c.asked_at),
        )
        is_open = or_(page_hosts.c.left_alone_until.is_(None), page_hosts.c.left_alone_until <= now)
        with self._database.write() as connection:
            return connection.execute(
                delete(page_hosts).where(type_coerce(latest, UtcDateTime()) < before, is_open)
            ).rowcount

    def _shown(self, *conditions: Any) -> dict[ArticleId, str]:
        now = self._database.now()
        query = select(pages.c.article_id, pages.c.text, articles.c.first_seen_at, KEPT_SECONDS)
        query = query.join(articles, articles.c.id == pages.c.article_id).where(pages.c.text != "", *conditions)
        return {
            row.article_id: row.text
            for row in self._all(query)
            if not is_over(row.first_seen_at, kept_of(row.kept_seconds), now)
        }


def _candidates(with_matched: Iterable[FeedId]) -> Any:
    is_matched = select(matches.c.id).where(matches.c.article_id == articles.c.id).exists()
    own = (articles.c[each.name] for each in fields(PageCandidate) if each.name != "feed_url")
    return (
        select(*own, feeds.c.url.label("feed_url"))
        .join(feeds, feeds.c.id == articles.c.feed_id)
        .where(
            articles.c.link != "",
            articles.c.is_mailable,
            articles.c.is_paid.is_(False),
            articles.c.text_removed_at.is_(None),
            or_(~is_matched, among(articles.c.feed_id, with_matched)),
        )
    )


def _asked(connection: Connection, host: str, now: datetime) -> int:
    is_of_the_day = pages.c.asked_at > now - DAY, pages.c.asked_at <= latest_credible(now)
    query = select(func.count()).where(pages.c.host == host, *is_of_the_day, pages.c.tries > 0)
    return connection.scalar(query) or 0
