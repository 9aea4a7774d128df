"""Whether the text of a page is the article that the feed announced: else it does not count, and the reason says why.

Rules of structure come first: the language, how many sentences there are beside what the feed says, whether they are
about its headline, whether other pages of the host have them too, whether they break off. Then words by which pages
speak to their visitor (`walls`), and how much of the page they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from monitor.model.page import PageReading, PageRefusal, PageRefusalKind
from monitor.pages.host_memory import SHARED_BY
from monitor.pages.sentences import breaks_off, is_sentence, mark, stems, units, word_count
from monitor.pages.visitor import spoken_to_visitor
from monitor.pages.walls import wall_kind
from monitor.spoken_language import identified_language

LEAST_SENTENCES = 2
"""Of the page's own, beside what the feed says."""

SHARE_OF_TITLE = 0.3
"""Of the telling words of the headline, what the text must have."""

SHARED_WITH_FEED = 3
"""Telling words of headline and summary together that do as well: for headlines that play with words."""

SHARE_UNDER_ANOTHER_TITLE = 0.6
"""The same where no title of the page has a word of the feed's headline."""

WALL_SHARE = 0.35
"""Of the words of a page, what a wall says."""

SHORT_WORDS = 150
"""A text with fewer words of its own and an offer to read on is the beginning of an article."""

VISITOR_WORDS = 150
"""In a text with fewer words of its own, a sentence to the visitor is an offer or a request, no manner of writing."""

FEW_SENTENCES = 3
"""With fewer of its own, one sentence of a wall beside them is enough."""

_ONE_LANGUAGE = {"nb": "no", "nn": "no", "iw": "he", "in": "id"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """What the feed says of the article."""

    title: str
    """Its headline."""
    summary: str = ""
    """Its own text; "" if there is none."""
    language: str = ""
    """The language of the feed (BCP 47); "" if not known."""


def text_refusal(article: Announced, page: PageReading, memory: Mapping[int, int]) -> PageRefusal | None:
    """Why the text does not count; None if it is the article. `memory` is what other pages of the host said."""
    return _Judged(article, page, memory).refusal()


class _Judged:
    """One text, its sentences sorted: those of a wall, of the host, of the feed, and its own."""

    def __init__(self, article: Announced, page: PageReading, memory: Mapping[int, int]) -> None:
        self.article = article
        self.page = page
        self.about = f"{article.title}\n{article.summary}"
        self.units = units(page.text)
        self.kinds = {unit: wall_kind(unit, self.about) for unit in dict.fromkeys((*self.units, *page.titles))}
        self.walls = [unit for unit in self.units if self.kinds[unit]]
        self.shared = [unit for unit in self.units if memory.get(mark(unit), 0) >= SHARED_BY]
        self.said = {mark(unit) for unit in units(self.about)}
        others = {*self.walls, *self.shared}
        self.body = [unit for unit in self.units if is_sentence(unit) and unit not in others]
        self.own = [unit for unit in self.body if mark(unit) not in self.said]

    def refusal(self) -> PageRefusal | None:
        return (
            self._by_page()
            or self._by_language()
            or self._by_host()
            or self._by_walls()
            or self._by_visitor()
            or self._by_subject()
            or self._by_end()
            or self._by_length()
        )

    @cached_property
    def wall_name(self) -> str:
        """The kind that most words of walls are of."""
        names = [kind.name for unit in self.walls if (kind := self.kinds[unit]) is not None for _ in unit.split()]
        return max(sorted(set(names)), key=names.count)

    def _by_page(self) -> PageRefusal | None:
        if self.page.is_free is False:
            return _wall("the page says that it is not free to read")
        for title in self.page.titles:
            kind = self.kinds[title]
            if kind is not None and not stems(title) & stems(self.article.title):
                return _wall(f'the page is {kind.name}: it calls itself "{title[:80]}"')
        if not self.page.text:
            return _refusal(PageRefusalKind.TOO_SHORT, "no text of an article was found in the page")
        return None

    def _by_language(self) -> PageRefusal | None:
        of_feed, of_text = _primary(self.article.language), identified_language("", self.page.text)
        if of_feed and of_text and of_feed != of_text:
            return _refusal(PageRefusalKind.LANGUAGE, f"the text is in {of_text}, the feed in {of_feed}")
        return None

    def _by_host(self) -> PageRefusal | None:
        if self.shared and 2 * word_count(self.shared) >= word_count(self.units):
            return _refusal(
                PageRefusalKind.REPEATED, f"at least {SHARED_BY} other pages of this host have the same text"
            )
        return None

    def _by_walls(self) -> PageRefusal | None:
        if not self.walls:
            return _wall("the page has marks of a paywall and little text") if self._is_marked else None
        share = word_count(self.walls) / word_count(self.units)
        if share >= WALL_SHARE:
            return _wall(f"{share:.0%} of the text is {self.wall_name}")
        kinds = [kind for unit in self.walls if (kind := self.kinds[unit]) is not None]
        if word_count(self.body) < SHORT_WORDS and any(kind.ends_reading for kind in kinds):
            return _wall(f'after {len(self.body)} sentences comes {self.wall_name}: "{self.walls[0][:80]}"')
        if len(self.own) < FEW_SENTENCES:
            return _wall(f'beside {len(self.own)} sentences of its own stands {self.wall_name}: "{self.walls[0][:80]}"')
        return None

    @cached_property
    def _is_marked(self) -> bool:
        return self.page.has_paywall_marks and word_count(self.body) < SHORT_WORDS

    def _by_visitor(self) -> PageRefusal | None:
        if word_count(self.body) >= VISITOR_WORDS:
            return None
        language = identified_language("", self.page.text) or _primary(self.article.language)
        unit = spoken_to_visitor(self.page.text, language, self.said)
        return _wall(f'the text is brief and speaks to its visitor: "{unit[:80]}"') if unit else None

    def _by_subject(self) -> PageRefusal | None:
        wanted = stems(self.article.title) or stems(self.article.summary)
        if not wanted:
            return None
        first = next((unit for unit in units(self.article.summary) if is_sentence(unit)), "")
        if first and mark(first) in {mark(unit) for unit in self.units}:
            return None
        shared = len(wanted & stems("\n".join(self.body))) / len(wanted)
        titles = stems("\n".join(self.page.titles))
        is_elsewhere = bool(titles) and not titles & wanted
        if is_elsewhere and not wanted & stems("\n".join(self.body[:1])):
            return _refusal(
                PageRefusalKind.OTHER_SUBJECT,
                "no title of the page, nor its first sentence, has a word of the headline",
            )
        own = stems("\n".join(self.own)) & stems(self.about)
        if not is_elsewhere and len(own) >= SHARED_WITH_FEED:
            return None
        least = SHARE_UNDER_ANOTHER_TITLE if is_elsewhere else SHARE_OF_TITLE
        if shared < least:
            return _refusal(
                PageRefusalKind.OTHER_SUBJECT,
                f"the text has {shared:.0%} of the headline's words, not {least:.0%}",
            )
        return None

    def _by_end(self) -> PageRefusal | None:
        last = self.body[-1] if self.body else ""
        if word_count(self.body) < SHORT_WORDS and breaks_off(last):
            return _refusal(PageRefusalKind.CUT_OFF, f'the text breaks off: "{last[-60:]}"')
        return None

    def _by_length(self) -> PageRefusal | None:
        if len(self.own) < LEAST_SENTENCES:
            return _refusal(
                PageRefusalKind.TOO_SHORT,
                f"the page has {len(self.own)} sentences that the feed has not; {LEAST_SENTENCES} are needed",
            )
        return None


def _primary(language: str) -> str:
    primary = language.partition("-")[0].lower()
    return _ONE_LANGUAGE.get(primary, primary)


def _wall(reason: str) -> PageRefusal:
    return _refusal(PageRefusalKind.WALL, reason)


def _refusal(kind: PageRefusalKind, reason: str) -> PageRefusal:
    return PageRefusal(kind=kind, reason=reason)
