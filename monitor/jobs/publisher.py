"""slots → an edition, published in one transaction, and its archive page.

It decides nothing: `slots` decides when an edition is due, and `digest` what is in it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.deliver import Channel
from monitor.errors import DamagedStore, StaleDraft, StoreError, UsageError
from monitor.jobs.archive_writer import ArchiveWriter
from monitor.jobs.editor import Draft, Editor
from monitor.jobs.outgoing_writer import OutgoingWriter
from monitor.jobs.publish_gate import PublishGate
from monitor.jobs.work_units import WorkUnits
from monitor.log import logger
from monitor.model.clock import Clock
from monitor.model.delivery import Letter, NewDelivery
from monitor.model.edition_input import Slot
from monitor.model.ids import EditionId
from monitor.model.new_edition import EditionKind, NewEdition
from monitor.model.note import NoteKind
from monitor.model.review import NOT_AS_SEEN, ReviewEnd
from monitor.model.settings import DigestSettings
from monitor.plain_text import LINE_CHARACTERS, one_line
from monitor.policy.slots import due_slot, next_slot
from monitor.policy.suspension import why_held
from monitor.progress import Progress
from monitor.store import Store
from monitor.store.waiting import waiting

log = logger(__name__)

EDITION_LIMIT = timedelta(minutes=15)
"""The time between two signs of life: seconds, unless the disk hangs. Thousands of matches are grouped in slices."""

TRIES = 3
"""How often an edition is made whose draft is changed meanwhile; then the next tick tries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Publishes the editions that are due, or one by hand."""

    clock: Clock
    progress: Progress
    store: Store
    channel: Channel
    digests: tuple[DigestSettings, ...]
    """The enabled digests."""
    editor: Editor
    units: WorkUnits
    archive_writer: ArchiveWriter
    outgoing: OutgoingWriter

    def run(self, gate: PublishGate | None = None) -> None:
        """Publish every digest that is due, and write its page; a digest that has to wait for its feeds is left for
        later.
        """
        if gate is not None:
            gate.look(self.clock.now())
        for digest in self.digests:
            if gate is not None and gate.is_resting(digest.name, self.clock.now()):
                continue
            try:
                with self.progress.step(f"edition of {digest.name}", EDITION_LIMIT, is_work=True):
                    self._publish_if_due(digest, gate)
            except DamagedStore:
                raise  # any further write would make it worse
            except Exception:  # one digest must not affect the others
                log.exception("edition failed", digest=digest.name)
                if gate is not None:
                    gate.failed(digest.name, self.clock.now())

    def publish(
        self,
        digest: DigestSettings,
        slot: Slot | None = None,
        *,
        now: datetime | None = None,
        is_released: bool = False,
    ) -> EditionId | None:
        """Publish an edition, the scheduled one of `slot` or a manual one; its id, None if the slot was taken.

        `now`: when `slot` was found to be due; a slot that comes while this one is being made has its own edition.
        `is_released`: a person released its draft. Raises StaleDraft if that is changed again and again.
        After this returns, every recipient's finished bytes are committed and the matches are marked as listed.
        """
        unit = self.units.edition(digest)
        edition_id = self.units.run(unit, self._publish_as_chosen, digest, slot, now, is_released=is_released)
        self.units.succeeded(unit)
        if edition_id is not None:
            self._archive()
        return edition_id

    def release(self, digest: DigestSettings, version: int | None = None) -> EditionId | None:
        """Publish the edition of the draft that waits, before its time. Raises UsageError if none waits, or if it is
        not of this version (None: whatever it is).
        """
        found = waiting(self.store, digest, self.clock.now())
        if found is None:
            raise UsageError(f"No draft of {digest.name} waits.")
        if version is not None and found.review.version != version:
            raise UsageError(NOT_AS_SEEN)
        return self.publish(digest, found.slot, is_released=True)

    def _publish_if_due(self, digest: DigestSettings, gate: PublishGate | None) -> None:
        slot, now = self._due(digest)
        self._begin_review_if_due(digest, gate, slot, now)
        if self._waits_for_feeds(digest, gate, slot, now):
            return
        if slot is not None and gate is not None:
            slot, now = self._due(digest)  # the feeds may have been read while we looked at them
        if slot is not None and self._is_set_aside(digest):
            return
        if slot is not None:
            try:
                self.publish(digest, slot, now=now)
            except DamagedStore:
                raise
            except Exception as error:
                self._note_failure(digest.name, error)
                raise
        is_news = slot is not None if gate is None else gate.record_success(digest.name)
        if is_news:
            self.store.notes.over(NoteKind.EDITION, digest.name, now)

    def _waits_for_feeds(
        self, digest: DigestSettings, gate: PublishGate | None, slot: Slot | None, now: datetime
    ) -> bool:
        is_settled = digest.review is not None if slot is None else self._has_draft(digest, slot)
        return gate is not None and not is_settled and gate.should_wait_for_feeds(digest.name, slot, now)

    def _has_draft(self, digest: DigestSettings, slot: Slot) -> bool:
        """Whether what the edition of a slot may contain is settled: then it waits for no feed."""
        review = self.store.reviews.open(digest.name)
        return review is not None and review.slot == slot.key

    def _begin_review_if_due(
        self, digest: DigestSettings, gate: PublishGate | None, due: Slot | None, now: datetime
    ) -> None:
        """Make the draft of the next slot, if its time has come and there is none."""
        if digest.review is None or due is not None:
            return
        since, last = self.store.editions.progress(digest.name, now)
        slot = next_slot(digest, since=since, last=last, now=now)
        draft_at = slot.due_at - digest.review
        if now < draft_at or self._has_draft(digest, slot) or self._is_set_aside(digest):
            return
        if gate is not None and gate.should_wait_for_feeds(digest.name, replace(slot, due_at=draft_at), now):
            return
        unit = self.units.edition(digest)
        self.units.run(unit, self.editor.begin_review, digest, slot)
        self.units.succeeded(unit)
        log.info("draft made", digest=digest.name, slot=slot.label, until=slot.due_at.isoformat())

    def _due(self, digest: DigestSettings) -> tuple[Slot | None, datetime]:
        """The slot that is due, and the moment at which it is."""
        now = self.clock.now()
        since, last = self.store.editions.progress(digest.name, now)
        return due_slot(digest, since=since, last=last, now=now), now

    def _publish_as_chosen(
        self, digest: DigestSettings, slot: Slot | None, now: datetime | None, *, is_released: bool
    ) -> EditionId | None:
        """An edition that has all that was decided on its draft until it is published."""
        for _ in range(TRIES):
            try:
                return self._publish(digest, slot, now, is_released=is_released)
            except StaleDraft as error:
                stale = error
        raise stale

    def _publish(
        self, digest: DigestSettings, slot: Slot | None, now: datetime | None, *, is_released: bool
    ) -> EditionId | None:
        kind = EditionKind.SCHEDULED if slot else EditionKind.MANUAL
        draft = self.editor.draft(digest, slot, now=now, keep=self.store.stories.keep)
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
            deliveries=tuple(_delivery(self.channel, letter, draft) for letter in letters),
            stories=draft.stories,
            knew=draft.knew,
            perhaps=draft.edition.perhaps,
            corrected=tuple(each.item.article_id for each in draft.edition.corrections),
            review=_end(draft, slot, is_released=is_released),
        )
        self._note_template_problem(digest.name, draft)
        edition_id = self.store.new_editions.publish(new_edition)
        if edition_id is not None:
            listed = len(new_edition.listings)
            log.info("published", digest=digest.name, kind=kind, slot=new_edition.slot, matches=listed)
        return edition_id

    def _is_set_aside(self, digest: DigestSettings) -> bool:
        """Whether the edition is set aside for now, which is noted for the operator."""
        setback = self.units.setback(self.units.edition(digest))
        if setback is None:
            return False
        text = f"The edition of {digest.name} is {setback.sentence}: news-monitor digest send"
        if self.store.notes.add(NoteKind.EDITION, digest.name, text, self.clock.now()):
            log.warning("edition set aside", digest=digest.name, reason=setback.sentence)
        return True

    def _archive(self) -> None:
        """Write the page and the feeds. The edition is already published: what cannot be written is tried again in an
        hour.
        """
        try:
            self.archive_writer.run()
            self.outgoing.run()
        except DamagedStore:
            raise
        except Exception:
            log.exception("archive not written")

    def _note_template_problem(self, digest: str, draft: Draft) -> None:
        notes, now = self.store.notes, self.clock.now()
        if draft.template_problem:
            notes.add(NoteKind.TEMPLATE, digest, draft.template_problem, now)
        else:
            notes.over(NoteKind.TEMPLATE, digest, now)

    def _note_failure(self, digest: str, error: Exception) -> None:
        reason = one_line(str(error), LINE_CHARACTERS) or type(error).__name__
        text = (
            f"The edition of {digest} could not be made: {reason}. It will be tried again within minutes; "
            "see the log for details."
        )
        try:
            self.store.notes.add(NoteKind.EDITION, digest, text, self.clock.now())
        except DamagedStore:
            raise
        except StoreError as found:  # if the edition cannot be stored, this may fail as well
            log.warning("not noted", reason=str(found))


def _end(draft: Draft, slot: Slot | None, *, is_released: bool) -> ReviewEnd | None:
    """A scheduled edition ends the draft of its slot, or of one before that."""
    review = draft.review
    if review is None or slot is None or slot.key < review.slot:
        return None
    return ReviewEnd(id=review.id, version=review.version, is_released=is_released)


def _delivery(channel: Channel, letter: Letter, draft: Draft) -> NewDelivery:
    words = draft.suspended.get(letter.recipient)
    return NewDelivery(
        recipient=letter.recipient,
        message_id=letter.message_id,
        body=channel.compose(letter),
        held="" if words is None else why_held(words),
        unwanted=draft.paused.get(letter.recipient, ""),
        names=tuple(each.delivery_id for each in draft.undelivered.get(letter.recipient, ())),
    )
