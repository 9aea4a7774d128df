"""Single values as people write them in TOML: durations, times of day, zones, addresses, folders.

Each function takes the value in the file and returns the parsed value, or raises ValueError with a
sentence that says what to write instead. No function looks at another key, and none uses
the network. Only `folder` looks at the environment, which is passed to it.
"""

import ipaddress
import os
import re
import zoneinfo
from collections.abc import Collection, Mapping
from datetime import time, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from monitor.config.findings import did_you_mean, quoted
from monitor.plain_text import escaped
from monitor.url import clean_link, shown_url

UNIT_SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
GROUPS_OF_DAYS = {"daily": (0, 1, 2, 3, 4, 5, 6), "weekdays": (0, 1, 2, 3, 4), "weekly": (0,)}
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
MAX_SOCKS_LOGIN = 255
"""The bytes of a name or password, each with its length in one byte (RFC 1929)."""

OUR_HEADERS = {
    "authorization": "is made from auth",
    "user-agent": "is set by user_agent",
    "accept-encoding": "is set by us: only gzip can be unpacked safely",
    "cookie": "is not sent: use auth or another header to log in",
    "referer": "is not sent",
} | dict.fromkeys(
    (
        *("host", "connection", "content-length", "transfer-encoding", "te", "trailer", "upgrade", "expect"),
        *("if-none-match", "if-modified-since", "if-match", "if-range", "range", "proxy-authorization"),
    ),
    "is set by us",
)
"""Headers that a feed's config may not set, and why."""

ZONES_WITHOUT_SUMMER = {
    "EST": ("-5", "America/New_York"),
    "MST": ("-7", "America/Denver"),
    "HST": ("-10", "Pacific/Honolulu"),
}
"""Abbreviations that are zones, with their offset from UTC and a place of that time."""
ZONES_OF_NOWHERE = ("localtime", "posixrules", "Factory")
"""Names in the time zone database that few people mean."""

LONGEST_ABBREVIATION = 5
MAX_DURATION = timedelta(days=365)
LEAST_KEPT = timedelta(days=30)
MAX_NAME_LENGTH = 200
MAX_PORT = 65_535
MAX_URL_LENGTH = 400  # with both placeholders filled in, it still fits in a header line of 998 bytes


def duration(value: object) -> timedelta:
    """`"30m"`, `"6h"`, `"1h 30m"`, `"7d"`: units w d h m s, each at most once."""
    text = value if isinstance(value, str) else ""
    parts = re.findall(r"([0-9]{1,9})\s*([wdhms])", text)
    is_whole = re.fullmatch(r"(\s*[0-9]{1,9}\s*[wdhms])+\s*", text)
    if not is_whole or len({unit for _, unit in parts}) < len(parts):
        raise ValueError(f'{quoted(value)} is not a duration; write "30m", "6h", "1h 30m" or "7d".')
    seconds = sum(int(number) * UNIT_SECONDS[unit] for number, unit in parts)
    if seconds > MAX_DURATION.total_seconds():
        raise ValueError(f'{quoted(value)} is more than a year; the longest is "365d".')
    return timedelta(seconds=seconds)


def positive(value: timedelta) -> timedelta:
    if not value:
        raise ValueError('must be longer than zero, such as "10s".')
    return value


def keepable(value: timedelta) -> timedelta:
    """How long articles are kept: at least as long as digests and changed topics look back."""
    if value < LEAST_KEPT:
        raise ValueError(
            f'must be {LEAST_KEPT.days} days or more, such as "365d": digests and changed topics look back.'
        )
    return value


def time_of_day(value: object) -> time:
    """`"07:00"`, or TOML's own local time; to the minute, without a zone."""
    written = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", value) if isinstance(value, str) else None
    if written:
        return time(int(written[1]), int(written[2]))
    if isinstance(value, time) and value == value.replace(second=0, microsecond=0):
        return value
    raise ValueError(f'{quoted(value)} is not a time of day; write hours and minutes, such as "07:00" or "18:30".')


def quiet_hours(value: object) -> tuple[time, time]:
    """`"22:00-07:00"`: from the first time of day until the second, over midnight if need be."""
    begins, dash, ends = value.partition("-") if isinstance(value, str) else ("", "", "")
    if not dash:
        raise ValueError(f'{quoted(value)} is not a time from when until when; write "22:00-07:00".')
    hours = time_of_day(begins.strip()), time_of_day(ends.strip())
    if hours[0] == hours[1]:
        raise ValueError(f"{quoted(value)} is the whole day; without alerts at any hour delete alert.")
    return hours


def times_of_day(value: object) -> list[object]:
    """The list of times of day, or a list of the one time, which is checked here."""
    return value if isinstance(value, list) else [time_of_day(value)]


def in_order(times: list[time]) -> tuple[time, ...]:
    """Times of day, the earliest first. Raises ValueError if one is listed twice."""
    twice = [each for place, each in enumerate(times) if each in times[:place]]
    if twice:
        raise ValueError(f'"{twice[0]:%H:%M}" is listed twice.')
    return tuple(sorted(times))


def weekdays(value: object) -> tuple[int, ...]:
    """`"daily"`, `"weekdays"`, `"monday"`, or a list of days; Monday is 0."""
    if isinstance(value, str) and value in GROUPS_OF_DAYS:
        return GROUPS_OF_DAYS[value]
    named = value if isinstance(value, list) else [value]
    if not named:
        raise ValueError('is empty, which means no day; write "daily", or delete the key.')
    return tuple(sorted({_weekday(name) for name in named}))


def _weekday(value: object) -> int:
    names = [name for name in WEEKDAYS if isinstance(value, str) and value.lower() in (name, name[:3])]
    if not names:
        hint = did_you_mean(value, (*WEEKDAYS, *GROUPS_OF_DAYS)) if isinstance(value, str) else ""
        form = 'write "daily", "weekdays", "monday", or a list such as ["monday", "thursday"]'
        raise ValueError(f"{quoted(value)} is not a day;{hint} {form}.".replace(";", "." if hint else ";", 1))
    return WEEKDAYS.index(names[0])


def time_zone(value: str) -> str:
    """A name of the IANA time zone database, which knows when clocks change (rule D22)."""
    known = zoneinfo.available_timezones()
    if value not in known:
        raise ValueError(f"{quoted(value)} is not a time zone.{_zone_hint(value, known)}")
    return value


def _zone_hint(value: str, known: Collection[str]) -> str:
    """What to write instead. An offset or an abbreviation is near to names that mean something else."""
    place = 'Write it as "Europe/London", "America/New_York" or "UTC"'
    offset = re.fullmatch(r"(?:UTC|GMT)? ?([+-])0?([0-9]|1[0-4])(?::?00)?", value, re.IGNORECASE)
    if offset and offset[2] != "0":
        reversed_sign = "-" if offset[1] == "+" else "+"
        return f' {place}; or, without summer time, "Etc/GMT{reversed_sign}{offset[2]}" (its sign is reversed).'
    guess = did_you_mean(value, known) if "/" in value or len(value) > LONGEST_ABBREVIATION else ""
    return guess or f" {place}."


def zone_doubt(value: str) -> str:
    """Why a valid zone may not be the one that is meant; "" if there is no doubt."""
    if found := re.fullmatch(r"Etc/GMT([+-])([1-9][0-9]?)", value):
        sign = "-" if found[1] == "+" else "+"
        return f"means UTC{sign}{found[2]}: the signs of these names are reversed, and they have no summer time."
    if value in ZONES_WITHOUT_SUMMER:
        offset, place = ZONES_WITHOUT_SUMMER[value]
        return f'is UTC{offset} all year, without summer time; write a place, such as "{place}".'
    if value in ZONES_OF_NOWHERE:
        return 'depends on this machine; write a named time zone, such as "Europe/London".'
    return ""


def feed_url(value: str) -> str:
    """An http or https URL without credentials, as it was written."""
    scheme, colon, rest = value.partition("://")
    if scheme.lower() not in ("http", "https") or not colon:
        guess = shown_url(f"https://{rest if colon else value}")
        raise ValueError(f"{_shown(value)} does not begin with http:// or https://. Did you mean {quoted(guess)}?")
    if "@" in re.split("[/?#]", rest, maxsplit=1)[0]:
        raise ValueError(
            'contains a login; delete the part before @ and write auth = { username = "…", password_file = "…" }.'
        )
    if re.search(r"\s", value) or not value.isprintable() or not clean_link(value):
        raise ValueError(f"{_shown(value)} is not a web address; copy it from the browser.")
    return value


def web_address(value: str) -> str:
    """The http or https address of a folder on the web, or "" if there is none."""
    return feed_url(value) if value else ""


def _shown(url: str) -> str:
    return quoted(shown_url(url), limit=120)


def unsubscribe_url(value: str) -> str:
    """An https address for one-click unsubscribing (RFC 8058), which may contain {recipient} and {list}."""
    plain = value.replace("{recipient}", "x").replace("{list}", "x")
    is_plain = plain.isascii() and plain.isprintable() and not re.search(r"[\s<>,{}\"]", plain)
    if not (is_plain and plain.startswith("https://") and clean_link(plain) and len(value) <= MAX_URL_LENGTH):
        raise ValueError(
            f'{quoted(value)} is not an https address; write it like "https://example.org/bye?who={{recipient}}".'
        )
    return value


def distinct(values: list[str]) -> tuple[str, ...]:
    """The same addresses. Raises ValueError if one is listed twice: each recipient gets one copy. Capitals make no
    difference; ß is not ss, because the domains are two (IDNA 2008).
    """
    twice = [value for index, value in enumerate(values) if value.lower() in map(str.lower, values[:index])]
    if twice:
        raise ValueError(f"{quoted(twice[0])} is listed twice.")
    return tuple(values)


def one_line(value: str) -> str:
    """Text that is safe in a header, a file name or a table on a terminal: all of it is visible."""
    if escaped(value) != value or len(value) > MAX_NAME_LENGTH:
        raise ValueError(f"{quoted(value)} – write one line of at most {MAX_NAME_LENGTH} characters.")
    return value


def name(value: str) -> str:
    if not value.strip() or value != value.strip():
        raise ValueError(f"{quoted(value)} – a name needs a letter, and no spaces around it.")
    return one_line(value)


def a_day_or_more(value: timedelta) -> timedelta:
    if value < timedelta(days=1):
        raise ValueError('is less than "1d". To keep no text at all write quote = false.')
    return value


def a_day_at_least(value: timedelta) -> timedelta:
    """A span of a day or more."""
    if value < timedelta(days=1):
        raise ValueError('is less than "1d". To read no pages write pages = "off" in each feed.')
    return value


def access(value: str) -> str:
    """Whether articles have to be paid for."""
    if value not in ("paid", "free"):
        raise ValueError(f'{quoted(value)} is not a kind of access; write "paid" or "free".')
    return value


def pages(value: str) -> str:
    """Which pages behind the articles of a feed are read."""
    if value not in ("near", "all", "off"):
        raise ValueError(f'{quoted(value)} says of no pages that they are read; write "near", "all" or "off".')
    return value


def language(value: str) -> str:
    """A BCP 47 tag by its form; whether the language exists is not checked."""
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", value):
        raise ValueError(f'{quoted(value)} is not a language code; write "en", "fr" or "pt-BR".')
    return value


def date_language(value: str) -> str:
    """A language whose dates are known (CLDR), such as `en`, `en-US` or `pt-BR`."""
    from monitor.render.calendar import is_known_language

    if not is_known_language(language(value)):
        raise ValueError(
            f'{quoted(value)} is not a language whose date formats are known; write "en", "fr" or "pt-BR".'
        )
    return value


def private_place(value: str) -> str:
    """An address, a network or a host name that may be contacted although it is not public (rule S2)."""
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        is_name = re.fullmatch(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?", value)
        if not is_name or re.fullmatch(r"[0-9.]+", value):
            raise ValueError(
                f'{quoted(value)} – write an address, a network or a host name: "10.0.0.5", "10.0.0.0/24", "wiki.lan".'
            ) from None
    return value


def header_text(value: str) -> str:
    """Text for the User-Agent header: only ASCII, because some servers fail on anything else."""
    if not value.isascii():
        raise ValueError(f"{quoted(value)} – only plain ASCII is allowed in a request header.")
    return one_line(value)


def request_headers(written: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Headers from the config. Messages do not show their values, which may be secret."""
    for name, value in written.items():
        if not _HEADER_NAME.fullmatch(name):
            raise ValueError(f"{quoted(name)} is not a valid header name.")
        if name.lower() in OUR_HEADERS:
            raise ValueError(f"{quoted(name)} {OUR_HEADERS[name.lower()]}.")
        if not (value.isascii() and value.isprintable() and value.strip() == value):
            raise ValueError(f"{quoted(name)} – only plain ASCII without spaces around it is allowed in a header.")
    return tuple(written.items())


def login_name(value: str) -> str:
    if ":" in value or not value.isprintable():
        raise ValueError("must not contain a colon: in a Basic login the password begins after it.")
    return value


def is_token(secret: str) -> bool:
    return secret.isascii() and secret.isprintable() and " " not in secret


def proxy_url(value: str) -> str:
    """The address of a proxy. Messages do not show it, because it may contain a password."""
    if value.lower().startswith(("socks5h:", "socks4:", "socks4a:", "socks:")):
        raise ValueError(
            'names a kind of proxy that is not used; write "socks5://proxy.example:1080", and proxy_dns = true if '
            "the proxy is to look up names."
        )
    if not re.fullmatch(r"(https?|socks5)://([^/?#@\s]+@)?[A-Za-z0-9._\[\]:-]+/?", value) or not _is_proxy(value):
        raise ValueError(
            'is not a valid proxy address; write "http://proxy.example:3128" or "socks5://proxy.example:1080".'
        )
    return value


def _is_proxy(value: str) -> bool:
    try:
        parts = urlsplit(value)
        login = (unquote(part or "").encode() for part in (parts.username, parts.password))
        return parts.port != 0 and value.isprintable() and all(len(part) <= MAX_SOCKS_LOGIN for part in login)
    except ValueError:
        return False


def feed_tls(value: str) -> str:
    if value not in {"", "legacy"}:
        raise ValueError(f'{quoted(value)} is not a choice; write "legacy" for a server with old TLS, or delete it.')
    return value


def certificates(value: Path) -> Path:
    """A file of certificates in PEM form, as OpenSSL reads it."""
    import ssl

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(value)
    except ssl.SSLError:
        raise ValueError(f"{value} has no certificate in PEM form (-----BEGIN CERTIFICATE-----).") from None
    except OSError as error:
        raise ValueError(f"{value} cannot be read: {error.strerror or error}.") from None
    return value


def listen_address(value: str) -> str:
    """Address and port to listen on, such as `127.0.0.1:9464` or `[::1]:9464`."""
    found = re.fullmatch(r"(localhost|[0-9.]{7,15}|\[[0-9a-fA-F:.]+\]):([0-9]{1,5})", value)
    try:
        if found and found[1] != "localhost":
            ipaddress.ip_address(found[1].strip("[]"))
    except ValueError:
        found = None
    if not found or not 0 < int(found[2]) <= MAX_PORT:
        raise ValueError(f'{quoted(value)} is not an address and a port; write "127.0.0.1:9464".')
    return value


def ping_url(value: str) -> str:
    """A page to request. Messages do not show it, because such addresses are secrets."""
    if not clean_link(value) or not value.startswith(("http://", "https://")) or not value.isprintable():
        raise ValueError("is not a web address; copy it from the monitoring service.")
    return value


def folder(value: object, *, base: Path, environ: Mapping[str, str]) -> Path:
    """A file or folder: `~` is the home folder, and relative paths begin at the folder of the config."""
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError(f'{quoted(value)} is not a path; write it in quotes, such as "~/news".')
    if value == "~" or value.startswith("~/"):
        home = environ.get("HOME") or os.path.expanduser("~")  # noqa: PTH111 (Path.home raises where there is none)
        if not os.path.isabs(home):  # noqa: PTH117 (the same)
            raise ValueError(f"{quoted(value)} – this user has no home folder; write the whole path.")
        return Path(home) / value[2:]
    return base / value
