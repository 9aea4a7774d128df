"""Who says it: how many outlets carry a story, and how many publishers and agency texts that comes to.

Pure, made again for each edition from what is stored: articles with their texts, authors and links, and what the
config says of publishers. It words nothing and ranks nothing.

    publishers.py   who is behind an outlet
    agencies.py     the agencies and their names in many languages
    credits.py      where an article says that an agency wrote it
    texts.py        which articles are one text
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.model.article import Article
from monitor.model.voices import Publishers, SharedTexts, Voices
from monitor.voices.credits import credit_of
from monitor.voices.publishers import publishers_by_outlet, publishers_of
from monitor.voices.texts import Text, distinct_texts

__all__ = ["publisher_count", "publishers_of", "voices_of"]

SEVERAL = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Carried:
    """A text with the articles that have it, and whom most of those that say so credit with it."""

    text: Text
    articles: tuple[Article, ...]
    agency: str


def voices_of(articles: Iterable[Article], publishers: Publishers) -> Voices:
    """Counts what carries a story. The work grows with the number of articles, not with its square."""
    known = tuple({article.id: article for article in articles}.values())
    behind = publishers_by_outlet(known, publishers)
    if len(behind) < SEVERAL:
        return Voices(outlets=len(behind), publishers=len(behind))
    return Voices(outlets=len(behind), publishers=len(set(behind.values())), shared=tuple(_shared(known, behind)))


def publisher_count(articles: Iterable[Article], publishers: Publishers) -> int:
    """How many publishers are behind the outlets of these articles."""
    return len(set(publishers_by_outlet(articles, publishers).values()))


def _shared(articles: Sequence[Article], behind: Mapping[str, str]) -> Iterable[SharedTexts]:
    """The texts that several outlets carry, those of most outlets first."""
    groups: defaultdict[str, list[_Carried]] = defaultdict(list)
    for carried in _texts(articles):
        if carried.agency or len({behind[_outlet(article)] for article in carried.articles}) >= SEVERAL:
            groups[carried.agency].append(carried)
    found = (_together(agency, texts, len(articles)) for agency, texts in groups.items())
    several = [each for each in found if each.outlets >= SEVERAL]
    return sorted(several, key=lambda each: (-each.outlets, not each.agency, each.agency))


def _texts(articles: Sequence[Article]) -> Iterable[_Carried]:
    for text in distinct_texts([(article.title, article.text) for article in articles]):
        carriers = tuple(articles[place] for place in text.places)
        yield _Carried(text=text, articles=carriers, agency=_most_credited(map(credit_of, carriers)))


def _most_credited(agencies: Iterable[str]) -> str:
    """Of equals the first in the alphabet, so that an order of articles changes nothing."""
    counts = Counter(filter(None, agencies))
    return min(counts, key=lambda agency: (-counts[agency], agency), default="")


def _together(agency: str, texts: Sequence[_Carried], articles: int) -> SharedTexts:
    carriers = [article for carried in texts for article in carried.articles]
    is_known = len(texts) == 1 or not any(carried.text.is_scant for carried in texts)
    return SharedTexts(
        agency=agency,
        texts=len(texts) if is_known else None,
        outlets=len({_outlet(article) for article in carriers}),
        is_all=len(carriers) == articles,
    )


def _outlet(article: Article) -> str:
    return article.outlet.casefold()
