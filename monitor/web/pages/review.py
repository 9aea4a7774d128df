"""Drafts that wait for a person: their stories in a form that needs no JavaScript, and the button that sends them."""

from dataclasses import asdict

from monitor.digest.reviewing import DraftStory, Wish, chosen, draft_stories
from monitor.errors import UsageError
from monitor.model.edition import Edition
from monitor.model.ids import StoryId
from monitor.model.requests import ReleaseRequest
from monitor.model.review import NOT_AS_SEEN
from monitor.model.settings import DigestSettings
from monitor.store.waiting import Waiting, waiting
from monitor.web.app import NotFound, Shown
from monitor.web.desk import Ask, Desk, Facts
from monitor.web.look import quoted

MOST_STORIES = 300
"""In the form of a draft; the others are sent as they are. With comments of 100 characters they fit into a form."""

MOST_PLACE = 10_000


def review(desk: Desk, ask: Ask) -> Shown:
    """All drafts that wait, or the one of a digest."""
    name = ask.query.get("digest", "")
    digests = [_digest(desk, name)] if name else [each for each in desk.settings.digests if each.enabled]
    found = [(each, waiting(desk.store, each, desk.now())) for each in digests]
    drafts = [_facts(desk, digest, draft) for digest, draft in found if draft is not None]
    waits = [each.name for each in digests if each.review is not None]
    return Shown(template="review.html.j2", title="Review", facts={"drafts": drafts, "waits": waits})


def decide(desk: Desk, ask: Ask) -> Shown | str:
    """Save what the form says of a draft; with its other button, send it."""
    digest = _digest(desk, ask.form.get("digest", ""))
    draft = waiting(desk.store, digest, desk.now())
    if draft is None or ask.form.get("version") != str(draft.review.version):
        raise UsageError(NOT_AS_SEEN)
    desk.store.reviews.choose(draft.review, chosen(_stories(desk, digest, draft), draft.review, _wishes(ask)))
    if ask.form.get("do") != "release":
        return f"/review?digest={quoted(digest.name)}"
    request = ReleaseRequest(digest=digest.name, version=draft.review.version + 1)
    came = desk.commands.ask(desk.settings, request)["deliveries"]
    said = [f"{each['recipient']}: {each['state']}{': ' + each['answer'] if each['answer'] else ''}" for each in came]
    lines = said or ["It is empty, or nobody gets it, so nothing was sent."]
    facts = {"heading": "The edition was released", "lines": lines, "diff": [], "back": "/editions"}
    return Shown(template="done.html.j2", title="Released", facts=facts)


def _digest(desk: Desk, name: str) -> DigestSettings:
    for each in desk.settings.digests:
        if each.name == name:
            return each
    raise NotFound("There is no digest of this name in the config.")


def _stories(desk: Desk, digest: DigestSettings, draft: Waiting) -> tuple[DraftStory, ...]:
    edition = desk.preview(digest).edition
    return draft_stories(edition, draft.review) if isinstance(edition, Edition) else ()


def _facts(desk: Desk, digest: DigestSettings, draft: Waiting) -> Facts:
    stories = _stories(desk, digest, draft)
    shown = [_story(each) for each in stories[:MOST_STORIES]]
    topics = list(dict.fromkeys(each["topic"] for each in shown if each["topic"]))
    return {
        "digest": digest.name,
        "timezone": digest.timezone,
        "made_at": draft.review.made_at,
        "until": draft.slot.due_at,
        "version": draft.review.version,
        "topics": [{"topic": name, "stories": [each for each in shown if each["topic"] == name]} for name in topics],
        "dropped": [each for each in shown if not each["topic"]],
        "more": len(stories) - len(shown),
    }


def _story(each: DraftStory) -> Facts:
    return {**asdict(each), "lead": asdict(each.lead)}


def _wishes(ask: Ask) -> dict[StoryId, Wish]:
    """By the stories that the form had: a box that is not ticked is no field at all."""
    numbers = [each for each in ask.form.get("stories", "").split(",") if _is_number(each)][:MOST_STORIES]
    return {StoryId(int(each)): _wish(ask, each) for each in numbers}


def _wish(ask: Ask, story: str) -> Wish:
    place = ask.form.get(f"place-{story}", "").strip()
    return Wish(
        is_dropped=f"drop-{story}" in ask.form,
        place=min(int(place), MOST_PLACE) or None if _is_number(place) else None,
        comment=ask.form.get(f"comment-{story}"),
    )


def _is_number(written: str) -> bool:
    return written.isascii() and written.isdecimal() and len(written) < 19
