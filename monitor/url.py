"""URLs: which links may be shown, what counts as the same address, and whose it is.

It reads and rewrites strings only. It never resolves a name or connects: whether an address may
be *dialled* is for `fetch` to decide, after resolving.
"""

import ipaddress
import re
from collections.abc import Sequence
from functools import cache, lru_cache
from hashlib import sha256
from threading import Lock
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit, urlunsplit

import idna
from publicsuffixlist import PublicSuffixList

from monitor.plain_text import escaped

MAX_LINK_CHARACTERS = 2_000

_DOTTED = re.compile(r"(?<![\w.-])[\w-]++(?:\.[\w-]++)++")
_ENDS_LIKE_A_HOST = re.compile(r"(?:.*\.)(?:[^\W\d_]{2,63}|xn--[a-z0-9-]{1,59})|(?:\d{1,3}\.){3}\d{1,3}", re.IGNORECASE)

_DEFAULT_PORTS = {"http": 80, "https": 443}
_HAS_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_JOINER = re.compile("[\u200c\u200d]")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_ASCII_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*", re.IGNORECASE)
_KEPT_IN_LINKS = "%/?:@!$&()*+,;=[]~"
"""Not escaped: RFC 3986's own signs and escapes that are there already. Quotes, spaces, angle
brackets and everything beyond ASCII are escaped, so that a link cannot break out of where it is put."""

_ESCAPE = re.compile("%([0-9a-fA-F]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
_TRACKING = re.compile(
    r"""utm_.* | mtm_.* | pk_(campaign|kwd|keyword|source|medium|content|cid) | (hsa|matomo|piwik)_.*
      | fbclid | gclid | gclsrc | dclid | gbraid | wbraid | msclkid | yclid | twclid | ttclid | li_fat_id
      | igshid | igsh | mc_cid | mc_eid | _hsenc | _hsmi | hsctatracking
      | mkt_tok | vero_id | oly_enc_id | oly_anon_id | _ga | _gl
      | at_(medium|campaign|custom\d|link_\w+|format|ptr_name|bbc_team) | ns_(source|campaign|mchannel|linkname|fee)
      | xtor | traffic_source | cmpid | ocid | smid""",
    re.IGNORECASE | re.VERBOSE,
)
"""Parameters that say how a reader came, not what is read: those of the mailing, advertising and
audience-measuring services that news sites put into feed links."""

_REFERRER = re.compile(r"(ref|ref_?src|referr?er|src|source)=", re.IGNORECASE)
"""Mostly the same as tracking; but somewhere each of these says what is read."""

_PASSING = re.compile(
    r"""(php|asp|j)_?sess(ion)?_?id\w* | sess(ion)?_?(id|key) | oscsid | zenid | cfid | cftoken
      | (access|auth|csrf)?_?token | nonce | rnd | rand | random | cache_?buster
      | amp | (output|outputtype|view)=amp""",
    re.IGNORECASE | re.VERBOSE,
)
"""Parameters that are another one at each visit, or for another form of the page: of sessions, tokens, and AMP."""

_PASSING_OR_NOT = re.compile(r"(sid|ts|timestamp|(php|asp|j|os)?_?sess(ion)?\w*)=", re.IGNORECASE)
"""Of a session or a moment at one site; at another the number of the story, or what is read."""

_TOKEN = re.compile(r"[^=]*=(?=.{12})[a-z_-]*(?:\d+[a-z_-]+){3}[\w-]*", re.IGNORECASE)
"""A value that nobody has chosen: long, with letters and digits in turn."""

_PATH_PARAMETER = re.compile(r";[a-z]*sess[a-z]*id=[^/]*", re.IGNORECASE)
_FORM_OF_PAGE = re.compile(r"(?:/index)?(?:\.amp)?\.x?html?/?$|[/.]amp/?$", re.IGNORECASE)

HOSTS_REMEMBERED = 4_096
"""Hosts of which the registrable domain is known: articles of a poll share a few."""

_reading_suffixes = Lock()

FRONTS = ("www", "m", "mobile", "amp", "touch", "edition")
"""First labels of hosts that show the same pages as the host without them."""

_FRONT = re.compile(rf"^(?:{'|'.join(FRONTS)})\.(?=[^.]+\.)")
_HOST_AND_PORT = re.compile(r"[\w.-]+\.[\w-]+:\d+(?:[/?#]|$)")
_AMP_VIEWER = re.compile(
    r"https?://(?:www\.google\.[a-z.]+/amp|[a-z0-9-]+\.cdn\.ampproject\.org/[a-z])/(?:s/)?([^/]+\..*)"
)
_ENDINGS = ("", "/", ".html", ".htm", ".xhtml", ".amp", ".amp.html", "/amp", "/amp/", "/index.html", "/index.htm")
_BEFORE_QUERY = ("", "/", ".html", ".htm")

_USERINFO = re.compile(r"^([a-z][a-z0-9+.-]*:)?//[^/?#]*@", re.IGNORECASE)
_PARAMETER = re.compile(r"(?<=[?&;#])([^?=&;#]+)=([^&;#]+)")
_SECRET = re.compile(
    r"key$|token|secret|passw|pwd|auth(?!or)|credential|signature|session|jwt|^(pass|sig|sid|code)$", re.IGNORECASE
)


def clean_link(raw: str, base: str = "") -> str:
    """`raw` as an absolute http(s) URL that is safe to store, print and put into a page; "" if it is none.

    Relative links are resolved against `base`. Userinfo, control characters and a port that is the
    default are dropped, the host becomes ASCII (IDNA), what could end an attribute or a line is escaped.
    More than 2,000 characters are not accepted: no newsroom makes such links, and some mail programs cut them.
    """
    try:
        parts = urlsplit(_absolute(raw, base))
        netloc = _netloc(parts)
        rest = (quote(part, safe=_KEPT_IN_LINKS) for part in (parts.path, parts.query, parts.fragment))
        link = urlunsplit((parts.scheme, netloc, *rest))
    except ValueError:
        return ""
    return link if len(link) <= MAX_LINK_CHARACTERS else ""


def canonical_url(url: str) -> str:
    """The identity of an address: two links with the same one lead to the same article (rule I1).

    Apart from what `clean_link` does: without fragment and tracking parameters, percent-encoding in one
    form (RFC 3986 §6.2.2). http and https stay different; "" if it is not a link.
    """
    parts = urlsplit(clean_link(url))
    if not parts.netloc:
        return ""
    query = "&".join(pair for pair in parts.query.split("&") if pair and not _is_tracking(pair))
    return urlunsplit((parts.scheme, parts.netloc, _one_encoding(parts.path) or "/", _one_encoding(query), ""))


def loose_url(canonical: str, *, is_loosest: bool = False) -> str:
    """What of a canonical URL says which page it is: without scheme, `www.`, trailing slash, `.html`, AMP, referrer and
    what is new at each visit.

    Two addresses that are equal in this are the same page nearly always, which is not enough to say so without
    other evidence. `is_loosest`: also without what is new at each visit of one site, and names the article at another
    (`sid=12`): two pages may be equal in that, so that only the same words say more. A home page ends in a slash.
    """
    parts = urlsplit(canonical)
    query = "&".join(pair for pair in parts.query.split("&") if not _is_passing(pair, is_loosest=is_loosest))
    path = _FORM_OF_PAGE.sub("", _PATH_PARAMETER.sub("", parts.path)).rstrip("/") or "/"
    return f"{parts.netloc.removeprefix('www.').removeprefix('amp.')}{path}{'?' if query else ''}{query}"


def asked_url(written: str) -> str:
    """An address as people write, copy or share it, as a canonical URL: without what an e-mail or a sentence puts
    around it, with a scheme, and out of the AMP viewers of Google; "" if it is none.
    """
    text = written.strip().strip("<>\"'“”‘’").rstrip(".,;:!?" if "(" in written else ".,;:!?)")
    if not _HAS_SCHEME.match(text) or _HOST_AND_PORT.match(text):
        text = f"https:{text}" if text.startswith("//") else f"https://{text}"
    canonical = canonical_url(text)
    host = host_of(canonical)
    if "." not in host and not _address(host):
        return ""
    viewed = _AMP_VIEWER.fullmatch(canonical)
    return canonical_url(f"https://{viewed[1]}") if viewed else canonical


def page_asked_for(canonical: str, *, is_loosest: bool = False) -> str:
    """What `loose_url` says, without the host's front for telephones and without an AMP folder: for looking a page up.

    It is no identity: nothing that is stored rests on it.
    """
    host, slash, path = loose_url(canonical, is_loosest=is_loosest).partition("/")
    while (fewer := _FRONT.sub("", host)) != host:
        host = fewer
    return f"{host}{slash}{path.removeprefix('amp/')}"


def spellings(canonical: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """How the address of one page may be stored: whole addresses, and beginnings, each of which ends in a delimiter."""
    whole: list[str] = []
    beginnings: list[str] = []
    page = page_asked_for(canonical)
    host, _, rest = page.partition("/")
    path, _, query = rest.partition("?")
    hosts = dict.fromkeys((urlsplit(canonical).netloc, host, *(f"{front}.{host}" for front in FRONTS)))
    for scheme in _DEFAULT_PORTS:
        for each in hosts:
            for folder in ("", "amp/") if path else ("",):
                base = f"{scheme}://{each}/{folder}{path}"
                whole += [f"{base}{ending}" for ending in (_ENDINGS if path else ("",))]
                beginnings += [f"{base}{ending}?{query}" for ending in _BEFORE_QUERY] if path or query else []
                beginnings += [f"{base};"] if path else []
    return tuple(whole), tuple(beginnings)


def host_of(url: str) -> str:
    """The host in lower-case ASCII, without port, brackets and final dot; "" if there is none."""
    try:
        return ascii_host(urlsplit(url).hostname or "")
    except ValueError:
        return ""


def origin_of(url: str) -> str:
    """Scheme, host and port in one form, the port only where it is not the usual one; "" if it is not a web address."""
    try:
        parts = urlsplit(url)
        return web_origin(parts.scheme, ascii_host(parts.hostname or ""), parts.port)
    except ValueError:
        return ""


def web_origin(scheme: str, host: str, port: int | None) -> str:
    """An origin in its one form. `host` is ASCII, an IPv6 address without brackets. "" for another scheme."""
    if scheme not in _DEFAULT_PORTS:
        return ""
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}" if port in {None, _DEFAULT_PORTS[scheme]} else f"{scheme}://{shown}:{port}"


def registrable_domain(url: str) -> str:
    """The part of the host that someone registered (`bbc.co.uk` of `feeds.news.bbc.co.uk`).

    Where there is none — an address, a single label, a public suffix itself — the host.
    """
    host = host_of(url)
    if _address(host):
        return host
    return _registered(host) or host


def is_allowed_private(host: str, allow: Sequence[str]) -> bool:
    """Whether an entry of `allow` (address, CIDR network or host name) names this host, as it is written.

    A name is not resolved: `localhost` is not covered by `127.0.0.0/8`.
    """
    address = _address(host.strip("[]"))
    if address:
        return any(address in network for network in map(_network, allow) if network)
    name = host.lower().rstrip(".")
    return bool(name) and any(name == entry.lower().rstrip(".") for entry in allow)


def stored_url(url: str) -> str:
    """`url` as the database knows it: for each parameter that looks secret a mark that tells two of them apart.

    So a copy of the database opens no feed, and a token that was leaked and changed is another feed.
    """
    return _PARAMETER.sub(_with_mark, url)


def is_secret_name(name: str) -> bool:
    """Whether a parameter or header of this name looks as if its value were secret."""
    return _SECRET.search(unquote(name)) is not None


def url_fingerprint(url: str) -> str:
    """Tells two URLs apart without saying what they are."""
    return sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def shown_url(url: str) -> str:
    """`url` for logs and people: no userinfo, `***` for the values of parameters that look secret,
    control and invisible characters escaped. Takes any string, a URL or not.
    """
    shown = _USERINFO.sub(lambda found: f"{found[1] or ''}//", url)
    shown = _PARAMETER.sub(_without_secret, shown)
    return escaped(_JOINER.sub(lambda found: quote(found[0]), shown), MAX_LINK_CHARACTERS + 1)


def hosts_in(text: str) -> tuple[str, ...]:
    """What looks like a host name or an IPv4 address in a sentence, in order, as it is written."""
    return tuple(found for found in _DOTTED.findall(text) if _ENDS_LIKE_A_HOST.fullmatch(found))


def unlinked(text: str) -> str:
    """`text` with each host in it written so that no program takes it for one: `news[.]example`."""
    return _DOTTED.sub(_apart, text)


def _apart(found: re.Match[str]) -> str:
    return found[0].replace(".", "[.]") if _ENDS_LIKE_A_HOST.fullmatch(found[0]) else found[0]


def _absolute(raw: str, base: str) -> str:
    """`raw` joined to `base` the way browsers read it: without control characters, a backslash being a slash."""
    text = _CONTROLS.sub("", raw).strip()
    if not 0 < len(text) <= MAX_LINK_CHARACTERS:
        raise ValueError("an empty link is not the page it stands on, and an endless one not worth reading")
    address = re.match(r"[^?#]*", text)
    end = address.end() if address else 0
    text = text[:end].replace("\\", "/") + text[end:]
    return text if _HAS_SCHEME.match(text) else urljoin(base, text)


def _netloc(parts: SplitResult) -> str:
    """Host and port of a web address, checked; raises ValueError for anything else."""
    if parts.scheme not in _DEFAULT_PORTS:
        raise ValueError("not a web address")
    host = ascii_host(parts.hostname or "")
    shown = f"[{host}]" if ":" in host else host
    return shown if parts.port in {None, _DEFAULT_PORTS[parts.scheme]} else f"{shown}:{parts.port}"


def ascii_host(name: str) -> str:
    """A host name or address in its one ASCII form; raises ValueError (IDNAError is one) if it is none.

    ASCII names are taken as they are: underscores and odd `xn--` labels occur, and resolve. An address
    with a zone (`%eth0`) means something on one machine only.
    """
    if ":" in name and "%" not in name:
        return str(ipaddress.IPv6Address(name))
    ascii_name = name if name.isascii() else idna.encode(name, uts46=True).decode("ascii")
    ascii_name = ascii_name.lower().removesuffix(".")
    if not _ASCII_HOST.fullmatch(ascii_name):
        raise ValueError("not a host name")
    return ascii_name


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


@lru_cache(256)  # entries of a config
def _network(entry: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return None


@lru_cache(HOSTS_REMEMBERED)
def _registered(host: str) -> str | None:
    with _reading_suffixes:
        return _public_suffixes().privatesuffix(host)


@cache
def _public_suffixes() -> PublicSuffixList:
    """The bundled list; reading it takes some 75 ms, which commands that need no domain do not pay. To be called under
    the lock: threads that come at once would each read it.
    """
    return PublicSuffixList()


def _is_tracking(pair: str) -> bool:
    return _TRACKING.fullmatch(unquote(pair.partition("=")[0])) is not None


def _is_passing(pair: str, *, is_loosest: bool) -> bool:
    if _REFERRER.match(pair) or _PASSING.fullmatch(pair) or _PASSING.fullmatch(pair.partition("=")[0]):
        return True
    return bool(_PASSING_OR_NOT.match(pair)) and (is_loosest or bool(_TOKEN.fullmatch(pair)))


def _one_encoding(text: str) -> str:
    """Escapes in upper case, and none for characters that need none (RFC 3986 §6.2.2)."""
    return _ESCAPE.sub(_one_escape, text)


def _one_escape(found: re.Match[str]) -> str:
    sign = chr(int(found[1], 16))
    return sign if _UNRESERVED.fullmatch(sign) else found[0].upper()


def _with_mark(found: re.Match[str]) -> str:
    return f"{found[1]}=***{url_fingerprint(found[2])[:8]}" if is_secret_name(found[1]) else found[0]


def _without_secret(found: re.Match[str]) -> str:
    return f"{found[1]}=***" if is_secret_name(found[1]) else found[0]
