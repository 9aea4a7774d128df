"""How far an article came behind its topics: its story, editions, places in them, and the messages of these."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from monitor.counted import counted
from monitor.fate.finding import Cause, Finding, Stage, at
from monitor.fate.mailed import Mailed, Place, place_in
from monitor.model.delivery import DeliveryRecord, DeliveryState
from monitor.model.edition import UNSEEN, Form
from monitor.model.fate import DigestProgress, Fate, FatedMatch, ShownIn
from monitor.model.ids import EditionId, StoryId
from monitor.model.match import Origin
from monitor.model.settings import DigestSettings
from monitor.policy.news import news_since
from monitor.policy.pausing import is_paused

PERHAPS = "perhaps"
FORMS = {
    Form.STORY: (Cause.LISTED, "as a story"),
    Form.ALSO: (Cause.FOLDED, "folded into a story, as another article on it"),
    Form.PASSING: (Cause.FOLDED, "folded into one line, because it only mentions the topic"),
    Form.LATE: (Cause.FOLDED, "folded into one line, because its date is long before it came"),
    Form.BACKFILL: (Cause.FOLDED, "folded into one line, because it was found later than it came"),
    Form.BASELINE: (Cause.FOLDED, "folded into one line, because it was in its feed before the first poll"),
    Form.MUTED: (Cause.MUTED, "counted as muted, and not reported"),
    Form.DROPPED: (
        Cause.DROPPED_BY_HAND,
        "as dropped from its draft by hand: no message has it until its story grows",
    ),
    Form.POINTER: (Cause.POINTER, "as a pointer to where its story is"),
}
BEYOND = {Place.ATTACHMENT: Cause.IN_ATTACHMENT, Place.ARCHIVE: Cause.IN_ARCHIVE}
ON_THE_WAY = (DeliveryState.QUEUED, DeliveryState.SENDING)
DELIVERIES_SHOWN = 10


def reached(
    fate: Fate,
    digests: Sequence[DigestSettings],
    next_at: Mapping[str, datetime],
    mails: Mapping[EditionId, Mailed],
    topics: Collection[str],
    *,
    is_all: bool = True,
) -> Iterator[Finding]:
    """`next_at`: by digest, when its next edition is due. `topics`: those that are asked about; `is_all`: all that are
    enabled, so that what is not enabled any more counts, too, where it was shown.
    """
    matches = [each for each in fate.matches if each.stored.match.topic in topics]
    shown = [each for each in fate.shown if is_all or each.topic in topics]
    if matches or shown:
        yield _story(fate)
    for each in shown:
        yield _listed(each, fate, mails.get(each.edition_id))
    for one in fate.corrected:
        sentence = f"{_name(one)} reported that its publisher has corrected it."
        yield Finding(stage=Stage.EDITION, cause=Cause.CORRECTED, sentence=sentence)
    for match in matches:
        if match.stale_since is None:
            yield from _ahead(match, fate, digests, next_at)
    for edition_id in dict.fromkeys(each.edition_id for each in shown):
        yield from _sent(
            fate.deliveries.get(edition_id, ()), next(each for each in shown if each.edition_id == edition_id)
        )


def _story(fate: Fate) -> Finding:
    story = fate.story
    if story is None:
        return Finding(stage=Stage.STORY, cause=Cause.NOT_GROUPED, sentence="None yet: the next edition groups it.")
    lead = "it begins with this article" if story.id == StoryId(fate.article.id) else f"it begins with “{story.title}”"
    size = f"{counted(story.articles, 'article', 'articles')} from {counted(story.outlets, 'outlet', 'outlets')}"
    sentence = f"Story {story.id}: {size}; {lead}."
    if story.muted_at is None:
        return Finding(stage=Stage.STORY, cause=Cause.IN_A_STORY, sentence=sentence)
    sentence += f" Muted on {at(story.muted_at)}; `stories unmute {story.id}` reports it again."
    return Finding(stage=Stage.STORY, cause=Cause.MUTED, sentence=sentence)


def _listed(each: ShownIn, fate: Fate, mailed: Mailed | None) -> Finding:
    if each.form == PERHAPS:
        sentence = f"{_name(each)} shows it below “Perhaps also” of {each.topic}: {each.why}."
        return Finding(stage=Stage.EDITION, cause=Cause.PERHAPS, sentence=sentence, topic=each.topic)
    cause, words = FORMS[Form(each.form)]
    links = [fate.article.link, *(link for _, _, link in fate.earlier)]
    titles = [fate.article.title, *(title for _, title, _ in fate.earlier)]
    place = place_in(mailed, links, titles)
    sentence = f"{_name(each)} lists it under {each.topic}, {words}"
    if each.form in (Form.ALSO, *UNSEEN) and place in BEYOND:
        place = Place.UNKNOWN  # a copy in the same words is named by its outlet alone, and a muted one in few words
    if place in BEYOND:
        beyond = f"{sentence}; the mail had no room for it: it is {place}."
        return Finding(stage=Stage.EDITION, cause=BEYOND[place], sentence=beyond, topic=each.topic)
    is_told = each.form == Form.STORY and place
    sentence = f"{sentence}{f', {place}' if is_told else ''}."
    return Finding(stage=Stage.EDITION, cause=cause, sentence=sentence, topic=each.topic)


def _name(each: ShownIn) -> str:
    return f"{each.digest}/{each.slot}"


def _ahead(
    match: FatedMatch, fate: Fate, digests: Sequence[DigestSettings], next_at: Mapping[str, datetime]
) -> Iterator[Finding]:
    """What digests do with a match that they have not listed."""
    topic = match.stored.match.topic
    mine = [each for each in digests if each.enabled and each.kind == "news" and topic in (each.topics or (topic,))]
    if not mine:
        sentence = f"No digest has the topic {topic}."
        yield Finding(stage=Stage.EDITION, cause=Cause.IN_NO_DIGEST, sentence=sentence, topic=topic)
    for digest in mine:
        if (digest.name, topic) not in {(each.digest, each.topic) for each in fate.shown if each.form != PERHAPS}:
            cause, sentence = _unlisted(match, fate, digest, next_at.get(digest.name))
            yield Finding(stage=Stage.EDITION, cause=cause, sentence=sentence, topic=topic)


def _unlisted(match: FatedMatch, fate: Fate, digest: DigestSettings, due_at: datetime | None) -> tuple[Cause, str]:
    name, progress, stored = digest.name, fate.digests.get(digest.name), match.stored
    if stored.origin is Origin.BASELINE and not (digest.baseline == "list" and not fate.article.is_mailable):
        if fate.article.is_mailable:
            return Cause.BEFORE_THE_DIGEST, f"{name} does not list it: it was old when this match was found."
        counted_once = "its first edition after that counts it; `feeds baseline` shows it"
        return (
            Cause.COUNTED_AT_FIRST_POLL,
            f"{name} does not list what was in a feed before its first poll: {counted_once}.",
        )
    if progress is not None and stored.matched_at <= news_since(progress.configured_at):
        return Cause.BEFORE_THE_DIGEST, (
            f"{name} does not list it: it matched on {at(stored.matched_at)}, before the news of that digest begins."
        )
    due = f"the next edition is due on {at(due_at)}" if due_at else "its next edition will"
    return Cause.WAITING, f"{name} has not listed it yet: {due}{_as_what(match, progress)}{_in_draft(match, progress)}."


def _as_what(match: FatedMatch, progress: DigestProgress | None) -> str:
    was_known = progress is not None and match.id <= progress.knew
    return (
        ", and lists it as found later, because an earlier edition knew it and did not have its topic"
        if was_known
        else ""
    )


def _in_draft(match: FatedMatch, progress: DigestProgress | None) -> str:
    """What the draft that waits has of it."""
    if progress is None or progress.drafted is None:
        return ""
    if match.id > progress.drafted:
        return ", and its draft was made before this came, so the edition after it will"
    dropped = ", from which it has been dropped" if progress.is_dropped else ""
    return f"; its draft waits for a person (`digest review`){dropped}"


def _sent(records: Sequence[DeliveryRecord], edition: ShownIn) -> Iterator[Finding]:
    name = _name(edition)
    if not records:
        sentence = f"{name} was mailed to nobody; its page is in the archive."
        yield Finding(stage=Stage.DELIVERY, cause=Cause.NO_RECIPIENTS, sentence=sentence)
    for record in records[:DELIVERIES_SHOWN]:
        answer = f": {record.answer}" if record.answer else ""
        when = f" on {at(record.finished_at)}" if record.finished_at else ""
        copy = " (a copy)" if record.repairs is not None else ""
        again = f"; next attempt {at(record.next_attempt_at)}" if record.next_attempt_at else ""
        sentence = f"{name} to {record.recipient}{copy}: {record.state}{when}{again}{answer}"
        yield Finding(stage=Stage.DELIVERY, cause=_of_record(record), sentence=sentence)
    left = len(records) - DELIVERIES_SHOWN
    if left > 0:
        sentence = f"{name}: {counted(left, 'more message', 'more messages')}; `deliveries list` has them."
        yield Finding(stage=Stage.DELIVERY, cause=_of_record(records[-1]), sentence=sentence)


def _of_record(record: DeliveryRecord) -> Cause:
    if record.state is DeliveryState.SENT:
        return Cause.SENT
    if record.state is DeliveryState.CANCELLED and is_paused(record.answer):
        return Cause.PAUSED
    return Cause.NOT_SENT_YET if record.state in ON_THE_WAY else Cause.NOT_DELIVERED
