"""A look at an article before it is read: which needles could it hit at most? Most articles hit none, or nothing that
all needles of a rule would need, and are not read at all.

A text falls into the pieces between white space. What a piece may hit is kept in a memory, whatever stands beside it:
in capitals or not, as words or joined to one. Only a piece that may go on into the next one has to be read where it
stands. So the answer may name too many needles and never too few.
"""

import sys
from typing import NamedTuple

from monitor.match.vocabulary import Judged, Vocabulary
from monitor.match.word_reading import (
    CURRENCY_SIGNS,
    HASHES,
    is_initial,
    is_open_compound,
    is_plate,
    is_turkish,
    raw_words,
)
from monitor.model.match import Document
from monitor.text import MEMORY_WORDS, REMEMBERED_CHARACTERS, STOP_WORDS

MOST_IN_VAIN, TRIED_AGAIN, WORTH = 16, 32, 3
"""After so many articles that had to be read nevertheless only one of so many is looked at: with thousands of topics
there are matches in nearly every article. One that need not be read makes up for so many.
"""


CURRENCIES = frozenset(CURRENCY_SIGNS)


class Piece(NamedTuple):
    """What stands between white space: the needles it may hit, and its last word, if that may go on in the next piece;
    None if there is none.
    """

    needles: tuple[str, ...] = ()
    last_raw: str = ""
    last: Judged | None = None


QUIET = Piece()

UNCLEAR = Piece()
"""A piece of which only reading says what it is, by what stands beside it."""


class QuickLook:
    """Looks at articles for the needles of a vocabulary. Its memory is bounded as those of the vocabulary are."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._quiet: set[str] = set()
        self._known: dict[str, Piece] = {}
        self._asked = self._in_vain = 0

    def forget(self) -> None:
        """Empty the memory, at any moment."""
        self._quiet.clear()
        self._known.clear()

    def possible(self, document: Document) -> frozenset[str] | None:
        """All needles that the article may hit; None if only reading it says, or if looking has been in vain of late.

        `document` is bounded (`vocabulary.bounded`).
        """
        self._asked += 1
        if self._in_vain > MOST_IN_VAIN and self._asked % TRIED_AGAIN:
            return None
        self._in_vain = min(self._in_vain, MOST_IN_VAIN) + 1
        language = document.language or document.identified_language
        if language and is_turkish(language):
            return None
        found: set[str] = set()
        for text in (document.title, document.text, document.page):
            if text and not self._add(found, text):
                return None
        found.update(self._vocabulary.needles_about(document))
        return frozenset(found)

    def has_paid(self) -> None:
        """The article looked at last need not be read."""
        self._in_vain = max(0, self._in_vain - WORTH)

    def _add(self, found: set[str], text: str) -> bool:
        """Add what the text may hit. Returns False if only reading says."""
        quiet, known = self._quiet, self._known
        pieces = text.split()
        if quiet.issuperset(pieces):  # as most
            return True
        for place in [place for place, each in enumerate(pieces) if each not in quiet]:
            piece = known.get(pieces[place]) or self._learned(pieces[place])
            if piece is UNCLEAR or (piece.last and self._goes_on(piece, pieces[place + 1 : place + 2])):
                return False
            found.update(piece.needles)
        return True

    def _learned(self, written: str) -> Piece:
        if len(written) > REMEMBERED_CHARACTERS:
            return UNCLEAR
        piece = self._heard(written)
        if len(self._quiet) + len(self._known) >= MEMORY_WORDS:
            self.forget()
        written = sys.intern(written)
        if piece is QUIET:
            self._quiet.add(written)
        else:
            self._known[written] = piece
        return piece

    def _heard(self, written: str) -> Piece:
        if not CURRENCIES.isdisjoint(written):
            return UNCLEAR  # "US$ 5": what stands beside it says what is a word
        vocabulary, raws = self._vocabulary, raw_words(written)
        judged = [vocabulary.judged(raw) for raw in raws]
        needles = {each for word, raw in zip(judged, raws, strict=True) for each in vocabulary.at_most(word, raw)}
        if len(raws) > 1 and any(each.opening for each in judged):  # a hash has them joined in all ways
            needles |= vocabulary.read(Document(title="", text=f"{written} {HASHES[0]}")).needles
        if judged and judged[-1].opening and not (raws[-1].islower() and judged[-1].word.key in STOP_WORDS):
            return Piece(tuple(needles), raws[-1], judged[-1])
        return Piece(tuple(needles)) if needles else QUIET

    def _goes_on(self, piece: Piece, following: list[str]) -> bool:
        """Whether the last word of the piece may be one word with the first of the piece that follows, if one does."""
        right = next((raw for each in following for raw in raw_words(each)[:1]), "")
        if not right or piece.last is None:
            return False
        if is_initial(piece.last_raw) and is_initial(right):
            return True
        left, key = piece.last, self._vocabulary.judged(right).word.key
        is_one = is_plate(piece.last_raw, right) or is_open_compound(left.opening, key)
        return is_one and self._vocabulary.may_join(left, key)
