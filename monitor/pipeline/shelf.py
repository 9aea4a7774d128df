"""The archive folder: pages that are not in it yet, and the index of all."""

from datetime import date
from itertools import groupby
from zoneinfo import ZoneInfo

import structlog

from monitor.archive import has_index, relative_address, write_index, write_page
from monitor.digest import day_bounds, trend
from monitor.model.archive_index import ArchiveDigest, ArchiveEntry, ArchiveIndex, ArchiveTopic
from monitor.model.past import PastEdition
from monitor.model.publication import clock_of, day_of
from monitor.pipeline.stages import Stages
from monitor.render import render_index, without_label

log = structlog.get_logger(__name__)

INDEX_DAYS = 30


def archive_due(stages: Stages) -> None:
    """Write the pages that are not in the archive folder yet, and then the index; one that cannot be written is
    tried again later.
    """
    is_changed = False
    for edition_id, digest, slot, page in stages.store.editions.unarchived():
        try:
            write_page(stages.archive.folder, digest, slot, page)
        except OSError as error:
            log.warning("archive page not written", digest=digest, slot=slot, reason=str(error))
        else:
            is_changed = True
            stages.store.editions.mark_archived(edition_id, stages.clock.now())
    if is_changed or not has_index(stages.archive.folder):
        _write_index(stages)


def _write_index(stages: Stages) -> None:
    editions = stages.store.past.editions()
    if not editions:
        return
    try:
        write_index(stages.archive.folder, render_index(_index(stages, editions), stages.templates))
    except OSError as error:
        log.warning("archive index not written", reason=str(error))


def _index(stages: Stages, editions: tuple[PastEdition, ...]) -> ArchiveIndex:
    """As of the newest edition, so that the same rows give the same page."""
    zones = {digest.name: ZoneInfo(digest.timezone) for digest in stages.digests}
    first = next(iter(stages.digests), None)
    timezone, language = (first.timezone, first.language) if first else ("UTC", "en")
    made_at = editions[0].made_at
    names = [topic.name for topic in stages.topics if topic.enabled]
    daily = stages.store.past.stories_a_day(names, day_bounds(made_at, ZoneInfo(timezone), INDEX_DAYS))
    by_digest = groupby(sorted(editions, key=lambda each: each.digest), key=lambda each: each.digest)
    return ArchiveIndex(
        made_at=made_at,
        timezone=timezone,
        language=language,
        digests=tuple(
            ArchiveDigest(name=name, entries=tuple(_entry(each, zones.get(name, ZoneInfo("UTC"))) for each in own))
            for name, own in by_digest
        ),
        topics=tuple(ArchiveTopic(topic=name, trend=trend(daily[name])) for name in names if name in daily),
    )


def _entry(edition: PastEdition, zone: ZoneInfo) -> ArchiveEntry:
    return ArchiveEntry(
        page=relative_address(edition.digest, edition.slot),
        dated=_dated(edition, zone),
        kind=edition.kind,
        made_at=edition.made_at,
        words=without_label(edition.subject),
        clock=clock_of(edition.slot) if edition.kind == "scheduled" else "",
    )


def _dated(edition: PastEdition, zone: ZoneInfo) -> date:
    return day_of(edition.slot) if edition.kind == "scheduled" else edition.made_at.astimezone(zone).date()
