"""What an edition says and in what order: select, rank, fold. Wording and layout are elsewhere.

    Material ─ shares ─ homes ─ sections ─ Edition
               one per topic and story
                        where each story is shown in full, if anywhere

Each match is listed once per digest, topic and article. Every candidate becomes exactly one `Listing`. A story that
is shown in full under another topic, or was in an earlier edition without news since, becomes a pointer. Every
article that a section names is listed there, or marked with the topics that list it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice, zip_longest
from math import inf
from zoneinfo import ZoneInfo

from monitor.digest.alerts import alerted_stories
from monitor.digest.audience import coverage_for_readers
from monitor.digest.baseline import baseline_of
from monitor.digest.corrections import corrections_of
from monitor.digest.coverage import plain_coverage
from monitor.digest.entries import days_between, mention, pointer, pointer_back, told
from monitor.digest.perhaps import perhaps_lines, perhaps_of
from monitor.digest.rollup import compose_rollup
from monitor.digest.topic_stories import TopicStory, muted_topics, sort_key, strength, topic_stories
from monitor.digest.trend import day_bounds, trend
from monitor.model.choice import Choice
from monitor.model.edition import (
    UNSEEN,
    Baseline,
    Counts,
    Edition,
    Form,
    Listing,
    Perhaps,
    Quiet,
    Section,
    Trend,
    spoken_at,
)
from monitor.model.edition_input import EditionInput, Slot
from monitor.model.entries import Mention, Pointer, Told
from monitor.model.ids import ArticleId, StoryId
from monitor.model.settings import DigestSettings
from monitor.model.topic import Topic
from monitor.model.voices import Publishers
from monitor.plain_text import one_line
from monitor.policy.silence import silent_feeds
from monitor.voices import publisher_count

__all__ = [
    "alerted_stories",
    "compose",
    "compose_rollup",
    "coverage_for_readers",
    "day_bounds",
    "perhaps_lines",
    "trend",
]

IN_SHORT = 3
"""How many stories the summary at the top has; an edition with no more stories than this has no summary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """Where each story is shown: `order` has the topics as printed, `homes` the one share of a story that is shown in
    full, `places` all its shares that have something new to show, in the order of their topics.
    """

    order: tuple[str, ...]
    shares: tuple[TopicStory, ...]
    homes: Mapping[StoryId, TopicStory]
    places: Mapping[StoryId, tuple[TopicStory, ...]]
    listed_under: Mapping[ArticleId, str]
    muted: Mapping[str, date]
    trends: Mapping[str, Trend]
    publishers: Publishers
    alerted: Mapping[tuple[str, StoryId], datetime]
    choices: Mapping[StoryId, Choice]
    now: datetime
    zone: ZoneInfo

    @property
    def with_news(self) -> set[str]:
        """The topics that have a section."""
        return {share.topic for share in self.shares if share.form is not Form.DROPPED}

    def place(self, share: TopicStory) -> tuple[float, ...]:
        """Sorts the stories of a topic: as a person ordered them, then by their merits."""
        choice = self.choices.get(share.story.id)
        return choice.place if choice and choice.place else inf, *sort_key(share)


def compose(
    edition_input: EditionInput,
    digest: DigestSettings,
    topics: Sequence[Topic],
    *,
    kind: str,
    slot: Slot | None,
    label: str,
    now: datetime,
    next_at: datetime | None,
) -> Edition:
    """The edition of `digest` made of `edition_input`.

    Takes the enabled ones of `topics` that the digest names (all, if it names none); candidates of
    other topics wait. `slot` is that of a scheduled edition, None for any other; `label` names the
    edition among its kind.
    """
    chosen = [topic for topic in topics if topic.enabled and (not digest.topics or topic.name in digest.topics)]
    dated = slot.due_at if slot else now
    plan = _plan(edition_input, chosen, spoken_at(dated, now), ZoneInfo(digest.timezone))
    sections = _sections(plan)
    corrections = corrections_of(edition_input.edits, plan.muted)
    edition = Edition(
        digest=one_line(digest.name),
        kind=kind,
        slot=label,
        timezone=digest.timezone,
        language=digest.language,
        dated=dated,
        made_at=now,
        next_at=next_at,
        previous=edition_input.previous,
        covers=_dates_missed(slot) if slot else (),
        counts=_counts(plan, sections),
        in_short=_in_short(sections),
        sections=sections,
        quiet=_quiet(plan, edition_input),
        coverage=plain_coverage(edition_input.coverage, silent_feeds(edition_input.sightings, plan.now)),
        listings=tuple(listing for share in plan.shares for listing in _listings(share, plan)),
        unmailed_since=edition_input.mailed_at
        if digest.when_empty == "skip" and not (sections or corrections)
        else None,
        is_one_of_several=digest.has_several_a_day,
        skipped=tuple(missed.due_at for missed in slot.missed) if slot else (),
        full=digest.full,
        baseline=_baseline(plan, edition_input, digest),
        corrections=corrections,
        dropped=_dropped(plan),
    )
    if not edition.is_mailed:  # nobody reads it: its lines wait for one that has readers
        return edition
    return replace(edition, perhaps=_perhaps(plan, edition_input, digest, chosen))


def _dates_missed(slot: Slot) -> tuple[date, ...]:
    """The earlier local dates that an edition covers."""
    return tuple(dict.fromkeys(missed.day for missed in slot.missed if missed.day < slot.day))


def _plan(edition_input: EditionInput, topics: Sequence[Topic], now: datetime, zone: ZoneInfo) -> _Plan:
    """Topics by priority, those of equal priority as the config has them."""
    muted = muted_topics(topics, now.astimezone(zone).date())
    shares = topic_stories(edition_input, {topic.name for topic in topics}, muted)
    trends = {topic.name: trend(edition_input.daily.get(topic.name, ())) for topic in topics}
    order = tuple(topic.name for topic in sorted(topics, key=lambda each: each.priority))
    in_order = sorted(shares, key=lambda share: order.index(share.topic))
    places: defaultdict[StoryId, tuple[TopicStory, ...]] = defaultdict(tuple)
    for share in in_order:
        if share.form not in (Form.POINTER, *UNSEEN):
            places[share.story.id] += (share,)
    homes = _homes(in_order)
    return _Plan(
        order=order,
        shares=shares,
        homes=homes,
        places=places,
        listed_under=edition_input.listed_under,
        muted=muted,
        trends=trends,
        publishers=edition_input.publishers,
        alerted=edition_input.alerted,
        choices=edition_input.choices,
        now=now,
        zone=zone,
    )


def _homes(shares: Iterable[TopicStory]) -> dict[StoryId, TopicStory]:
    """Story → the share that is shown in full: that of the topic with most of its articles, and the first of equals."""
    homes: dict[StoryId, TopicStory] = {}
    for share in sorted((share for share in shares if share.form is Form.STORY), key=strength):
        homes.setdefault(share.story.id, share)
    return homes


def _sections(plan: _Plan) -> tuple[Section, ...]:
    topics = [topic for topic in plan.order if topic in plan.with_news]
    return tuple(_section(topic, f"topic-{number}", plan) for number, topic in enumerate(topics, 1))


def _section(topic: str, anchor: str, plan: _Plan) -> Section:
    shares = sorted((share for share in plan.shares if share.topic == topic), key=plan.place)
    new = [share for share in shares if share.form is Form.STORY]
    return Section(
        topic=topic,
        anchor=anchor,
        count=len(new),
        trend=plan.trends[topic],
        stories=tuple(_told(share, plan) for share in new if _is_home(share, plan)),
        pointers=tuple(pointer(share, plan.homes[share.story.id]) for share in new if not _is_home(share, plan)),
        earlier=tuple(_pointer_back(share, plan) for share in shares if share.form is Form.POINTER),
        passing=_mentions(shares, Form.PASSING, plan),
        late=_mentions(shares, Form.LATE, plan),
        backfill=_mentions(shares, Form.BACKFILL, plan),
        baseline=_mentions(shares, Form.BASELINE, plan),
        muted=_mentions(shares, Form.MUTED, plan),
    )


def _is_home(share: TopicStory, plan: _Plan) -> bool:
    return plan.homes.get(share.story.id) is share


def _elsewhere(share: TopicStory, plan: _Plan) -> tuple[str, ...]:
    return tuple(other.topic for other in plan.places[share.story.id] if other is not share)


def _told(share: TopicStory, plan: _Plan) -> Told:
    story = told(share, plan.places[share.story.id], plan.publishers, now=plan.now, zone=plan.zone)
    choice = plan.choices.get(share.story.id)
    comment = one_line(choice.comment) if choice else ""
    return replace(story, alerted_at=plan.alerted.get((share.topic, share.story.id)), comment=comment)


def _dropped(plan: _Plan) -> tuple[Mention, ...]:
    """What is left out by what a person decided now, each story once."""
    chosen = {story for story, choice in plan.choices.items() if choice.is_dropped}
    shares = {share.story.id: share for share in plan.shares if share.form is Form.DROPPED}
    return tuple(mention(share, None) for story, share in shares.items() if story in chosen)


def _mentions(shares: Iterable[TopicStory], form: Form, plan: _Plan) -> tuple[Mention, ...]:
    return tuple(_mention(share, plan) for share in shares if share.form is form)


def _mention(share: TopicStory, plan: _Plan) -> Mention:
    return mention(share, plan.homes.get(share.story.id), also_under=_elsewhere(share, plan))


def _pointer_back(share: TopicStory, plan: _Plan) -> Pointer:
    before = plan.listed_under.get(share.lead.article.id, "")
    return pointer_back(share, "" if before == share.topic else before)


def _listings(share: TopicStory, plan: _Plan) -> Iterable[Listing]:
    is_elsewhere = share.form is Form.STORY and not _is_home(share, plan)
    form = Form.POINTER if is_elsewhere else share.form
    for place, candidate in enumerate(share.candidates):
        is_also = form is Form.STORY and place > 0
        yield Listing(topic=share.topic, article_id=candidate.article.id, form=Form.ALSO if is_also else form)


def _counts(plan: _Plan, sections: Sequence[Section]) -> Counts:
    told = {share.story.id for share in plan.shares if share.form is Form.STORY}
    passing = {share.story.id for share in plan.shares if share.form is Form.PASSING} - told
    stories = [story for section in sections for story in section.stories]
    mentions = [entry for section in sections for entry in section.passing]
    entries: tuple[Told | Mention, ...] = (*stories, *mentions)
    items = {item.article_id: item for entry in entries for item in (entry.lead, *entry.also)}
    articles = [each.article for share in plan.shares for each in share.candidates if each.article.id in items]
    return Counts(
        stories=len(told),
        in_several_topics=sum(len(plan.places[story]) > 1 for story in told),
        passing=len(passing),
        articles=len(items),
        outlets=len({item.outlet.casefold() for item in items.values()}),
        publishers=publisher_count(articles, plan.publishers),
    )


def _in_short(sections: Sequence[Section]) -> tuple[Told, ...]:
    """The best stories of each topic in turn, in the order of the sections: no topic has two before each has one."""
    if sum(len(section.stories) for section in sections) <= IN_SHORT:
        return ()
    rounds = zip_longest(*(section.stories for section in sections))
    return tuple(islice((story for one_each in rounds for story in one_each if story is not None), IN_SHORT))


def _quiet(plan: _Plan, edition_input: EditionInput) -> tuple[Quiet, ...]:
    silent = (topic for topic in plan.order if topic not in plan.with_news)
    there = Counter(match.topic for match in edition_input.baseline.matches if not match.is_fresh)
    return tuple(_quiet_topic(topic, edition_input.last_match.get(topic), there[topic], plan) for topic in silent)


def _quiet_topic(topic: str, last_match: datetime | None, there: int, plan: _Plan) -> Quiet:
    days = days_between(last_match, plan.now, plan.zone) if last_match else 0
    until = plan.muted.get(topic)
    return Quiet(
        topic=topic, last_match=last_match, days=days, trend=plan.trends[topic], muted_until=until, baseline=there
    )


def _perhaps(
    plan: _Plan, edition_input: EditionInput, digest: DigestSettings, topics: Sequence[Topic]
) -> tuple[Perhaps, ...]:
    """Topics with a section first: below it their lines have their place."""
    with_news = plan.with_news
    by_name = {topic.name: topic for topic in topics}
    order = sorted((by_name[name] for name in plan.order), key=lambda topic: topic.name not in with_news)
    return perhaps_of(edition_input.resemblances, digest, order, plan.shares, plan.homes, plan.muted)


def _baseline(plan: _Plan, edition_input: EditionInput, digest: DigestSettings) -> Baseline | None:
    articles: defaultdict[bool, set[ArticleId]] = defaultdict(set)
    for share in (each for each in plan.shares if each.form is not Form.DROPPED):
        articles[share.form is Form.MUTED] |= {candidate.article.id for candidate in share.candidates}
    return baseline_of(edition_input.baseline, digest, plan.order, shown=articles[False], muted=articles[True])
