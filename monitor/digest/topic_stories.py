"""The articles that each topic has of each story, and the form in which they would be printed.

It decides nothing about the page: neither the order of topics nor the wording.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain

from monitor.copies import Copies, Wording, wording
from monitor.model.article import Article
from monitor.model.choice import Choice
from monitor.model.edition import Form
from monitor.model.edition_input import Candidate, EditionInput, StoryFacts
from monitor.model.ids import ArticleId, StoryId
from monitor.model.match import Origin
from monitor.model.topic import Topic

FORM_OF_ORIGIN = {Origin.LATE: Form.LATE, Origin.BACKFILL: Form.BACKFILL, Origin.BASELINE: Form.BASELINE}

SHORT_SHARE = 0.5
"""A text with less than this share of the longest one's characters is short; longer by a byline is not longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicStory:
    """The candidates of one topic and one story, the best first; `form` is POINTER if all of it was reported before,
    DROPPED if a person left it out, now or all of it before.
    """

    topic: str
    story: StoryFacts
    candidates: tuple[Candidate, ...]
    form: Form

    @property
    def lead(self) -> Candidate:
        return self.candidates[0]


def topic_stories(
    edition_input: EditionInput, topics: Collection[str], muted: Collection[str]
) -> tuple[TopicStory, ...]:
    """The candidates of these topics, by topic and story. Candidates of a muted topic or story are news that is not
    reported.
    """
    groups: defaultdict[tuple[str, StoryId], list[Candidate]] = defaultdict(list)
    for candidate in edition_input.candidates:
        if candidate.match.topic in topics:
            groups[candidate.match.topic, candidate.story_id].append(candidate)
    read, left_out = _read_before(edition_input), _left_out_before(edition_input)
    shares = (_share(edition_input.stories[story], group, read, left_out) for (_, story), group in groups.items())
    return tuple(_unless_unseen(share, muted, edition_input.choices) for share in shares)


def _unless_unseen(share: TopicStory, muted: Collection[str], choices: Mapping[StoryId, Choice]) -> TopicStory:
    if share.topic in muted or share.story.is_muted:
        return replace(share, form=Form.MUTED)
    choice = choices.get(share.story.id)
    if choice is not None and choice.is_dropped and not _has_grown(share, choice):
        return replace(share, form=Form.DROPPED)
    return share


def _has_grown(share: TopicStory, choice: Choice) -> bool:
    """Whether there is an article that the person who decided had not seen."""
    return any(candidate.article.id > choice.last_article for candidate in share.candidates)


def muted_topics(topics: Iterable[Topic], today: date) -> dict[str, date]:
    """Those that are not reported now, and the day on which they are again."""
    return {topic.name: topic.mute_until for topic in topics if topic.mute_until and today < topic.mute_until}


def sort_key(share: TopicStory) -> tuple[int, int, float, int]:
    """Sorts the stories of a topic: by tier, then most outlets, then newest."""
    newest = max(candidate.article.dated for candidate in share.candidates)
    return share.lead.match.tier.rank, -outlet_count(share), -newest.timestamp(), share.story.id


def strength(share: TopicStory) -> tuple[int, int, int]:
    """Sorts the topics of a story for the one that tells it: the best tier, then most of its articles, then most of the
    rule in the headline.
    """
    match = share.lead.match
    in_headline = {item.group for item in match.evidence if item.field == "title"}
    return match.tier.rank, -len(share.candidates), -len(in_headline)


def outlet_count(share: TopicStory) -> int:
    """Outlets, not feeds: one that carries a story twice counts once."""
    return len({article.outlet.casefold() for article in carrying(share)})


def carrying(share: TopicStory) -> tuple[Article, ...]:
    """The articles that carry the story of a share; one may be among them twice."""
    return (*carriers(share.story), *(candidate.article for candidate in share.candidates))


def others_of(share: TopicStory, shares: Iterable[TopicStory]) -> tuple[tuple[Candidate, tuple[str, ...]], ...]:
    """The other articles that this edition lists of the story, and the topics under which it lists those that do not
    match the topic of `share`: an edition names no article that it does not list (decision 32).

    `shares` are all of the story that have something new, in the order of their topics.
    """
    own = {candidate.article.id for candidate in share.candidates}
    elsewhere: dict[ArticleId, Candidate] = {}
    under: defaultdict[ArticleId, tuple[str, ...]] = defaultdict(tuple)
    for other in shares:
        for candidate in other.candidates:
            article_id = candidate.article.id
            if article_id not in own and article_id not in share.story.listed:
                elsewhere.setdefault(article_id, candidate)
                under[article_id] += (other.topic,)
    by_date = sorted(elsewhere.values(), key=lambda candidate: (candidate.article.dated, candidate.article.id))
    matching = ((candidate, ()) for candidate in share.candidates[1:])
    return (*matching, *((candidate, under[candidate.article.id]) for candidate in by_date))


def carriers(story: StoryFacts) -> tuple[Article, ...]:
    """The articles of a story that a digest may name."""
    return tuple(article for article in story.articles if article.is_mailable)


def _share(
    story: StoryFacts, candidates: Sequence[Candidate], read: Collection[ArticleId], left_out: Collection[ArticleId]
) -> TopicStory:
    """What was left out before comes along when its story has grown."""
    old = _ranked([each for each in candidates if each.article.id in read])
    unseen = _ranked([each for each in candidates if each.article.id in left_out and each.article.id not in read])
    new = _ranked([each for each in candidates if each.article.id not in read and each.article.id not in left_out])
    form = _form(new[0]) if new else Form.POINTER if old else Form.DROPPED
    return TopicStory(topic=candidates[0].match.topic, story=story, candidates=(*new, *old, *unseen), form=form)


def _ranked(candidates: Sequence[Candidate]) -> list[Candidate]:
    """By fitness for the lead: news first, then no mere mention, then what need not be paid for, then tier, then no
    short text, then the one that was seen first. What its publisher wrote as its date decides nothing: anybody could be
    first.
    """
    longest = max((len(candidate.article.text) for candidate in candidates), default=0)
    return sorted(candidates, key=lambda candidate: _fitness(candidate, longest))


def _fitness(candidate: Candidate, longest: int) -> tuple[int, bool, bool, int, bool, float, int]:
    article = candidate.article
    origin = list(Origin).index(candidate.origin)
    is_short = len(article.text) < SHORT_SHARE * longest
    tier, seen = candidate.match.tier, article.first_seen_at.timestamp()
    return origin, tier.is_mention, article.is_paid, tier.rank, is_short, seen, article.id


def _form(lead: Candidate) -> Form:
    if lead.origin in FORM_OF_ORIGIN:
        return FORM_OF_ORIGIN[lead.origin]
    return Form.PASSING if lead.match.tier.is_mention else Form.STORY


def _read_before(edition_input: EditionInput) -> set[ArticleId]:
    """The articles that the reader has: listed under another topic, or in a told story without anything new."""
    told = (_told(story, articles) for story, articles in _by_story(edition_input))
    return {*edition_input.listed_under, *chain.from_iterable(told)}


def _left_out_before(edition_input: EditionInput) -> set[ArticleId]:
    """The articles that a person has left out of an earlier edition, and copies of such: their story has not grown."""
    return {
        article
        for story, articles in _by_story(edition_input)
        if story.dropped
        for article in _known(story, story.dropped, articles)
    }


def _by_story(edition_input: EditionInput) -> Iterator[tuple[StoryFacts, Iterable[Article]]]:
    stories: defaultdict[StoryId, dict[ArticleId, Article]] = defaultdict(dict)
    for candidate in edition_input.candidates:
        stories[candidate.story_id][candidate.article.id] = candidate.article
    for story, articles in stories.items():
        yield edition_input.stories[story], articles.values()


def _told(story: StoryFacts, articles: Iterable[Article]) -> Iterator[ArticleId]:
    """Those of `articles` that were listed with the told story, or that are copies of what was (decision 32)."""
    return _known(story, story.listed, articles) if story.shown_at is not None else iter(())


def _known(story: StoryFacts, among: Collection[ArticleId], articles: Iterable[Article]) -> Iterator[ArticleId]:
    """Those of `articles` that are `among` these of the story, or copies of them."""
    known = Copies()
    for article in story.articles:
        if article.id in among:
            known.add(_wording(article), story.id)
    for article in articles:
        if article.id in among or known.has_copy_of(_wording(article)):
            yield article.id


def _wording(article: Article) -> Wording:
    return wording(article.title, article.text, article.outlet, article.text_runs)
