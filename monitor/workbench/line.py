"""`topics test --input`: an article per line from anywhere, as JSON, and the verdict on it.

    {"id": 7, "title": "…", "text": "…", "published": "2016-09-12T08:00:00Z", "source": "…", "language": "en",
     "author": "…", "categories": ["…"], "url": "…"}
    {"id": 7, "topics": [{"name": "Syria ceasefire", "tier": "headline", "why": [{"term": …, "found": …, …}]}]}
    {"id": 8, "topics": [], "identified_language": "tr"}

Only the id must be there, a string or a number; it comes back as it was. Keys not named here are ignored.
"""

import json
import math
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from monitor.boilerplate import left_out_of_matching
from monitor.model.match import Document, Match, category_line, readable_url
from monitor.spoken_language import identified_language
from monitor.workbench.entry import Entry, Id

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
TEXTS = {"title": "title", "text": "text", "source": "outlet", "language": "language", "author": "author"}
"""What a line calls it, and what a document does."""


def entry_from_line(line: bytes) -> Entry:
    """Raises ValueError with a sentence that says what is wrong with the line."""
    written = _json(line)
    if not isinstance(written, dict):
        raise ValueError('write one JSON object per line, such as {"id": 1, "title": "…"}.')  # noqa: TRY004 (the fault of a text, not of a caller)
    texts = {ours: _text(written, theirs) for theirs, ours in TEXTS.items()}
    document = Document(
        **texts,
        identified_language="" if texts["language"] else identified_language(texts["title"], texts["text"]),
        left_out=left_out_of_matching(texts["text"], (), None),
        category=category_line(_categories(written.get("categories"))),
        url=readable_url(_text(written, "url")),
    )
    return Entry(id=_id(written), document=document, seen_at=_moment(written.get("published")))


def verdict(entry: Entry, matches: Sequence[Match]) -> dict[str, Any]:
    """The id, the topics that match, and the identified language if the line names none and its text shows it.
    `why` has the hits of each group, in the order of the rule.
    """
    topics = [{"name": match.topic, "tier": match.tier, "why": _why(match)} for match in matches]
    identified = entry.document.identified_language
    return {"id": entry.id, "topics": topics} | ({"identified_language": identified} if identified else {})


def _why(match: Match) -> list[dict[str, Any]]:
    return [
        {"term": hit.term, "found": hit.found, "field": hit.field, "start": hit.start, "end": hit.end}
        for hit in match.evidence
    ]


def _json(line: bytes) -> object:
    try:
        return json.loads(line.removeprefix(BYTE_ORDER_MARK).decode())
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 (byte {error.start + 1}).") from error
    except RecursionError as error:
        raise ValueError("not JSON: too deeply nested.") from error
    except ValueError as error:
        raise ValueError(f"not JSON: {error}.") from error


def _id(written: dict[str, Any]) -> Id:
    if "id" not in written:
        raise ValueError('there is no "id".')
    value = written["id"]
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    if not is_number and not isinstance(value, str):
        raise ValueError('"id" is neither a string nor a number.')
    found: Id = value
    return found


def _text(written: dict[str, Any], key: str) -> str:
    value = written.get(key)
    if value is not None and not isinstance(value, str):
        raise ValueError(f'"{key}" is not a string.')
    return value or ""


def _categories(written: object) -> list[str]:
    if not isinstance(written, list | None) or not all(isinstance(each, str) for each in written or ()):
        raise ValueError('"categories" is not a list of strings.')
    return written or []


def _moment(written: object) -> datetime | None:
    """An ISO 8601 or mail date; without a zone it is UTC. Anything else is not a date, and the
    line is still accepted.
    """
    if not isinstance(written, str):
        return None
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        with suppress(ValueError, OverflowError):
            moment = read(written)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    return None
