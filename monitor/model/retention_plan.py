"""What retention has announced, and how far it may go."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPlan:
    """Stored between runs. It belongs to one value of `[storage] keep`; with another one a new plan is made."""

    keep: timedelta
    """How long the owner keeps articles."""
    announced_at: datetime
    """When the first run with this value said what it would drop (UTC)."""
    day_began_at: datetime
    """When `until` was set (UTC)."""
    until: datetime
    """Articles first seen before this moment may be dropped (UTC)."""
