"""What a roll-up says: the week by topic, by story and by outlet, and what is worth fixing. The
wording is elsewhere.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.digest.baseline import baseline_of
from monitor.digest.coverage import plain_coverage, plain_trouble
from monitor.digest.entries import item
from monitor.digest.topic_stories import muted_topics
from monitor.model.edition import Trend
from monitor.model.edition_input import Slot
from monitor.model.ids import StoryId
from monitor.model.rollup import OutletShare, RollUp, TopicWeek, Tuning, WeekFacts, WeekMatch, WeekStory
from monitor.model.settings import DigestSettings
from monitor.model.topic import Topic
from monitor.model.voices import Publishers
from monitor.plain_text import one_line
from monitor.voices import publisher_count, voices_of

DAYS = 14
WEEK = 7
BIGGEST = 5


def compose_rollup(
    facts: WeekFacts,
    digest: DigestSettings,
    topics: Sequence[Topic],
    *,
    slot: Slot | None,
    label: str,
    now: datetime,
    next_at: datetime | None,
) -> RollUp:
    """The roll-up of the last seven of the fourteen days of `facts`, on the enabled ones of `topics`."""
    middle = facts.bounds[WEEK]
    before = [match for match in facts.matches if match.article.first_seen_at <= middle]
    week = [match for match in facts.matches if match.article.first_seen_at > middle]
    told, told_before = _ids(week), _ids(before)
    chosen = [topic for topic in topics if topic.enabled]
    order = [each.name for each in sorted(chosen, key=lambda each: (each.priority, -len(_ids(_of(week, each.name)))))]
    outlets = _outlets(week)
    zone = ZoneInfo(digest.timezone)
    return RollUp(
        digest=one_line(digest.name),
        kind="scheduled" if slot else "manual",
        slot=label,
        timezone=digest.timezone,
        language=digest.language,
        dated=slot.due_at if slot else now,
        made_at=now,
        next_at=next_at,
        topics=tuple(_topic_week(name, week, before, facts) for name in order),
        stories=_biggest(_unmuted(week, chosen, zone, now), order, zone, facts.publishers),
        outlets=outlets,
        publishers=publisher_count((match.article for match in week), facts.publishers),
        articles=sum(each.articles for each in outlets),
        all_stories=len(told),
        new=len(told - told_before),
        ended=len(told_before - told),
        coverage=plain_coverage(facts.coverage),
        to_remove=tuple(plain_trouble(trouble) for trouble in facts.idle),
        is_one_of_several=digest.has_several_a_day,
        baseline=baseline_of(
            facts.baseline,
            digest,
            order,
            shown={match.article.id for match in facts.matches},
            muted=(),
        ),
        missed=facts.missed,
        searches=tuple(replace(each, name=one_line(each.name)) for each in facts.searches),
        unmatched=_unmatched(facts),
    )


def _unmatched(facts: WeekFacts) -> tuple[str, ...]:
    """Feeds without a match. Of those that bring nothing at all it is said otherwise."""
    idle = {trouble.url for trouble in facts.idle}
    return tuple(one_line(name) for url, name in facts.unmatched.items() if url not in idle)


def _of(matches: Iterable[WeekMatch], topic: str) -> list[WeekMatch]:
    return [match for match in matches if match.topic == topic]


def _ids(matches: Iterable[WeekMatch]) -> set[StoryId]:
    """The stories of matches; mere mentions make none."""
    return {match.story_id for match in matches if not match.tier.is_mention}


def _topic_week(topic: str, week: Sequence[WeekMatch], before: Sequence[WeekMatch], facts: WeekFacts) -> TopicWeek:
    own, daily = _of(week, topic), facts.daily.get(topic, ())
    is_known = len(daily) == DAYS and None not in daily[:WEEK]
    return TopicWeek(
        topic=topic,
        trend=Trend(days=tuple(daily[-WEEK:])),
        stories=len(_ids(own)),
        before=len(_ids(_of(before, topic))) if is_known else None,
        matches=len(own),
        passing=sum(match.tier.is_mention for match in own),
        tuning=facts.tuning.get(topic, Tuning()),
        audit=facts.audits.get(topic),
    )


def _outlets(week: Sequence[WeekMatch]) -> tuple[OutletShare, ...]:
    articles = {match.article.id: match.article for match in week}
    counts = Counter(item(article).outlet for article in articles.values())
    ranked = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return tuple(
        OutletShare(outlet=outlet, articles=count, percent=round(100 * count / len(articles)))
        for outlet, count in ranked
    )


def _unmuted(week: Sequence[WeekMatch], topics: Sequence[Topic], zone: ZoneInfo, now: datetime) -> list[WeekMatch]:
    """Muted stories are counted and not reported."""
    muted = muted_topics(topics, now.astimezone(zone).date())
    return [match for match in week if not match.is_muted and match.topic not in muted]


def _biggest(
    week: Sequence[WeekMatch], order: Sequence[str], zone: ZoneInfo, publishers: Publishers
) -> tuple[WeekStory, ...]:
    """By outlets × days, then the newer."""
    stories: defaultdict[StoryId, list[WeekMatch]] = defaultdict(list)
    for match in week:
        stories[match.story_id].append(match)
    told = [stories[story_id] for story_id in sorted(_ids(week))]
    biggest = sorted(told, key=lambda matches: _size(matches, zone))[:BIGGEST]
    return tuple(_story(matches, order, zone, publishers) for matches in biggest)


def _size(matches: Sequence[WeekMatch], zone: ZoneInfo) -> tuple[int, float]:
    """Sorts the stories of a week."""
    return -_outlet_count(matches) * _day_count(matches, zone), -_best(matches).article.dated.timestamp()


def _story(matches: Sequence[WeekMatch], order: Sequence[str], zone: ZoneInfo, publishers: Publishers) -> WeekStory:
    topics = {match.topic for match in matches}
    return WeekStory(
        lead=item(_best(matches).article),
        outlets=_outlet_count(matches),
        days=_day_count(matches, zone),
        topics=tuple(topic for topic in order if topic in topics),
        voices=voices_of((match.article for match in matches), publishers),
    )


def _best(matches: Iterable[WeekMatch]) -> WeekMatch:
    """The one that leads a story: as in an edition, but the earliest of equals by its date."""
    return min(matches, key=_fitness)


def _fitness(match: WeekMatch) -> tuple[bool, bool, int, datetime, int]:
    tier, article = match.tier, match.article
    return tier.is_mention, article.is_paid, tier.rank, article.dated, article.id


def _outlet_count(matches: Iterable[WeekMatch]) -> int:
    return len({match.article.outlet.casefold() for match in matches})


def _day_count(matches: Iterable[WeekMatch], zone: ZoneInfo) -> int:
    return len({match.article.first_seen_at.astimezone(zone).date() for match in matches})
