"""The state of the service: what `status` says."""

from monitor.web.app import Shown
from monitor.web.desk import Ask, Desk


def status(desk: Desk, ask: Ask) -> Shown:  # noqa: ARG001 (all pages are asked alike)
    facts = desk.commands.status(desk.settings, desk.store)
    return Shown(template="status.html.j2", title="Status", facts=facts)
