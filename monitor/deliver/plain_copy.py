"""A plain-text copy of a message that the server refused (rule D11). Pure: bytes in, a letter out."""

from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

from monitor.deliver.parts import attached, text_part
from monitor.model.delivery import Delivery, Letter

NOTE = "(Sent again as plain text: the mail server refused the first form of this message.)\n\n"


def plain_copy(delivery: Delivery) -> Letter:
    """The letter of the stored message without its HTML, with a new Message-ID.

    Everything comes from the bytes, so that it has the text of the first form, whatever has changed since.
    """
    message = BytesParser(EmailMessage, policy=default).parsebytes(delivery.body)
    attachment, name = attached(message)
    date = message["Date"]
    return Letter(
        message_id=_plain_id(delivery.message_id),
        list_id=str(message["List-Id"] or ""),
        recipient=delivery.recipient,
        subject=str(message["Subject"] or ""),
        text=NOTE + text_part(message, "plain"),
        html="",
        date=date.datetime if date is not None and date.datetime else delivery.queued_at,
        attachment=attachment,
        attachment_name=name,
    )


def _plain_id(message_id: str) -> str:
    """`<daily.scheduled.2016-09-21.hash.plain@domain>`"""
    name, at, domain = message_id.rpartition("@")
    return f"{name}.plain{at}{domain}"
