"""Letter → the bytes of one MIME message, which every mail program can read, and which are the same every time.

The `email` package encodes the two parts. The header lines are written here, because it cannot
write them all: folding at 78 characters it puts RFC 2047 words into the URLs of List-* headers
(python/cpython#85725), and told to fold at 998 it writes encoded words beyond the 75 characters of
RFC 2047 §2. Nothing here opens a socket or a file, and no text is rendered.
"""

import re
from collections.abc import Iterator
from email.charset import BASE64, SHORTEST, Charset
from email.header import Header
from email.message import MIMEPart
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from hashlib import sha256
from unicodedata import normalize
from urllib.parse import quote

from monitor.deliver.keys import slug
from monitor.deliver.mail.way_out import html_with_way_out, text_with_way_out
from monitor.model.delivery import Letter
from monitor.plain_text import one_line
from monitor.url import ascii_host

HEADER_CHARACTERS = 200
SUBJECT_CHARACTERS = 400
"""Our own subjects have at most 78 characters; this limits other header values."""

ENCODED_LINE_CHARACTERS = 76
ADDRESS_CHARACTERS = 254
"""RFC 5321 §4.5.3.1.3: a path of 256 octets, less its angle brackets."""

LONGEST_URL = 900
"""In a header, whose lines have at most 998 bytes; only 200 letters of a far script in a name make a longer one."""

USER_BYTES = 64
"""RFC 5321 §4.5.3.1.1."""

LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")
DOMAIN = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def compose_message(letter: Letter, sender: str, *, listed_as: str | None = None) -> bytes:
    """The whole message: pure ASCII (except for a recipient beyond it, RFC 6532), CRLF, no line over 998 bytes, text
    part before the HTML part, then the attachment.

    It never raises for a letter, whatever a feed put into it; `sender` must have passed `sender_address`. `listed_as`
    is the List-Id of a message that goes out once more; without it that of the letter's digest.
    """
    listed_as = list_id(letter.digest, sender) if listed_as is None else listed_as
    head = "".join(f"{name}: {value}\r\n" for name, value in _headers(letter, sender, listed_as))
    return head.encode() + _body(letter).as_bytes()


def mail_id(key: str, sender: str) -> str:
    """`<key@sender-domain>`: a repeat of the same edition has the same one (rule D8)."""
    return f"<{key}@{sender_domain(sender)}>"


def list_id(digest: str, sender: str) -> str:
    """`<digest.sender-domain>` (RFC 2919): what people filter a digest by."""
    return f"<{slug(digest)}.{sender_domain(sender)}>"


def ascii_address(address: str) -> str:
    """`user@domain` as mail servers take it, an international domain in its `xn--` form.

    Raises ValueError for anything else, quoted and non-ASCII user names included.
    """
    user, _, domain = address.rpartition("@")
    host = ascii_domain(domain)
    if not LOCAL_PART.fullmatch(user) or not DOMAIN.fullmatch(host) or len(address) > ADDRESS_CHARACTERS:
        shown = one_line(address, 80)
        raise ValueError(f'"{shown}" is not a mail address this program can use; write it like name@example.org')
    return f"{user}@{host}"


def envelope_address(address: str) -> str:
    """As `ascii_address`, but the user name may have letters beyond ASCII: it needs a server that offers SMTPUTF8
    (RFC 6531). Raises ValueError.
    """
    user, _, domain = address.rpartition("@")
    if user.isascii():
        return ascii_address(address)
    plain = "".join("x" if sign > "\x7f" and sign.isprintable() and not sign.isspace() else sign for sign in user)
    host = ascii_address(f"{plain}@{domain}").rpartition("@")[2]
    if len(user.encode()) > USER_BYTES:
        raise ValueError(f'"{one_line(user, 80)}" is too long: a user name has at most {USER_BYTES} bytes')
    return f"{user}@{host}"


def mailbox(recipient: str) -> str:
    """The same for two spellings of one mailbox: capitals, and a domain in letters or in its `xn--` form."""
    user, _, domain = recipient.rpartition("@")
    host = ascii_domain(normalize("NFC", domain)) or domain
    return f"{normalize('NFC', user)}@{host.rstrip('.')}".lower()


def ascii_domain(domain: str) -> str:
    """A host name as DNS accepts it, encoded by IDNA 2008; "" if it is not valid."""
    try:
        return domain.encode("idna").decode("ascii") if domain.isascii() else ascii_host(domain)
    except ValueError:
        return ""


def sender_address(sender: str) -> str:
    """The address in `Name <user@domain>`, as for `ascii_address`."""
    return ascii_address(_name_and_address(sender)[1])


def sender_domain(sender: str) -> str:
    return sender_address(sender).rpartition("@")[2]


def _headers(letter: Letter, sender: str, listed_as: str) -> Iterator[tuple[str, str]]:
    yield "Date", format_datetime(letter.date)
    yield "From", _from(sender)
    yield "To", _to(letter.recipient)
    yield "Subject", encoded_subject(letter.subject)
    yield "Message-ID", letter.message_id
    if letter.references:
        yield "In-Reply-To", letter.references[-1]
        yield "References", "\r\n ".join(letter.references)
    yield "List-Id", listed_as
    yield from _unsubscribing(letter, sender, listed_as.strip("<>"))
    yield "Auto-Submitted", "auto-generated"  # RFC 3834: no holiday replies, please
    yield "X-Auto-Response-Suppress", "All"


def encoded_subject(subject: str) -> str:
    """The value of the header, folded where it is long."""
    return _encoded("Subject", one_line(subject, SUBJECT_CHARACTERS))


def _unsubscribing(letter: Letter, sender: str, list_name: str) -> Iterator[tuple[str, str]]:
    """By mail to the sender; by an address as well where one takes it, which goes first: by one click if it is an https
    address (RFC 8058 §3.1).
    """
    subject = quote(f"unsubscribe {list_name}")
    ways = [f"<mailto:{quote(sender_address(sender), safe='@')}?subject={subject}>"]
    url = _unsubscribe_url(letter, list_name) or letter.pause_url
    url = url if len(url) <= LONGEST_URL else ""
    if url:
        ways.insert(0, f"<{url}>")
    yield "List-Unsubscribe", ", ".join(ways)
    if url.startswith("https://"):
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"


def _unsubscribe_url(letter: Letter, list_name: str) -> str:
    url = letter.unsubscribe_url
    for blank, value in (("{recipient}", letter.recipient), ("{list}", list_name)):
        url = url.replace(blank, quote(value, safe=""))
    return url


def _from(sender: str) -> str:
    name = one_line(_name_and_address(sender)[0], HEADER_CHARACTERS)
    if _is_plain(name):
        return formataddr((name, sender_address(sender)))
    return f"{_encoded('From', name)} <{sender_address(sender)}>"


def _name_and_address(sender: str) -> tuple[str, str]:
    """The sender as people write it: the name may contain a comma without quotes, which RFC 5322 does not allow."""
    name, bracket, address = sender.strip().removesuffix(">").rpartition("<")
    return name.strip().strip('"') if bracket else "", address


def _to(recipient: str) -> str:
    """An address that no server accepts is still shown; only sending to it fails."""
    try:
        return envelope_address(recipient)
    except ValueError:
        return _encoded("To", one_line(recipient, HEADER_CHARACTERS))


def _encoded(name: str, text: str) -> str:
    charset = "us-ascii" if _is_plain(text) else _utf8()
    return Header(text, charset, header_name=name, maxlinelen=ENCODED_LINE_CHARACTERS).encode(linesep="\r\n")


def _is_plain(text: str) -> bool:
    """ASCII, and nothing that a mail program would take for an encoded word."""
    return text.isascii() and "=?" not in text


def _body(letter: Letter) -> MIMEPart:
    return body_of(
        letter.message_id,
        text=text_with_way_out(letter.text, letter.pause_url),
        html=html_with_way_out(letter.html, letter.pause_url),
        attachment=letter.attachment,
        attachment_name=letter.attachment_name,
    )


def body_of(message_id: str, *, text: str, html: str, attachment: str, attachment_name: str) -> MIMEPart:
    """The parts of a message; "" for one that it does not have."""
    body = _part(text, "plain")
    # "=_" cannot occur in quoted-printable or base64, so no part can hold its own boundary.
    mark = sha256(message_id.encode()).hexdigest()[:32]
    if html:
        both = MIMEPart(policy=SMTP)
        both.make_alternative(boundary=f"=_{mark}")
        both.attach(body)
        both.attach(_part(html, "html"))
        body = both
    if attachment:
        file = _part(attachment, "plain")
        file.add_header("Content-Disposition", "attachment", filename=attachment_name)
        whole = MIMEPart(policy=SMTP)
        whole.make_mixed(boundary=f"=_mixed_{mark}")
        whole.attach(body)
        whole.attach(file)
        body = whole
    body["MIME-Version"] = "1.0"
    return body


def _part(text: str, subtype: str) -> MIMEPart:
    """The smaller of both encodings: for Arabic HTML quoted-printable is twice as long (rule E2)."""
    clean = UNPRINTABLE.sub("", re.sub(r"\r\n?", "\n", text))
    parts = (_encoded_part(clean, subtype, encoding) for encoding in ("quoted-printable", "base64"))
    return min(parts, key=lambda part: len(str(part.get_payload())))


def _encoded_part(text: str, subtype: str, encoding: str) -> MIMEPart:
    part = MIMEPart(policy=SMTP)
    part.set_content(text, subtype=subtype, charset="utf-8", cte=encoding)
    return part


def _utf8() -> Charset:
    """UTF-8 in headers as the standard library has it, also after a library changed its table (Apprise does)."""
    charset = Charset("utf-8")
    charset.header_encoding, charset.body_encoding, charset.output_charset = SHORTEST, BASE64, "utf-8"
    charset.output_codec = "utf-8"
    return charset
