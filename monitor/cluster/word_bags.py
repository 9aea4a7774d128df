"""The words by which an article's event is known: those of its title and of the beginning of its text.

`monitor.content_words` decides which words count; here a word of the title counts double.
It decides nothing about stories, and knows nothing about how rare a word is (`idf`).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from monitor.content_words import content_words
from monitor.model.feed_update import NewArticle
from monitor.model.story import StoryArticle
from monitor.text import UNSPACED_START

TITLE_CHARACTERS = 200
"""What is read of a title. No headline is longer; one that is was stuffed with words so that it be found."""

TEXT_CHARACTERS = 400
"""What is read of a text: some sixty words, as much as the lead of a report. Further down stands the background."""

TITLE_WEIGHT = 2

ENOUGH_WORDS = 3
"""With fewer a title may be the name of a column ("Markets wrap"), and no event is known by it."""

Words = tuple[str, ...]

Bag = dict[str, int]
"""Word → its weight, in the order of the article, so that sums over it come out the same in every process."""


def bag_of(title: Iterable[str], text: Iterable[str]) -> Bag:
    """What weighs how much of an article with these words."""
    words = dict.fromkeys(title, TITLE_WEIGHT)
    for word in text:
        words.setdefault(word, 1)
    return words


def is_scant(words: Iterable[str]) -> bool:
    """Whether these words are too few to know an event by; two pairs of characters say as much as one word."""
    worth = sum(0.5 if UNSPACED_START.match(word) else 1.0 for word in words)
    return worth < ENOUGH_WORDS


@dataclass(frozen=True, slots=True)
class Told:
    """The words by which an article's event is known, in the order of its title and of its text."""

    title: Words
    text: Words

    def distinct(self) -> set[str]:
        """Each of them once."""
        return {*self.title, *self.text}


def told_of(article: StoryArticle | NewArticle) -> Told:
    """The telling words of an article. Where its text is short, the page behind it goes on, which often begins with
    the same words.
    """
    text = tuple(content_words(article.text[:TEXT_CHARACTERS]))
    if isinstance(article, StoryArticle) and article.page_start and len(article.text) < TEXT_CHARACTERS:
        text = tuple(dict.fromkeys((*text, *content_words(article.page_start[:TEXT_CHARACTERS]))))
    return Told(title_words(article.title), text)


def title_words(title: str) -> Words:
    """Those of a headline."""
    return tuple(content_words(title[:TITLE_CHARACTERS]))


def words_of(articles: Iterable[StoryArticle | NewArticle]) -> Counter[str]:
    """For each word that is typical of an event, the number of articles with it."""
    return Counter(word for article in articles for word in told_of(article).distinct())
