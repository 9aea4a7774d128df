"""The stories of an alert as its templates show them."""

from collections.abc import Mapping, Sequence

from monitor.digest.entries import matched_item
from monitor.digest.excerpt import reasons, snippet
from monitor.model.alert import PendingAlert
from monitor.model.alert_mail import AlertedStory
from monitor.model.edition_input import Candidate
from monitor.model.ids import StoryId


def alerted_stories(
    alerts: Sequence[PendingAlert], content: Mapping[int, tuple[Candidate, int]], holds: Mapping[int, str]
) -> tuple[AlertedStory, ...]:
    """Each story once, whatever its topics, as its latest alert has it. `content`: alert → its match and how many
    publishers carried the story; `holds`: alert → what held it.
    """
    by_story: dict[StoryId, list[PendingAlert]] = {}
    for each in alerts:
        by_story.setdefault(each.story_id, []).append(each)
    return tuple(_story(each, content, holds) for each in by_story.values())


def _story(
    alerts: Sequence[PendingAlert], content: Mapping[int, tuple[Candidate, int]], holds: Mapping[int, str]
) -> AlertedStory:
    latest = max(alerts, key=lambda each: (each.ordinal, -each.alert_id))
    candidate, count = content[latest.alert_id]
    return AlertedStory(
        story_id=latest.story_id,
        topics=tuple(dict.fromkeys(each.topic for each in alerts)),
        lead=matched_item(candidate),
        snippet=snippet(candidate.article, candidate.match, candidate.shared),
        reasons=reasons(candidate.article, candidate.match),
        publishers=count,
        has_grown=latest.ordinal > 1,
        noticed_at=min(each.noticed_at for each in alerts),
        held=next((holds[each.alert_id] for each in alerts if each.alert_id in holds), ""),
    )
