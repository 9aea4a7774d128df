"""Feeds of the catalogue as commands show them: what is known of each here, as lines for people and as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from monitor.cli import output

if TYPE_CHECKING:
    from monitor.catalogue.sources import Source
    from monitor.config import Settings

NOT_TRIED = "not tried from here"


def experience(settings: "Settings | None") -> Mapping[str, str]:
    """By stored URL, what this installation knows of a feed: that it is in the config, and how its last poll ended.
    Nothing is created: without a database only the config is looked at.
    """
    from monitor.store.place import place_of
    from monitor.url import stored_url

    if settings is None:
        return {}
    found = {stored_url(feed.url): "in your config, not polled yet" for feed in settings.feeds}
    if place_of(settings.storage).is_there():
        from monitor.daemon.clock import SystemClock
        from monitor.daemon.store_only import opened_store
        from monitor.policy.standing import standing_of

        clock = SystemClock()
        with opened_store(settings.storage, clock) as store:
            now = clock.now()
            for each in store.feeds.standings(now):
                if each.state.polled_at:
                    says = standing_of(each.state, now, each.hold, each.seen_at)[1]
                    found[each.state.url] = f"{says}; polled {output.ago(each.state.polled_at, now)}"
    return found


def known_of(source: "Source", experienced: Mapping[str, str]) -> str:
    from monitor.url import stored_url

    return experienced.get(stored_url(source.url), NOT_TRIED)


def facts(source: "Source", known: str) -> dict[str, Any]:
    """As JSON has it: the countries by code and name."""
    from monitor.catalogue.sources import places

    names = {key: places()[code].name if code else "" for key, code in _codes(source).items()}
    return {**asdict(source), **names, "known": known}


def print_numbered(rows: Sequence[tuple[str, str, str, str]]) -> None:
    """Rows of a name, what it is, its address and what is known of it, with their numbers."""
    for number, row in enumerate(rows, 1):
        print_one(number, *row)


def print_one(number: int, name: str, described_as: str, url: str, known: str) -> None:
    """One feed on three lines or more."""
    output.print_wrapped(f"{name}  {described_as}", first=f"{number:>3}. ")
    print(f"     {output.shown(url)}")
    output.print_wrapped(known, first="    ")


def described(source: "Source") -> str:
    """Its country, language and kind, as far as they are known."""
    from monitor.catalogue.sources import places

    country = places()[source.country].name if source.country else ""
    return ", ".join(filter(None, (country, source.language, source.kind)))


def _codes(source: "Source") -> dict[str, str]:
    return {"country_name": source.country, "about_name": source.about}
