"""The flow on one page: it calls the stages in order and decides nothing.

    fetch → parse → reconcile → match → store     refresh_due: one transaction per feed
    cluster → digest → render → compose           publish_due: one transaction per edition
    deliver                                       deliver_due: committed before and after each message
    archive, prune, checkpoint                    maintain_due

The database is the only hand-off between the jobs, so a crash at any line loses nothing. One
feed, digest or message that fails never stops the others.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from monitor.archive import page_path, write_page
from monitor.cluster import group
from monitor.deliver import Channel
from monitor.deliver.message import list_id, message_id
from monitor.deliver.retry import OnUnknown, verdict
from monitor.digest import compose
from monitor.errors import DeliveryError
from monitor.fetch import Fetcher, Session
from monitor.match import TopicIndex
from monitor.model.clock import Clock
from monitor.model.delivery import Delivery, DeliveryState, Letter, NewDelivery
from monitor.model.edition import Edition, Rendered
from monitor.model.feed import ParsedFeed, ParseOutcome
from monitor.model.fetch import Fetched, FetchOutcome, FetchRequest
from monitor.model.match import Document, Match
from monitor.model.material import Slot
from monitor.model.publication import EditionKind, Publication
from monitor.model.settings import DigestSettings, FeedSettings, PollingSettings
from monitor.model.story import Assignment, StoryArticle
from monitor.model.topic import Topic
from monitor.model.update import ChangedArticle, FeedState, FeedUpdate, NewArticle, PollReport
from monitor.polling import floor, may_poll_at
from monitor.reconcile import body_hash, candidate_keys, reconcile
from monitor.render import Environment, render, render_page
from monitor.slots import due_slot, next_slot
from monitor.store import Store
from monitor.url import host_of, shown_url
from monitor.workers import ParserPool

log = structlog.get_logger(__name__)

CLAIM = timedelta(seconds=10)
"""How soon a feed may be asked again at the earliest after a crash in the middle of its poll."""

STORY_WINDOW = timedelta(hours=72)
"""An article joins a story whose articles were first seen this long before it (matching.md §4.3)."""

LEDGER_KEPT = timedelta(days=90)
REQUESTS_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """All that the flow runs on; `daemon.build` makes it, a reload makes another. `chance` gives numbers in [0, 1)."""

    clock: Clock
    chance: Callable[[], float]
    store: Store
    fetcher: Fetcher
    parsers: ParserPool
    feeds: Mapping[str, FeedSettings]
    polling: PollingSettings
    index: TopicIndex
    topics: tuple[Topic, ...]
    digests: tuple[DigestSettings, ...]
    channel: Channel
    on_unknown: OnUnknown
    templates: Environment
    archive: Path


# ---- fetch → parse → reconcile → match → store


OnPolled = Callable[[PollReport], None]


def unheard(_report: PollReport) -> None:
    """For whom it is enough to have the reports at the end."""


async def refresh_due(stages: Stages, on_polled: OnPolled = unheard) -> tuple[PollReport, ...]:
    """Poll every feed whose time has come; `on_polled` hears of each as it is done."""
    return await _refresh(stages, stages.store.feeds.due(stages.clock.now()), on_polled)


async def poll_by_hand(
    stages: Stages, urls: Sequence[str] = (), on_polled: OnPolled = unheard
) -> tuple[PollReport, ...]:
    """Poll feeds now, due or not; one that must not be asked yet is reported with the time when it may be."""
    now = stages.clock.now()
    holds = stages.store.feeds.holds()
    free, early = [], []
    for state in stages.store.feeds.configured(urls):
        at = may_poll_at(state, stages.feeds[state.url], stages.polling, holds.get(host_of(state.url)))
        if at > now:
            early.append(_too_soon(stages, state, at))
        else:
            free.append(state)
    return (*early, *await _refresh(stages, free, on_polled))


async def _refresh(stages: Stages, states: Sequence[FeedState], on_polled: OnPolled) -> tuple[PollReport, ...]:
    if not states:
        return ()
    now = stages.clock.now()
    stages.store.feeds.claim({state.id: now + max(floor(state.url, stages.polling), CLAIM) for state in states}, now)

    async def one(session: Session, state: FeedState) -> PollReport:
        report = await _poll(stages, session, state)
        on_polled(report)
        return report

    async with stages.fetcher.session() as session:
        return tuple(await asyncio.gather(*(one(session, state) for state in states)))


async def _poll(stages: Stages, session: Session, state: FeedState) -> PollReport:
    try:
        outcome = await session.fetch(_request(state))
        update = await _update(stages, state, outcome)
        matches = _matches(stages.index, [*update.new, *update.changed])
        stages.store.articles.apply(update, matches, stages.clock.now())
    except Exception as error:  # a surprise with one feed must not cost the others
        log.exception("poll failed", feed=shown_url(state.url))
        return _surprise(stages, state, error)
    report = _report(stages, update, sum(map(len, matches.values())))
    log.info(
        "polled",
        feed=shown_url(state.url),
        status=report.status,
        reason=report.reason,
        new=report.counts.new,
        changed=report.counts.changed,
        matches=report.matches,
        seconds=round(update.elapsed.total_seconds(), 3),
    )
    return report


async def _update(stages: Stages, state: FeedState, outcome: FetchOutcome) -> FeedUpdate:
    parsed = await _parsed(stages, state, outcome)
    keys = candidate_keys(parsed.items) if isinstance(parsed, ParsedFeed) else ()
    return reconcile(
        state,
        stages.store.articles.known(state.id, keys),
        outcome,
        parsed,
        feed=stages.feeds[state.url],
        polling=stages.polling,
        now=stages.clock.now(),
        jitter=stages.chance(),
    )


async def _parsed(stages: Stages, state: FeedState, outcome: FetchOutcome) -> ParseOutcome | None:
    """None when there is nothing to parse: no body, or the same bytes as last time (P14)."""
    if not isinstance(outcome, Fetched) or body_hash(outcome.body) == state.body_hash:
        return None
    return await stages.parsers.parse(
        outcome.body, url=outcome.final_url, headers=outcome.headers, max_items=stages.polling.max_items
    )


def _request(state: FeedState) -> FetchRequest:
    return FetchRequest(feed_id=state.id, url=state.url, validators=state.validators)


def _matches(index: TopicIndex, articles: Sequence[NewArticle | ChangedArticle]) -> dict[str, tuple[Match, ...]]:
    found = {article.key: index.matches(_document(article)) for article in articles}
    return {key: matches for key, matches in found.items() if matches}


def _document(article: NewArticle | ChangedArticle) -> Document:
    return Document(title=article.title, text=article.text, language=article.language, outlet=article.outlet)


def _report(stages: Stages, update: FeedUpdate, matches: int) -> PollReport:
    state = update.state
    return PollReport(
        url=state.url,
        name=_name(stages, state),
        status=update.status,
        is_failure=state.failures > 0,
        reason=state.problem_detail,
        counts=update.counts,
        matches=matches,
        next_poll_at=state.next_poll_at,
    )


def _too_soon(stages: Stages, state: FeedState, at: datetime) -> PollReport:
    return PollReport(
        url=state.url,
        name=_name(stages, state),
        status="too soon",
        is_failure=False,
        reason=f"may be asked again at {at:%Y-%m-%d %H:%M:%S} UTC",
        next_poll_at=state.next_poll_at,
    )


def _surprise(stages: Stages, state: FeedState, error: Exception) -> PollReport:
    return PollReport(
        url=state.url,
        name=_name(stages, state),
        status="not stored",
        is_failure=True,
        reason=f"{type(error).__name__}: {error}",
        next_poll_at=stages.clock.now() + CLAIM,
    )


def _name(stages: Stages, state: FeedState) -> str:
    return stages.feeds[state.url].outlet or state.title or host_of(state.url)


# ---- cluster → digest → render → compose


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An edition in words, not yet published. `stories` is the grouping it rests on."""

    edition: Edition
    rendered: Rendered
    letters: tuple[Letter, ...]
    stories: Mapping[int, int]


def publish_due(stages: Stages) -> None:
    """Publish every digest whose slot has come, and put its page into the archive."""
    for digest in stages.digests:
        try:
            _publish_if_due(stages, digest)
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
    letters = () if draft.edition.is_empty and digest.when_empty == "skip" else draft.letters
    publication = Publication(
        digest=digest.name,
        kind=kind,
        slot=draft.edition.slot,
        days=(*slot.covers, slot.day) if slot else (),
        made_at=draft.edition.made_at,
        subject=draft.rendered.subject,
        page=render_page(draft.edition, stages.templates),
        listings=draft.edition.listings,
        deliveries=tuple(_delivery(stages.channel, letter) for letter in letters),
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
    stories = _stories(stages.store)
    topics = [topic for topic in stages.topics if not digest.topics or topic.name in digest.topics]
    configured_at, last_day = stages.store.editions.progress(digest.name, now)
    next_ = next_slot(digest, configured_at=configured_at, last_day=slot.day if slot else last_day, now=now)
    kind = EditionKind.SCHEDULED if slot else EditionKind.MANUAL
    edition = compose(
        stages.store.editions.material(digest.name, [topic.name for topic in topics], stories),
        digest,
        topics,
        kind="test" if is_test else kind,
        slot=slot or f"{now:%Y-%m-%dT%H:%M:%SZ}",
        now=now,
        next_at=next_.due_at,
    )
    page = page_path(stages.archive, digest.name, edition.slot)
    rendered = render(edition, stages.templates, archive_page=page.as_uri())
    letters = tuple(_letter(stages, edition, rendered, recipient) for recipient in digest.to)
    return Draft(edition=edition, rendered=rendered, letters=letters, stories=stories)


def _stories(store: Store) -> dict[int, int]:
    """Group what matches and is not grouped yet: article → story, a story being named after its first article."""
    arrivals = store.articles.ungrouped()
    if not arrivals:
        return {}
    recent = store.articles.grouped_since(arrivals[0].first_seen_at - STORY_WINDOW)
    return _story_ids(group(arrivals, recent), recent)


def _story_ids(assignments: Sequence[Assignment], recent: Sequence[StoryArticle]) -> dict[int, int]:
    ids = {article.id: article.story_id or article.id for article in recent}
    for each in assignments:
        ids[each.article_id] = ids.get(each.with_article_id, each.article_id)
    return {each.article_id: ids[each.article_id] for each in assignments}


def _letter(stages: Stages, edition: Edition, rendered: Rendered, recipient: str) -> Letter:
    sender = stages.channel.sender
    return Letter(
        message_id=message_id(edition.digest, edition.kind, edition.slot, recipient, sender),
        list_id=list_id(edition.digest, sender),
        recipient=recipient,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        date=edition.made_at,
    )


def _delivery(channel: Channel, letter: Letter) -> NewDelivery:
    return NewDelivery(recipient=letter.recipient, message_id=letter.message_id, body=channel.compose(letter))


def archive_due(stages: Stages) -> None:
    """Write the pages that are not in the archive folder yet; one that cannot be written is tried again later."""
    for edition_id, digest, slot, page in stages.store.editions.unarchived():
        try:
            write_page(stages.archive, digest, slot, page)
        except OSError as error:
            log.warning("archive page not written", digest=digest, slot=slot, reason=str(error))
        else:
            stages.store.editions.mark_archived(edition_id, stages.clock.now())


# ---- deliver


def recover(stages: Stages) -> None:
    """Finish what a process that died left behind: pages to write, messages of unknown fate (D8).

    A message that is to be repeated goes out at once.
    """
    archive_due(stages)
    lost = DeliveryError(stage="data", answer="the program was stopped while it was sending", unknown=True)
    for delivery in stages.store.deliveries.unknown():
        now = stages.clock.now()
        outcome = verdict(delivery, lost, now, on_unknown=stages.on_unknown)
        if outcome.state is DeliveryState.QUEUED:
            outcome = replace(outcome, next_attempt_at=now)
        stages.store.deliveries.settle(delivery, outcome, now)


def deliver_due(stages: Stages) -> None:
    """Hand over every message whose time has come."""
    for delivery in stages.store.deliveries.due(stages.clock.now()):
        deliver(stages, delivery)


def deliver(stages: Stages, delivery: Delivery) -> None:
    """Hand over one message: `sending` is committed before, the outcome after; nothing is open during I/O (D7)."""
    if not stages.store.deliveries.claim(delivery):
        return
    answer, error = "", None
    try:
        answer = stages.channel.send(delivery)
    except DeliveryError as refusal:
        error = refusal
    except Exception as surprise:  # one message must not cost the others
        log.exception("delivery failed", recipient=delivery.recipient)
        error = DeliveryError(stage="data", answer=f"{type(surprise).__name__}: {surprise}", unknown=True)
    now = stages.clock.now()
    outcome = verdict(delivery, error, now, answer, on_unknown=stages.on_unknown)
    stages.store.deliveries.settle(delivery, outcome, now)
    log.info("delivered", recipient=delivery.recipient, state=outcome.state, answer=outcome.answer)


def send_now(stages: Stages, digest: DigestSettings) -> tuple[Delivery, ...]:
    """Publish a manual edition and hand it over; its deliveries as they stand after the first attempt."""
    edition_id = publish(stages, digest)
    if edition_id is None:
        return ()
    for delivery in stages.store.deliveries.of_edition(edition_id):
        deliver(stages, delivery)
    return stages.store.deliveries.of_edition(edition_id)


def send_test(stages: Stages, digest: DigestSettings) -> tuple[Delivery, ...]:
    """Hand over what an edition would be now, and keep nothing of it: no edition, no marks, no delivery rows."""
    letters = draft_edition(stages, digest, is_test=True).letters
    return tuple(_tried(stages, _unstored(stages.channel, letter)) for letter in letters)


def _unstored(channel: Channel, letter: Letter) -> Delivery:
    return Delivery(
        id=0,
        edition_id=0,
        recipient=letter.recipient,
        message_id=letter.message_id,
        body=channel.compose(letter),
        state=DeliveryState.QUEUED,
        attempts=0,
        queued_at=letter.date,
        next_attempt_at=letter.date,
    )


def _tried(stages: Stages, delivery: Delivery) -> Delivery:
    try:
        return replace(delivery, state=DeliveryState.SENT, answer=stages.channel.send(delivery))
    except DeliveryError as error:
        return replace(delivery, state=DeliveryState.REFUSED, answer=str(error))


# ---- housekeeping


def maintain_due(stages: Stages) -> None:
    """Keep what grows bounded, and write what could not be archived."""
    now = stages.clock.now()
    stages.store.feeds.forget_polls(now - LEDGER_KEPT)
    stages.store.requests.forget(now - REQUESTS_KEPT)
    archive_due(stages)
    stages.store.database.checkpoint()
