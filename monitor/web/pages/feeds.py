"""Feeds: how they are, what each brought, and changes of the config by the edits that commands make."""

from typing import Any

from monitor.errors import UsageError
from monitor.url import shown_url
from monitor.web.app import NotFound, Shown
from monitor.web.desk import Ask, Desk, Facts

BAD = {"failing", "paused", "silent"}


def feeds(desk: Desk, ask: Ask) -> Shown:
    found = desk.commands.feeds(desk.settings, desk.store)
    state = ask.query.get("state", "")
    counts: dict[str, int] = {}
    for each in found:
        counts[each["state"]] = counts.get(each["state"], 0) + 1
    shown = sorted((each for each in found if state in ("", each["state"])), key=_worst_first)
    facts = {"feeds": shown, "states": counts, "chosen": state, "total": len(found)}
    return Shown(template="feeds.html.j2", title="Feeds", facts=facts)


def _worst_first(each: Facts) -> tuple[bool, str]:
    return each["state"] not in BAD, str(each["name"]).casefold()


def feed(desk: Desk, ask: Ask) -> Shown:
    found = _found(desk, ask)
    return Shown(template="feed.html.j2", title=found["name"], facts={"feed": found})


def _found(desk: Desk, ask: Ask) -> Facts:
    found = desk.commands.feed(desk.settings, desk.store, ask.path["id"])
    if found is None:
        raise NotFound(f"The config has no feed {ask.path['id']}.")
    return found


def value(desk: Desk, ask: Ask) -> Shown:  # noqa: ARG001 (all pages are asked alike)
    found = desk.kept("value", lambda: desk.commands.value(desk.settings, desk.store))
    return Shown(template="value.html.j2", title="What feeds are worth", facts={"feeds": found})


def adding(desk: Desk, ask: Ask) -> Shown:  # noqa: ARG001 (all pages are asked alike)
    """The form for an address; nothing is asked of anybody by looking at it."""
    return Shown(template="adding.html.j2", title="Add a feed", facts={"url": "", "found": []})


def try_(desk: Desk, ask: Ask) -> Shown:
    """What an address answers, with a button for each feed. Asked by the fetcher, whose rules for addresses hold."""
    url = ask.form.get("url", "").strip()
    if not url:
        raise UsageError("Type the address of a feed or of a page that has feeds.")
    found = desk.commands.found_feeds(desk.settings, url)
    typed = url if shown_url(url) == url else ""
    return Shown(template="adding.html.j2", title="Add a feed", facts={"url": typed, "found": found})


def add(desk: Desk, ask: Ask) -> Shown:
    came = desk.commands.add_feed(desk.settings, ask.form.get("url", ""), ask.form.get("outlet", "").strip())
    return _written("The feed was added", came)


def pause(desk: Desk, ask: Ask) -> Shown:
    return _switched(desk, ask, is_on=False)


def resume(desk: Desk, ask: Ask) -> Shown:
    return _switched(desk, ask, is_on=True)


def _switched(desk: Desk, ask: Ask, *, is_on: bool) -> Shown:
    wanted = ask.path["id"]
    stored = next((each.url for each in desk.store.feeds.configured() if each.id == wanted), "")
    came = desk.commands.switch_feed(desk.settings, stored, is_on=is_on)
    said = "is polled again" if is_on else "is paused"
    return _written(f"The feed {said}" if came["file"] else f"The feed {said} already", came)


def _written(title: str, came: dict[str, Any]) -> Shown:
    lines = [f"Written to {came['file']}."] if came["file"] else []
    facts = {"heading": title, "lines": [*lines, came["reload"]], "diff": came["diff"], "back": "/feeds"}
    return Shown(template="done.html.j2", title=title, facts=facts)
