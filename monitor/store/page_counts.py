"""What became of pages, counted, and which hosts are left alone: for commands that look."""

from datetime import datetime

from sqlalchemy import func, select

from monitor.model.ids import FeedId
from monitor.model.stored_page import HostLeftAlone, PageCount, PageState
from monitor.store.group import Group, from_row
from monitor.store.tables import articles, page_hosts, pages
from monitor.url import host_of


class PageCountStore(Group):
    """The pages behind articles, as a person asks about them."""

    def counts(self, since: datetime, feed_id: FeedId | None = None) -> tuple[PageCount, ...]:
        """How the pages that were asked for from then on ended, and those against which there was a reason; of one
        feed, if it is given.
        """
        query = (
            select(articles.c.feed_id, pages.c.state, pages.c.kind, func.count().label("pages"))
            .join(pages, pages.c.article_id == articles.c.id)
            .where(pages.c.asked_at >= since)
            .group_by(articles.c.feed_id, pages.c.state, pages.c.kind)
            .order_by(articles.c.feed_id, pages.c.state, pages.c.kind)
        )
        if feed_id is not None:
            query = query.where(articles.c.feed_id == feed_id)
        return tuple(from_row(PageCount, row, state=PageState(row.state)) for row in self._all(query))

    def left_alone(self, now: datetime, feed_id: FeedId | None = None) -> tuple[HostLeftAlone, ...]:
        """The origins that are left alone now, because they block us; of one feed: those that have a page of it."""
        columns = page_hosts.c.origin, page_hosts.c.left_alone_until.label("until"), page_hosts.c.blocks
        query = select(*columns).where(page_hosts.c.left_alone_until > now).order_by(page_hosts.c.origin)
        found = tuple(from_row(HostLeftAlone, row) for row in self._all(query))
        if feed_id is None or not found:
            return found
        own = select(pages.c.host).distinct().join(articles, articles.c.id == pages.c.article_id)
        names = {row.host for row in self._all(own.where(articles.c.feed_id == feed_id))}
        return tuple(each for each in found if host_of(each.origin) in names)
