"""What retention has announced, and how far it may go today: one row, or none. What follows is `policy.retention`'s."""

from dataclasses import asdict
from datetime import timedelta

from sqlalchemy import delete, insert, select

from monitor.model.retention_plan import RetentionPlan
from monitor.store.group import Group
from monitor.store.tables import retention


class RetentionPlanStore(Group):
    """The plan of retention."""

    def get(self) -> RetentionPlan | None:
        with self._database.read() as connection:
            row = connection.execute(select(retention)).mappings().first()
        if row is None:
            return None
        times = {name: row[name] for name in ("announced_at", "day_began_at", "until")}
        return RetentionPlan(keep=timedelta(seconds=row["keep_seconds"]), **times)

    def put(self, plan: RetentionPlan | None) -> None:
        """Store the plan in place of the one before; None takes that away."""
        with self._database.write() as connection:
            connection.execute(delete(retention))
            if plan is not None:
                values = asdict(plan)
                seconds = int(values.pop("keep").total_seconds())
                connection.execute(insert(retention).values(keep_seconds=seconds, **values))
