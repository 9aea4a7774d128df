"""What an edition says and in what order: select, rank, fold. It words and lays out nothing.

    Material ─ shares ─ homes ─ sections ─ Edition
               one per topic and story
                        where each story is told; elsewhere it is a pointer

Once means: per digest, topic and article. Every candidate becomes exactly one `Listing`; what the
reader had before, under another topic or as part of a story that says nothing new, is a pointer.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from monitor.digest.entries import mention, pointer, pointer_back, told
from monitor.digest.plain import one_line
from monitor.digest.shares import Share, shares_of, standing, strength
from monitor.model.edition import Counts, Edition, Form, Listing, Mention, Pointer, Quiet, Section, Told
from monitor.model.match import Tier
from monitor.model.material import Coverage, FeedTrouble, Material, Slot
from monitor.model.settings import DigestSettings
from monitor.model.topic import Topic

__all__ = ["compose"]

IN_SHORT = 3
"""So many stories lead an edition; one with no more than that needs no summary of itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """Who tells what: `order` has the topics as they are printed, `places` the topics of each story that
    is not told yet; the first of them tells it.
    """

    order: tuple[str, ...]
    shares: tuple[Share, ...]
    places: Mapping[int, tuple[str, ...]]
    told_under: Mapping[int, str]
    now: datetime
    zone: ZoneInfo


def compose(
    material: Material,
    digest: DigestSettings,
    topics: Sequence[Topic],
    *,
    kind: str,
    slot: Slot | str,
    now: datetime,
    next_at: datetime | None,
) -> Edition:
    """The edition of `digest` made of `material`.

    Takes the enabled ones of `topics` that the digest names (all, if it names none); candidates of
    other topics wait. `slot`: the slot of a scheduled edition, the label of any other.
    """
    chosen = [topic for topic in topics if topic.enabled and (not digest.topics or topic.name in digest.topics)]
    plan = _plan(material, chosen, now, ZoneInfo(digest.timezone))
    sections = _sections(plan)
    return Edition(
        digest=one_line(digest.name),
        kind=kind,
        slot=slot.day.isoformat() if isinstance(slot, Slot) else slot,
        timezone=digest.timezone,
        dated=slot.due_at if isinstance(slot, Slot) else now,
        made_at=now,
        next_at=next_at,
        previous=material.previous,
        covers=slot.covers if isinstance(slot, Slot) else (),
        counts=_counts(sections),
        in_short=_in_short(sections),
        sections=sections,
        quiet=_quiet(plan, material),
        coverage=_plain_coverage(material.coverage),
        listings=tuple(listing for share in plan.shares for listing in _listings(share, plan)),
    )


def _plan(material: Material, topics: Sequence[Topic], now: datetime, zone: ZoneInfo) -> _Plan:
    """Topics by priority, then by stories; each story at home where it is strongest."""
    shares = shares_of(material, {topic.name for topic in topics}, _muted(topics, now.astimezone(zone).date()))
    stories = Counter(share.topic for share in shares if share.form is Form.STORY)
    ranked = sorted(topics, key=lambda topic: (topic.priority, -stories[topic.name]))
    order = tuple(topic.name for topic in ranked)
    untold = [share for share in shares if share.form is not Form.POINTER]
    untold.sort(key=lambda share: (*strength(share), order.index(share.topic)))
    places: defaultdict[int, tuple[str, ...]] = defaultdict(tuple)
    for share in untold:
        places[share.story.id] += (share.topic,)
    return _Plan(order=order, shares=shares, places=places, told_under=material.told_under, now=now, zone=zone)


def _muted(topics: Sequence[Topic], today: date) -> set[str]:
    return {topic.name for topic in topics if topic.mute_until is not None and today < topic.mute_until}


def _sections(plan: _Plan) -> tuple[Section, ...]:
    with_news = {share.topic for share in plan.shares}
    topics = [topic for topic in plan.order if topic in with_news]
    return tuple(_section(topic, f"topic-{number}", plan) for number, topic in enumerate(topics, 1))


def _section(topic: str, anchor: str, plan: _Plan) -> Section:
    shares = sorted((share for share in plan.shares if share.topic == topic), key=standing)
    untold = [share for share in shares if share.form is not Form.POINTER]
    here = [share for share in untold if _is_home(share, plan)]
    away = [share for share in untold if not _is_home(share, plan)]
    stories = tuple(_told(share, plan) for share in here if share.form is Form.STORY)
    return Section(
        topic=topic,
        anchor=anchor,
        count=len(stories) + sum(share.form is Form.STORY for share in away),
        stories=stories,
        pointers=tuple(pointer(share, plan.places[share.story.id][0]) for share in away),
        earlier=tuple(_pointer_back(share, plan) for share in shares if share.form is Form.POINTER),
        passing=_mentions(here, Form.PASSING),
        late=_mentions(here, Form.LATE),
        backfill=_mentions(here, Form.BACKFILL),
        muted=_mentions(here, Form.MUTED),
    )


def _is_home(share: Share, plan: _Plan) -> bool:
    if share.form in (Form.POINTER, Form.MUTED):
        return share.form is Form.MUTED
    return plan.places[share.story.id][0] == share.topic


def _told(share: Share, plan: _Plan) -> Told:
    return told(share, also_under=plan.places[share.story.id][1:], now=plan.now, zone=plan.zone)


def _pointer_back(share: Share, plan: _Plan) -> Pointer:
    before = plan.told_under.get(share.lead.article.id, "")
    return pointer_back(share, "" if before == share.topic else before)


def _mentions(shares: Iterable[Share], form: Form) -> tuple[Mention, ...]:
    return tuple(mention(share) for share in shares if share.form is form)


def _listings(share: Share, plan: _Plan) -> Iterable[Listing]:
    form = share.form if _is_home(share, plan) else Form.POINTER
    for place, candidate in enumerate(share.candidates):
        is_also = form is Form.STORY and place > 0
        yield Listing(topic=share.topic, article_id=candidate.article.id, form=Form.ALSO if is_also else form)


def _counts(sections: Sequence[Section]) -> Counts:
    stories = [story for section in sections for story in section.stories]
    mentions = [entry for section in sections for entry in section.passing]
    entries: tuple[Told | Mention, ...] = (*stories, *mentions)
    items = [item for entry in entries for item in (entry.lead, *entry.also)]
    return Counts(
        stories=len(stories) + len(mentions),
        in_several_topics=sum(bool(story.also_under) for story in stories),
        articles=len({item.article_id for item in items}),
        outlets=len({item.outlet.casefold() for item in items}),
    )


def _in_short(sections: Sequence[Section]) -> tuple[Told, ...]:
    """Most outlets first, then the headline tier, new before continuing, newest."""
    stories = [story for section in sections for story in section.stories]
    if len(stories) <= IN_SHORT:
        return ()
    stories.sort(
        key=lambda story: (-story.outlets, Tier(story.tier).rank, story.continues, -story.lead.dated.timestamp())
    )
    return tuple(stories[:IN_SHORT])


def _quiet(plan: _Plan, material: Material) -> tuple[Quiet, ...]:
    with_news = {share.topic for share in plan.shares}
    silent = (topic for topic in plan.order if topic not in with_news)
    return tuple(Quiet(topic=topic, last_match=material.last_match.get(topic)) for topic in silent)


def _plain_coverage(coverage: Coverage) -> Coverage:
    """What feeds and servers say of themselves, made fit for one line."""
    return replace(coverage, failing=tuple(_plain_trouble(trouble) for trouble in coverage.failing))


def _plain_trouble(trouble: FeedTrouble) -> FeedTrouble:
    return replace(trouble, name=one_line(trouble.name, 80), reason=one_line(trouble.reason, 160))
