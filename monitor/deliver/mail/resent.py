"""A message once more, because somebody asked for it: to its recipient or to another. Pure: bytes in, bytes out."""

from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

from monitor.deliver.keys import short_hash
from monitor.deliver.mail.message import compose_message
from monitor.deliver.mail.parts import attached, text_part
from monitor.deliver.mail.way_out import html_without_way_out, text_without_way_out
from monitor.model.delivery import Delivery, Letter, NewDelivery


def resent(delivery: Delivery, recipient: str, mark: str, now: datetime, sender: str) -> NewDelivery:
    """The stored message, with all its parts, dated now; to somebody else without the address by which its recipient
    pauses such messages. Its Message-ID is its own, or mail programs would hide it as
    one they have; `mark` (letters, digits, dots) tells it from others of its edition.

    Everything comes from the bytes, so that the text is the original one, whatever has changed since.
    """
    message = BytesParser(EmailMessage, policy=default).parsebytes(delivery.body)
    name, at, domain = delivery.message_id.rpartition("@")
    attachment, file_name = attached(message)
    text, html = text_part(message, "plain"), text_part(message, "html")
    if recipient != delivery.recipient:
        text, html = text_without_way_out(text), html_without_way_out(html)
    letter = Letter(
        message_id=f"{name}.{short_hash(recipient)}.{mark}{at}{domain}",
        digest="",
        recipient=recipient,
        subject=str(message["Subject"] or ""),
        text=text,
        html=html,
        date=now,
        attachment=attachment,
        attachment_name=file_name,
    )
    body = compose_message(letter, sender, listed_as=str(message["List-Id"] or ""))
    return NewDelivery(recipient=recipient, message_id=letter.message_id, body=body)
