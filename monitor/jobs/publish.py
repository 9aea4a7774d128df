"""slots → cluster → digest → render → compose: an edition, published in one transaction, and its archive page.

It decides nothing: when an edition is due is `slots`' word, what it says `digest`'s, how it looks `render`'s.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

import structlog

from monitor.cluster import STORY_WINDOW, group, slices, words_of
from monitor.deliver import Channel
from monitor.deliver.message import HEADER_CHARACTERS, list_id, message_id
from monitor.digest import compose, compose_rollup, coverage_for_readers, day_bounds
from monitor.errors import DamagedStore, StoreError
from monitor.jobs.archive_writer import archive_due
from monitor.jobs.public_addresses import archive_address, said_to_readers
from monitor.jobs.publish_gate import PublishGate
from monitor.jobs.rendering import render_with_fallback
from monitor.jobs.rollup import rollup_bounds, rollup_facts
from monitor.jobs.stages import Stages
from monitor.jobs.work_units import aside, done, edition_of
from monitor.model.delivery import Letter, NewDelivery, Undelivered
from monitor.model.edition import Edition, Missed, Rendered, spoken_at
from monitor.model.edition_input import Coverage, HighWater, Slot
from monitor.model.new_edition import EditionKind, NewEdition
from monitor.model.note import NoteKind
from monitor.model.rollup import RollUp
from monitor.model.settings import DigestSettings
from monitor.model.story import StoryArticle
from monitor.model.voices import Publishers
from monitor.plain_text import one_line
from monitor.slots import due_slot, next_slot
from monitor.store import Store
from monitor.voices import publishers_of

log = structlog.get_logger(__name__)

EDITION_LIMIT = timedelta(minutes=15)
"""Between two signs of life: seconds, unless the disk hangs. Thousands of matches are grouped in many slices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An edition in words, not yet published. `stories` is the grouping it rests on, `knew` what was stored before
    that; `undelivered` the earlier editions that each letter says never came, by recipient. `suspended`: who is not
    to be written to, and why.
    """

    edition: Edition | RollUp
    rendered: Rendered
    page: str
    template_problem: str
    letters: tuple[Letter, ...]
    knew: HighWater
    stories: Mapping[int, int]
    undelivered: Mapping[str, tuple[Undelivered, ...]]
    suspended: Mapping[str, str]


def publish_due(stages: Stages, gate: PublishGate | None = None) -> None:
    """Publish every digest whose slot has come, and put its page into the archive; not yet what waits for its feeds."""
    for digest in stages.digests:
        if gate is not None and gate.is_resting(digest.name, stages.clock.now()):
            continue
        try:
            with stages.progress.step(f"edition of {digest.name}", EDITION_LIMIT, is_work=True):
                _publish_if_due(stages, digest, gate)
        except DamagedStore:
            raise  # whatever is written now makes it worse
        except Exception:  # one digest must not cost the others
            log.exception("edition failed", digest=digest.name)
            if gate is not None:
                gate.failed(digest.name, stages.clock.now())


def _publish_if_due(stages: Stages, digest: DigestSettings, gate: PublishGate | None) -> None:
    slot, now = _due(stages, digest)
    if gate is not None and gate.should_wait_for_feeds(stages, digest.name, slot):
        return
    if slot is not None and gate is not None:
        slot, now = _due(stages, digest)  # to look at the feeds may have taken a moment, in which they were read
    if slot is not None and _is_aside(stages, digest):
        return
    if slot is not None:
        try:
            publish(stages, digest, slot, now=now)
        except DamagedStore:
            raise
        except Exception as error:
            _note_failure(stages, digest.name, error)
            raise
    is_news = slot is not None if gate is None else gate.record_success(digest.name)
    if is_news:
        stages.store.notes.over(NoteKind.EDITION, digest.name, now)


def _due(stages: Stages, digest: DigestSettings) -> tuple[Slot | None, datetime]:
    """The slot that is due, and the moment at which it is."""
    now = stages.clock.now()
    since, last = stages.store.editions.progress(digest.name, now)
    return due_slot(digest, since=since, last=last, now=now), now


def publish(
    stages: Stages, digest: DigestSettings, slot: Slot | None = None, *, now: datetime | None = None
) -> int | None:
    """Publish an edition, the scheduled one of `slot` or a manual one; its id, None if the slot was taken.

    `now`: when `slot` was found to be due; a slot that comes while this one is being made has its own edition. After
    this returns, every recipient's finished bytes are committed and the matches are marked as listed.
    """
    unit = edition_of(stages, digest)
    edition_id = done(stages, unit, _publish, stages, digest, slot, now)
    stages.store.setbacks.over(unit)
    if edition_id is not None:
        _archive(stages)
    return edition_id


def _publish(stages: Stages, digest: DigestSettings, slot: Slot | None, now: datetime | None) -> int | None:
    kind = EditionKind.SCHEDULED if slot else EditionKind.MANUAL
    draft = draft_edition(stages, digest, slot, now=now, keep=stages.store.articles.keep_stories)
    letters = draft.letters if draft.edition.is_mailed else ()
    new_edition = NewEdition(
        digest=digest.name,
        kind=kind,
        slot=draft.edition.slot,
        slots=tuple(each.key for each in (*slot.covers, slot)) if slot else (),
        made_at=draft.edition.made_at,
        subject=draft.rendered.subject,
        page=draft.page,
        listings=draft.edition.listings,
        deliveries=tuple(_delivery(stages.channel, letter, draft) for letter in letters),
        stories=draft.stories,
        knew=draft.knew,
        corrected=tuple(each.item.article_id for each in draft.edition.corrections),
    )
    _note_template_problem(stages, digest.name, draft)
    edition_id = stages.store.editions.publish(new_edition)
    if edition_id is not None:
        log.info("published", digest=digest.name, kind=kind, slot=new_edition.slot, matches=len(new_edition.listings))
    return edition_id


def _is_aside(stages: Stages, digest: DigestSettings) -> bool:
    """Whether the edition is left out for now, which the operator is told."""
    setback = aside(stages, edition_of(stages, digest))
    if setback is None:
        return False
    text = f"The edition of {digest.name} is {setback.sentence}: news-monitor digest send"
    if stages.store.notes.add(NoteKind.EDITION, digest.name, text, stages.clock.now()):
        log.warning("edition set aside", digest=digest.name, reason=setback.sentence)
    return True


def _archive(stages: Stages) -> None:
    """The edition is published: that its page cannot be written is not its failure, and is tried again in an hour."""
    try:
        archive_due(stages)
    except DamagedStore:
        raise
    except Exception:
        log.exception("archive not written")


def _note_template_problem(stages: Stages, digest: str, draft: Draft) -> None:
    notes, now = stages.store.notes, stages.clock.now()
    if draft.template_problem:
        notes.add(NoteKind.TEMPLATE, digest, draft.template_problem, now)
    else:
        notes.over(NoteKind.TEMPLATE, digest, now)


def _note_failure(stages: Stages, digest: str, error: Exception) -> None:
    reason = one_line(str(error), HEADER_CHARACTERS) or type(error).__name__
    text = f"The edition of {digest} could not be made: {reason}. It is tried again within minutes; the log has more."
    try:
        stages.store.notes.add(NoteKind.EDITION, digest, text, stages.clock.now())
    except DamagedStore:
        raise
    except StoreError as found:  # a database that takes no edition may not take this either
        log.warning("not noted", reason=str(found))


def preview_edition(stages: Stages, digest: DigestSettings, at: datetime | None = None) -> Draft:
    """The next scheduled edition, with what is known now; marks nothing, and gives the bytes that will be sent if
    nothing new comes (rule E14). With `at`: what would be sent then, by hand if no slot is due.
    """
    now = stages.clock.now()
    since, last = stages.store.editions.progress(digest.name, now)
    slot = due_slot(digest, since=since, last=last, now=at or now)
    if slot is None and at is None:
        slot = next_slot(digest, since=since, last=last, now=now)
    due_at = slot.due_at if slot else now
    return draft_edition(stages, digest, slot, now=(at or max(now, due_at)).astimezone(UTC))


def draft_edition(
    stages: Stages,
    digest: DigestSettings,
    slot: Slot | None = None,
    *,
    is_test: bool = False,
    now: datetime | None = None,
    keep: Callable[[Mapping[int, int]], None] | None = None,
) -> Draft:
    """What an edition would be if it were published now, or at another time; marks nothing, but for what `keep` does
    with the parts of an enormous grouping.
    """
    now = now or stages.clock.now()
    knows = stages.store.editions.high_water()
    stages.index.forget_words()  # grouping takes most of all that is done: both at once would add up
    stories = grouping(stages.store, knows, keep=keep, sign_of_life=stages.progress.sign_of_life)
    edition, knows = _composed(stages, digest, stories, slot, now, knows, is_test=is_test)
    suspended = stages.store.deliveries.suspended(digest.to)
    active = [recipient for recipient in digest.to if recipient not in suspended]
    undelivered = stages.store.deliveries.undelivered(digest.name, active)
    words = render_with_fallback(stages, digest.name, edition)
    letters = tuple(
        _letter(stages, edition, _rendered(stages, digest.name, edition, missed) if missed else words.mail, recipient)
        for recipient, missed in ((each, undelivered.get(each, ())) for each in digest.to)
    )
    return Draft(
        edition=edition,
        rendered=words.mail,
        page=words.page,
        template_problem=words.problem,
        letters=letters,
        knew=knows,
        stories=stories,
        undelivered=undelivered,
        suspended=suspended,
    )


def _composed(
    stages: Stages,
    digest: DigestSettings,
    stories: Mapping[int, int],
    slot: Slot | None,
    now: datetime,
    knows: HighWater,
    *,
    is_test: bool,
) -> tuple[Edition | RollUp, HighWater]:
    """The edition and what it knows: the words of articles are read after the grouping, with all edits up to then."""
    topics = [topic for topic in stages.topics if not digest.topics or topic.name in digest.topics]
    since, last = stages.store.editions.progress(digest.name, now)
    next_ = next_slot(digest, since=since, last=slot.key if slot else last, now=now)
    label = _label(stages.store, digest.name, slot, now)
    moment = spoken_at(slot.due_at if slot else now, now)
    if digest.kind == "roll-up":
        facts = rollup_facts(stages, topics, stories, rollup_bounds(moment, digest.timezone))
        facts = replace(
            facts,
            coverage=_coverage(stages, digest.name, facts.coverage),
            baseline=stages.store.editions.baseline(digest.name, [topic.name for topic in topics], knows),
            publishers=publishers(stages),
        )
        return compose_rollup(facts, digest, topics, slot=slot, label=label, now=now, next_at=next_.due_at), knows
    kind = EditionKind.SCHEDULED if slot else EditionKind.MANUAL
    names, days = [topic.name for topic in topics], day_bounds(moment, ZoneInfo(digest.timezone))
    since_mailed = digest.when_empty == "skip" and bool(digest.to)
    edition_input = stages.store.editions.edition_input(
        digest.name,
        names,
        stories,
        now,
        days,
        knows=knows,
        since_mailed=since_mailed,
        lists_baseline=digest.baseline == "list",
    )
    edition = compose(
        replace(
            edition_input,
            coverage=_coverage(stages, digest.name, edition_input.coverage),
            publishers=publishers(stages),
        ),
        digest,
        topics,
        kind="test" if is_test else kind,
        slot=slot,
        label=label,
        now=now,
        next_at=next_.due_at,
    )
    return edition, replace(knows, revisions=edition_input.last_revision)


def publishers(stages: Stages) -> Publishers:
    """What the config says of those who are behind the feeds: not stored, for it may change at any time."""
    states = stages.store.feeds.configured()
    return publishers_of((state.id, stages.feeds[state.url]) for state in states if state.url in stages.feeds)


def _label(store: Store, digest: str, slot: Slot | None, now: datetime) -> str:
    return store.editions.free_label(digest, slot) if slot else f"{now:%Y-%m-%dT%H:%M:%SZ}"


def _rendered(stages: Stages, digest: str, edition: Edition | RollUp, undelivered: Sequence[Undelivered]) -> Rendered:
    missed = [
        Missed(
            dated=each.dated,
            reason=said_to_readers(stages, one_line(each.answer, HEADER_CHARACTERS)),
            page=archive_address(stages, digest, each.slot),
            clock=each.clock,
        )
        for each in undelivered
    ]
    return render_with_fallback(stages, digest, edition, missed=missed).mail


def _coverage(stages: Stages, digest: str, coverage: Coverage) -> Coverage:
    """As readers get it. Whether templates fail is said by the edition for which they did, and that an edition of this
    digest could not be made is over once there is one.
    """
    over = (NoteKind.EDITION, digest)
    open_ = stages.store.notes.open()
    notes = [note for note in open_ if note.kind is not NoteKind.TEMPLATE and (note.kind, note.key) != over]
    return coverage_for_readers(coverage, notes, has_operator=bool(stages.operator.to))


def grouping(
    store: Store,
    knows: HighWater | None = None,
    *,
    keep: Callable[[Mapping[int, int]], None] | None = None,
    sign_of_life: Callable[[], None] = lambda: None,
) -> dict[int, int]:
    """Group what matches and is not grouped yet: article → story. Publishing an edition keeps it; this does not, but
    for `keep`: it is given each slice of a flood but the last, so that a restart goes on where it was. What came after
    an edition `knows` it is in none of its stories, or it would be named there and be news once more.
    """
    stories: dict[int, int] = {}
    ungrouped = store.articles.ungrouped(knows)
    grouped_now: list[StoryArticle] = []
    for arrivals in slices(ungrouped):
        since, until = arrivals[0].first_seen_at - STORY_WINDOW, arrivals[-1].first_seen_at + STORY_WINDOW
        before = {each.id: each for each in grouped_now if since <= each.first_seen_at <= until}
        before |= {each.id: each for each in store.articles.grouped_between(since, until)}
        recent = sorted(before.values(), key=lambda each: (each.first_seen_at, each.id))
        counts = store.words.counts(words_of((*arrivals, *recent)))
        found = group(arrivals, recent, counts, sign_of_life=sign_of_life)
        stories |= found
        grouped_now += [replace(each, story_id=found[each.id]) for each in arrivals]
        if keep is not None and len(stories) < len(ungrouped):
            keep(found)
    return stories


def _letter(stages: Stages, edition: Edition | RollUp, rendered: Rendered, recipient: str) -> Letter:
    sender = stages.channel.sender
    return Letter(
        message_id=message_id(edition.digest, edition.kind, edition.slot, recipient, sender),
        list_id=list_id(edition.digest, sender),
        recipient=recipient,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        date=edition.moment,
        attachment=rendered.rest,
        unsubscribe_url=_unsubscribe_url(stages, edition, recipient),
    )


def _unsubscribe_url(stages: Stages, edition: Edition | RollUp, recipient: str) -> str:
    blanks = {"{recipient}": recipient, "{list}": list_id(edition.digest, stages.channel.sender).strip("<>")}
    url = stages.mailing.unsubscribe_url
    for blank, value in blanks.items():
        url = url.replace(blank, quote(value, safe=""))
    return url


def _delivery(channel: Channel, letter: Letter, draft: Draft) -> NewDelivery:
    words = draft.suspended.get(letter.recipient)
    return NewDelivery(
        recipient=letter.recipient,
        message_id=letter.message_id,
        body=channel.compose(letter),
        held="" if words is None else f"not tried, because three editions in a row were refused: {words}",
        names=tuple(each.delivery_id for each in draft.undelivered.get(letter.recipient, ())),
    )
