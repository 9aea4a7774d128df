"""`feeds add`: a feed, or the feeds of a page, tried and written into the config."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import output, pages_choice
from monitor.cli.pages_choice import Pages
from monitor.counted import counted

if TYPE_CHECKING:
    from monitor.cli.feeds.trial import Discovery, Trial
    from monitor.config import Settings


def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="The address of a feed, or of a page that has feeds.")],
    outlet: Annotated[str, typer.Option("--outlet", metavar="NAME", help="The outlet's name in mails.")] = "",
    pick: Annotated[
        int | None, typer.Option("--pick", min=1, metavar="N", help="Which feed, where a page has several.")
    ] = None,
    pages: Annotated[
        Pages | None,
        typer.Option("--pages", metavar="WHICH", help="Whose pages are read: near (for short texts), all or off."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Write to the config without asking.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON; with --pick or one feed, add it.")] = False,
) -> None:
    """Add a feed to the config: give its address, or that of a page that has one.

    A page is searched for links to its feeds; without any, the usual addresses of feeds on that site are tried. The
    feed is asked once and shown before anything is written.
    """
    from monitor.cli.feeds import asked
    from monitor.cli.settings import draft_of
    from monitor.errors import UsageError

    settings = draft_of(context)
    address = asked.address(url)
    if not as_json and _says_known(settings, address):
        return
    found = asked.asker(settings).discovery(address)
    if not found.feeds:
        raise UsageError(_nothing(found))
    chosen = _chosen(found, pick, as_json=as_json)
    if as_json:
        _add_as_json(settings, found, chosen, _keys(outlet, pages))
    elif chosen and not _says_known(settings, chosen.moved_to or chosen.url):
        asked.print_trial(chosen)
        _offer(settings, chosen, _keys(outlet, pages_choice.chosen(pages, chosen.words, is_sure=yes)), is_sure=yes)


def added(settings: "Settings", url: str, outlet: str) -> dict[str, Any]:
    """Try this address, and add it if it answers as a feed; what was written. Raises UsageError, NotWritten."""
    from monitor.cli import edit_config
    from monitor.cli.feeds import asked
    from monitor.config.edit import AddTable
    from monitor.config.edit.plan import diff
    from monitor.errors import UsageError
    from monitor.model.settings import FeedSettings

    found = asked.asker(settings).trial(FeedSettings(url=asked.address(url)))
    if not found.is_feed:
        raise UsageError(f"It is not added: {found.problem}")
    if asked.configured(settings, found.moved_to or found.url) is not None:
        raise UsageError("The config has this feed already.")
    plan, _ = edit_config.planned(settings, [AddTable(("feeds",), _table(found, _keys(outlet)))])
    edit_config.write(plan)
    return {"file": str(plan.file), "diff": list(diff(plan))}


def _says_known(settings: "Settings", url: str) -> bool:
    """Whether the config has the feed; it is said then."""
    from monitor.cli.feeds import asked
    from monitor.url import shown_url

    known = asked.configured(settings, url)
    if known:
        output.print_wrapped(f"The config has this feed already: {shown_url(known.url)}")
        if not known.enabled:
            output.print_wrapped("It is paused there: enabled = false.")
    return known is not None


def _nothing(found: "Discovery") -> str:
    """Why there is nothing to add: what was asked, and what each answered."""
    from monitor.url import shown_url

    lines = [f"No feed was found at {shown_url(found.asked[0].url)}. Asked:"]
    lines += [f"  {shown_url(each.url)}: {each.problem}" for each in found.asked]
    return "\n".join([*lines, "Give the address of the feed itself, or look in `feeds find WORDS`."])


def _chosen(found: "Discovery", pick: int | None, *, as_json: bool) -> "Trial | None":
    """The feed to add; None if a person has to say which. Raises UsageError for a number that none has."""
    from monitor.errors import UsageError

    feeds = found.feeds
    if pick is not None and pick > len(feeds):
        raise UsageError(
            f"--pick {pick}: {counted(len(feeds), 'feed was', 'feeds were')} found. Without --pick they are listed."
        )
    if pick is not None or len(feeds) == 1:
        return feeds[(pick or 1) - 1]
    if as_json:
        return None
    for number, each in enumerate(feeds, 1):
        _print_choice(number, each)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(f"The page has {len(feeds)} feeds. Say which: --pick 1 to --pick {len(feeds)}.")
    answer: int = typer.prompt("Which one?", default=1, type=int)
    if not 0 < answer <= len(feeds):
        raise UsageError(f"There is no feed {answer}; there are {len(feeds)}.")
    return feeds[answer - 1]


def _print_choice(number: int, each: "Trial") -> None:
    from monitor.url import shown_url

    what = " · ".join(filter(None, (each.title, each.language, counted(len(each.items), "item", "items"))))
    output.print_wrapped(what, first=f"{number:3}. ")
    output.print_wrapped(shown_url(each.url), first="     ")


def _keys(outlet: str, pages: Pages | None = None) -> dict[str, str]:
    """What a person says of the feed, by the keys of the config."""
    return {key: str(value) for key, value in (("outlet", outlet), ("pages", pages)) if value}


def _table(chosen: "Trial", keys: dict[str, str]) -> dict[str, Any]:
    return {"url": chosen.moved_to or chosen.url, **keys}


def _offer(settings: "Settings", chosen: "Trial", keys: dict[str, str], *, is_sure: bool) -> None:
    from monitor.cli import edit_config
    from monitor.config.edit import AddTable

    plan, _ = edit_config.planned(settings, [AddTable(("feeds",), _table(chosen, keys))])
    edit_config.offer(plan, is_sure=is_sure)


def _add_as_json(settings: "Settings", found: "Discovery", chosen: "Trial | None", keys: dict[str, str]) -> None:
    from monitor.cli import edit_config
    from monitor.cli.feeds import asked
    from monitor.config.edit import AddTable

    known = chosen is not None and asked.configured(settings, chosen.moved_to or chosen.url) is not None
    file = ""
    if chosen and not known:
        plan, _ = edit_config.planned(settings, [AddTable(("feeds",), _table(chosen, keys))])
        edit_config.write(plan)
        file = str(plan.file)
    output.print_json(
        {
            "feeds": [asked.facts(each) for each in found.feeds],
            "added": asked.facts(chosen)["url"] if file and chosen else "",
            "is_known": known,
            "file": file,
        }
    )
