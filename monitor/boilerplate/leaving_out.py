"""The parts of a text that are not the article's own: for a quote, and for matching.

A quote leaves out everything that is known or learned. Matching leaves out less, because it cannot find what it does
not read: appeals and notices that are certainly not the article's words (`sure`), and learned endings that most
articles of the feed had for a week *before this one came*, so that the same article is judged by the same words
whenever it is judged or explained.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from monitor.boilerplate.datelines import dateline
from monitor.boilerplate.edges import LONG_WORDS, Word, first_words, is_apart, last_words
from monitor.boilerplate.figures import same_figures
from monitor.boilerplate.forms import ending, opening
from monitor.model.article import Article
from monitor.model.boilerplate import Boilerplate, LeftOut, Side
from monitor.model.feed_update import ChangedArticle, NewArticle
from monitor.model.match import Document, category_line, readable_url

BETWEEN = "\n\n"
"""Stands between two texts of an item (`parse.texts`), each of which has a start and an end."""

MOST_TEXTS = 12
"""The most texts of an item (`parse.texts`); anything beyond is read unchanged."""

MOST_FORMS = 6
"""The most forms in a row at one end: a link to read on, one or two appeals, one notice. More are not looked for, which
limits the time for a text that has nothing else."""

_BEFORE = re.compile(r"[\s|•·–—:→»►▶(\[«“„*-]*\Z")
_BEHIND = re.compile(r"[\s|•·–—:→»►▶)\]*.…!-]*")
"""Characters that would be left over before a cut at the end, or after a cut at the start."""

DANGLING_CHARACTERS = 20


def left_out_of_quotes(text: str, shared: Sequence[Boilerplate]) -> tuple[LeftOut, ...]:
    """In order of their places: known forms, datelines, and what is learned of the feed."""
    return tuple(each for start, piece in _pieces(text) for each in _Cut(piece, start, shared, is_quote=True).found())


def left_out_of_matching(text: str, shared: Sequence[Boilerplate], came_at: datetime | None) -> tuple[LeftOut, ...]:
    """In order of their places: known forms but for datelines, and the endings that were learned for matching before
    the article came. Neither takes all that a text says: an alert may say the same each time, and a headline is short.
    """
    learned = [each for each in shared if came_at and each.left_out_since and each.left_out_since < came_at]
    for known in (learned, ()) if learned else ((),):
        found = _of_matching(text, known)
        if any(any(map(str.isalnum, text[start:end])) for start, end in kept(text, found)):
            return found
    return ()


def document_of(
    article: Article | NewArticle | ChangedArticle, shared: Sequence[Boilerplate] = (), came_at: datetime | None = None
) -> Document:
    """What topics are asked about: the article, `came_at` then from the feed of which `shared` is known."""
    return Document(
        title=article.title,
        text=article.text,
        language=article.language,
        identified_language=article.identified_language,
        outlet=article.outlet,
        left_out=left_out_of_matching(article.text, shared, came_at),
        author=article.author,
        category=category_line(article.categories),
        url=readable_url(article.link),
    )


def kept(text: str, left_out: Sequence[LeftOut]) -> Iterator[tuple[int, int]]:
    """The stretches of the text between what is left out."""
    start = 0
    for each in left_out:
        if each.start > start:
            yield start, each.start
        start = each.end
    if start < len(text):
        yield start, len(text)


def cores(text: str) -> Iterator[str]:
    """Each text of an item without known forms: what is looked through for shared words. At its end stays what matching
    reads: a form that is not sure is learned where most articles have it.
    """
    for _, piece in _pieces(text):
        start, end = _Cut(piece, 0, (), is_quote=True).start, _Cut(piece, 0, (), is_quote=False).end
        yield piece[start:end]


def _of_matching(text: str, learned: Sequence[Boilerplate]) -> tuple[LeftOut, ...]:
    return tuple(each for start, piece in _pieces(text) for each in _Cut(piece, start, learned, is_quote=False).found())


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for piece in text.split(BETWEEN, MOST_TEXTS)[:MOST_TEXTS]:
        yield start, piece
        start += len(piece) + len(BETWEEN)


class _Cut:
    """A text of an item, cut from both ends until nothing more is found there; it begins at `offset` of the whole."""

    def __init__(self, text: str, offset: int, shared: Sequence[Boilerplate], *, is_quote: bool) -> None:
        self._text, self._offset, self._is_quote = text, offset, is_quote
        self._shared = sorted(shared, key=lambda each: -len(each.words))
        self._before: list[LeftOut] = []
        self._behind: list[LeftOut] = []
        self.start, self.end = 0, len(text)
        self._peel(self._cut_end)
        self._text = text[: self.end]
        self._peel(self._cut_start)

    def found(self) -> Sequence[LeftOut]:
        return [*self._before, *reversed(self._behind)]

    def _peel(self, cut: Callable[[], bool]) -> None:
        for _ in range(MOST_FORMS):
            if self.start >= self.end or not cut():
                return

    def _cut_end(self) -> bool:
        at, reason = self._learned_end()
        if at == self.end:
            at, name = ending(self._text, self.end, is_quote=self._is_quote)
            reason = f"a known form: {name}"
        if at == self.end:
            return False
        tail = _BEFORE.search(self._text, max(0, at - DANGLING_CHARACTERS), at)
        at = tail.start() if tail else at
        self._behind.append(LeftOut(start=self._offset + at, end=self._offset + self.end, reason=reason))
        self.end = at
        return True

    def _cut_start(self) -> bool:
        at, name = opening(self._text, self.start, is_quote=self._is_quote)
        reason = f"a known form: {name}"
        if at == self.start and self._is_quote:
            at, reason = dateline(self._text, self.start), "a dateline"
        if at == self.start and self._is_quote:
            at, reason = self._learned_start()
        if at == self.start:
            return False
        head = _BEHIND.match(self._text, at, min(self.end, at + DANGLING_CHARACTERS))
        at = head.end() if head else at
        self._before.append(LeftOut(start=self._offset + self.start, end=self._offset + at, reason=reason))
        self.start = at
        return True

    def _learned_end(self) -> tuple[int, str]:
        words = last_words(self._text, 0, self.end) if self._shared else []
        for each in self._shared:
            keys = each.words.split()[::-1]
            if each.side is Side.END and _begins_with(words, keys):
                at = words[len(keys) - 1].start
                is_whole = len(keys) >= LONG_WORDS or is_apart(self._gap_before(at))
                if is_whole and (self._is_quote or same_figures(self._text[at : words[0].end], each.sample)):
                    return at, _reason(each)
        return self.end, ""

    def _learned_start(self) -> tuple[int, str]:
        words = first_words(self._text, self.start, self.end) if self._shared else []
        for each in self._shared:
            keys = each.words.split()
            if each.side is Side.START and _begins_with(words, keys):
                at = words[len(keys) - 1].end
                follower = words[len(keys)].start if len(words) > len(keys) else self.end
                if len(keys) >= LONG_WORDS or follower == self.end or is_apart(self._text[at:follower]):
                    return at, _reason(each)
        return self.start, ""

    def _gap_before(self, at: int) -> str:
        """What stands between the word at `at` and the one before it; a line break at the start of the text."""
        start = at
        while start and not self._text[start - 1].isalnum():
            start -= 1
        return self._text[start:at] if start else "\n"


def _begins_with(words: Sequence[Word], keys: Sequence[str]) -> bool:
    return len(keys) <= len(words) and all(word.key == key for word, key in zip(words, keys, strict=False))


def _reason(shared: Boilerplate) -> str:
    verb = "begin" if shared.side is Side.START else "end"
    return f"{shared.items} of {shared.of_items} articles of this feed {verb} so since {shared.first_seen_at:%Y-%m-%d}"
