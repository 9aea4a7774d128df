"""render, with a net: an edition in the owner's templates, or in ours if theirs fail (rule E15)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog

from monitor.jobs.public_addresses import archive_address, for_readers
from monitor.jobs.stages import Stages
from monitor.model.edition import Edition, Missed, Rendered
from monitor.model.rollup import RollUp
from monitor.render import Environment, render, render_page, template_problem

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """An edition as a mail and as an archive page; `problem` says why the owner's templates were not used, "" if they
    were.
    """

    mail: Rendered
    page: str
    problem: str = ""


def render_with_fallback(
    stages: Stages, digest: str, edition: Edition | RollUp, *, missed: Sequence[Missed] = ()
) -> Words:
    """It goes out on time whatever a template does: with ours if the digest's own fail. The edition says so itself
    if nobody else is told.
    """
    own = stages.own_templates.get(digest)
    if own is None:
        return _words(stages, digest, edition, stages.templates, missed)
    try:
        return _words(stages, digest, edition, own, missed)
    except Exception as error:  # a template may raise anything
        problem = f'The templates of "{digest}" were not used, because they failed: {template_problem(error)}.'
        log.error("templates failed, ours are used", digest=digest, problem=problem)  # noqa: TRY400 (not our code)
    told = edition if stages.operator.to else _with_note(edition, problem)
    return replace(_words(stages, digest, told, stages.templates, missed), problem=problem)


def _words(
    stages: Stages, digest: str, edition: Edition | RollUp, templates: Environment, missed: Sequence[Missed]
) -> Words:
    edition = for_readers(stages, edition)
    mail = render(edition, templates, archive_page=archive_address(stages, digest, edition.slot), missed=missed)
    return Words(mail=mail, page=render_page(edition, templates))


def _with_note(edition: Edition | RollUp, note: str) -> Edition | RollUp:
    return replace(edition, coverage=replace(edition.coverage, notes=(*edition.coverage.notes, note)))
