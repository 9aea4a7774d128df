"""A stored message without words that its owner has removed. Pure: bytes in, bytes out.

The head stays as it was sent, to the byte, and with it the Message-ID; only the parts are written again.
"""

import re
from collections.abc import Callable
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default

from monitor.deliver.mail.message import body_of, encoded_subject
from monitor.deliver.mail.parts import attached, text_part

SUBJECT = re.compile(rb"^Subject:.*\r\n(?:[ \t].*\r\n)*", re.MULTILINE | re.IGNORECASE)
OF_THE_BODY = re.compile(rb"^(?:content-|mime-version:)", re.IGNORECASE | re.MULTILINE)
"""Where the headers begin that belong to the parts: the last ones that we write."""

Change = Callable[[str], str]


def redacted(body: bytes, plain: Change, page: Change) -> bytes:
    """The message with its texts as `plain` makes them, and its HTML as `page` does; the same bytes if that changes
    nothing. b"" for what cannot be read: none of our making, and nobody could tell what is in it.
    """
    head, _, _ = body.partition(b"\r\n\r\n")
    start = OF_THE_BODY.search(head)
    message = BytesParser(EmailMessage, policy=default).parsebytes(body)
    try:
        attachment, name = attached(message)
        said = text_part(message, "plain"), text_part(message, "html"), attachment
    except (LookupError, ValueError):
        return b""
    changed = plain(said[0]), page(said[1]), plain(said[2])
    if start is None or not any(said):
        return b""
    subject = str(message["Subject"] or "")
    named = plain(subject)
    if changed == said and named == subject:
        return body
    if named != subject:  # that of an alert says its headline
        line = f"Subject: {encoded_subject(named)}\r\n".encode()
        head = SUBJECT.sub(lambda _: line, head + b"\r\n", count=1).removesuffix(b"\r\n")
        start = OF_THE_BODY.search(head) or start
    text, html, file = changed
    again = body_of(str(message["Message-ID"] or ""), text=text, html=html, attachment=file, attachment_name=name)
    return head[: start.start()] + again.as_bytes()
