"""What commands about topics print as JSON: the findings unchanged, times in ISO 8601."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from monitor.cli import output
from monitor.match import Explanation, TopicIndex
from monitor.model.audit import Audit
from monitor.model.history import StoredMatch, TopicActivity
from monitor.model.perhaps import Nearest
from monitor.model.topic import Topic
from monitor.workbench import Entry, brief, verdict

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def plain(value: "DataclassInstance") -> dict[str, Any]:
    return asdict(value)


def resembling(nearest: Nearest) -> dict[str, Any]:
    """What resembles a topic, and how much is enough to be shown; None if that is not known yet."""
    return {
        "floor": nearest.floor,
        "resembling": [
            {
                "id": each.article.id,
                "title": each.article.title,
                "outlet": each.article.outlet,
                "link": each.article.link,
                "seen_at": each.article.first_seen_at,
                "is_paid": each.article.is_paid,
                "likeness": each.likeness,
                "shared": each.shared,
                "lacks": each.lacks,
                "others": each.others,
                "why": each.why,
            }
            for each in nearest.found
        ],
    }


def print_verdicts(topics: Sequence[Topic], lists: Mapping[str, Sequence[str]], entries: Iterable[Entry]) -> None:
    """Print one line per article, in order, each as soon as it is read.

    ASCII only: an id may contain characters that no encoding can write.
    """
    index = TopicIndex(topics, lists)
    for entry in entries:
        output.print_json_line(verdict(entry, index.matches(entry.document)))


def listed(topic: Topic, activity: TopicActivity, audit: Audit | None) -> dict[str, Any]:
    return {
        "name": topic.name,
        "enabled": topic.enabled,
        "priority": topic.priority,
        "rules": brief(topic),
        **asdict(activity),
        "audit": audit and {**asdict(audit), "words": audit.words},
    }


def explained(entry: Entry, explanation: Explanation, stored: StoredMatch | None, present: str) -> dict[str, Any]:
    """`stored` is null for an article that is not stored or not flagged; `present` is the topic's
    current fingerprint.
    """
    document = entry.document
    return {
        "article": {
            "id": entry.id or None,
            "title": document.title,
            "outlet": document.outlet,
            "language": document.language,
            "identified_language": document.identified_language,
            "link": entry.link,
            "seen_at": entry.seen_at,
            "is_paid": entry.is_paid,
            "text_removed_at": entry.text_removed_at,
            "page_words": len(document.page.split()),
            "left_out": [{**asdict(each), "text": document.text[each.start : each.end]} for each in document.left_out],
        },
        "matches": explanation.match is not None,
        "tier": explanation.match and explanation.match.tier,
        "reason": str(explanation),
        "explanation": explanation,
        "stored": stored and {**asdict(stored), "is_present_wording": stored.match.fingerprint == present},
    }
