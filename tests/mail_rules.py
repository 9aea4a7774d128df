"""A strict reader of mail: what RFC 5322, 2045, 2046 and 2047 ask of the bytes, whatever a lenient parser forgives.

Written for the tests from the standards alone; it shares no code with what composes the messages.
"""

import base64
import binascii
import quopri
import re
from collections.abc import Iterator

LINE_LIMIT = 998
USUAL_LINE = 78
ENCODED_WORD_LIMIT = 75
FIELD = re.compile(rb"([!-9;-~]+): ?(.*)", re.DOTALL)
ENCODED_WORD = re.compile(rb"=\?([^?\s]*)\?([^?\s]*)\?([^?]*)\?=")
MACHINE_FIELDS = {
    b"message-id", b"list-id", b"list-unsubscribe", b"list-unsubscribe-post", b"auto-submitted", b"to",
    b"mime-version", b"content-type", b"content-transfer-encoding", b"date", b"x-auto-response-suppress",
}  # fmt: skip
ONCE = MACHINE_FIELDS | {b"from", b"subject"}

Fields = list[tuple[bytes, bytes]]


def violations(message: bytes) -> list[str]:
    """What is wrong with a message, in words; nothing if it is right."""
    return [*_of_lines(message), *_of_entity(message, is_top=True)]


def _of_lines(message: bytes) -> Iterator[str]:
    if not message.isascii():
        yield "a byte that is not ASCII"
    if set(message.replace(b"\r\n", b"")) & set(b"\r\n\0"):
        yield "a bare CR, LF or NUL"
    for number, line in enumerate(message.split(b"\r\n"), 1):
        if len(line) > LINE_LIMIT:
            yield f"line {number} has {len(line)} bytes"


def _of_entity(entity: bytes, *, is_top: bool) -> Iterator[str]:
    head, separator, body = entity.partition(b"\r\n\r\n")
    if not separator:
        yield "no empty line after the header"
        return
    fields = list(_fields(head))
    yield from _of_fields(fields, is_top=is_top)
    content = dict(fields).get(b"content-type", b"text/plain")
    if content.startswith(b"multipart/"):
        yield from _of_parts(content, body)
    else:
        yield from _of_text(content, dict(fields).get(b"content-transfer-encoding", b"7bit"), body)


def _fields(head: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Names in lower case, values unfolded."""
    for field in re.split(rb"\r\n(?![ \t])", head):
        found = FIELD.fullmatch(field)
        yield (found[1].lower(), found[2].replace(b"\r\n", b"")) if found else (b"?", field)


def _of_fields(fields: Fields, *, is_top: bool) -> Iterator[str]:
    names = [name for name, _ in fields]
    if b"?" in names:
        yield "a header line that is no field"
    yield from (f"{name!r} occurs twice" for name in ONCE if names.count(name) > 1)
    if is_top:
        yield from (
            f"no {name!r}" for name in (b"date", b"from", b"to", b"message-id", b"mime-version") if name not in names
        )
    for name, value in fields:
        yield from _of_value(name, value)


def _of_value(name: bytes, value: bytes) -> Iterator[str]:
    if name in MACHINE_FIELDS and b"=?" in value:
        yield f"an encoded word in {name!r}"
    for word in ENCODED_WORD.finditer(value):
        yield from _of_encoded_word(name, word)
    rest = ENCODED_WORD.sub(b"", value)
    if b"=?" in rest:
        yield f"a broken encoded word in {name!r}"
    if name == b"message-id" and not re.fullmatch(rb"<[^\s<>@]+@[^\s<>@]+>", value):
        yield "a Message-ID that is none"


def _of_encoded_word(name: bytes, word: re.Match[bytes]) -> Iterator[str]:
    charset, encoding, text = word.groups()
    if len(word[0]) > ENCODED_WORD_LIMIT:
        yield f"an encoded word of {len(word[0])} bytes in {name!r}"
    before, after = word.string[: word.start()][-1:], word.string[word.end() :][:1]
    if before.strip() or after.strip():
        yield f"an encoded word in {name!r} that touches its neighbour"
    try:
        raw = (
            base64.b64decode(text, validate=True)
            if encoding.lower() == b"b"
            else quopri.decodestring(text, header=True)
        )
        raw.decode(charset.decode())  # RFC 2047 §5: each word is whole characters
    except (binascii.Error, UnicodeError, LookupError) as error:
        yield f"an encoded word in {name!r} that cannot be read: {error}"


def _of_parts(content: bytes, body: bytes) -> Iterator[str]:
    found = re.search(rb'boundary="([^"]+)"', content)
    if found is None or len(found[1]) > 70:  # RFC 2046 §5.1.1
        yield "no boundary, or one that is too long"
        return
    parts = re.split(rb"(?:^|\r\n)--" + re.escape(found[1]) + rb"(?:--)?[ \t]*\r\n", body)
    if b"--" + found[1] + b"--\r\n" not in body:
        yield "the parts have no end"
    if len(parts) != 4 or parts[0].strip() or parts[3].strip():
        yield f"{len(parts) - 2} parts instead of two"
    for part in parts[1:-1]:
        yield from _of_entity(part, is_top=False)


def _of_text(content: bytes, encoding: bytes, body: bytes) -> Iterator[str]:
    if not re.fullmatch(rb'text/(plain|html); charset="utf-8"', content):
        yield f"a part of type {content!r}"
    yield from (f"a line of {len(line)} bytes in a part" for line in body.split(b"\r\n") if len(line) > USUAL_LINE)
    try:
        if encoding == b"base64":
            base64.b64decode(body.replace(b"\r\n", b""), validate=True).decode()
        elif encoding == b"quoted-printable":
            yield from _of_quoted_printable(body)
        else:
            yield f"a transfer encoding {encoding!r}"
    except (binascii.Error, UnicodeError) as error:
        yield f"a part that cannot be read: {error}"


def _of_quoted_printable(body: bytes) -> Iterator[str]:
    quopri.decodestring(body).decode()
    if re.search(rb"=(?![0-9A-F]{2}|\r\n)", body):
        yield "a = in quoted-printable that is none"
    if re.search(rb"[ \t]\r\n", body):
        yield "a blank at the end of a line of quoted-printable"
