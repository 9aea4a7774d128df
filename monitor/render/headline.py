"""The line that mail programs show in a list of mails: subject and preheader (rule E12)."""

from collections import Counter
from collections.abc import Iterable

from monitor.counted import counted
from monitor.model.edition import Correction, CorrectionKind, Edition, Section
from monitor.model.entries import Mention, Told
from monitor.model.rollup import RollUp
from monitor.render.calendar import Calendar
from monitor.render.counts import spoken

SUBJECT_CHARACTERS = 78
NAME_CHARACTERS = 24
TOPIC_CHARACTERS = 32
PREHEADER_HEADLINES = 3
PREHEADER_CHARACTERS = 140
"""The most characters that mail programs show of a first line."""

UNUSUAL = "▲"

HOW = {
    CorrectionKind.WITHDRAWN: "withdrawn by its publisher",
    CorrectionKind.CORRECTED: "corrected by its publisher",
    CorrectionKind.CHANGED: "headline changed",
}
COUNTED_AS = {
    CorrectionKind.WITHDRAWN: "withdrawn",
    CorrectionKind.CORRECTED: "corrected",
    CorrectionKind.CHANGED: "with another headline",
}
"""The order of kinds, the most serious first."""

FOLDS = (
    ("passing", "in passing"),
    ("late", "older"),
    ("backfill", "newly found"),
    ("baseline", "there before"),
    ("earlier", "shown before"),
    ("muted", "muted"),
)


def subject(edition: Edition, calendar: Calendar) -> str:
    """`[Daily] Wed 21 Sep: Syria ceasefire 8▲ · US-Russia coordination 3 · 1 quiet`, at most 78 characters.

    With the time if the digest has several a day, or if it was made by hand. ▲ marks a day that is unusual for the
    topic. Topics that do not fit are counted, never dropped in silence.
    """
    start = f"[{clipped(edition.digest, NAME_CHARACTERS)}] {calendar.day(edition.dated)}"
    if edition.kind != "scheduled" or edition.is_one_of_several:
        start += f" {calendar.clock(edition.dated)}"
    if edition.is_empty:
        return f"{start}: nothing new · {counted(edition.coverage.feeds_ok, 'feed', 'feeds')} read"
    number = f" · {len(edition.corrections):,} corrected" if edition.corrections else ""
    if not edition.sections:
        return f"{start}: nothing new{number}"
    muted = sum(topic.muted_until is not None for topic in edition.quiet)
    parts = [_topic_part(section) for section in edition.sections]
    return _joined(start, parts, len(edition.quiet) - muted, muted, number)


def without_label(subject: str) -> str:
    """What a subject says after its label, digest and date: for lists in which these stand already."""
    return subject.partition("] ")[2].partition(": ")[2] or subject


def rollup_subject(rollup: RollUp, calendar: Calendar) -> str:
    """`[Weekly] week to Mon 26 Sep: Syria ceasefire 21 · US-Russia coordination 8`, at most 78 characters."""
    start = f"[{clipped(rollup.digest, NAME_CHARACTERS)}] week to {calendar.day(rollup.dated)}"
    if rollup.is_one_of_several:
        start += f" {calendar.clock(rollup.dated)}"
    busy = [f"{clipped(each.topic, TOPIC_CHARACTERS)} {each.stories}" for each in rollup.topics if each.stories]
    if not busy:
        return f"{start}: nothing matched"
    return _joined(start, busy, len(rollup.topics) - len(busy))


def rollup_preheader(rollup: RollUp, calendar: Calendar) -> str:
    """The first line: the week, and its biggest stories."""
    said = _led([story.lead.title for story in rollup.stories]) or "nothing matched."
    return f"Week to {calendar.day(rollup.dated)}: {said}"


def preheader(edition: Edition, calendar: Calendar) -> str:
    """The first line of a mail, which mail programs show beside the subject: its date, so that no two are alike, and
    the first headlines; if there are none, what was corrected; if nothing was, what was read.
    """
    leads = [_with_outlets(story) for story in edition.in_short] or list(_titles(edition))
    leads = leads or [f"{how(each)}: {each.item.title}" for each in edition.corrections]
    nothing = f"nothing new on your topics, {counted(edition.coverage.articles_read, 'article', 'articles')} read."
    return f"{calendar.day(edition.dated)}: {_led(leads) or nothing}"


def _led(leads: list[str]) -> str:
    """The first headline, and the next ones while the line stays short."""
    line = clipped(leads[0], PREHEADER_CHARACTERS) if leads else ""
    for lead in leads[1:PREHEADER_HEADLINES]:
        if len(line) + len(lead) > PREHEADER_CHARACTERS:
            break
        line = f"{line} · {lead}"
    return line


def clipped(text: str, limit: int) -> str:
    """`text` if it has at most `limit` characters, else its beginning and an ellipsis."""
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def tally(section: Section) -> str:
    """The number of stories, or of what the section has instead: "3", "2 in passing"."""
    if section.count:
        return str(section.count)
    return next(f"{len(getattr(section, kind))} {words}" for kind, words in FOLDS if getattr(section, kind))


def _titles(edition: Edition) -> Iterable[str]:
    for section in edition.sections:
        yield from map(_with_outlets, section.stories)
    for section in edition.sections:
        yield from (entry.lead.title for entry in _folded(section))


def _folded(section: Section) -> tuple[Mention, ...]:
    return (*section.passing, *section.late, *section.backfill, *section.baseline)


def _with_outlets(story: Told) -> str:
    """U.S. freezes plans to cooperate with Russia in Syria (+6 outlets), or (7 outlets, 1 AFP text)"""
    if story.voices.are_fewer:
        return f"{story.lead.title} ({spoken(story.voices)})"
    others = story.outlets - 1
    return f"{story.lead.title} (+{counted(others, 'outlet', 'outlets')})" if others else story.lead.title


def _topic_part(section: Section) -> str:
    mark = UNUSUAL if section.trend.is_unusual and section.count else ""
    return f"{clipped(section.topic, TOPIC_CHARACTERS)} {tally(section)}{mark}"


def how(correction: Correction) -> str:
    """What happened to the article, in words."""
    return HOW[CorrectionKind(correction.kind)]


def corrected(edition: Edition) -> str:
    """What was listed before and is not as it was, counted by kind, in a sentence; "" if nothing."""
    kinds = Counter(CorrectionKind(correction.kind) for correction in edition.corrections)
    parts = [f"{kinds[kind]:,} {words}" for kind, words in COUNTED_AS.items() if kinds[kind]]
    return f"Corrections to earlier editions: {', '.join(parts)}." if parts else ""


def _joined(start: str, parts: list[str], quiet: int, muted: int = 0, more: str = "") -> str:
    """As many parts as fit, and the number of the others."""
    end = more + (f" · {quiet} quiet" if quiet else "") + (f" · {muted} muted" if muted else "")
    for shown in range(len(parts), 0, -1):
        left = len(parts) - shown
        further = f" · +{counted(left, 'topic', 'topics')}" if left else ""
        line = f"{start}: {' · '.join(parts[:shown])}{further}{end}"
        if len(line) <= SUBJECT_CHARACTERS:
            return line
    return f"{start}: {counted(len(parts), 'topic', 'topics')}{end}"
