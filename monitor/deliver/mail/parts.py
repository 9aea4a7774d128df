"""The parts of a stored message: its texts and the attachment. Pure: bytes in, text out."""

from email.message import EmailMessage, MIMEPart

from monitor.model.delivery import REST_FILE


def text_part(message: EmailMessage, subtype: str) -> str:
    """The text of that subtype, or "" if there is none; the attachment does not count."""
    part = message.get_body((subtype,))
    return _content(part) if part is not None else ""


def attached(message: EmailMessage) -> tuple[str, str]:
    """The text and the name of the attachment; "" and the default name if there is none."""
    for part in message.iter_attachments():
        return _content(part), part.get_filename() or REST_FILE
    return "", REST_FILE


def _content(part: MIMEPart) -> str:
    return str(part.get_content()).replace("\r\n", "\n")
