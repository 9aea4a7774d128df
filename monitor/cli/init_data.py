"""What `init` says of the data: where it goes, and what is there already. Nothing is upgraded yet."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.counted import counted
from monitor.errors import StoreError

if TYPE_CHECKING:
    from monitor.model.settings import StorageSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """A database that is there before the config that will use it."""

    file: str
    """Where it is."""
    feeds: int | None = None
    """How many feeds it knows; None if it cannot be used."""
    articles: int | None = None
    """How many articles are in it; None if it cannot be used."""
    is_older: bool = False
    """Whether it has the schema of an earlier version."""
    problem: str = ""
    """Why it cannot be used as it is; "" if it can."""


def present(storage: "StorageSettings") -> Present | None:
    """The database of these settings; None if there is none, or an empty file."""
    from monitor.store.place import place_of
    from monitor.unusable import why

    place = place_of(storage)
    try:
        if storage.is_file and storage.database_file.stat().st_size == 0:
            return None
        if not place.is_there():
            return None
        place.check_whole()
        return _counted(storage, place.name)
    except FileNotFoundError:
        return None
    except OSError as error:
        return Present(file=place.name, problem=f"{place.name}: {why(Path(place.name), error)}")
    except StoreError as error:
        return Present(file=place.name, problem=str(error))


def _counted(storage: "StorageSettings", name: str) -> Present:
    from monitor.store import open_store
    from monitor.store.revision import revisions

    store = open_store(storage.database_url)
    try:
        found, needed = revisions(store.database)
        if found != needed:
            from monitor.store.schema import check_known

            check_known(found)
        feeds, articles = store.feeds.count(), store.articles.count()
    finally:
        store.close()
    return Present(file=name, feeds=feeds, articles=articles, is_older=found != needed)


def lines(storage: "StorageSettings", there: Present | None) -> list[str]:
    """The same for people."""
    place = f"The data goes into {storage.folder}."
    if there is None:
        return [place]
    if there.problem or there.feeds is None or there.articles is None:
        return [place, f"There is a database already, which cannot be used as it is: {there.problem}"]
    held = f"{counted(there.feeds, 'feed', 'feeds')}, {counted(there.articles, 'article', 'articles')}"
    older = " It is older and will be upgraded first, after a backup." if there.is_older else ""
    return [place, f"There is a database already, which will be used: {held}.{older}"]


def facts(storage: "StorageSettings", there: Present | None) -> dict[str, Any]:
    """The same for programs."""
    if there is None:
        return {"folder": str(storage.folder), "database": None}
    held = {"feeds": there.feeds, "articles": there.articles, "problem": there.problem}
    return {"folder": str(storage.folder), "database": {"file": there.file, **held}}
