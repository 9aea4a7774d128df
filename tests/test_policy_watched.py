"""How often feeds are asked in which a topic with alerts may be found: which feeds these are, and what stays."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.model.alert import AlertSettings
from monitor.model.feed import PollHints
from monitor.model.feed_update import FeedState
from monitor.model.ids import FeedId
from monitor.model.settings import FeedSettings, PollingSettings
from monitor.model.topic import Rule, Topic
from monitor.policy.polling import next_poll_at, pace
from monitor.policy.watched import hurried, longest_wait, may_carry

NOW = datetime(2016, 9, 18, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TOPIC = Topic(name="Truce", rules=(Rule(all=(("truce",),)),), alert=AlertSettings(poll_every=20 * MINUTE))
FEED = FeedSettings(url="https://post.example/rss", outlet="The Post")
QUIET = FeedState(
    id=FeedId(1), url=FEED.url, next_poll_at=NOW, polled_at=NOW, baseline_at=NOW - timedelta(days=300), arrivals=()
)


def paced(feed: FeedSettings, *topics: Topic, polling: PollingSettings | None = None) -> timedelta:
    """How long a feed waits that has brought nothing for months."""
    polling = polling or PollingSettings()
    (found,) = hurried({feed.url: feed}, topics, polling).values()
    return pace(found, polling, QUIET, NOW)


@pytest.mark.parametrize(
    ("changes", "minutes"),
    [
        ({}, 20),
        ({"max_interval": 10 * MINUTE}, 15),
        ({"max_interval": 90 * MINUTE}, 20),
        ({"interval": 120 * MINUTE}, 120),
        ({"min_interval": 30 * MINUTE}, 30),
        ({"url": "https://10.1.2.3/rss"}, 20),
    ],
)
def test_no_feed_that_the_topic_may_be_in_waits_longer_and_none_goes_below_its_floor(
    changes: dict[str, Any], minutes: int
) -> None:
    assert paced(replace(FEED, **changes), TOPIC) == minutes * MINUTE


def test_of_several_topics_the_most_hurried_counts_and_others_change_nothing() -> None:
    hasty = replace(TOPIC, alert=AlertSettings(poll_every=16 * MINUTE))
    assert paced(FEED, TOPIC, hasty) == 16 * MINUTE
    assert paced(FEED, replace(TOPIC, alert=AlertSettings(poll_every=MINUTE))) == 15 * MINUTE
    four_hours = 240 * MINUTE
    assert paced(FEED) == paced(FEED, replace(TOPIC, alert=None)) == four_hours
    assert paced(FEED, replace(TOPIC, alert=AlertSettings())) == four_hours
    assert paced(FEED, replace(TOPIC, enabled=False)) == four_hours
    assert paced(FEED, replace(TOPIC, alert=AlertSettings(poll_every=timedelta(days=2)))) == four_hours


def test_what_a_publisher_asks_for_stays() -> None:
    polling = PollingSettings()
    (feed,) = hurried({FEED.url: FEED}, [TOPIC], polling).values()

    def due(hints: PollHints, **headers: str) -> timedelta:
        own = pace(feed, polling, QUIET, NOW)
        at = next_poll_at(feed, polling, own_interval=own, hints=hints, headers=headers, now=NOW, jitter=0.0)
        return at - NOW

    assert due(PollHints()) == 20 * MINUTE
    assert due(PollHints(ttl=90 * MINUTE)) == 90 * MINUTE
    assert due(PollHints(), **{"cache-control": "max-age=7200"}) == 120 * MINUTE
    assert due(PollHints(skip_hours=frozenset({12}))) == 60 * MINUTE


def test_how_long_an_alert_may_take_is_the_longest_wait_of_its_feeds() -> None:
    polling, plain = PollingSettings(), replace(TOPIC, alert=AlertSettings())
    other = FeedSettings(url="https://echo.example/rss", outlet="The Echo", interval=45 * MINUTE)
    assert longest_wait([FEED, other], [plain], polling) == 240 * MINUTE
    assert longest_wait([FEED, other], [TOPIC], polling) == 45 * MINUTE
    assert longest_wait([FEED, other], [replace(TOPIC, sources=("The Post",))], polling) == 20 * MINUTE
    assert longest_wait([replace(FEED, enabled=False)], [TOPIC], polling) is None
    assert longest_wait([FEED], [replace(TOPIC, alert=None)], polling) is None
    hasty = replace(TOPIC, alert=AlertSettings(poll_every=MINUTE))
    assert longest_wait([FEED], [hasty], polling) == 15 * MINUTE


@pytest.mark.parametrize(
    ("feed", "topic", "may"),
    [
        ({}, {}, True),
        ({}, {"sources": ("The Post",)}, True),
        ({}, {"sources": ("the  POST", "The Echo")}, True),
        ({}, {"sources": ("The Echo",)}, False),
        ({}, {"sources": ("!The Post",)}, False),
        ({}, {"sources": ("!The Echo",)}, True),
        ({"outlet": ""}, {"sources": ("The Echo",)}, True),
        ({"aggregator": True}, {"sources": ("The Echo",)}, True),
        ({"language": "fr-BE"}, {"languages": ("en",)}, False),
        ({"language": "en_GB"}, {"languages": ("en",)}, True),
        ({"language": ""}, {"languages": ("en",)}, True),
    ],
)
def test_which_feeds_a_topic_may_be_found_in(feed: dict[str, Any], topic: dict[str, Any], *, may: bool) -> None:
    assert may_carry(replace(FEED, **feed), replace(TOPIC, **topic)) is may
