"""A match, from a row of the database."""

from typing import Any

from sqlalchemy import Row

from monitor.model.match import Evidence, Match, Tier
from monitor.store.group import from_row


def match_from_row(row: Row[Any]) -> Match:
    """A match, from a row that has the topic's name as `topic`."""
    evidence = tuple(Evidence(**each) for each in row.evidence)
    return from_row(Match, row, tier=Tier(row.tier), evidence=evidence)
