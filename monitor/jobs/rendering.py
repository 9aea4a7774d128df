"""render, with a fallback: an edition in the owner's templates, or in the shipped ones if those fail (rule E15)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.jobs.public_addresses import PublicAddresses
from monitor.log import logger
from monitor.model.edition import Edition, Missed, Rendered
from monitor.model.rollup import RollUp
from monitor.render import Environment, render, render_page, template_problem

log = logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedEdition:
    """An edition as a mail and as an archive page; `problem` says why the owner's templates were not used, "" if they
    were.
    """

    mail: Rendered
    page: str
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renderer:
    """Renders editions with the templates of their digest, and with the shipped ones as the fallback."""

    templates: Environment
    own_templates: Mapping[str, Environment]
    """By digest: the owner's templates before the shipped ones."""
    addresses: PublicAddresses
    has_operator: bool
    """Whether an operator is notified of failing templates."""

    def render(self, digest: str, edition: Edition | RollUp, *, missed: Sequence[Missed] = ()) -> RenderedEdition:
        """The edition is sent on time whatever a template does: with the shipped templates if the digest's own fail.
        The edition itself says so if there is no operator.
        """
        own = self.own_templates.get(digest)
        if own is None:
            return self._rendered(digest, edition, self.templates, missed)
        try:
            return self._rendered(digest, edition, own, missed)
        except Exception as error:  # a template may raise anything
            problem = f'The templates of "{digest}" were not used, because they failed: {template_problem(error)}.'
            log.error("templates failed, shipped templates used", digest=digest, problem=problem)  # noqa: TRY400 (not our code)
        noted = edition if self.has_operator else _with_note(edition, problem)
        return replace(self._rendered(digest, noted, self.templates, missed), problem=problem)

    def _rendered(
        self, digest: str, edition: Edition | RollUp, templates: Environment, missed: Sequence[Missed]
    ) -> RenderedEdition:
        edition = self.addresses.for_readers(edition)
        mail = render(edition, templates, archive_page=self.addresses.archive_page(digest, edition.slot), missed=missed)
        return RenderedEdition(mail=mail, page=render_page(edition, templates))


def _with_note(edition: Edition | RollUp, note: str) -> Edition | RollUp:
    return replace(edition, coverage=replace(edition.coverage, notes=(*edition.coverage.notes, note)))
