"""What `why` and `topics explain` say of alerts on an article."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from monitor import fate
from monitor.policy.alerts import rules_of

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.fate import Finding
    from monitor.model.alert import AlertRules
    from monitor.model.fate import Fate
    from monitor.store import Store


def alert_findings(
    settings: "Settings", store: "Store", known: "Fate", topics: Collection[str], now: datetime
) -> "tuple[Finding, ...]":
    """What went out on the article or its story, waits, or why there is none; on these topics."""
    records = store.alerts.records(article_id=known.article.id)
    rules = {name: each for name, each in alert_rules(settings, now).items() if name in topics}
    return tuple(each for each in fate.alerted(known, records, rules) if each.topic in topics)


def alert_rules(settings: "Settings", now: datetime) -> "dict[str, AlertRules]":
    """Topic → what applies to its alerts; those without alerts are not there."""
    digests = [each for each in settings.digests if each.enabled]
    found = (rules_of(each, digests, now) for each in settings.topics)
    return {each.topic: each for each in found if each is not None}
