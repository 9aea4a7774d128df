"""An alert in words: subject, text and HTML. The subject says the headline."""

from zoneinfo import ZoneInfo

from jinja2 import Environment

from monitor.counted import counted
from monitor.model.alert_mail import AlertMail
from monitor.model.edition import Rendered
from monitor.render.calendar import Calendar
from monitor.render.headline import SUBJECT_CHARACTERS, TOPIC_CHARACTERS, clipped

SEVERAL = "Alerts"
"""Stands for the topic in the subject of a bundle of several topics."""


def render_alert(mail: AlertMail, environment: Environment) -> Rendered:
    """`alert.html.j2` and `alert.txt.j2` with this message: the same rows and templates give the same bytes."""
    calendar = Calendar(zone=ZoneInfo(mail.timezone), now=mail.made_at, language=mail.language)
    subject = alert_subject(mail)
    context = {"mail": mail, "subject": subject, "calendar": calendar}
    text = environment.get_template("alert.txt.j2").render(context)
    html = environment.get_template("alert.html.j2").render(context)
    return Rendered(subject=subject, text=_without_gaps(text), html=html)


def alert_subject(mail: AlertMail) -> str:
    """`[Truce] Cease-fire in Syria holds`, `[Truce] now 12 publishers: …`, or `[Alerts] 5 stories: …`."""
    first, *others = mail.stories
    name = clipped(mail.topics[0], TOPIC_CHARACTERS) if len(mail.topics) == 1 else SEVERAL
    start = f"[{name}] "
    if others:
        start += f"{len(mail.stories)} stories: "
    elif first.has_grown:
        start += f"now {counted(first.publishers, 'publisher', 'publishers')}: "
    return clipped(f"{start}{first.lead.title}", SUBJECT_CHARACTERS)


def _without_gaps(text: str) -> str:
    """No more than one empty line in a row, and none at the ends."""
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return f"{text.strip()}\n"
