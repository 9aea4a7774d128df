"""Outgoing feeds: what editions reported, as Atom (RFC 4287) and JSON Feed 1.1. Pure.

An entry is named after rows of the database, which keep their ids, and its `updated` is a time at which an edition was
made. So neither changes when a feed is written again (docs/decisions/0067).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from urllib.parse import quote

from monitor.model.entries import Item
from monitor.model.ids import ArticleId
from monitor.model.outgoing import Installation, Items, Naming, OutgoingEntry, OutgoingFeed, OutgoingLine, OutgoingPart
from monitor.model.past import ArchivedEdition

MOST_ENTRIES = 50
"""How many entries a feed has: readers ask at least once a day, and keep what they have read."""

MOST_LINES = 12
"""How many articles of a story an entry names: the first one and the newest."""


def tag(installation: Installation, *parts: object) -> str:
    """A `tag:` URI (RFC 4151) that names nothing which can change: no host, no name of a topic.

    The authority is a name below `.invalid`, which nobody can register (RFC 2606); the token makes it this
    installation's own.
    """
    path = "/".join(quote(str(part), safe="") for part in parts)
    return f"tag:{installation.token}.invalid,{installation.began_at:%Y-%m-%d}:{path}"


def _tag_at(installation: Installation, moment: datetime, *parts: object) -> str:
    """The `tag:` URI of what came to be at that moment. After a restore from a backup row ids are given again: what
    came since then bears the mark of that restore.
    """
    since = [each.token for each in installation.generations if each.began_at <= moment]
    return tag(installation, *parts, *since[-1:])


def named_at(naming: Naming) -> datetime:
    """When an edition last said something new of the article."""
    return max(naming.said_at, naming.corrected_at or naming.said_at)


def shown_namings(own: Iterable[Naming]) -> tuple[Naming, ...]:
    """Of a story, under one topic, the articles that its entry names: the first one, then the newest first."""
    first, *others = sorted(own, key=lambda each: (each.said_at, each.article_id))
    return first, *others[:-MOST_LINES:-1]


def story_entries(
    namings: Iterable[Naming], items: Items, installation: Installation, page_of: Callable[[Naming], str]
) -> tuple[OutgoingEntry, ...]:
    """The entries of one topic, one for each story. `page_of`: the archive page of its edition; "" for none."""
    stories: defaultdict[int, list[Naming]] = defaultdict(list)
    for each in namings:
        stories[each.story_id].append(each)
    entries = (_story(own, items, installation, page_of) for own in stories.values())
    return _newest(entry for entry in entries if entry is not None)


def _story(
    own: Sequence[Naming], items: Items, installation: Installation, page_of: Callable[[Naming], str]
) -> OutgoingEntry | None:
    """The entry of a story; None if all of its articles are gone since they were asked for."""
    shown = [each for each in shown_namings(own) if each.article_id in items]
    if not shown:
        return None
    first, last = shown[0], max(own, key=lambda each: (each.said_at, each.article_id))
    lines = tuple(OutgoingLine(item=items[each.article_id], found=each.found) for each in shown)
    said_at = min(each.said_at for each in own)
    return OutgoingEntry(
        id=_tag_at(installation, said_at, "topic", first.topic_id, "story", first.story_id),
        title=lines[0].item.title,
        link=lines[0].item.url,
        page=page_of(last),
        published=said_at,
        updated=max(map(named_at, own)),
        parts=(OutgoingPart(lines=lines, more=len(own) - len(shown)),),
    )


def edition_entry(
    edition: ArchivedEdition, title: str, page: str, parts: Iterable[OutgoingPart], installation: Installation
) -> OutgoingEntry:
    """The entry of an edition, which says nothing new after it was made."""
    return OutgoingEntry(
        id=_tag_at(installation, edition.made_at, "edition", edition.id),
        title=title,
        link=page,
        page="",
        published=edition.made_at,
        updated=edition.made_at,
        parts=tuple(parts),
    )


def article_entry(item: Item, first_seen_at: datetime, installation: Installation) -> OutgoingEntry:
    """The entry of an article that a saved search finds, the same whichever finds it. An edit of the article is nothing
    that we say.
    """
    return OutgoingEntry(
        id=_tag_at(installation, first_seen_at, "article", item.article_id),
        title=item.title,
        link=item.url,
        page="",
        published=first_seen_at,
        updated=first_seen_at,
        parts=(OutgoingPart(lines=(OutgoingLine(item=item),)),),
    )


def feed_of(
    entries: Iterable[OutgoingEntry],
    name: Sequence[object],
    title: str,
    installation: Installation,
    home: str,
    path: str,
) -> OutgoingFeed:
    """A feed of these entries. `name`: what its id says; `home`: the address of the archive, or ""; `path`: that of the
    feed below it, without the extension.
    """
    newest = _newest(entries)
    return OutgoingFeed(
        id=tag(installation, *name),
        title=title,
        home=f"{home}/" if home else "",
        itself=f"{home}/{path}" if home else "",
        updated=newest[0].updated if newest else installation.began_at,
        entries=newest,
    )


def _newest(entries: Iterable[OutgoingEntry]) -> tuple[OutgoingEntry, ...]:
    return tuple(sorted(entries, key=lambda each: (each.updated, each.id), reverse=True)[:MOST_ENTRIES])


def article_ids(namings: Iterable[Naming]) -> set[ArticleId]:
    """The articles of which the entries of these need the words."""
    own: defaultdict[tuple[int, int], list[Naming]] = defaultdict(list)
    for each in namings:
        own[each.topic_id, each.story_id].append(each)
    return {each.article_id for story in own.values() for each in shown_namings(story)}
