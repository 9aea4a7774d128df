"""`alert` of a topic: `alert = true`, or a table with the recipients and the limits."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Annotated, Any

from pydantic import AfterValidator, Field, PlainValidator

from monitor.config import values
from monitor.config.agreement import Tables
from monitor.config.findings import quoted
from monitor.config.positions import KeyPath
from monitor.config.table import Duration, LongDuration, Reading, Table, table
from monitor.model.alert import AlertSettings, QuietHours
from monitor.model.topic import Topic

MAX_ALERT_RECIPIENTS = 200
MOST_AN_HOUR = 20
"""More alerts an hour would be a feed of articles, which the archive folder has."""

NOBODY = 'would reach nobody, because no digest has this topic; write alert = { to = ["you@example.org"] }.'


def alert_table(recipient: Callable[[str], str]) -> Table[AlertSettings]:
    """The table `alert`, of whose recipients the channel's `recipient` says whether they can be."""
    return table(
        AlertSettings,
        to=Annotated[
            list[Annotated[str, AfterValidator(recipient)]],
            Field(min_length=1, max_length=MAX_ALERT_RECIPIENTS),
            AfterValidator(values.distinct),
        ],
        cool_down=Duration,
        at_most=Annotated[int, Field(ge=1, le=MOST_AN_HOUR)],
        quiet=Annotated[QuietHours, PlainValidator(values.quiet_hours)],
        timezone=Annotated[str, AfterValidator(values.time_zone)],
        grown=Annotated[int, Field(ge=0, le=1_000)],
        pages=bool,
        poll_every=LongDuration,
    )


def with_alerts(
    topics: Sequence[Topic],
    tables: Tables,
    digests: Tables,
    recipient: Callable[[str], str],
    reading: Reading,
) -> tuple[Topic, ...]:
    """The topics with what their tables say in `alert`. An alert that reaches nobody is an error."""
    of_alert = cache(lambda: alert_table(recipient))
    alerts = {
        written.get("name"): alert
        for path, written in tables
        if isinstance(written, dict) and (alert := _alert(written, path, digests, of_alert, reading))
    }
    return tuple(replace(topic, alert=alerts.get(topic.name)) for topic in topics)


def _alert(
    topic: dict[str, Any],
    path: KeyPath,
    digests: Tables,
    of_alert: Callable[[], Table[AlertSettings]],
    reading: Reading,
) -> AlertSettings | None:
    written, place = topic.get("alert", False), (*path, "alert")
    if isinstance(written, dict):
        alert = of_alert().read(written, place, reading)
    elif isinstance(written, bool):
        alert = AlertSettings() if written else None
    else:
        reading.findings.error(place, f"{quoted(written)} – write true, or a table such as {{ at_most = 2 }}.")
        return None
    has_readers = any(_has_topic(digest, topic.get("name")) for _, digest in digests)
    if alert is not None and not alert.to and not has_readers:
        reading.findings.error(place, NOBODY)
    return alert


def alerts_by_place(topics: Sequence[Topic], tables: Tables) -> list[tuple[KeyPath, AlertSettings]]:
    """Where topics say what their alerts are, and these."""
    alerts = {topic.name: topic.alert for topic in topics}
    found = ((path, alerts.get(table.get("name", ""))) for path, table in tables if isinstance(table, dict))
    return [((*path, "alert"), alert) for path, alert in found if alert is not None]


def _has_topic(digest: object, name: object) -> bool:
    """Whether an enabled digest names the topic, or all topics."""
    if not isinstance(digest, dict) or digest.get("enabled") is False:
        return False
    listed = digest.get("topics")
    return not listed or (isinstance(listed, list) and name in listed)
