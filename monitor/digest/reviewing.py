"""The draft of an edition as a person reviews it: its stories, and what was decided on them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.errors import UsageError
from monitor.model.choice import COMMENT_CHARACTERS, Choice
from monitor.model.edition import Edition, Form, Section
from monitor.model.entries import Item, Mention, Pointer, Told
from monitor.model.ids import StoryId
from monitor.model.review import Review
from monitor.plain_text import one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftStory:
    """A story of a draft, once, where the edition has it in full or else first."""

    story: StoryId
    """The story."""
    topic: str
    """The topic under which it stands; "" for a dropped one."""
    form: str
    """In what form (`Form`)."""
    lead: Item
    """The article by which it is shown."""
    outlets: int
    """How many outlets carry it; 0 where it has one line."""
    place: int | None
    """Its place among those of its topic that are shown in full, from 1; None for the others."""
    comment: str
    """The sentence for the readers; "" for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person wants of a story; None leaves it as it is."""

    is_dropped: bool | None = None
    """Whether it is left out."""
    place: int | None = None
    """Its place among the stories in full of its topic."""
    comment: str | None = None
    """The sentence for the readers; "" for none."""


def draft_stories(edition: Edition, review: Review | None) -> tuple[DraftStory, ...]:
    """The stories of a draft in their order, those that were dropped at the end."""
    choices = review.choices if review else {}
    found: dict[StoryId, DraftStory] = {}
    in_full = (each for section in edition.sections for each in _in_full(section, choices))
    folded = (each for section in edition.sections for each in _folded(section, choices))
    for each in (*in_full, *folded, *(_line(each, "", Form.DROPPED, choices) for each in edition.dropped)):
        found.setdefault(each.story, each)
    topics = [section.topic for section in edition.sections]
    return tuple(sorted(found.values(), key=lambda each: _rank(each.topic, topics)))


def _rank(topic: str, topics: Sequence[str]) -> int:
    return topics.index(topic) if topic in topics else len(topics)


def _in_full(section: Section, choices: Mapping[StoryId, Choice]) -> Iterator[DraftStory]:
    for place, told in enumerate(section.stories, 1):
        line = _line(told, section.topic, Form.STORY, choices)
        yield replace(line, outlets=told.outlets, place=place)


def _folded(section: Section, choices: Mapping[StoryId, Choice]) -> Iterator[DraftStory]:
    """What stands in one line. What is muted is not reported anyway."""
    lines: tuple[tuple[Form, Iterable[Mention | Pointer]], ...] = (
        (Form.POINTER, section.earlier),
        (Form.PASSING, section.passing),
        (Form.LATE, section.late),
        (Form.BACKFILL, section.backfill),
        (Form.BASELINE, section.baseline),
    )
    for form, entries in lines:
        for each in entries:
            yield _line(each, section.topic, form, choices)


def _line(each: Mention | Pointer | Told, topic: str, form: Form, choices: Mapping[StoryId, Choice]) -> DraftStory:
    choice = choices.get(each.story_id, Choice())
    return DraftStory(
        story=each.story_id, topic=topic, form=form, lead=each.lead, outlets=0, place=None, comment=choice.comment
    )


def chosen(stories: Sequence[DraftStory], review: Review, wishes: Mapping[StoryId, Wish]) -> dict[StoryId, Choice]:
    """What is stored of the wishes of a person who has seen these stories. Raises UsageError for a story that the draft
    does not have, and for a comment that is too long.
    """
    known = {each.story for each in stories}
    for story in wishes:
        if story not in known:
            raise UsageError(f"The draft has no story {story}.")
    places = _places(stories, review, wishes)
    made = {each.story: _choice(each, review, wishes.get(each.story, Wish()), places) for each in stories}
    default = Choice(last_article=review.knows.articles)
    return {story: choice for story, choice in made.items() if choice != default or story in review.choices}


def _choice(story: DraftStory, review: Review, wish: Wish, places: Mapping[StoryId, int]) -> Choice:
    comment = story.comment if wish.comment is None else one_line(wish.comment).strip()
    if len(comment) > COMMENT_CHARACTERS:
        raise UsageError(
            f"The comment on story {story.story} has {len(comment)} characters; write one sentence of at most"
            f" {COMMENT_CHARACTERS}."
        )
    return Choice(
        is_dropped=story.form == Form.DROPPED if wish.is_dropped is None else wish.is_dropped,
        comment=comment,
        place=places.get(story.story),
        last_article=review.knows.articles,
    )


def _places(stories: Sequence[DraftStory], review: Review, wishes: Mapping[StoryId, Wish]) -> dict[StoryId, int]:
    """The places of stories in full, of topics in which somebody gave one."""
    by_topic: dict[str, list[DraftStory]] = {}
    for each in stories:
        if each.place is not None:
            by_topic.setdefault(each.topic, []).append(each)
    found: dict[StoryId, int] = {}
    for own in by_topic.values():
        order = [each.story for each in sorted(own, key=lambda each: _wanted(each, wishes))]
        had = any(review.choices.get(each, Choice()).place for each in order)
        if had or order != [each.story for each in own]:
            found |= {story: place for place, story in enumerate(order, 1)}
    return found | {
        story: choice.place
        for story, choice in review.choices.items()
        if choice.place is not None and story not in found
    }


def _wanted(story: DraftStory, wishes: Mapping[StoryId, Wish]) -> tuple[int, int]:
    """Sorts by the places that are wished for; of two with the same one, who moves there passes who was there."""
    was = story.place or 0
    place = wishes.get(story.story, Wish()).place or was
    return place, (place > was) - (place < was)
