"""The archive folder: pages that have to be written, each with the way to the ones beside it, and the index of all.

An edition's page is stored as it was published (docs/decisions/0006). The links to the pages before and after it are
put in when its file is written, because the next edition comes later: to publish that one marks the page before it as
one to be written again (docs/decisions/0040).
"""

from collections.abc import Sequence

import structlog

from monitor.archive import has_index, write_index, write_page
from monitor.jobs.archive_contents import archive_contents, entry_of, said_by
from monitor.jobs.stages import Stages
from monitor.model.archive_index import Neighbours
from monitor.model.past import ArchivedEdition
from monitor.render import render_index, with_neighbours

log = structlog.get_logger(__name__)

MOST_PAGES = 200
"""A run is short, since polls wait for it; what it leaves, the next one takes. More than that wait only where the
folder is gone, or is of an earlier version."""


def archive_due(stages: Stages) -> None:
    """Write the pages that are not in the archive folder yet or lead nowhere, and then the index; one that cannot be
    written is tried again later. Where the index is gone, all pages are written.
    """
    is_whole = has_index(stages.archive.folder)
    if not is_whole:
        stages.store.editions.archive_again()
    waiting = stages.store.editions.unarchived(MOST_PAGES)
    if not waiting:
        return
    archived = stages.store.past.archived()
    if _write_pages(stages, waiting, archived) or not is_whole:
        _write_index(stages, archived)


def _write_pages(stages: Stages, waiting: Sequence[int], archived: Sequence[ArchivedEdition]) -> bool:
    """Whether any was written."""
    beside = _neighbours(archived)
    editions = {each.id: each for each in archived}
    reasons: list[str] = []
    for edition in (editions[edition_id] for edition_id in waiting):
        page = stages.store.past.page(edition.id)
        html = with_neighbours(page, _ways(stages, edition, *beside[edition.id]), stages.templates)
        try:
            write_page(stages.archive.folder, edition.digest, edition.slot, html)
        except OSError as error:
            reasons.append(str(error))
        else:
            stages.store.editions.mark_archived(edition.id, stages.clock.now())
        stages.progress.sign_of_life()
    if reasons:
        log.warning("archive pages not written", pages=len(reasons), reason=reasons[0])
    return len(reasons) < len(waiting)


def _neighbours(
    archived: Sequence[ArchivedEdition],
) -> dict[int, tuple[ArchivedEdition | None, ArchivedEdition | None]]:
    """For each edition the ones before and after it, of the same digest."""
    by_digest: dict[str, list[ArchivedEdition]] = {}
    for edition in reversed(archived):
        by_digest.setdefault(edition.digest, []).append(edition)
    return {
        each.id: (before, after)
        for own in by_digest.values()
        for before, each, after in zip((None, *own), own, (*own[1:], None), strict=False)
    }


def _ways(
    stages: Stages, edition: ArchivedEdition, before: ArchivedEdition | None, after: ArchivedEdition | None
) -> Neighbours:
    zone, language = said_by(stages, edition.digest)
    return Neighbours(
        previous=None if before is None else entry_of(before, zone),
        next=None if after is None else entry_of(after, zone),
        made_at=edition.made_at,
        timezone=zone.key,
        language=language,
    )


def _write_index(stages: Stages, archived: Sequence[ArchivedEdition]) -> None:
    try:
        write_index(stages.archive.folder, render_index(archive_contents(stages, archived), stages.templates))
    except OSError as error:
        log.warning("archive index not written", reason=str(error))
