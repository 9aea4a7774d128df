"""nearly → articles that no rule found and that resemble what topics match; and the best likeness of past days.

Nothing is listed, shown or matched here. What is remembered of past days is used only while all that it was
calculated from is the same; what is missing is calculated, so that an edition never depends on what was remembered.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from hashlib import sha256

from monitor.boilerplate import document_of
from monitor.copies import Copies, wording
from monitor.match import fingerprint
from monitor.model.article import Article
from monitor.model.ids import ArticleId
from monitor.model.match import Document
from monitor.model.perhaps import Nearest, Resembling
from monitor.model.topic import Topic
from monitor.nearly import (
    EXAMPLES,
    MIN_EXAMPLES,
    PAST_DAYS,
    SHARED_WORDS,
    Day,
    Examples,
    NearMisses,
    Rules,
    Specimen,
    as_written,
    best_of,
    chance_level,
    counted_days,
    distinct,
    floor_of,
    telling_words,
)
from monitor.policy.clock import latest_credible
from monitor.policy.news import WEEK
from monitor.store import Store
from monitor.store.likeness import DayFacts, Example

VERSION = 3
"""Raised when the scorer changes: then all days are calculated again."""

RAW_EXAMPLES = 2 * EXAMPLES
"""So many matches are read to have enough distinct ones."""

UNKNOWN = -1.0
"""Remembered of a day on which too little was known of the topic."""

KEPT_DAYS = PAST_DAYS + WEEK.days
"""What is remembered of older days is dropped; an edition may look a week back."""

ASKED = 10
"""So many of the most alike articles of a day are asked whether their topic excludes them."""


MIN_LIKENESS = 1e-9
"""Nothing resembles a topic that has no word in common with it, also if quiet days had nothing better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """How much articles resemble a topic, and which of them at least as much as the best of a quiet day; of these none
    that its owner excludes.
    """

    likeness: Mapping[ArticleId, float]
    near: Sequence[ArticleId]


@dataclass(frozen=True)  # without slots, for what is cached
class Likeness:
    """The scorer over one store, for enabled topics. `sign_of_life` is called again and again."""

    store: Store
    topics: Sequence[Topic]
    lists: Mapping[str, Sequence[str]]
    sign_of_life: Callable[[], None] = lambda: None

    @cached_property
    def _calculated(self) -> dict[str, dict[date, tuple[str, float]]]:
        """By topic and day as `store.likeness.best` has it: what this process had to calculate."""
        return {}

    @cached_property
    def _specimens(self) -> dict[tuple[ArticleId, int], Specimen]:
        """By article and its number of edits: examples are the same for many days. Empty when nothing is calculated."""
        return {}

    @cached_property
    def _rules(self) -> Rules:
        return Rules(self.topics, self.lists)

    @cached_property
    def _near_misses(self) -> NearMisses:
        return NearMisses(self.topics, self.lists)

    def perhaps(
        self,
        names: Collection[str],
        since_article: ArticleId,
        until_article: ArticleId,
        now: datetime,
        shown: Collection[ArticleId] = (),
    ) -> dict[str, tuple[Resembling, ...]]:
        """By topic, what came between these ids (the first one excluded) in the last seven days, does not match and
        resembles it enough, the most alike first; copies once. `shown` are articles that readers have seen; neither
        they nor their copies come again. Writes nothing.
        """
        topics = [topic for topic in self.topics if topic.enabled and topic.name in names]
        known = {topic.name: self._known(topic.name) for topic in topics}
        today = latest_credible(now).date()
        facts = self.store.likeness.days(today - WEEK - timedelta(days=PAST_DAYS), until_article)
        found: dict[str, list[Resembling]] = {topic.name: [] for topic in topics}
        for day in sorted(
            each for each in facts if each >= (now - WEEK).date() and facts[each].last_id > since_article
        ):
            scored = self._day(day, known, until_article, until_article, now)
            ranked = scored.ranked(lambda article: article > since_article)
            past = self.bests(topics, known, day, facts, until_article)
            for topic in topics:
                size = len(self._examples(known[topic.name], until_article, now).like)
                floor = floor_of(past[topic.name], size, MIN_EXAMPLES)
                near = [each for each in ranked.get(topic.name, ()) if floor is not None and each[0] >= floor]
                found[topic.name] += self._candidates(topic.name, near, scored, known[topic.name])
        self._specimens.clear()
        before = [self._wording(each) for each in self.store.likeness.whole([*shown]).values()]
        return {name: _folded(each, before, frozenset(shown)) for name, each in found.items()}

    def nearest(self, name: str, since: datetime, now: datetime, limit: int, *, is_floored: bool = True) -> Nearest:
        """What of the days since then resembles a topic, at most `limit` articles in detail. Writes nothing.

        Without a floor no other day is looked at: the best of each day are in detail, however little they resemble it.
        """
        topics = [topic for topic in self.topics if topic.name == name]
        known = {name: self._known(name)}
        until = ArticleId(self.store.edition_input.high_water().articles)
        today = latest_credible(now).date()
        first = since.astimezone(UTC).date()
        facts = self.store.likeness.days(min(first, today - timedelta(days=PAST_DAYS)), until)
        floor = None
        if is_floored:
            past = self.bests(topics, known, today, facts, until)[name]
            floor = floor_of(past, len(self._examples(known[name], until, now).like), MIN_EXAMPLES)
        likeness: dict[object, float] = {}
        found: list[Resembling] = []
        for day in sorted(each for each in facts if each >= first):
            scored = self._day(day, known, until, until, now)
            ranked = scored.ranked().get(name, [])
            likeness.update((article, score) for score, article in ranked)
            near = [each for each in ranked if floor is None or each[0] >= floor][:limit]
            found += self._candidates(name, near, scored, known[name])
        return Nearest(likeness=likeness, floor=floor, found=_folded(found, (), frozenset())[:limit])

    def of_topic(self, topic: Topic, since: datetime, until_article: ArticleId, end: datetime) -> Alike:
        """What came since then, up to an article, does not match the topic and resembles it, by what was known of the
        topic at `end`; of each day the most alike.
        """
        known = {topic.name: self._known(topic.name)}
        likeness: dict[ArticleId, float] = {}
        best: list[float] = []
        for day in self.store.likeness.days(since.astimezone(UTC).date(), until_article):
            scored = self._day(day, known, until_article, until_article, end)
            likeness |= {article: score for score, article in scored.ranked().get(topic.name, ())}
            best += [value for value in self._best(known, scored).values() if value != UNKNOWN]
        level = chance_level(best)
        near = [] if level is None else [each for each, score in likeness.items() if score >= max(level, MIN_LIKENESS)]
        whole = self.store.likeness.whole(near).values()
        kept = (each.id for each in whole if not self._rules.excludes(topic.name, self._document(each)))
        return Alike(likeness=likeness, near=tuple(kept))

    def bests(
        self,
        topics: Sequence[Topic],
        known: Mapping[str, Sequence[Example]],
        before: date,
        facts: Mapping[date, DayFacts],
        until_article: ArticleId,
    ) -> dict[str, list[float]]:
        """By topic, the best likenesses of the days before that count, remembered or calculated."""
        earliest = before - timedelta(days=KEPT_DAYS)
        for each in topics:
            own = self._calculated.get(each.name, {})
            self._calculated[each.name] = {day: best for day, best in own.items() if day >= earliest}
        remembered = {each.name: self.store.likeness.best(each.name) | self._calculated[each.name] for each in topics}
        found: dict[str, list[float]] = {topic.name: [] for topic in topics}
        for day in reversed(counted_days([(each, fact.articles) for each, fact in facts.items()], before)):
            values, bases = self._of_day(day, topics, known, facts[day], until_article, remembered)
            for name, best in values.items():
                found[name] += [best] if best != UNKNOWN else []
                if name in bases:
                    self._calculated[name][day] = bases[name], best
        return found

    def _of_day(
        self,
        day: date,
        topics: Sequence[Topic],
        known: Mapping[str, Sequence[Example]],
        facts: DayFacts,
        until_article: ArticleId,
        remembered: Mapping[str, Mapping[date, tuple[str, float]]],
    ) -> tuple[dict[str, float], dict[str, str]]:
        """By topic, the best likeness of a past day; and by topic for which it had to be calculated, its basis."""
        end = datetime.combine(day + timedelta(days=1), time(), UTC)
        bases = {each.name: self._basis(each, known[each.name], day, facts, end) for each in topics}
        values = {
            name: remembered[name][day][1]
            for name, basis in bases.items()
            if remembered[name].get(day, ("", 0.0))[0] == basis
        }
        missing = {name: known[name] for name in bases.keys() - values.keys()}
        if missing:
            values |= self._best(missing, self._day(day, missing, facts.last_id, until_article, end))
        return values, {name: bases[name] for name in missing}

    def learn(self, now: datetime, is_over: Callable[[int], bool] = lambda _: False) -> int:
        """Remember the past days of all topics, the latest first; what is remembered and still true is kept. After each
        day that had to be calculated `is_over` is asked with the number of articles read so far, and may end it: what
        is done is stored. Returns how many days were calculated.
        """
        topics = [topic for topic in self.topics if topic.enabled]
        known = {topic.name: self._known(topic.name) for topic in topics}
        until = ArticleId(self.store.edition_input.high_water().articles)
        today = latest_credible(now).date()
        facts = self.store.likeness.days(today - timedelta(days=PAST_DAYS), until)
        remembered = {topic.name: self.store.likeness.best(topic.name) for topic in topics}
        days = articles = 0
        for day in counted_days([(each, fact.articles) for each, fact in facts.items()], today):
            if self._learned(day, topics, known, facts[day], until, remembered, today - timedelta(days=KEPT_DAYS)):
                days, articles = days + 1, articles + facts[day].articles
                if is_over(articles):
                    break
        self._specimens.clear()
        return days

    def _learned(
        self,
        day: date,
        topics: Sequence[Topic],
        known: Mapping[str, Sequence[Example]],
        facts: DayFacts,
        until_article: ArticleId,
        remembered: Mapping[str, Mapping[date, tuple[str, float]]],
        kept_since: date,
    ) -> bool:
        """Whether something of the day had to be calculated, which is then stored."""
        values, bases = self._of_day(day, topics, known, facts, until_article, remembered)
        new = {name: (bases[name], best) for name, best in values.items() if name in bases}
        if new:
            self.store.likeness.remember(day, new, kept_since)
        return bool(new)

    def _known(self, name: str) -> tuple[Example, ...]:
        return (*self.store.likeness.matched(name), *self.store.likeness.judged(name))

    def _best(self, names: Iterable[str], scored: Day[ArticleId]) -> dict[str, float]:
        ranked = scored.ranked()
        ids = [article for each in ranked.values() for _, article in each[:ASKED]]
        documents = {each.id: self._document(each) for each in self.store.likeness.whole(ids).values()}
        return {
            name: best_of(
                ranked[name][:ASKED],
                lambda article, name=name: (  # type: ignore[misc]
                    article in documents and not self._rules.excludes(name, documents[article])
                ),
            )
            if name in scored.topics
            else UNKNOWN
            for name in names
        }

    def _day(
        self,
        day: date,
        known: Mapping[str, Sequence[Example]],
        last_example: ArticleId | int,
        until_article: ArticleId,
        end: datetime,
    ) -> Day[ArticleId]:
        articles = []
        near_misses = {}
        for article, title, text in self.store.likeness.of_day(day, until_article):
            self.sign_of_life()
            articles.append((article, telling_words(title, text)))
            near_misses[article] = self._near_misses.of(title, text)
        examples = {name: self._examples(each, last_example, end) for name, each in known.items()}
        matched = {
            name: {example.article_id for example in each if example.judged_at is None} for name, each in known.items()
        }
        return Day(articles, examples, matched, near_misses, self.sign_of_life)

    def _examples(self, known: Sequence[Example], last: int, end: datetime) -> Examples:
        like, unlike = _chosen(known, last, end)
        return Examples(like=distinct(self._specimens_of(like)), unlike=distinct(self._specimens_of(unlike)))

    def _specimens_of(self, examples: Sequence[Example]) -> list[Specimen]:
        """Those that are still stored: another process may have dropped some since."""
        keys = {(each.article_id, each.revisions) for each in examples}
        unread = dict(keys - self._specimens.keys())
        for article, (title, text) in self.store.likeness.texts([*unread]).items():
            self._specimens[article, unread[article]] = Specimen(title=title, text=text)
        found = (self._specimens.get((each.article_id, each.revisions)) for each in examples)
        return [each for each in found if each is not None]

    def _basis(self, topic: Topic, known: Sequence[Example], day: date, facts: DayFacts, end: datetime) -> str:
        like, unlike = _chosen(known, facts.last_id, end)
        ids = [[(each.article_id, each.revisions) for each in some] for some in (like, unlike)]
        on = [each.article_id for each in known if each.judged_at is None and each.article_id <= facts.last_id]
        wording_ = fingerprint(topic, self.lists)
        return sha256(f"{VERSION} {wording_} {day} {facts} {ids} {on[-RAW_EXAMPLES:]}".encode()).hexdigest()[:16]

    def _candidates(
        self, name: str, near: Sequence[tuple[float, ArticleId]], scored: Day[ArticleId], known: Sequence[Example]
    ) -> list[Resembling]:
        refused = {each.article_id for each in known if not each.is_relevant}
        whole = self.store.likeness.whole([article for _, article in near if article not in refused])
        found = []
        for likeness, article in ((score, whole[each]) for score, each in near if each in whole):
            document = self._document(article)
            if not self._rules.excludes(name, document):
                shared = scored.shared(name, telling_words(article.title, article.text))
                found.append(
                    Resembling(
                        article=article,
                        likeness=likeness,
                        shared=as_written(shared, article.title, article.text, SHARED_WORDS),
                        lacks=self._rules.lacks(name, document),
                    )
                )
        return found

    def _document(self, article: Article) -> Document:
        return document_of(article, self.store.boilerplate.of_feed(article.feed_id), article.first_seen_at)

    def _wording(self, article: Article) -> tuple[str, str, str]:
        return article.title, article.text, article.outlet


def _chosen(known: Sequence[Example], last: int, end: datetime) -> tuple[list[Example], list[Example]]:
    """The latest examples up to an article and a moment: what belongs, then what does not."""
    said = {each.article_id: each for each in known if each.judged_at is not None and each.judged_at < end}
    matches = [each for each in known if each.judged_at is None and each.article_id <= last]
    like = [each for each in matches if each.article_id not in said] + [e for e in said.values() if e.is_relevant]
    return like[-RAW_EXAMPLES:], [each for each in said.values() if not each.is_relevant][-RAW_EXAMPLES:]


def _folded(
    found: Sequence[Resembling], before: Sequence[tuple[str, str, str]], shown: frozenset[ArticleId]
) -> tuple[Resembling, ...]:
    """The most alike first, copies once with their number; nothing that was shown, nor a copy of it."""
    copies = Copies()
    for seen in before:
        copies.add(wording(*seen), -1)
    kept: list[Resembling] = []
    others: dict[int, int] = {}
    for each in sorted(found, key=lambda one: (-one.likeness, one.article.id)):
        words = wording(each.article.title, each.article.text, each.article.outlet)
        place = next(copies.stories(words), None)
        if place is None and each.article.id not in shown:
            copies.add(words, len(kept))
            kept.append(each)
        elif place is not None:
            others[place] = others.get(place, 0) + 1
    return tuple(
        Resembling(
            article=each.article,
            likeness=each.likeness,
            shared=each.shared,
            lacks=each.lacks,
            others=others.get(place, 0),
        )
        for place, each in enumerate(kept)
    )
