"""What an edition or an alert says, as plain values: for channels that do not compose from its text. Pure.

`docs/webhook.schema.json` is the same as a schema: a name never changes its meaning, and readers ignore names that they
do not know.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from monitor.model.alert_mail import AlertedStory, AlertMail
from monitor.model.edition import Correction, Edition, Section
from monitor.model.entries import Item, Mention, Pointer, Reason, Told
from monitor.model.rollup import RollUp


def told(edition: Edition | RollUp | None) -> dict[str, Any] | None:
    """The edition in plain values; None for what is not an edition of news."""
    if not isinstance(edition, Edition):
        return None
    return {
        "kind": edition.kind,
        "slot": edition.slot,
        "timezone": edition.timezone,
        "stories": edition.counts.stories,
        "articles": edition.counts.articles,
        "topics": [_topic(section) for section in edition.sections],
        "quiet": [quiet.topic for quiet in edition.quiet],
        "corrections": [_correction(each) for each in edition.corrections],
    }


def _topic(section: Section) -> dict[str, Any]:
    folded: Sequence[tuple[str, Sequence[Mention | Pointer]]] = (
        ("elsewhere", section.pointers),
        ("earlier", section.earlier),
        ("passing", section.passing),
        ("late", section.late),
        ("backfill", section.backfill),
        ("baseline", section.baseline),
        ("muted", section.muted),
    )
    return {
        "topic": section.topic,
        "count": section.count,
        "stories": [_story(each) for each in section.stories],
        "others": [{"why": why, "story": each.story_id, **_item(each.lead)} for why, many in folded for each in many],
    }


def _story(story: Told) -> dict[str, Any]:
    return {
        "story": story.story_id,
        **_item(story.lead),
        "sentence": story.sentence,
        "tier": story.tier,
        "outlets": story.outlets,
        "day": story.day,
        "comment": story.comment,
        "found": _found(story.reasons),
        "also": [_item(each) for each in story.also],
    }


def alerted(mail: AlertMail | None) -> dict[str, Any] | None:
    """The alerts in plain values; None for a message of something else."""
    if mail is None:
        return None
    stories = [_alerted(story) for story in mail.stories]
    return {"topics": list(mail.topics), "timezone": mail.timezone, "stories": stories}


def _alerted(story: AlertedStory) -> dict[str, Any]:
    return {
        "story": story.story_id,
        **_item(story.lead),
        "topics": list(story.topics),
        "passage": "".join(segment.text for segment in story.snippet),
        "publishers": story.publishers,
        "has_grown": story.has_grown,
        "noticed_at": moment(story.noticed_at),
        "held": story.held,
        "found": _found(story.reasons),
    }


def _found(reasons: Sequence[Reason]) -> list[dict[str, str]]:
    return [{"term": each.term, "words": each.found, "place": each.place} for each in reasons]


def _item(item: Item) -> dict[str, Any]:
    return {
        "article": item.article_id,
        "headline": item.title,
        "url": item.url,
        "outlet": item.outlet,
        "dated": moment(item.dated),
        "language": item.language,
        **({"on_page": list(item.on_page)} if item.on_page else {}),
    }


def _correction(correction: Correction) -> dict[str, Any]:
    return {
        **_item(correction.item),
        "what": correction.kind,
        "before": correction.before,
        "note": correction.note,
        "shown_at": moment(correction.shown_at),
    }


def moment(at: datetime) -> str:
    """A moment as text: UTC, to the second."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
