"""`digest review`: the draft that waits for a person; drop, order and comment its stories, and release it."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import local_time, output
from monitor.cli.digest.named import digest_named

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.digest.reviewing import DraftStory, Wish
    from monitor.model.edition import Edition
    from monitor.model.ids import StoryId
    from monitor.model.settings import DigestSettings
    from monitor.store.waiting import Waiting


def review(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="The digest; not needed if there is only one.")
    ] = None,
    drop: Annotated[
        list[int] | None, typer.Option(metavar="STORY", help="Leave this story out; it counts as listed. Repeatable.")
    ] = None,
    keep: Annotated[
        list[int] | None, typer.Option(metavar="STORY", help="Have a dropped story again. Repeatable.")
    ] = None,
    first: Annotated[
        list[int] | None,
        typer.Option(metavar="STORY", help="Put this story first in its topic; several in this order. Repeatable."),
    ] = None,
    comment: Annotated[
        list[str] | None,
        typer.Option(
            metavar="STORY:SENTENCE",
            help='Show this sentence below a story, such as "12: Nobody expects a result."; "12:" takes it away.'
            " Repeatable.",
        ),
    ] = None,
    release: Annotated[bool, typer.Option("--release", help="Send it now, as it is after this.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the draft of a digest that waits for you (`review` in the config), change it, release it.

    If nobody releases it, it is sent as it is then when its time comes.
    """
    from monitor.cli.settings import settings_of

    settings = settings_of(context)
    digest = digest_named(settings, name)
    wishes = _wishes(drop or (), keep or (), first or (), comment or ())
    found, edition = _seen(settings, digest)
    if found is not None and wishes:
        _decide(settings, found, edition, wishes)
        found, edition = _seen(settings, digest)
    if release or (found is None and wishes):
        _release(settings, digest, found, as_json=as_json)
    if as_json:
        output.print_json(_as_json(digest, found, edition))
        return
    _print(digest, found, edition)


def _wishes(drop: Any, keep: Any, first: Any, comments: Any) -> "dict[StoryId, Wish]":
    """Raises UsageError for a comment without its story."""
    from dataclasses import replace

    from monitor.digest.reviewing import Wish
    from monitor.errors import UsageError
    from monitor.model.ids import StoryId

    wishes: dict[StoryId, Wish] = {}

    def wish(number: int, **wanted: Any) -> None:
        story = StoryId(number)
        wishes[story] = replace(wishes.get(story, Wish()), **wanted)

    for number in drop:
        wish(number, is_dropped=True)
    for number in keep:
        wish(number, is_dropped=False)
    for place, number in enumerate(first, 1):
        wish(number, place=place)
    for written in comments:
        number, colon, sentence = written.partition(":")
        if not (colon and number.strip().isascii() and number.strip().isdecimal() and len(number) < 20):
            raise UsageError(f'"{written}" does not begin with a story; write it as "12: Nobody expects a result."')
        wish(int(number), comment=sentence)
    return wishes


def _seen(settings: "Settings", digest: "DigestSettings") -> "tuple[Waiting | None, Edition | None]":
    """The draft that waits, and its edition as it stands; of a digest without a draft, nothing."""
    from monitor.daemon.build import looked_at
    from monitor.daemon.clock import SystemClock
    from monitor.model.edition import Edition
    from monitor.store.waiting import waiting

    clock = SystemClock()
    with looked_at(settings, clock) as jobs:
        found = waiting(jobs.store, digest, clock.now())
        edition = jobs.publisher.editor.preview(digest).edition if found else None
    return found, edition if isinstance(edition, Edition) else None


def _decide(settings: "Settings", found: "Waiting", edition: "Edition | None", wishes: "dict[StoryId, Wish]") -> None:
    from monitor.daemon.clock import SystemClock
    from monitor.daemon.store_only import opened_store
    from monitor.digest.reviewing import chosen, draft_stories

    stories = draft_stories(edition, found.review) if edition else ()
    with opened_store(settings.storage, SystemClock()) as store:
        store.reviews.choose(found.review, chosen(stories, found.review, wishes))


def _release(settings: "Settings", digest: "DigestSettings", found: "Waiting | None", *, as_json: bool) -> None:
    """Have it sent, print the result, and exit."""
    from monitor.cli.ask_daemon import done_by_owner
    from monitor.errors import UsageError
    from monitor.model.requests import ReleaseRequest

    if found is None:
        raise UsageError(_no_draft(digest))
    outcome = done_by_owner(settings, ReleaseRequest(digest=digest.name, version=found.review.version))
    if as_json:
        output.print_json(outcome)
    else:
        for each in outcome["deliveries"]:
            print(f"{each['recipient']}: {each['state']}{': ' + each['answer'] if each['answer'] else ''}")
        if not outcome["deliveries"]:
            print("Released; it is empty or has no recipients, so nothing was sent.")
    raise typer.Exit(0 if all(each["state"] == "sent" for each in outcome["deliveries"]) else 1)


def _no_draft(digest: "DigestSettings") -> str:
    if digest.review is None:
        return f'"{digest.name}" does not wait for anybody; write review = "15m" into its [[digests]] table.'
    minutes = int(digest.review.total_seconds() // 60)
    return f'No draft of "{digest.name}" waits; it is made {minutes} minutes before each edition, by the daemon.'


def _as_json(digest: "DigestSettings", found: "Waiting | None", edition: "Edition | None") -> dict[str, Any]:
    from monitor.digest.reviewing import draft_stories

    if found is None or edition is None:
        return {"digest": digest.name, "draft": None}
    stories = draft_stories(edition, found.review)
    return {
        "digest": digest.name,
        "draft": {
            "made_at": output.iso(found.review.made_at),
            "until": output.iso(found.slot.due_at),
            "version": found.review.version,
            "stories": [_story(each) for each in stories],
        },
    }


def _story(each: "DraftStory") -> dict[str, Any]:
    return {
        "story": each.story,
        "topic": each.topic,
        "form": each.form,
        "place": each.place,
        "headline": each.lead.title,
        "outlet": each.lead.outlet,
        "outlets": each.outlets,
        "url": each.lead.url,
        "comment": each.comment,
    }


def _print(digest: "DigestSettings", found: "Waiting | None", edition: "Edition | None") -> None:
    from monitor.digest.reviewing import draft_stories

    if found is None or edition is None:
        print(_no_draft(digest))
        return
    until = f"{found.slot.due_at.astimezone(local_time.zone()):%a %d %b %H:%M} {local_time.zone_name()}"
    print(f"The draft of {output.shown(digest.name)} waits until {until}; then it is sent as it is.")
    table = output.table("story", "topic", "as", "headline", "outlet", "comment")
    for each in draft_stories(edition, found.review):
        form = f"{each.place}." if each.place else each.form
        output.add_row(table, str(each.story), each.topic, form, each.lead.title, each.lead.outlet, each.comment)
    output.console().print(table)
