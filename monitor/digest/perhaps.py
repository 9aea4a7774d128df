"""What stands below "Perhaps also": articles that no rule matches and that resemble what a topic matches.

They are not matches: nothing here changes a story, a number or what a later edition lists. What the digest has shown
below the topic, in whatever form, is not shown there again; neither is what this edition lists anywhere.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from monitor.digest.entries import item
from monitor.digest.topic_stories import TopicStory
from monitor.model.edition import UNSEEN, Form, Perhaps
from monitor.model.edition_input import Resemblances
from monitor.model.entries import PerhapsLine
from monitor.model.ids import StoryId
from monitor.model.perhaps import Resembling
from monitor.model.settings import DigestSettings
from monitor.model.topic import Topic
from monitor.plain_text import one_line
from monitor.text import normalised_title

WORD_CHARACTERS = 40
"""No word that says something is longer; a feed may write what it wants."""


def perhaps_of(
    resemblances: Resemblances,
    digest: DigestSettings,
    topics: Sequence[Topic],
    shares: Sequence[TopicStory],
    homes: Mapping[StoryId, TopicStory],
    muted: Collection[str],
) -> tuple[Perhaps, ...]:
    """The lines of these topics, which are in the order of the edition; of those that are `muted` none.

    `shares`: all that the edition lists; `homes`: those that it tells in full.
    """
    page = _Page(resemblances, shares, homes)
    found = (
        Perhaps(topic=topic.name, lines=tuple(page.lines(topic.name, perhaps_lines(topic, digest))))
        for topic in topics
        if topic.name not in muted
    )
    return tuple(perhaps for perhaps in found if perhaps.lines)


def perhaps_lines(topic: Topic, digest: DigestSettings) -> int:
    """How many lines the topic may have. It may have its own number; a digest without such lines has none of any
    topic.
    """
    return digest.perhaps if topic.perhaps is None or not digest.perhaps else topic.perhaps


class _Page:
    """What the edition has beside the lines."""

    def __init__(
        self, resemblances: Resemblances, shares: Sequence[TopicStory], homes: Mapping[StoryId, TopicStory]
    ) -> None:
        listed = [candidate.article for share in shares for candidate in share.candidates]
        self._resemblances = resemblances
        self._ids = {article.id for article in listed}
        self._titles = {normalised_title(article.title) for article in listed}
        shown = {share.story.id: share for share in shares if share.form not in UNSEEN}
        self._headlines = {story: item(share.lead.article).title for story, share in {**shown, **homes}.items()}
        self._muted = resemblances.muted | {
            share.story.id for share in shares if share.story.is_muted or share.form is Form.DROPPED
        }

    def lines(self, topic: str, most: int) -> Iterator[PerhapsLine]:
        """At most so many, the most alike first, no headline twice."""
        settled = self._resemblances.settled.get(topic, frozenset()) | self._ids
        said = self._titles | self._resemblances.titles.get(topic, frozenset())
        for each in self._resemblances.found.get(topic, ()):
            title = normalised_title(each.article.title)
            if most <= 0:
                return
            if each.article.id not in settled and title not in said and each.beside not in self._muted:
                said.add(title)
                most -= 1
                yield self._line(each)

    def _line(self, each: Resembling) -> PerhapsLine:
        return PerhapsLine(
            item=item(each.article),
            lacks=tuple(one_line(name, WORD_CHARACTERS) for name in each.lacks),
            shared=tuple(one_line(word, WORD_CHARACTERS) for word in each.shared),
            others=each.others,
            beside="" if each.beside is None else self._headlines.get(each.beside, ""),
        )
