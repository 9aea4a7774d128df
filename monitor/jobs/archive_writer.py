"""Writes the archive folder: pages with links to the previous and the next page, and the index of all pages.

An edition's page is stored as it was published (docs/decisions/0006). The links to its neighbours are added when the
file is written, because the next edition comes later: publishing an edition marks the page before it to be written
again (docs/decisions/0040).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.archive import Archive, has_index, write_index, write_page
from monitor.jobs.archive_contents import ArchiveContents, entry_of
from monitor.log import logger
from monitor.model.archive_index import Neighbours
from monitor.model.clock import Clock
from monitor.model.ids import EditionId
from monitor.model.past import ArchivedEdition
from monitor.progress import Progress
from monitor.render import Environment, render_index, with_neighbours
from monitor.store import Store

log = logger(__name__)

MOST_PAGES = 200
"""The most pages of one run, which must be short because polls wait for it; the next run continues. More pages are
pending only if the folder was deleted, or comes from an earlier version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveWriter:
    """Writes the pages that are missing from the archive folder."""

    clock: Clock
    progress: Progress
    store: Store
    archive: Archive
    templates: Environment
    contents: ArchiveContents

    def run(self) -> None:
        """Write the pages that are missing or whose links are out of date, then the index. A page that cannot be
        written is tried again later. If the index is missing, all pages are written.
        """
        is_whole = has_index(self.archive.folder)
        if not is_whole:
            self.store.editions.archive_again()
        waiting = self.store.editions.unarchived(MOST_PAGES)
        if not waiting:
            return
        archived = self.store.editions.archived()
        if self._write_pages(waiting, archived) or not is_whole:
            self._write_index(archived)

    def _write_pages(self, waiting: Sequence[EditionId], archived: Sequence[ArchivedEdition]) -> bool:
        """Write the pending pages. Returns whether any was written."""
        beside = _neighbours(archived)
        editions = {each.id: each for each in archived}
        reasons: list[str] = []
        for edition in (editions[edition_id] for edition_id in waiting):
            page = self.store.editions.page(edition.id)
            html = with_neighbours(page, self._links(edition, *beside[edition.id]), self.templates)
            try:
                write_page(self.archive.folder, edition.digest, edition.slot, html)
            except OSError as error:
                reasons.append(str(error))
            else:
                self.store.editions.mark_archived(edition.id, self.clock.now())
            self.progress.sign_of_life()
        if reasons:
            log.warning("archive pages not written", pages=len(reasons), reason=reasons[0])
        return len(reasons) < len(waiting)

    def _links(
        self, edition: ArchivedEdition, before: ArchivedEdition | None, after: ArchivedEdition | None
    ) -> Neighbours:
        zone, language = self.contents.zone_and_language(edition.digest)
        return Neighbours(
            previous=None if before is None else entry_of(before, zone),
            next=None if after is None else entry_of(after, zone),
            made_at=edition.made_at,
            timezone=zone.key,
            language=language,
        )

    def _write_index(self, archived: Sequence[ArchivedEdition]) -> None:
        try:
            write_index(self.archive.folder, render_index(self.contents.index(archived), self.templates))
        except OSError as error:
            log.warning("archive index not written", reason=str(error))


def _neighbours(
    archived: Sequence[ArchivedEdition],
) -> dict[int, tuple[ArchivedEdition | None, ArchivedEdition | None]]:
    """For each edition, the previous and the next edition of the same digest."""
    by_digest: dict[str, list[ArchivedEdition]] = {}
    for edition in reversed(archived):
        by_digest.setdefault(edition.digest, []).append(edition)
    return {
        each.id: (before, after)
        for own in by_digest.values()
        for before, each, after in zip((None, *own), own, (*own[1:], None), strict=False)
    }
