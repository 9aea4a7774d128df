"""What a config that is read again changes of the one that runs, table by table.

All values are compared, secrets too; of these only that they changed is said. Pure.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from monitor.config.differences.feeds import feed_changes
from monitor.config.differences.keys import item_changes, key_changes, table_changes
from monitor.config.differences.rules import rule_changes
from monitor.config.settings import Settings
from monitor.deliver import KINDS
from monitor.model.config_change import ConfigChange, KeyChange, What
from monitor.model.settings import DigestSettings, SearchSettings
from monitor.model.topic import Topic
from monitor.model.web import UserSettings
from monitor.workbench.wording import brief

__all__ = ["differences"]

Named = TypeVar("Named", Topic, DigestSettings, SearchSettings, UserSettings)

SECTIONS = ("polling", "storage", "operator", "health", "web")


def differences(old: Settings, new: Settings) -> tuple[ConfigChange, ...]:
    """Every table that is new, gone or different, in the order of a config: feeds first, sections last."""
    return (
        *feed_changes(old.feeds, new.feeds),
        *_named("topic", old.topics, new.topics, _topic_keys, brief),
        *_lists(_own(old), _own(new)),
        *_named("digest", old.digests, new.digests, key_changes),
        *_named("search", old.searches, new.searches, key_changes, lambda search: search.words),
        *_mail(old, new),
        *_by_name("channel", old.channels, new.channels),
        *_by_name("recipient", old.recipients, new.recipients),
        *_named("user", old.users, new.users, key_changes),
        *(
            change
            for section in SECTIONS
            for change in _section(section, key_changes(getattr(old, section), getattr(new, section)))
        ),
    )


def _named(
    table: str,
    old: Sequence[Named],
    new: Sequence[Named],
    keys_of: Callable[[Named, Named], tuple[KeyChange, ...]],
    content_of: Callable[[Named], str] = lambda _: "",
) -> Iterator[ConfigChange]:
    """Tables with a name, which is their identity; a topic may go on under another one (`was`)."""
    before = {each.name: each for each in old}
    after = {each.name for each in new}
    kept: set[str] = set()
    for each in new:
        was = getattr(each, "was", "")
        name = was if each.name not in before and was in before and was not in after else each.name
        if name not in before:
            yield ConfigChange(table=table, name=each.name, what=What.ADDED, content=content_of(each))
        else:
            kept.add(name)
            yield from table_changes(table, each.name, keys_of(before[name], each), What.DISABLED, What.ENABLED)
    for name in before:
        if name not in kept:
            yield ConfigChange(table=table, name=name, what=What.REMOVED)


def _topic_keys(old: Topic, new: Topic) -> tuple[KeyChange, ...]:
    plain = key_changes(replace(old, was=new.was), new, without=("rules",))
    return (*plain, *rule_changes(old.rules, new.rules))


def _own(settings: Settings) -> dict[str, tuple[str, ...]]:
    """The lists of the owner."""
    return {name: terms for name, terms in settings.lists.items() if name not in settings.shipped}


def _lists(old: Mapping[str, Sequence[str]], new: Mapping[str, Sequence[str]]) -> Iterator[ConfigChange]:
    for name in (*new, *(name for name in old if name not in new)):
        if name not in old:
            yield ConfigChange(table="list", name=name, what=What.ADDED)
        elif name not in new:
            yield ConfigChange(table="list", name=name, what=What.REMOVED)
        elif keys := item_changes("terms", old[name], new[name]):
            yield ConfigChange(table="list", name=name, what=What.CHANGED, keys=keys)


def _mail(old: Settings, new: Settings) -> Iterator[ConfigChange]:
    """The channel and what `[mail]` says of any channel. Of another kind, all keys are others."""
    before, after = (next(name for name, kind in KINDS.items() if kind is type(each.mail)) for each in (old, new))
    kind = KeyChange(key="kind", before=before, after=after)
    channel = key_changes(old.mail, new.mail) if before == after else (kind,)
    yield from _section("mail", (*channel, *key_changes(old.mailing, new.mailing)))


def _by_name(table: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[ConfigChange]:
    """Tables of which the name is part of their header. One of another kind is another one."""
    for name in dict.fromkeys((*old, *new)):
        if name not in old:
            yield ConfigChange(table=table, name=name, what=What.ADDED)
        elif name not in new:
            yield ConfigChange(table=table, name=name, what=What.REMOVED)
        elif type(old[name]) is not type(new[name]):
            yield ConfigChange(table=table, name=name, what=What.CHANGED, keys=(KeyChange(key="kind"),))
        elif keys := key_changes(old[name], new[name]):
            yield ConfigChange(table=table, name=name, what=What.CHANGED, keys=keys)


def _section(name: str, keys: tuple[KeyChange, ...]) -> Iterator[ConfigChange]:
    if keys:
        yield ConfigChange(table=f"[{name}]", name="", what=What.CHANGED, keys=keys)
