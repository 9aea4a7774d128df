"""What is in a stored message: its texts and the file that goes along. Pure: bytes in, words out."""

from email.message import EmailMessage, MIMEPart

from monitor.model.delivery import REST_FILE


def text_part(message: EmailMessage, subtype: str) -> str:
    """The text of that subtype, "" if there is none; a file that goes along is not it."""
    part = message.get_body((subtype,))
    return _content(part) if part is not None else ""


def attached(message: EmailMessage) -> tuple[str, str]:
    """The file that goes along: what it says, and its name; "" and our own name if there is none."""
    for part in message.iter_attachments():
        return _content(part), part.get_filename() or REST_FILE
    return "", REST_FILE


def _content(part: MIMEPart) -> str:
    return str(part.get_content()).replace("\r\n", "\n")
