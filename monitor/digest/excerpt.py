"""Why an article is listed, in its own words: the sentence with the match, and the terms that matched.

It uses the evidence from `match` and does not match anything itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from monitor.boilerplate import kept, left_out_of_quotes
from monitor.model.article import Article
from monitor.model.boilerplate import Boilerplate
from monitor.model.entries import Reason, Segment
from monitor.model.match import Evidence, Match, category_line, readable_url
from monitor.plain_text import one_line
from monitor.text import lead_end, normalised_title, sentence_starts

SNIPPET_CHARACTERS = 240

SENTENCE_CHARACTERS = 160

ROOM = SNIPPET_CHARACTERS - len("… ") - len(" …")

LEAD_IN_CHARACTERS = 50
"""What stands before the first hit when a long sentence has to be cut at its beginning."""

LEAD_WORDS = 60

RANKS = {"text": 1, "page": 2}
"""Of the places of words, those that are named last: the headline says more, and a page says less than its feed."""

WORDS_OF_PAGE = 4

ELLIPSIS = "…"

Span = tuple[int, int]


def snippet(article: Article, match: Match, shared: Sequence[Boilerplate] = ()) -> tuple[Segment, ...]:
    """The sentence with most groups of the topic in it, and what follows while there is room.

    At most 240 characters, cut between words; the beginning of the text if nothing in it hit;
    nothing at all if the text only repeats the headline. The article's own words alone: without what texts begin or end
    with in any feed, or in its own (`shared`).
    """
    if not article.text:
        return ()
    hits = [item for item in match.evidence if item.field == "text" and _holds(article, item)]
    spans = _telling_sentences(article.title, article.text, tuple(shared))
    if not spans:
        return ()
    best = max(range(len(spans)), key=lambda place: (len(_groups(hits, spans[place])), -place))
    passage = _with_followers(article.text, spans[best:])
    window = _window(article.text, passage, hits)
    pieces = [
        Segment(text=f"{ELLIPSIS} " if window[0] > passage[0] else ""),
        *_segments(article.text, window, hits),
        Segment(text=f" {ELLIPSIS}" if window[1] < passage[1] else ""),
    ]
    clean = (Segment(text=one_line(piece.text, is_piece=True), is_hit=piece.is_hit) for piece in pieces)
    return tuple(piece for piece in clean if piece.text)


def first_sentence(article: Article, shared: Sequence[Boilerplate] = ()) -> str:
    """The first sentence that says something beyond the headline, at most 160 characters; "" if none does."""
    start, end = next(iter(_telling_sentences(article.title, article.text, tuple(shared))), (0, 0))
    return one_line(article.text[start:end], SENTENCE_CHARACTERS)


def reasons(article: Article, match: Match) -> tuple[Reason, ...]:
    """One per group of the topic's rule: its hit in the headline, else the earliest one in the text."""
    first: dict[int, Evidence] = {}
    order = sorted(match.evidence, key=lambda item: (not _holds(article, item), RANKS.get(item.field, 0), item.start))
    for item in sorted(order, key=lambda item: item.group):
        first.setdefault(item.group, item)
    return tuple(
        Reason(term=one_line(item.term), found=one_line(item.found), place=_place(article, item))
        for item in first.values()
    )


def on_page(match: Match) -> tuple[str, ...]:
    """The words for which the page behind the article is needed, at most four; empty if it is not."""
    said = {item.group for item in match.evidence if item.field != "page"}
    on_page_ = [item for item in match.evidence if item.field == "page"]
    alone = [item for item in on_page_ if item.group not in said] or on_page_
    return tuple(dict.fromkeys(one_line(item.found) for item in alone))[:WORDS_OF_PAGE]


def _place(article: Article, item: Evidence) -> str:
    if not _holds(article, item):
        return "earlier wording"
    if item.field == "page":
        return "on the page"
    if item.field != "text":
        return "headline" if item.field == "title" else item.field
    return "lead" if item.end <= lead_end(article.text, LEAD_WORDS) else "text"


def _holds(article: Article, item: Evidence) -> bool:
    """False if the article was edited since, and has other words there now. Those of a text that was removed for the
    licence of its feed are as they were found, and a page is read once.
    """
    if item.field == "page" or (item.field == "text" and article.text_removed_at is not None):
        return True
    words = {
        "title": article.title,
        "text": article.text,
        "author": article.author,
        "category": category_line(article.categories),
        "url": readable_url(article.link),
    }
    return words[item.field][item.start : item.end] == item.found


@lru_cache(1)
def _telling_sentences(title: str, text: str, shared: tuple[Boilerplate, ...]) -> list[Span]:
    """The sentences of the text without boilerplate and without repetitions of the headline; each story asks twice."""
    headline = normalised_title(title)
    own = kept(text, left_out_of_quotes(text, shared))
    spans = (span for start, end in own for span in _sentences(text, start, end))
    return [span for span in spans if normalised_title(text[slice(*span)]) != headline]


def _sentences(text: str, first: int, last: int) -> Iterator[Span]:
    stretch = text[first:last]
    for start, end in pairwise((*sentence_starts(stretch), len(stretch))):
        sentence = stretch[start:end].lstrip()
        if words := sentence.rstrip():
            begin = first + end - len(sentence)
            yield begin, begin + len(words)


def _groups(hits: Iterable[Evidence], span: Span) -> set[int]:
    return {item.group for item in hits if span[0] <= item.start and item.end <= span[1]}


def _with_followers(text: str, spans: Sequence[Span]) -> Span:
    """The first sentence, and the ones after it that fit in whole and stand right behind it."""
    start, end = spans[0]
    for follower_start, follower_end in spans[1:]:
        if follower_end - start > ROOM or text[end:follower_start].strip():
            break
        end = follower_end
    return start, end


def _window(text: str, span: Span, hits: Sequence[Evidence]) -> Span:
    """As much of `span` as there is room for: from its beginning, unless that would lose a hit."""
    start, end = span
    inside = [item for item in hits if start <= item.start and item.end <= end]
    if inside and max(item.end for item in inside) - start > ROOM:
        start = _word_start(text, max(start, min(item.start for item in inside) - LEAD_IN_CHARACTERS), start)
    if end - start > ROOM:
        end = _word_end(text, start, start + ROOM)
    return start, end


def _word_start(text: str, position: int, floor: int) -> int:
    """The next beginning of a word, but no further than the lead-in allows."""
    space = text.find(" ", position, position + LEAD_IN_CHARACTERS)
    return position if position == floor or space < 0 else space + 1


def _word_end(text: str, start: int, position: int) -> int:
    """The last end of a word; a text without spaces is cut where it is."""
    space = text.rfind(" ", start, position + 1)
    return space if space > start else position


def _segments(text: str, window: Span, hits: Sequence[Evidence]) -> Iterator[Segment]:
    """The window, split where hits begin and end; of hits that overlap, what is not shown yet."""
    position, end = window
    for hit in sorted(hits, key=lambda item: (item.start, -item.end)):
        if hit.end <= end and hit.end > position:
            start = max(hit.start, position)
            yield Segment(text=text[position:start])
            yield Segment(text=text[start : hit.end], is_hit=True)
            position = hit.end
    yield Segment(text=text[position:end])
