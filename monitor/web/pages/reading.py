"""Pages to read: today, editions, stories, articles, topics, search."""

import re
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from monitor.errors import UsageError
from monitor.jobs.editor import Draft
from monitor.model.edition import Edition
from monitor.model.ids import ArticleId, EditionId, StoryId
from monitor.web.app import Document, NotFound, Shown
from monitor.web.desk import Ask, Desk, Facts
from monitor.web.timeline import bars

EDITIONS_LISTED, STORIES_LISTED, MATCHES_LISTED = 200, 300, 200
MOST_DAYS, STORY_DAYS, TOPIC_DAYS = 30, 2, 30


def today(desk: Desk, ask: Ask) -> Shown:  # noqa: ARG001 (all pages are asked alike)
    """The next edition of each digest of news, as it stands."""
    drafts = [desk.preview(each) for each in desk.settings.digests if each.enabled and each.kind == "news"]
    editions = [
        {**_edition(each.edition), "drafted_at": each.review.made_at if each.review else None}
        for each in drafts
        if isinstance(each.edition, Edition)
    ]
    return Shown(template="today.html.j2", title="Today so far", facts={"editions": editions})


def preview(desk: Desk, ask: Ask) -> Shown:
    """The next edition as it would be mailed: its subject and its text, and around its HTML a frame."""
    draft = _draft(desk, ask)
    facts: Facts = {"digest": ask.query["digest"], "subject": draft.rendered.subject, "text": draft.rendered.text}
    facts |= {"recipients": [each.recipient for each in draft.letters], "template_problem": draft.template_problem}
    return Shown(template="preview.html.j2", title=f"Preview: {draft.rendered.subject}", facts=facts)


def preview_document(desk: Desk, ask: Ask) -> Document:
    return Document(html=_draft(desk, ask).rendered.html)


def _draft(desk: Desk, ask: Ask) -> Draft:
    for each in desk.settings.digests:
        if each.name == ask.query.get("digest"):
            return desk.preview(each)
    raise NotFound("There is no digest of this name in the config.")


def _edition(edition: Edition) -> Facts:
    names = ("digest", "slot", "dated", "made_at", "timezone")
    parts: dict[str, tuple[Any, ...]] = {
        "sections": edition.sections,
        "quiet": edition.quiet,
        "perhaps": edition.perhaps,
    }
    plain = {name: [asdict(each) for each in part] for name, part in parts.items()}
    return {name: getattr(edition, name) for name in names} | plain | {"counts": asdict(edition.counts)}


def editions(desk: Desk, ask: Ask) -> Shown:  # noqa: ARG001 (all pages are asked alike)
    found = [{**asdict(each), "name": each.name} for each in desk.store.editions.all()[:EDITIONS_LISTED]]
    return Shown(template="editions.html.j2", title="Editions", facts={"editions": found})


def edition(desk: Desk, ask: Ask) -> Shown:
    found = _past(desk, ask)
    records = [asdict(each) for each in desk.store.deliveries.records(digest=found.digest, limit=EDITIONS_LISTED)]
    sent = [each for each in records if each["slot"] == found.slot]
    reviewed = desk.store.reviews.of_editions().get(found.id)
    facts: Facts = {"edition": {**asdict(found), "name": found.name}, "deliveries": sent}
    facts["review"] = reviewed and asdict(reviewed)
    return Shown(template="edition.html.j2", title=found.subject, facts=facts)


def edition_document(desk: Desk, ask: Ask) -> Document:
    """The page of the archive, exactly as it is stored."""
    return Document(html=desk.store.editions.page(_past(desk, ask).id))


def _past(desk: Desk, ask: Ask) -> Any:
    wanted = EditionId(ask.path["id"])
    for each in desk.store.editions.all():
        if each.id == wanted:
            return each
    raise NotFound(f"There is no edition {wanted}.")


def stories(desk: Desk, ask: Ask) -> Shown:
    days = ask.number("days", STORY_DAYS, MOST_DAYS)
    found = desk.store.stories.since(desk.now() - timedelta(days=days), desk.joining(), desk.publishers())
    shown = [_record(each) for each in found[:STORIES_LISTED]]
    muted = [asdict(each) for each in desk.store.stories.muted()]
    facts = {"days": days, "stories": shown, "has_more": len(found) > len(shown), "muted": muted}
    return Shown(template="stories.html.j2", title="Stories", facts=facts)


def story(desk: Desk, ask: Ask) -> Shown:
    """All articles of a story, by day."""
    wanted = StoryId(ask.path["id"])
    found = desk.store.stories.one(wanted, desk.joining(), desk.publishers())
    if found is None:
        raise NotFound(f"There is no story {wanted}. A story has the number of its first article.")
    return Shown(template="story.html.j2", title=found.title or "(no headline)", facts={"story": asdict(found)})


def _record(record: Any) -> Facts:
    """A story of a list, without its articles."""
    plain = asdict(record)
    return {**plain, "articles": len(record.articles), "language": record.articles[0].language}


def article(desk: Desk, ask: Ask) -> Shown:
    """A stored article, and why it matched and was listed, or was not."""
    wanted = ArticleId(ask.path["id"])
    found = desk.store.articles.one(wanted)
    if found is None:
        raise NotFound(f"There is no article {wanted}. Removed articles leave nothing to show.")
    names = ("id", "title", "text", "link", "outlet", "via", "published_at", "first_seen_at", "arrival", "is_paid")
    facts: Facts = {name: getattr(found, name, "") for name in names} | {"language": found.shown_language}
    why = desk.commands.why(desk.settings, desk.store, wanted)
    plain = [{"stage": each.stage, "sentence": each.sentence, "topic": each.topic} for each in why["findings"]]
    facts = {"article": facts, "answer": why["answer"].sentence if why["answer"] else "", "findings": plain}
    facts["topics"] = [each.name for each in desk.settings.topics]
    return Shown(template="article.html.j2", title=found.title or "(no headline)", facts=facts)


def topics(desk: Desk, ask: Ask) -> Shown:  # noqa: ARG001 (all pages are asked alike)
    activity = desk.kept("activity", lambda: desk.store.matches.activity(desk.now()))
    found = [
        {"name": each.name, "enabled": each.enabled, **(asdict(activity[each.name]) if each.name in activity else NONE)}
        for each in desk.settings.topics
    ]
    return Shown(template="topics.html.j2", title="Topics", facts={"topics": found})


NONE = {"matches": 0, "last_7_days": 0, "last_30_days": 0, "last_match_at": None}


def topic(desk: Desk, ask: Ask) -> Shown:
    """One topic: its stories a day, and what it matched last."""
    name = ask.query.get("name", "")
    if name not in {each.name for each in desk.settings.topics}:
        raise NotFound("There is no topic of this name in the config.")
    now, days = desk.now(), ask.number("days", 7, MOST_DAYS)
    matches = desk.store.matches.between([name], desk.joining(), now - timedelta(days=days), now)
    shown = [
        {"article": each.article.id, "title": each.article.title, "link": each.article.link, "tier": each.tier,
         "outlet": each.article.outlet, "language": each.article.shown_language, "story": each.story_id,
         "first_seen_at": each.article.first_seen_at, "is_muted": each.is_muted}
        for each in reversed(matches[-MATCHES_LISTED:])
    ]  # fmt: skip
    facts = {"name": name, "days": days, "timeline": _timeline(desk, name, now), "matches": shown}
    return Shown(template="topic.html.j2", title=name, facts={**facts, "has_more": len(matches) > len(shown)})


def _timeline(desk: Desk, name: str, now: datetime) -> list[Facts]:
    zone = next((ZoneInfo(each.timezone) for each in desk.settings.digests), UTC)
    first = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=TOPIC_DAYS - 1)
    starts = [first + timedelta(days=place) for place in range(TOPIC_DAYS + 1)]
    bounds = [each.astimezone(UTC) for each in starts]
    counts = desk.store.matches.stories_a_day([name], bounds).get(name, (None,) * TOPIC_DAYS)
    days = [(start.date(), count) for start, count in zip(starts, counts, strict=False)]
    return [asdict(each) for each in bars(days)]


OPTION = re.compile(r"--([a-z]+)")
"""An option in a sentence of the command; the page has a field of that name."""


def search(desk: Desk, ask: Ask) -> Shown:
    """What words find; without words, the form."""
    names = ("q", "topic", "language", "since", "until", "order", "feed", "saved")
    fields = {name: ask.query.get(name, "") for name in names}
    found: Facts = {"articles": [], "has_more": False, "index": None}
    problem = ""
    if any(value for name, value in fields.items() if name != "order"):
        try:
            found = desk.commands.search(desk.settings, desk.store, fields)
        except UsageError as error:
            problem = OPTION.sub(lambda name: name[1].capitalize(), str(error))
    lists = {
        "topics": [each.name for each in desk.settings.topics],
        "saved": [each.name for each in desk.settings.searches],
    }
    facts = {"asked": fields, "problem": problem, "choices": lists, **found}
    return Shown(template="search.html.j2", title="Search", facts=facts)
