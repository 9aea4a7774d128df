"""What people reported as missed: one case for each article or address and topic, open until somebody closes it."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, insert, select, update

from monitor.model.fate import MissedCounts, MissedReport
from monitor.model.rollup import MISSES_COUNTED
from monitor.store.group import Group, from_row
from monitor.store.tables import missed_reports


class MissedStore(Group):
    """Cases, by number."""

    def report(self, case: MissedReport) -> tuple[MissedReport, bool]:
        """Keep the case, whose number is given by the store; whether it is new. The same one again, open or closed, is
        that case: it has the cause of today, and is open.
        """
        values = {key: value for key, value in asdict(case).items() if key != "id"}
        with self._database.write() as connection:
            same = select(missed_reports.c.id).where(_is_same(case)).order_by(missed_reports.c.id).limit(1)
            known = connection.scalar(same)
            if known is None:
                known = connection.execute(
                    insert(missed_reports).values(values).returning(missed_reports.c.id)
                ).scalar_one()
                return from_row(MissedReport, case, id=known), True
            connection.execute(update(missed_reports).where(missed_reports.c.id == known).values(values))
        return from_row(MissedReport, case, id=known), False

    def all(self, *, with_closed: bool = True) -> tuple[MissedReport, ...]:
        """The cases, the one that was reported last first."""
        query = select(missed_reports).order_by(missed_reports.c.reported_at.desc(), missed_reports.c.id.desc())
        if not with_closed:
            query = query.where(missed_reports.c.closed_at.is_(None))
        return tuple(from_row(MissedReport, row) for row in self._all(query))

    def close(self, numbers: Sequence[int], now: datetime) -> tuple[int, ...]:
        """Close these cases; the numbers of those that there are not. If there is one, none is closed."""
        with self._database.write() as connection:
            chosen = missed_reports.c.id.in_(numbers)
            known = set(connection.scalars(select(missed_reports.c.id).where(chosen)))
            unknown = tuple(each for each in numbers if each not in known)
            if not unknown:
                is_open = missed_reports.c.closed_at.is_(None)
                connection.execute(update(missed_reports).where(chosen, is_open).values(closed_at=now))
        return unknown

    def counts(self, now: datetime) -> MissedCounts | None:
        """How many there are; None if none was ever reported."""
        lately = missed_reports.c.reported_at > now - MISSES_COUNTED
        query = select(
            func.count().label("ever"),
            func.count().filter(lately).label("reported"),
            func.count().filter(missed_reports.c.closed_at.is_(None)).label("open"),
        ).select_from(missed_reports)
        with self._database.read() as connection:
            row = connection.execute(query).one()
        return from_row(MissedCounts, row) if row.ever else None


def _is_same(case: MissedReport) -> ColumnElement[bool]:
    """By its article, or by its words if that is not stored. A case that was reported before its article came is
    another one.
    """
    is_same = missed_reports.c.article_id == case.article_id
    if case.article_id is None:
        is_same = and_(missed_reports.c.article_id.is_(None), missed_reports.c.subject == case.subject)
    return and_(is_same, missed_reports.c.topic == case.topic)
