"""cluster → digest → render: drafts an edition as of now. `publisher` publishes it.

It decides nothing: `digest` decides what an edition says, and `render` how it looks.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from monitor.digest import compose, compose_rollup, coverage_for_readers, day_bounds, perhaps_lines
from monitor.jobs.grouping import grouping, publishers
from monitor.jobs.letters import LetterWriter
from monitor.jobs.rendering import Renderer
from monitor.jobs.rollup import Lists, rollup_bounds, rollup_facts
from monitor.match import TopicIndex
from monitor.model.choice import Choice
from monitor.model.clock import Clock
from monitor.model.delivery import Letter, Undelivered
from monitor.model.edition import Edition, Missed, Rendered, spoken_at
from monitor.model.edition_input import Coverage, EditionInput, HighWater, Resemblances, Slot
from monitor.model.ids import ArticleId, StoryId
from monitor.model.new_edition import EditionKind
from monitor.model.note import NoteKind
from monitor.model.people import subject_of
from monitor.model.perhaps import Resembling
from monitor.model.review import Review
from monitor.model.rollup import RollUp
from monitor.model.rule_change import RuleChange
from monitor.model.settings import DigestSettings, FeedSettings, RecipientSettings, SearchSettings
from monitor.model.topic import Topic
from monitor.plain_text import LINE_CHARACTERS, one_line
from monitor.policy.pausing import is_paused, unwanted
from monitor.policy.slots import due_slot, next_slot
from monitor.progress import Progress
from monitor.store import Store

Resembles = Callable[
    [Sequence[Topic], Collection[ArticleId], Mapping[ArticleId, StoryId], datetime],
    Mapping[str, tuple[Resembling, ...]],
]
"""Topic → those of these articles that resemble it and do not match, as of then; given what is being grouped."""

Keep = Callable[[Mapping[ArticleId, StoryId]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An edition in words, not yet published."""

    edition: Edition | RollUp
    rendered: Rendered
    page: str
    template_problem: str
    """Why the owner's templates were not used; "" if they were."""
    letters: tuple[Letter, ...]
    knew: HighWater
    """What was stored before it was drafted."""
    stories: Mapping[ArticleId, StoryId]
    """The grouping it rests on: article → story."""
    undelivered: Mapping[str, tuple[Undelivered, ...]]
    """By recipient, the earlier editions that each letter reports as undelivered, or as paused."""
    suspended: Mapping[str, str]
    """The recipients who get no mail, and why."""
    paused: Mapping[str, str]
    """The recipients who want no mail for some time, and since when."""
    review: Review | None = None
    """The draft of its digest that waits for a person; what was decided on it is in the edition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Editor:
    """Drafts editions. Marks nothing in the store."""

    clock: Clock
    progress: Progress
    store: Store
    feeds: Mapping[str, FeedSettings]
    topics: tuple[Topic, ...]
    lists: Lists
    index: TopicIndex
    renderer: Renderer
    letters: LetterWriter
    resembles: Resembles
    searches: tuple[SearchSettings, ...] = ()
    recipients: Mapping[str, RecipientSettings] = field(default_factory=dict)
    """By what messages to them are stored under."""

    def preview(self, digest: DigestSettings, at: datetime | None = None) -> Draft:
        """The next scheduled edition, from what is stored now: the bytes that will be sent if nothing new comes (rule
        E14). With `at`: the edition as of that time, a manual one if no slot is due.
        """
        now = self.clock.now()
        since, last = self.store.editions.progress(digest.name, now)
        slot = due_slot(digest, since=since, last=last, now=at or now)
        if slot is None and at is None:
            slot = next_slot(digest, since=since, last=last, now=now)
        due_at = slot.due_at if slot else now
        return self.draft(digest, slot, now=(at or max(now, due_at)).astimezone(UTC))

    def draft(
        self,
        digest: DigestSettings,
        slot: Slot | None = None,
        *,
        is_test: bool = False,
        now: datetime | None = None,
        keep: Keep | None = None,
    ) -> Draft:
        """The edition as it would be published now, or at another time. `keep` receives the finished parts of a very
        large grouping.
        """
        now = now or self.clock.now()
        review = self.store.reviews.open(digest.name)
        knows = self._knows(digest, review, slot, is_test=is_test)
        self.index.forget_words()  # grouping takes most of the memory: both at once would add up
        stories = grouping(self.store, knows, keep=keep, sign_of_life=self.progress.sign_of_life)
        edition, knows = self._composed(
            digest, stories, slot, now, knows, review.choices if review else {}, is_test=is_test
        )
        suspended = self.store.deliveries.suspended(digest.to)
        paused = unwanted(self.store.people.paused(now, subject_of(digest.name)))
        active = [recipient for recipient in digest.to if recipient not in suspended and recipient not in paused]
        undelivered = self.store.deliveries.undelivered(digest.name, active)
        words = self.renderer.render(digest.name, edition)
        letters = self._letters(digest, edition, words.mail, undelivered)
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
            paused=paused,
            review=review,
        )

    def begin_review(self, digest: DigestSettings, slot: Slot) -> None:
        """Make the draft of a slot: what is stored now, grouped, is what its edition may contain."""
        knows = self.store.edition_input.high_water()
        self.index.forget_words()
        stories = grouping(self.store, knows, keep=self.store.stories.keep, sign_of_life=self.progress.sign_of_life)
        self.store.reviews.begin(digest.name, slot.key, knows, stories, self.clock.now())

    def _knows(self, digest: DigestSettings, review: Review | None, slot: Slot | None, *, is_test: bool) -> HighWater:
        """What the edition may contain: of a slot with a draft, and of a test of it, what the draft had; that of an
        edition by hand since then is listed anyway.
        """
        if review is None or not (is_test or (slot is not None and slot.key == review.slot)):
            return self.store.edition_input.high_water()
        return review.knows.and_of(self.store.edition_input.known(digest.name))

    def _letters(
        self,
        digest: DigestSettings,
        edition: Edition | RollUp,
        words: Rendered,
        undelivered: Mapping[str, tuple[Undelivered, ...]],
    ) -> tuple[Letter, ...]:
        """A letter for each recipient, with dates as each reads them; most have the same `words`."""
        generation = self.store.generations.token()
        rendered: dict[tuple[str, str], Rendered] = {}
        letters = []
        for recipient in digest.to:
            own = self._for(recipient, edition)
            missed = undelivered.get(recipient, ())
            key = own.timezone, own.language
            if missed:
                mail = self._with_missed(digest.name, own, missed)
            elif own is edition:
                mail = words
            else:
                mail = rendered[key] = rendered.get(key) or self.renderer.render(digest.name, own).mail
            shown = self.renderer.addresses.for_readers(own)
            letters.append(self.letters.letter(shown, mail, recipient, generation=generation))
        return tuple(letters)

    def _for(self, recipient: str, edition: Edition | RollUp) -> Edition | RollUp:
        """The edition with the zone and the language of dates of this recipient, if it has its own."""
        own = self.recipients.get(recipient)
        if own is None or not (own.timezone or own.language):
            return edition
        return replace(edition, timezone=own.timezone or edition.timezone, language=own.language or edition.language)

    def _composed(
        self,
        digest: DigestSettings,
        stories: Mapping[ArticleId, StoryId],
        slot: Slot | None,
        now: datetime,
        knows: HighWater,
        choices: Mapping[StoryId, Choice],
        *,
        is_test: bool,
    ) -> tuple[Edition | RollUp, HighWater]:
        """The edition and what it knows: the texts of articles are read after the grouping, with all edits so far."""
        topics = [topic for topic in self.topics if not digest.topics or topic.name in digest.topics]
        since, last = self.store.editions.progress(digest.name, now)
        next_at = next_slot(digest, since=since, last=slot.key if slot else last, now=now).due_at
        label = self._label(digest.name, slot, now)
        moment = spoken_at(slot.due_at if slot else now, now)
        if digest.kind == "roll-up":
            return self._rolled_up(digest, topics, stories, slot, label, moment, now, next_at, knows), knows
        kind = EditionKind.SCHEDULED if slot else EditionKind.MANUAL
        edition_input = self.store.edition_input.load(
            digest.name,
            [topic.name for topic in topics],
            stories,
            now,
            day_bounds(moment, ZoneInfo(digest.timezone)),
            knows=knows,
            since_mailed=_skips(digest),
            lists_baseline=digest.baseline == "list",
        )
        edition = compose(
            replace(
                edition_input,
                coverage=self._coverage(digest, edition_input.coverage, self._changes(digest, topics, knows)),
                publishers=publishers(self.store, self.feeds),
                alerted=self._alerted(topics, edition_input),
                resemblances=self._resemblances(digest, topics, stories, now, knows),
                choices=choices,
            ),
            digest,
            topics,
            kind="test" if is_test else kind,
            slot=slot,
            label=label,
            now=now,
            next_at=next_at,
        )
        return edition, replace(knows, revisions=edition_input.last_revision)

    def _alerted(self, topics: Sequence[Topic], edition_input: EditionInput) -> Mapping[tuple[str, StoryId], datetime]:
        """When alerts on the stories of an edition were sent."""
        names = [topic.name for topic in topics if topic.alert]
        return self.store.alerts.alerted(names, edition_input.stories.keys()) if names else {}

    def _resemblances(
        self,
        digest: DigestSettings,
        topics: Sequence[Topic],
        stories: Mapping[ArticleId, StoryId],
        now: datetime,
        knows: HighWater,
    ) -> Resemblances:
        """What resembles the topics of an edition, of the articles that came since the one before it."""
        asked = [topic for topic in topics if topic.enabled and perhaps_lines(topic, digest)]
        if not asked:
            return Resemblances()
        news = self.store.perhaps.news(digest.name, knows, skips=digest.when_empty == "skip")
        found = self.resembles(asked, news, stories, now) if news else {}
        return self.store.perhaps.with_past(digest.name, found, [topic.name for topic in asked])

    def _rolled_up(
        self,
        digest: DigestSettings,
        topics: Sequence[Topic],
        stories: Mapping[ArticleId, StoryId],
        slot: Slot | None,
        label: str,
        moment: datetime,
        now: datetime,
        next_at: datetime,
        knows: HighWater,
    ) -> RollUp:
        bounds = rollup_bounds(moment, digest.timezone)
        facts = rollup_facts(self.store, topics, self.lists, stories, bounds, self.searches)
        facts = replace(
            facts,
            coverage=self._coverage(digest, facts.coverage, self._changes(digest, topics, knows), is_rollup=True),
            baseline=self.store.edition_input.baseline(digest.name, [topic.name for topic in topics], knows),
            publishers=publishers(self.store, self.feeds),
        )
        return compose_rollup(facts, digest, topics, slot=slot, label=label, now=now, next_at=next_at)

    def _label(self, digest: str, slot: Slot | None, now: datetime) -> str:
        if slot is None:
            return f"{now:%Y-%m-%dT%H:%M:%SZ}"
        generation = self.store.generations.current()
        may_have_been_made = generation is not None and slot.due_at <= generation.began_at
        token = generation.token if generation is not None and may_have_been_made else ""
        return self.store.new_editions.free_label(digest, slot, token)

    def _with_missed(self, digest: str, edition: Edition | RollUp, undelivered: Sequence[Undelivered]) -> Rendered:
        addresses = self.renderer.addresses
        missed = [
            Missed(
                dated=each.dated,
                reason=addresses.quoted(one_line(each.answer, LINE_CHARACTERS)),
                page=addresses.archive_page(digest, each.slot),
                clock=each.clock,
                is_paused=is_paused(each.answer),
            )
            for each in undelivered
        ]
        return self.renderer.render(digest, edition, missed=missed).mail

    def _coverage(
        self, digest: DigestSettings, coverage: Coverage, changes: Sequence[str], *, is_rollup: bool = False
    ) -> Coverage:
        """The coverage for readers. Notes about failing templates belong to the edition for which they failed, and a
        note that an edition of this digest could not be made is over once there is one.
        """
        over = (NoteKind.EDITION, digest.name)
        open_ = self.store.notes.open()
        notes = [note for note in open_ if note.kind is not NoteKind.TEMPLATE and (note.kind, note.key) != over]
        has_operator = self.renderer.has_operator
        shown = coverage_for_readers(coverage, notes, has_operator=has_operator, is_rollup=is_rollup)
        return replace(shown, notes=(*self._restored(digest), *shown.notes, *changes))

    def _changes(self, digest: DigestSettings, topics: Sequence[Topic], knows: HighWater) -> tuple[str, ...]:
        """What changes of its topics did, for the first edition that its readers get after that."""
        names = [topic.name for topic in topics if topic.enabled]
        unsaid = self.store.rule_changes.unsaid
        changes = unsaid(digest.name, names, knows.rule_changes, since_mailed=_skips(digest))
        return tuple(one_line(_in_words(change), LINE_CHARACTERS) for change in changes)

    def _restored(self, digest: DigestSettings) -> tuple[str, ...]:
        """That the store was restored from a backup, for the first edition that its readers get after that."""
        generations, skips = self.store.generations, _skips(digest)
        generation = generations.current()
        if generation is None or generations.is_said(generation, digest.name, has_readers=skips):
            return ()
        began = f"{generation.began_at:%Y-%m-%d %H:%M} UTC"
        return (f"The monitor was restored from a backup at {began}: this edition may repeat what earlier mails had.",)


def _in_words(change: RuleChange) -> str:
    return f"{change.in_words()}." if change.effect.before is None else f"Changed topic {change.in_words()}."


def _skips(digest: DigestSettings) -> bool:
    """Whether it has readers who do not get its empty editions."""
    return digest.when_empty == "skip" and bool(digest.to)
