"""Fresh pages → match → store: what topics find in the texts of pages that have just been read.

Apart from the reading, because a topic that changes meanwhile matches again what is stored: a page is either matched
before that, and again with it, or after it. What the feed says has been matched by the poll.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from monitor.boilerplate import document_of
from monitor.jobs.work_units import WorkUnits
from monitor.log import logger
from monitor.match import TopicIndex
from monitor.model.ids import ArticleId
from monitor.policy.news import origin_of
from monitor.store import Store

log = logger(__name__)

MOST_PAGES = 50
"""Pages of one run: some hundred milliseconds in which no topic can change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMatcher:
    """Matches pages that no topic has looked at, each in one transaction."""

    store: Store
    index: TopicIndex
    units: WorkUnits

    def run(self, is_stopping: Callable[[], bool] = lambda: False) -> int:
        """Match what is fresh. Returns how many matches there are."""
        count = 0
        for article_id, text in self.store.pages.fresh(MOST_PAGES):
            if is_stopping():
                break
            unit = self.units.page(article_id)
            if (setback := self.units.setback(unit)) is not None:
                log.warning("page not matched", article=article_id, reason=setback.sentence)
                continue
            count += self._matched(article_id, text)
            self.units.succeeded(unit)
            self.units.progress.sign_of_life()
        return count

    def _matched(self, article_id: ArticleId, text: str) -> int:
        found = self.store.articles.decided(article_id)
        if found is None:
            return 0
        article, decided = found
        shared = self.store.boilerplate.of_feed(article.feed_id)
        document = replace(document_of(article, shared, article.first_seen_at), page=text)
        matches = self.units.run(self.units.page(article_id), self.index.matches, document)
        known = {match.topic for match in decided}
        more = [match for match in matches if match.topic not in known and match.is_by_page]
        origin = origin_of(article.arrival, is_mailable=article.is_mailable)
        self.store.pages.settle(article_id, more, origin, self.units.clock.now())
        if more:
            log.info("page matches", article=article_id, topics=[match.topic for match in more])
        return len(more)
