"""A message the server would not have, once more in another form (rule D11). Pure: bytes in, bytes out.

If the server says which host it does not want to read of, the message goes out without the links of that host, with
all its parts; else as plain text. If that is refused too, for what it says, it goes out as plain text without any link;
a form with HTML that is refused for anything else, as plain text.
"""

import re
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

from monitor.deliver.mail.message import compose_message
from monitor.deliver.mail.parts import attached, text_part
from monitor.deliver.mail.unlinked import (
    html_without_links,
    linked_hosts,
    refused_hosts,
    with_note,
    without_links,
)
from monitor.model.delivery import Delivery, Letter, NewDelivery
from monitor.url import unlinked

NOTE = "(Sent again as plain text: the mail server refused the first form of this message.)"

BARE_NOTE = "(Sent again as plain text without links: the mail server refused this message with them.)"

UNLINKED, PLAIN, BARE = "unlinked", "plain", "bare"
"""How the Message-IDs of the forms end: `<daily.scheduled.2016-09-21.hash.plain@domain>`."""

_OF_CONTENT = re.compile(r"ur[il]|link|listed|dbl|domain|phish|malware|virus|spam|content", re.IGNORECASE)
"""What answers say that are about the words of a message; others are about its size, its sender or the hour."""


def second_form(delivery: Delivery, sender: str) -> NewDelivery:
    """The stored message without the links that its last answer names, or without its HTML."""
    message = BytesParser(EmailMessage, policy=default).parsebytes(delivery.body)
    hosts = refused_hosts(delivery.answer, *_texts(message), parties=(delivery.recipient, sender))
    note = f"(Sent again without the links to {unlinked(', '.join(hosts))}, which the mail server does not take.)"
    return _copy(delivery, message, sender, hosts, note if hosts else NOTE, UNLINKED if hosts else PLAIN)


def third_form(delivery: Delivery, sender: str) -> NewDelivery | None:
    """A form that was refused for its content, as plain text without any link; one with HTML that was refused for
    anything else, as plain text; None for all else.
    """
    form = delivery.message_id.rpartition("@")[0].rpartition(".")[2]
    is_of_content = _OF_CONTENT.search(delivery.answer) is not None
    if form not in {UNLINKED, PLAIN} or (form == PLAIN and not is_of_content):
        return None
    message = BytesParser(EmailMessage, policy=default).parsebytes(delivery.body)
    if not is_of_content:
        return _copy(delivery, message, sender, (), NOTE, PLAIN)
    return _copy(delivery, message, sender, linked_hosts(*_texts(message)), BARE_NOTE, BARE)


def _texts(message: EmailMessage) -> tuple[str, str, str]:
    return text_part(message, "plain"), text_part(message, "html"), attached(message)[0]


def _copy(
    delivery: Delivery, message: EmailMessage, sender: str, hosts: tuple[str, ...], note: str, form: str
) -> NewDelivery:
    """The message under an id of its own. Everything comes from the bytes, so that it says what the first form said,
    whatever has changed since.
    """
    attachment, name = attached(message)
    page = text_part(message, "html") if form == UNLINKED else ""
    date = message["Date"]
    letter = Letter(
        message_id=_id_of(delivery.message_id, form),
        digest="",
        recipient=delivery.recipient,
        subject=without_links(str(message["Subject"] or ""), hosts),
        text=f"{note}\n\n{without_links(text_part(message, 'plain'), hosts)}",
        html=with_note(html_without_links(page, hosts), note) if page else "",
        date=date.datetime if date is not None and date.datetime else delivery.queued_at,
        attachment=without_links(attachment, hosts),
        attachment_name=name,
    )
    body = compose_message(letter, sender, listed_as=str(message["List-Id"] or ""))
    return NewDelivery(recipient=delivery.recipient, message_id=letter.message_id, body=body)


def _id_of(message_id: str, form: str) -> str:
    name, at, domain = message_id.rpartition("@")
    return f"{name}.{form}{at}{domain}"
