"""A message the server would not have, once more as plain text (rule D11). Pure: bytes in, bytes out."""

from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

from monitor.deliver.mail.message import compose_message
from monitor.deliver.mail.parts import attached, text_part
from monitor.model.delivery import Delivery, Letter, NewDelivery

NOTE = "(Sent again as plain text: the mail server refused the first form of this message.)\n\n"


def plain_copy(delivery: Delivery, sender: str) -> NewDelivery:
    """The stored message without its HTML, under a Message-ID of its own.

    Everything comes from the bytes, so that it has the text of the first form, whatever has changed since.
    """
    message = BytesParser(EmailMessage, policy=default).parsebytes(delivery.body)
    attachment, name = attached(message)
    date = message["Date"]
    letter = Letter(
        message_id=_plain_id(delivery.message_id),
        digest="",
        recipient=delivery.recipient,
        subject=str(message["Subject"] or ""),
        text=NOTE + text_part(message, "plain"),
        html="",
        date=date.datetime if date is not None and date.datetime else delivery.queued_at,
        attachment=attachment,
        attachment_name=name,
    )
    body = compose_message(letter, sender, listed_as=str(message["List-Id"] or ""))
    return NewDelivery(recipient=delivery.recipient, message_id=letter.message_id, body=body)


def _plain_id(message_id: str) -> str:
    """`<daily.scheduled.2016-09-21.hash.plain@domain>`"""
    name, at, domain = message_id.rpartition("@")
    return f"{name}.plain{at}{domain}"
