"""Whether a publisher has used a guid or an address again: for another article, or for the next words of the same.

An edit keeps some of its words or its date. Another article has a date of its own and shares no telling word with the
one before, beside those of the series or the section that both belong to: "Market report" of Tuesday is not an edit of
Monday's. Measured on recorded polls: docs/identity.md.

A feed that has never shown two places at once (a constant link, one alert at a time) says by its dates alone what is
another article: there the address is the feed's, not the article's.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor.content_words import content_words
from monitor.copies import shingles_of
from monitor.model.feed import ParsedItem
from monitor.model.feed_update import Doubt, FeedState, KnownArticle, Past, Stored
from monitor.reconcile.identity import Facet, Identity
from monitor.text import is_unspaced, shingles, tokenise

ISSUES_APART = timedelta(hours=20)
"""A daily column keeps its headline and its page: with other words and a date so far off it is the next issue. A
headline that stood so long was one of its own, and no slip that was corrected.
"""

WORDS_COMPARED = 10_000
"""Characters of a text in which common words are looked for: with so many in it, two on one event share one."""

NAME_WORDS = 4
"""A longer beginning of a headline is not the name of a series: "Ministers agree on fuel tax after long talks:
sources".
"""

_COLON = re.compile(r"[:：](?=\s|$)|：")
_PARTS = re.compile(r"\s*[|｜]\s*|\s+[-–—·•]+\s+")


def shows_one_place(state: FeedState, items: Sequence[Identity]) -> bool:
    """Whether no document of the feed, this one included, has had two different links, or two different guids."""
    is_several = len({each.link for each in items}) > 1 or len({each.item.guid for each in items}) > 1
    return not (state.shows_several or is_several)


def doubtful(items: Sequence[Identity], stored: Stored, state: FeedState) -> tuple[Doubt, ...]:
    """The articles under the guid or address of an item of which the text must be known to say whether they are it."""
    is_alone = shows_one_place(state, items)
    found: dict[int, Doubt] = {}
    for each in items:
        for facet, key in each.keys.items():
            article = stored.by_key.get(key)
            if article and facet < Facet.TEXT and _is_doubtful(each, article, is_alone=is_alone):
                found[article.id] = Doubt(article_id=article.id, issues=each.issues)
    return tuple(found.values())


def is_another(identity: Identity, article: KnownArticle, past: Past | None, *, is_alone: bool) -> bool:
    """Whether the item, which has the guid or the address of the stored article, is another one. `is_alone`: of a feed
    that shows one place. Without its `past` an article is what its name says.
    """
    if past is None or not _is_doubtful(identity, article, is_alone=is_alone):
        return False
    if _is_old_copy(identity.item, article.title, past):
        return False
    if past.text_runs and shingles(identity.item.text) & shingles_of(past.text_runs):
        return False
    if is_alone and _differs(identity.item, article.title, past.text):
        return True
    is_later = _is_later(identity.item.published, article.published_at)
    return is_later and not _common_words(identity.item, article.title, past)


def is_said_again(identity: Identity, article: KnownArticle, *, is_alone: bool) -> bool:
    """Whether an item with the words of an earlier article under its name is news, and no old copy of the document: it
    is dated after `article`, which has the name now. A flood warning may come twice in the same words.
    """
    one, other = identity.item.published, article.published_at
    return _is_later(one, other) or bool(is_alone and one and other and one > other)


def _is_old_copy(item: ParsedItem, title: str, past: Past) -> bool:
    """Whether the stored article had this headline before it was edited: a server may answer with what it had then."""
    edited = {_folded(each.title) for each in past.titles if each.stood < timedelta.max}
    return _folded(item.title) != _folded(title) and _folded(item.title) in edited


def _differs(item: ParsedItem, title: str, text: str) -> bool:
    """In headline and text; without any text the headline is all there is."""
    has_other_text = _folded(item.text) != _folded(text) or not item.text
    return has_other_text and _folded(item.title) != _folded(title)


def _is_doubtful(identity: Identity, article: KnownArticle, *, is_alone: bool) -> bool:
    """Whether the words differ, and the dates tell the two apart."""
    one, other = identity.item.published, article.published_at
    if one is None or other is None or identity.has_words_of(article):
        return False
    return _is_later(one, other) or (is_alone and one != other)


def _is_later(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and one - other >= ISSUES_APART


def _common_words(item: ParsedItem, title: str, past: Past) -> set[str]:
    """The telling words of both, without those of the series they belong to."""
    now, before = _words(item.title, item.text), _words(title, past.text)
    return (now & before) - _series_words(item.title, title, past)


def _series_words(title: str, other: str, past: Past) -> set[str]:
    """Those before a colon, of a short part that both headlines have, of all that came under the name before, and of
    headlines that are the same.
    """
    if _words(title) == _words(other):
        return _words(title)
    beginnings = (_before_colon(title), _before_colon(other))
    names = filter(_is_name, (*beginnings, *_common_parts(title, other)))
    former = [_words(each.title) for each in past.titles if each.stood >= ISSUES_APART]
    return _words(*names) | (set.intersection(*former) if former else set())


def _before_colon(title: str) -> str:
    found = _COLON.search(title)
    return title[: found.start()] if found else ""


def _is_name(beginning: str) -> bool:
    """Short enough; two characters of a script without spaces count as a word."""
    return sum(0.5 if is_unspaced(token) else 1.0 for token in tokenise(beginning)) <= NAME_WORDS


def _common_parts(title: str, other: str) -> set[str]:
    """What stands before or behind a dash or a bar in both, if each has something else beside it."""
    one, two = ({_folded(part) for part in _PARTS.split(each)} for each in (title, other))
    return one & two if one - two and two - one else set()


def _words(*texts: str) -> set[str]:
    return {word for text in texts for word in content_words(text[:WORDS_COMPARED])}


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
