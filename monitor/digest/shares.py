"""What each topic has of each story, and in what form it would be printed there.

Decides nothing about the page: no order of topics, no words.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from monitor.model.article import Article
from monitor.model.edition import Form
from monitor.model.match import Tier
from monitor.model.material import Candidate, Material, Origin, StoryFacts
from monitor.model.story import COPY_CONTAINMENT, MIN_COPY_SHINGLES
from monitor.text import normalised_title, shingles

FORM_OF_ORIGIN = {Origin.LATE: Form.LATE, Origin.BACKFILL: Form.BACKFILL}
STRENGTH = (Form.STORY, Form.PASSING, Form.LATE, Form.BACKFILL, Form.MUTED, Form.POINTER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The candidates of one topic and one story, the best first; `form` is POINTER if all of it was told before."""

    topic: str
    story: StoryFacts
    candidates: tuple[Candidate, ...]
    form: Form

    @property
    def lead(self) -> Candidate:
        return self.candidates[0]


def shares_of(material: Material, topics: Collection[str], muted: Collection[str]) -> tuple[Share, ...]:
    """The candidates of these topics, by topic and story. What a muted one has is news that is not told."""
    groups: defaultdict[tuple[str, int], list[Candidate]] = defaultdict(list)
    for candidate in material.candidates:
        if candidate.match.topic in topics:
            groups[candidate.match.topic, candidate.story_id].append(candidate)
    shares = (_share(material.stories[key[1]], group, material.told_under) for key, group in groups.items())
    return tuple(replace(share, form=Form.MUTED) if share.topic in muted else share for share in shares)


def standing(share: Share) -> tuple[int, int, float, int]:
    """Sorts the stories of a topic: by tier, then most outlets, then newest ."""
    newest = max(candidate.article.dated for candidate in share.candidates)
    return share.lead.match.tier.rank, -outlet_count(share), -newest.timestamp(), share.story.id


def strength(share: Share) -> tuple[int, int]:
    """A story is told by the topic where it is strongest: in the best form, then in the best tier."""
    return STRENGTH.index(share.form), share.lead.match.tier.rank


def outlet_count(share: Share) -> int:
    """Outlets, not feeds: one that carries a story twice counts once."""
    articles = (*carriers(share.story), *(candidate.article for candidate in share.candidates))
    return len({article.outlet.casefold() for article in articles})


def carriers(story: StoryFacts) -> tuple[Article, ...]:
    """The articles of a story that a digest may name."""
    return tuple(article for article in story.articles if article.is_mailable)


def _share(story: StoryFacts, candidates: list[Candidate], told_under: Mapping[int, str]) -> Share:
    fresh = {item.article.id for item in candidates if not _is_told(item.article, story, told_under)}
    ranked = tuple(sorted(candidates, key=lambda item: (item.article.id not in fresh, *_fitness(item))))
    form = _form(ranked[0]) if fresh else Form.POINTER
    return Share(topic=ranked[0].match.topic, story=story, candidates=ranked, form=form)


def _fitness(candidate: Candidate) -> tuple[int, int, int, float, int]:
    """Sorts the candidates of a story for its lead: news first, then tier, the longer text, the earlier one."""
    article = candidate.article
    origin = list(Origin).index(candidate.origin)
    return origin, candidate.match.tier.rank, -len(article.text), article.first_seen_at.timestamp(), article.id


def _form(lead: Candidate) -> Form:
    if lead.origin is not Origin.NEW:
        return FORM_OF_ORIGIN[lead.origin]
    return Form.PASSING if lead.match.tier is Tier.PASSING else Form.STORY


def _is_told(article: Article, story: StoryFacts, told_under: Mapping[int, str]) -> bool:
    """Whether the reader has it: under another topic, or because the story says nothing new with it."""
    if article.id in told_under:
        return True
    if story.told_at is None:
        return False
    told = [known for known in story.articles if known.first_seen_at <= story.told_at and known.id != article.id]
    return article.first_seen_at <= story.told_at or any(_is_copy(article, known) for known in told)


def _is_copy(article: Article, known: Article) -> bool:
    """What makes two articles one story for `cluster`: the same title, or the words of one in the other."""
    if normalised_title(article.title) == normalised_title(known.title):
        return True
    one, other = shingles(article.text), shingles(known.text)
    shorter = min(len(one), len(other))
    return shorter >= MIN_COPY_SHINGLES and len(one & other) >= COPY_CONTAINMENT * shorter
