"""slots → cluster → digest → render → compose: an edition, published in one transaction, and its archive page.

It decides nothing: when an edition is due is `slots`' word, what it says `digest`'s, how it looks `render`'s.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

import structlog

from monitor.archive import page_path, write_page
from monitor.cluster import STORY_WINDOW, group, spells, words_of
from monitor.deliver import Channel
from monitor.deliver.message import header_text, list_id, message_id
from monitor.digest import compose, coverage_for_readers, day_bounds
from monitor.errors import DamagedStore
from monitor.model.delivery import Letter, NewDelivery, Undelivered
from monitor.model.edition import Edition, Missed, Rendered, spoken_at
from monitor.model.material import Coverage, Slot
from monitor.model.publication import EditionKind, Publication
from monitor.model.settings import DigestSettings
from monitor.pipeline.stages import Stages
from monitor.render import render, render_page
from monitor.slots import due_slot, next_slot
from monitor.store import Store

log = structlog.get_logger(__name__)

EDITION_LIMIT = timedelta(minutes=15)
"""Minutes only for thousands of matches after weeks of downtime; seconds otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An edition in words, not yet published. `stories` is the grouping it rests on, `undelivered` the earlier
    editions that each letter says never came, by recipient. `suspended`: who is not to be written to, and why.
    """

    edition: Edition
    rendered: Rendered
    letters: tuple[Letter, ...]
    stories: Mapping[int, int]
    undelivered: Mapping[str, tuple[Undelivered, ...]]
    suspended: Mapping[str, str]


def publish_due(stages: Stages) -> None:
    """Publish every digest whose slot has come, and put its page into the archive."""
    for digest in stages.digests:
        try:
            with stages.progress.step(f"edition of {digest.name}", EDITION_LIMIT):
                _publish_if_due(stages, digest)
        except DamagedStore:
            raise  # whatever is written now makes it worse
        except Exception:  # one digest must not cost the others
            log.exception("edition failed", digest=digest.name)


def _publish_if_due(stages: Stages, digest: DigestSettings) -> None:
    now = stages.clock.now()
    configured_at, last_day = stages.store.editions.progress(digest.name, now)
    slot = due_slot(digest, configured_at=configured_at, last_day=last_day, now=now)
    if slot is not None:
        publish(stages, digest, slot)


def publish(stages: Stages, digest: DigestSettings, slot: Slot | None = None) -> int | None:
    """Publish an edition, the scheduled one of `slot` or a manual one; its id, None if the slot was taken.

    After this returns, every recipient's finished bytes are committed and the matches are marked as listed.
    """
    kind = EditionKind.SCHEDULED if slot else EditionKind.MANUAL
    draft = draft_edition(stages, digest, slot)
    letters = draft.letters if draft.edition.is_mailed else ()
    publication = Publication(
        digest=digest.name,
        kind=kind,
        slot=draft.edition.slot,
        days=(*slot.covers, slot.day) if slot else (),
        made_at=draft.edition.made_at,
        subject=draft.rendered.subject,
        page=render_page(draft.edition, stages.templates),
        listings=draft.edition.listings,
        deliveries=tuple(_delivery(stages.channel, letter, draft) for letter in letters),
        stories=draft.stories,
    )
    edition_id = stages.store.editions.publish(publication)
    if edition_id is not None:
        log.info("published", digest=digest.name, kind=kind, slot=publication.slot, matches=len(publication.listings))
        archive_due(stages)
    return edition_id


def draft_edition(stages: Stages, digest: DigestSettings, slot: Slot | None = None, *, is_test: bool = False) -> Draft:
    """What an edition would be if it were published now; marks nothing."""
    now = stages.clock.now()
    stories = grouping(stages.store)
    topics = [topic for topic in stages.topics if not digest.topics or topic.name in digest.topics]
    configured_at, last_day = stages.store.editions.progress(digest.name, now)
    next_ = next_slot(digest, configured_at=configured_at, last_day=slot.day if slot else last_day, now=now)
    kind = EditionKind.SCHEDULED if slot else EditionKind.MANUAL
    days = day_bounds(spoken_at(slot.due_at if slot else now, now), ZoneInfo(digest.timezone))
    material = stages.store.editions.material(digest.name, [topic.name for topic in topics], stories, now, days)
    edition = compose(
        replace(material, coverage=_coverage(stages, material.coverage)),
        digest,
        topics,
        kind="test" if is_test else kind,
        slot=slot,
        label=slot.day.isoformat() if slot else f"{now:%Y-%m-%dT%H:%M:%SZ}",
        now=now,
        next_at=next_.due_at,
    )
    suspended = stages.store.deliveries.suspended(digest.to)
    active = [recipient for recipient in digest.to if recipient not in suspended]
    undelivered = stages.store.deliveries.undelivered(digest.name, active)
    rendered = _rendered(stages, digest.name, edition)
    letters = tuple(
        _letter(stages, edition, _rendered(stages, digest.name, edition, missed) if missed else rendered, recipient)
        for recipient, missed in ((each, undelivered.get(each, ())) for each in digest.to)
    )
    return Draft(
        edition=edition,
        rendered=rendered,
        letters=letters,
        stories=stories,
        undelivered=undelivered,
        suspended=suspended,
    )


def _rendered(stages: Stages, digest: str, edition: Edition, undelivered: Sequence[Undelivered] = ()) -> Rendered:
    missed = [
        Missed(dated=each.dated, reason=header_text(each.answer), page=_page(stages, digest, each.slot))
        for each in undelivered
    ]
    return render(edition, stages.templates, archive_page=_page(stages, digest, edition.slot), missed=missed)


def _coverage(stages: Stages, coverage: Coverage) -> Coverage:
    return coverage_for_readers(coverage, stages.store.notes.open(), has_operator=bool(stages.operator.to))


def _page(stages: Stages, digest: str, slot: str) -> str:
    return page_path(stages.archive, digest, slot).as_uri()


def grouping(store: Store) -> dict[int, int]:
    """Group what matches and is not grouped yet: article → story. Publishing an edition keeps it; this does not."""
    stories: dict[int, int] = {}
    for arrivals in spells(store.articles.ungrouped()):
        since, until = arrivals[0].first_seen_at - STORY_WINDOW, arrivals[-1].first_seen_at + STORY_WINDOW
        recent = store.articles.grouped_between(since, until)
        counts = store.words.counts(words_of((*arrivals, *recent)))
        stories |= group(arrivals, recent, counts)
    return stories


def _letter(stages: Stages, edition: Edition, rendered: Rendered, recipient: str) -> Letter:
    sender = stages.channel.sender
    return Letter(
        message_id=message_id(edition.digest, edition.kind, edition.slot, recipient, sender),
        list_id=list_id(edition.digest, sender),
        recipient=recipient,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        date=edition.moment,
        unsubscribe_url=_unsubscribe_url(stages, edition, recipient),
    )


def _unsubscribe_url(stages: Stages, edition: Edition, recipient: str) -> str:
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


def archive_due(stages: Stages) -> None:
    """Write the pages that are not in the archive folder yet; one that cannot be written is tried again later."""
    for edition_id, digest, slot, page in stages.store.editions.unarchived():
        try:
            write_page(stages.archive, digest, slot, page)
        except OSError as error:
            log.warning("archive page not written", digest=digest, slot=slot, reason=str(error))
        else:
            stages.store.editions.mark_archived(edition_id, stages.clock.now())
