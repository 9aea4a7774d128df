"""What an outlet says whatever happened: the name of a column ("Syria ceasefire: what happened today"), and words that
stand in every text ("Follow our live page …", "Our reporters in …").

Such words are no event's, and still rare in the store if few outlets say them. Judges by the articles at hand only;
knows nothing of stories.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from monitor.cluster.article_reader import ArticleReader
from monitor.cluster.refrains import Refrains, is_roundup
from monitor.cluster.word_bags import Bag, Words, bag_of
from monitor.model.story import StoryArticle

RUN_WORDS = 4
HABIT_TEXTS = 5
"""This many telling words in a row, in this many different texts of an outlet, are boilerplate."""

COLUMN_WORDS = 6
"""Under one title, but for figures and dates, an outlet has two different texts of so many words: it is a column's."""


class OutletBoilerplate:
    """The habits of the outlets of these articles."""

    def __init__(self, articles: Sequence[StoryArticle], reader: ArticleReader) -> None:
        self._reader = reader
        self._refrains = Refrains(article.title for article in articles)
        self._runs: defaultdict[str, Counter[int]] = defaultdict(Counter)
        titles: defaultdict[tuple[str, Words], set[Words]] = defaultdict(set)
        read: set[tuple[str, Words]] = set()
        for article in articles:
            told = reader.told(article)
            outlet, text = article.outlet.casefold(), told.text
            if (outlet, text) not in read:
                self._runs[outlet].update(set(_runs(text)))
            read.add((outlet, text))
            if len(text) >= COLUMN_WORDS:
                titles[outlet, told.title].add(text)
        self._columns = {column for column, texts in titles.items() if len(texts) > 1}

    def bag(self, article: StoryArticle) -> Bag:
        """The words of the article that are of its event."""
        outlet, told = article.outlet.casefold(), self._reader.told(article)
        title = () if (outlet, told.title) in self._columns else self._telling(article, told.title)
        return bag_of(title, self._own_words(outlet, told.text))

    def _telling(self, article: StoryArticle, title: Words) -> Iterator[str]:
        """A refrain, or each word of a round-up, counts for how long the title is, and is like no other article's."""
        refrains = title if is_roundup(article.title) else self._refrains.of(article.title)
        return (f"{word} {article.id}" if word in refrains else word for word in title)

    def _own_words(self, outlet: str, text: Words) -> Iterator[str]:
        habitual: set[int] = set()
        for place, run in enumerate(_runs(text)):
            if self._runs[outlet][run] >= HABIT_TEXTS:
                habitual.update(range(place, place + RUN_WORDS))
        return (word for place, word in enumerate(text) if place not in habitual)


def _runs(words: Sequence[str]) -> Iterator[int]:
    """A number for each run: an equal one for equal words, in a third of the memory."""
    return (hash(tuple(words[place : place + RUN_WORDS])) for place in range(len(words) - RUN_WORDS + 1))
