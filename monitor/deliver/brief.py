"""An edition or an alert in few words, for messages that are short: headlines with outlet and address. Pure.

What has no room is cut at the end of a line or of a sentence, and a last line says how much is missing and where it is.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitor.counted import counted
from monitor.model.delivery import Letter

if TYPE_CHECKING:  # most commands compose nothing
    from monitor.model.alert_mail import AlertedStory, AlertMail
    from monitor.model.edition import Edition
    from monitor.model.entries import Told

SENTENCE_END = re.compile(r"(?<=[.!?…。！？।؟])\s+|\n+")
"""Where a text may be cut."""

CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
"""What no message needs: each takes six bytes in JSON."""


def brief(letter: Letter, limit: int) -> str:
    """The letter in at most `limit` bytes of UTF-8: editions and alerts by their headlines, all else by its text."""
    from monitor.model.edition import Edition

    if letter.alert is not None:
        return _alert(letter.alert, limit)
    if not isinstance(letter.edition, Edition):
        return cut(CONTROLS.sub("", letter.text), limit, _rest(letter, 0))
    lines = [line for _, line in _lines(letter.edition)]
    whole = "\n".join([*_head(letter.edition), *lines])
    if size(whole) <= limit:
        return whole
    return _shortened(letter, letter.edition, limit)


def _shortened(letter: Letter, edition: "Edition", limit: int) -> str:
    """As many stories as there is room for, topic by topic."""
    stories = sum(len(section.stories) for section in edition.sections)
    kept, room, shown = list[str](), limit - size(_rest(letter, stories)) - 1, 0
    for is_story, line in (*((False, head) for head in _head(edition)), *_lines(edition)):
        if size(line) + 1 > room:
            break
        kept.append(line)
        room -= size(line) + 1
        shown += is_story
    return "\n".join([*kept, _rest(letter, stories - shown)])


def _head(edition: "Edition") -> tuple[str, ...]:
    """What is to be said if there is nothing, or nothing but lines that a short message leaves out."""
    return () if any(section.stories for section in edition.sections) else ("Nothing new today.",)


def _lines(edition: "Edition") -> Iterator[tuple[bool, str]]:
    """Each line, and whether it is a story."""
    for number, section in enumerate(each for each in edition.sections if each.stories):
        yield False, f"{'' if number == 0 else chr(10)}{section.topic} ({section.count})"
        for story in section.stories:
            yield True, _story(story)


def _story(story: "Told") -> str:
    others = f" +{story.outlets - 1}" if story.outlets > 1 else ""
    address = f"\n  {story.lead.url}" if story.lead.url else ""
    comment = f"\n  Comment: {story.comment}" if story.comment else ""
    return f"• {story.lead.title} ({story.lead.outlet}{others}){comment}{address}"


def _alert(mail: "AlertMail", limit: int) -> str:
    """A message of alerts: one story with a passage of its text, several by their headlines."""
    if len(mail.stories) == 1:
        return _alone(mail.stories[0], limit)
    held = f", {mail.held} of them held ({', '.join(mail.holds)})" if mail.held else ""
    lines = [f"{len(mail.stories)} stories{held}", *(_in_bundle(each) for each in mail.stories)]
    if size("\n".join(lines)) <= limit:
        return "\n".join(lines)
    kept, room = list[str](), limit - size(_more(len(mail.stories))) - 1
    for line in lines:
        if size(line) + 1 > room:
            break
        kept.append(line)
        room -= size(line) + 1
    missing = len(mail.stories) - max(len(kept) - 1, 0)
    return "\n".join([*kept, _more(missing)])


def _alone(story: "AlertedStory", limit: int) -> str:
    """Headline, outlet, passage, address. What is too long is cut before the address."""
    address = f"\n{story.lead.url}" if story.lead.url and size(story.lead.url) < limit // 2 else ""
    held = f"held: {story.held}" if story.held else ""
    passage = "".join(segment.text for segment in story.snippet).strip()
    byline = " · ".join(filter(None, (story.lead.outlet, _publishers(story), held)))
    said = "\n".join(filter(None, (story.lead.title, byline, passage and f"“{passage}”")))
    return f"{cut(said, limit - size(address))}{address}"


def _in_bundle(story: "AlertedStory") -> str:
    said = ", ".join(filter(None, (story.lead.outlet, _publishers(story))))
    address = f"\n  {story.lead.url}" if story.lead.url else ""
    return f"• {story.lead.title} ({said}){address}"


def _publishers(story: "AlertedStory") -> str:
    if story.publishers < 2:
        return ""
    return f"{'now ' if story.has_grown else ''}{story.publishers} publishers"


def _more(stories: int) -> str:
    return f"… and {counted(stories, 'more story', 'more stories')}"


def _rest(letter: Letter, stories: int) -> str:
    """The last line of a text that was cut."""
    missing = _more(stories) if stories else "…"
    return f"{missing}: {letter.page}" if letter.page else missing


def cut(text: str, limit: int, end: str = "…") -> str:
    """`text` in at most `limit` bytes of UTF-8. A longer one is cut at a line or a sentence, else between words, and
    has `end` as its last line.
    """
    if size(text) <= limit:
        return text
    room = max(limit - size(end) - 1, 0)
    kept = text.encode()[:room].decode("utf-8", "ignore")
    ends = [found.start() for found in SENTENCE_END.finditer(kept)]
    place = ends[-1] if ends and ends[-1] >= len(kept) // 2 else max(kept.rfind(" "), kept.rfind("\n"))
    return f"{kept[: place if place > 0 else len(kept)].rstrip()}\n{end}"


def size(text: str) -> int:
    """Its length in bytes of UTF-8."""
    return len(text.encode("utf-8", "replace"))
