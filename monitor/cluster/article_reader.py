"""What grouping reads of articles, each article once: its telling words, and what its copies are known by."""

from collections import Counter
from collections.abc import Iterable

from monitor.cluster.word_bags import Told, told_of
from monitor.copies import Wording, wording
from monitor.model.ids import ArticleId
from monitor.model.story import StoryArticle


class ArticleReader:
    """It keeps what it has read, so it lives as long as one grouping, with all its slices, and no longer."""

    def __init__(self) -> None:
        self._told: dict[ArticleId, Told] = {}
        self._wordings: dict[ArticleId, Wording] = {}

    def told(self, article: StoryArticle) -> Told:
        """The telling words of the article."""
        known = self._told.get(article.id)
        if known is None:
            known = self._told[article.id] = told_of(article)
        return known

    def wording(self, article: StoryArticle) -> Wording:
        """What its copies are known by."""
        known = self._wordings.get(article.id)
        if known is None:
            known = wording(article.title, article.text, article.outlet, article.text_runs)
            self._wordings[article.id] = known
        return known

    def words_of(self, articles: Iterable[StoryArticle]) -> Counter[str]:
        """For each of their telling words, the number of these articles with it."""
        return Counter(word for article in articles for word in self.told(article).distinct())
