"""The status for Prometheus, in its own text format."""

import platform
from collections.abc import Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from monitor.health.status import Status, problems

PREFIX = "news_monitor"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def metrics(status: Status) -> bytes:
    """The page at /metrics. Times are seconds since 1970, UTC; events that never happened are left out."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Page(status))
    return generate_latest(registry)


class _Page(Collector):
    def __init__(self, status: Status) -> None:
        self._status = status

    def collect(self) -> Iterator[Metric]:
        status = self._status
        about = InfoMetricFamily(PREFIX, "Versions.")
        about.add_metric(
            [],
            {
                "version": status.version,
                "schema": status.schema,
                "sqlite": status.sqlite,
                "python": platform.python_version(),
            },
        )
        yield about
        for name, help_, value in _numbers(status):
            yield GaugeMetricFamily(f"{PREFIX}_{name}", help_, value=value)
        for name, help_, moment in _moments(status):
            if moment is not None:
                yield GaugeMetricFamily(f"{PREFIX}_{name}_timestamp_seconds", help_, value=moment.timestamp())
        upcoming = GaugeMetricFamily(
            f"{PREFIX}_next_edition_timestamp_seconds", "When the next edition of a digest is due.", labels=["digest"]
        )
        for edition in status.editions:
            upcoming.add_metric([edition.digest], (edition.overdue_since or edition.at).timestamp())
        yield upcoming
        yield _alerts(status)


def _alerts(status: Status) -> Metric:
    counts = {"sent": status.alerts.sent, "waiting": status.alerts.waiting, "dropped": status.alerts.dropped}
    help_ = "Alerts of the last day, each counted once for each recipient, by what happened to them."
    found = GaugeMetricFamily(f"{PREFIX}_alerts", help_, labels=["state"])
    for state, count in counts.items():
        found.add_metric([state], count)
    return found


def _numbers(status: Status) -> list[tuple[str, str, float]]:
    overview = status.overview
    return [
        ("healthy", "1 if nothing is wrong.", not problems(status)),
        ("problems", "How many problems there are.", len(problems(status))),
        ("feeds", "Feeds that are polled.", overview.feeds),
        ("feeds_failing", "Feeds whose last poll failed.", len(overview.failing)),
        ("articles", "Articles stored.", overview.articles),
        ("editions", "Editions published.", overview.editions),
        ("deliveries_unsent", "Messages that are waiting to be sent.", overview.unsent),
        (
            "deliveries_given_up",
            "Messages of the last week that are held or lost, and not reported to the recipient.",
            overview.given_up,
        ),
        ("alert_topics", "Topics with alerts.", status.alerts.topics),
        ("steps_hanging", "Steps that take longer than their limit.", len(status.hanging)),
        ("database_bytes", "Size of the database.", status.database_bytes),
        ("database_log_bytes", "Size of its write-ahead log.", status.log_bytes),
        ("disk_free_bytes", "Free space on the disk of the database.", status.free_bytes),
    ]


def _moments(status: Status) -> list[tuple[str, str, datetime | None]]:
    overview = status.overview
    return [
        ("last_poll", "When a feed was last asked.", overview.polled_at),
        ("last_successful_poll", "When a feed last answered.", overview.succeeded_at),
        ("oldest_unsent", "Since when the oldest message has been waiting.", overview.oldest_unsent_at),
        ("alert_overdue", "Since when nothing holds the oldest alert that waits.", status.alerts.overdue_since),
        ("last_backup", "When the newest backup was made.", status.backed_up_at),
    ]
