"""Matches stored articles again when topics change; new matches are backfill."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.boilerplate import document_of
from monitor.jobs.work_units import REMATCH, WorkUnits
from monitor.log import logger
from monitor.match import TopicIndex
from monitor.model.article import Arrival, Article
from monitor.model.boilerplate import Boilerplate
from monitor.model.clock import Clock
from monitor.model.ids import ArticleId, FeedId
from monitor.model.match import Match, Origin
from monitor.model.rule_change import BeforeChange, RuleChange
from monitor.model.topic import ChangedTopics
from monitor.policy.news import INDEX_DAYS
from monitor.progress import Progress, Unit
from monitor.store import Store

log = logger(__name__)

TREND_WINDOW = timedelta(days=INDEX_DAYS + 1)
"""As far back as the longest trend (the archive's) shows days, and one day more, because a day may be longer than 24
hours and an edition speaks from the moment it was due.
"""

Shared = Mapping[FeedId, Sequence[Boilerplate]]
"""The known boilerplate of feeds, by their id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rematcher:
    """Matches stored articles again where topics changed."""

    clock: Clock
    progress: Progress
    store: Store
    index: TopicIndex
    units: WorkUnits
    written: Mapping[str, str]
    """What the owner wrote, by topic; the fingerprints of `units` cover what it means."""
    backfill: timedelta
    """How far back stored articles are matched again and listed."""

    def run(self, is_stopping: Callable[[], bool] = lambda: False) -> None:
        """Match the stored window again for topics whose wording changed; what newly matches is backfill.

        If only the meaning changed, by an upgrade, articles before the window that trends count are matched again as
        well, and none of them is listed. It never runs at the same time as a poll: an article stored meanwhile could be
        missed by both wordings. It can be repeated: the new wordings are stored when all is done.
        """
        now = self.clock.now()
        since = now - self.backfill
        fingerprints = self.units.fingerprints
        changed, changes = self.store.topics.changed(fingerprints, self.written), tuple[RuleChange, ...]()
        if changed.all:
            count, index, shared = 0, self.index.only(changed.all), self.store.boilerplate.of_all()
            before = self.store.rule_changes.begin(changed.reworded, since)
            earliest = min(since, now - TREND_WINDOW) if changed.reinterpreted else since
            page_of = self.store.pages.reader(earliest)
            for article, decided in self.store.articles.decided_since(earliest):
                if is_stopping():
                    return
                self.progress.sign_of_life()
                unit = self.units.rematch(article.id)
                owed = _owed(article, changed, since)
                if owed and (setback := self.units.setback(unit)) is not None:
                    log.warning("article not matched again", article=article.id, reason=setback.sentence)
                elif owed:
                    count += self._matched_again(
                        index, unit, article, decided, owed, since, shared, page_of(article.id)
                    )
            if count:
                log.info("topics changed", topics=sorted(changed.all), articles=count)
            changes = self._changes(before, since)
        self.store.topics.settle(fingerprints, self.written, since, changes)
        self._log_effects(changes)
        self.retry_set_aside(is_stopping)

    def _changes(self, before: Mapping[str, BeforeChange], since: datetime) -> tuple[RuleChange, ...]:
        """What each change by the owner did to the matches of the window; nothing if there was no article in it. An
        upgrade is not the owner's change.
        """
        if not self.store.articles.count(since):
            return ()
        now, after = self.clock.now(), self.store.matches.current(before.keys(), since)
        return tuple(
            RuleChange(topic=name, changed_at=now, window=self.backfill, effect=was.effect(after[name]))
            for name, was in sorted(before.items())
        )

    def _log_effects(self, changes: Sequence[RuleChange]) -> None:
        days = round(self.backfill / timedelta(days=1), 1)
        for each in changes:
            effect, words = each.effect, each.effect.in_words(each.window)
            if effect.before is None:
                log.info("topic is new", topic=each.topic, days=days, matches=effect.after, effect=words)
            else:
                counts = {"before": effect.before, "now": effect.after, "entered": effect.entered, "left": effect.left}
                log.info("effect of a changed topic", topic=each.topic, days=days, **counts, effect=words)

    def retry_set_aside(self, is_stopping: Callable[[], bool] = lambda: False) -> None:
        """Match the articles again that `run` set aside, once their pause is over; those beyond the window stay as they
        are.

        The wordings are stored by now: an article still has to be matched by topics with whose wording it was not
        matched.
        """
        since = self.clock.now() - self.backfill
        waiting = self.store.setbacks.of_kind(REMATCH)
        shared = self.store.boilerplate.of_all() if waiting else {}
        for setback in waiting:
            article_id = ArticleId(int(setback.key))
            unit = self.units.rematch(article_id)
            if is_stopping() or self.units.setback(unit) is not None:
                continue
            found = self.store.articles.decided(article_id)
            if found is None or found[0].first_seen_at < since:
                self.units.succeeded(unit)
                continue
            article, decided = found
            fingerprints = self.units.fingerprints
            current = {match.topic for match in decided if match.fingerprint == fingerprints.get(match.topic)}
            owed = fingerprints.keys() - current
            page = self.store.pages.texts([article_id]).get(article_id, "")
            self._matched_again(self.index, unit, article, decided, owed, since, shared, page)
            self.progress.sign_of_life()

    def _matched_again(
        self,
        index: TopicIndex,
        unit: Unit,
        article: Article,
        decided: Sequence[Match],
        changed: Collection[str],
        since: datetime,
        shared: Shared,
        page: str,
    ) -> bool:
        """Match the article by the wordings of the index and what was known of its feed when it came. Returns whether
        that changed anything for one of these topics. Articles from before `since` are counted and not listed.
        """
        document = document_of(article, shared.get(article.feed_id, ()), article.first_seen_at)
        document = replace(document, page=page)
        matches = self.units.run(unit, index.matches, document)
        found = [match for match in matches if match.topic in changed]
        gone = {match.topic for match in decided if match.topic in changed and not _is_unreadable(article, match, page)}
        gone -= {match.topic for match in found}
        known = {(match.topic, match.fingerprint) for match in decided}
        is_news = bool(gone) or any((match.topic, match.fingerprint) not in known for match in found)
        if is_news:
            is_mailed = article.is_mailable and article.first_seen_at >= since
            origin = Origin.BACKFILL if is_mailed else Origin.BASELINE
            self.store.matches.rematch(article, found, gone, origin, self.clock.now())
        self.units.succeeded(unit)
        return is_news


def _owed(article: Article, changed: ChangedTopics, since: datetime) -> frozenset[str]:
    """The topics by which the article has to be matched again; before `since`, only those that trends count."""
    if article.first_seen_at >= since:
        return changed.all
    is_counted = article.is_mailable and article.arrival is not Arrival.LATE
    return changed.reinterpreted if is_counted else frozenset()


def _is_unreadable(article: Article, match: Match, page: str) -> bool:
    """Whether the words of the match are gone with the text (`reconcile.licences`), or with that of the `page`: so
    nobody can say that it fails.
    """
    if match.is_by_page and not page:
        return True
    return article.text_removed_at is not None and any(proof.field == "text" for proof in match.evidence)
