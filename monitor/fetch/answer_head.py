"""The head of an answer as HTTP means it, made of what servers write (rule P16).

Pure. h11, below httpx, refuses an answer for one line that is no header, for a Transfer-Encoding that is named twice
and for two lengths that differ; browsers and curl read all of these. So the head is read here first and handed on
in its proper form. A doubtful length counts for nothing: then the body ends where the connection does. Connections
carry one request and are closed after it, so bytes that one reader takes for a body and another for a second answer
can do no harm.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_HEAD_BYTES = 100_000
"""About what h11 itself reads of a head that never ends (httpcore: 100 KiB)."""

HEAD_END = re.compile(rb"\n\r?\n")

_STATUS_LINE = re.compile(rb"HTTP(?:/\d(?:\.\d)?)?[ \t]+(\d{3})(?:[ \t\r].*)?", re.IGNORECASE | re.DOTALL)
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 §5.6.2
_FORBIDDEN = re.compile(rb"[\0\r\v\f]")  # what h11 refuses in a value
_LENGTH = re.compile(rb"[0-9]{1,18}")
_FRAMING = frozenset({b"content-length", b"transfer-encoding"})
_NOT_A_CODING = frozenset({b"", b"identity"})

Field = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class AnswerHead:
    """`raw` is the head to hand on, its empty line included; `length` that of the body, None if only the end of the
    connection or its chunks say it.
    """

    raw: bytes
    status: int
    length: int | None

    @property
    def is_interim(self) -> bool:
        """Whether the real answer follows (100, 103); 101 is an answer."""
        return self.status // 100 == 1 and self.status != 101


def repaired(raw: bytes) -> AnswerHead | None:
    """The head in its proper form; None if its first line is no status line."""
    first, *lines = raw.lstrip(b"\r\n").split(b"\n")
    found = _STATUS_LINE.fullmatch(first.rstrip(b"\r"))
    if found is None:
        return None
    fields = list(_fields(lines))
    framing, length = _framing(fields)
    kept = [field for field in fields if field[0].lower() not in _FRAMING] + framing
    lines = [b"HTTP/1.1 " + found[1] + b" ", *(name + b": " + value for name, value in kept), b"", b""]
    return AnswerHead(b"\r\n".join(lines), int(found[1]), length)


def _fields(lines: list[bytes]) -> Iterator[Field]:
    """The lines that are headers, each with what is folded below it; the others are left out, with theirs."""
    name, parts = b"", list[bytes]()
    for line in [*lines, b"\n"]:
        if line[:1] in (b" ", b"\t") and line.strip():
            parts.append(line.strip())
            continue
        value = b" ".join(parts).strip(b" \t")
        if _NAME.fullmatch(name) and not _FORBIDDEN.search(value):
            yield name, value
        name, colon, rest = line.removesuffix(b"\r").partition(b":")
        name, parts = (name.rstrip(b" \t") if colon else b""), [rest]


def _framing(fields: list[Field]) -> tuple[list[Field], int | None]:
    """The one header that says where the body ends, and the length if it states one (RFC 9112 §6.3)."""
    codings = _listed(fields, b"transfer-encoding") - _NOT_A_CODING
    if b"chunked" in codings:
        return [(b"Transfer-Encoding", b"chunked")], None
    lengths = _listed(fields, b"content-length")
    if codings or len(lengths) != 1 or not _LENGTH.fullmatch(length := lengths.pop()):
        return [], None
    return [(b"Content-Length", length)], int(length)


def _listed(fields: list[Field], name: bytes) -> set[bytes]:
    values = (value for key, value in fields if key.lower() == name)
    return {part.strip().lower() for value in values for part in value.split(b",")}
