"""A message sent again on request, to its recipient or to another one. Pure: bytes in, a letter out."""

from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from hashlib import sha256

from monitor.deliver.parts import attached, text_part
from monitor.model.delivery import Delivery, Letter


def resent(delivery: Delivery, recipient: str, number: int, now: datetime) -> Letter:
    """The letter of the stored message, with all its parts, dated now. It has a new Message-ID, because mail programs
    hide a message whose id they already have; `number` distinguishes it from others of its edition.

    Everything comes from the bytes, so that the text is the original one, whatever has changed since.
    """
    message = BytesParser(EmailMessage, policy=default).parsebytes(delivery.body)
    name, at, domain = delivery.message_id.rpartition("@")
    attachment, file_name = attached(message)
    who = sha256(recipient.encode()).hexdigest()[:16]
    return Letter(
        message_id=f"{name}.{who}.{number}{at}{domain}",
        list_id=str(message["List-Id"] or ""),
        recipient=recipient,
        subject=str(message["Subject"] or ""),
        text=text_part(message, "plain"),
        html=text_part(message, "html"),
        date=now,
        attachment=attachment,
        attachment_name=file_name,
    )
