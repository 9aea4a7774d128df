"""The page of a user: who they are here, which messages they get, and which of these they have paused."""

from monitor.errors import UsageError
from monitor.model.people import ALERTS, subject_of
from monitor.policy.alerts import rules_of
from monitor.web.app import NotFound, Shown
from monitor.web.asking import asking
from monitor.web.desk import Ask, Desk, Facts
from monitor.web.pausing import Pausing, lasts


def me(desk: Desk, ask: Ask) -> Shown:  # noqa: ARG001 (all pages are asked alike)
    user = asking()
    if user is None:
        raise NotFound("The config has no [[users]], so nobody is logged in: this machine alone can reach the page.")
    facts: Facts = {"name": user.name, "role": user.role, "recipient": user.recipient}
    return Shown(template="me.html.j2", title=user.name, facts=facts | {"messages": _messages(desk, user.recipient)})


def change(desk: Desk, ask: Ask) -> str:
    """Pause, stop or resume messages to the user who asks."""
    user, subject = asking(), ask.form.get("subject", "")
    if user is None or subject not in {each["subject"] for each in _messages(desk, user.recipient)}:
        raise NotFound("You get no such messages.")
    if not Pausing(desk.store.people, user.recipient, subject, desk.now()).change(ask.form.get("do", "")):
        raise UsageError("This button is not one of ours.")
    return "/me"


def _messages(desk: Desk, recipient: str) -> list[Facts]:
    """What a recipient gets: each digest, and alerts if there are any."""
    settings, now = desk.settings, desk.now()
    found = {subject_of(each.name): each.name for each in settings.digests if recipient in each.to}
    digests = [each for each in settings.digests if each.enabled]
    rules = (rules_of(each, digests, now) for each in settings.topics)
    if any(each is not None and recipient in each.to for each in rules):
        found[ALERTS] = "Alerts"
    states = {subject: Pausing(desk.store.people, recipient, subject, now).state() for subject in found}
    return [
        {"subject": subject, "name": name, "paused_since": state.since if state else None, "lasts": lasts(state, now)}
        for subject, name in found.items()
        for state in [states[subject]]
    ]
